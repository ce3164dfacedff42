//! Logging to standard error: text for people, or one JSON object a line with role, request id and fields.

use std::fmt;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, JsonFields, Writer};
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

use crate::config::LogFormat;

/// Starts logging for this process; `role` stands on every line.
pub(crate) fn start(role: &'static str, level: &str, format: LogFormat) -> Result<(), String> {
    let filter = EnvFilter::try_new(level).map_err(|error| format!("log.level: {error}"))?;
    let builder = tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(filter).with_ansi(false);
    match format {
        LogFormat::Text => builder.event_format(Lines { role, json: false }).try_init(),
        LogFormat::Json => builder.fmt_fields(JsonFields::new()).event_format(Lines { role, json: true }).try_init(),
    }
    .map_err(|error| error.to_string())
}

/// One line an event.
struct Lines {
    role: &'static str,
    json: bool,
}

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, ctx: &FmtContext<'_, S, N>, writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        if self.json { self.object(ctx, writer, event) } else { self.sentence(ctx, writer, event) }
    }
}

impl Lines {
    fn object<S, N>(&self, ctx: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
        N: for<'a> FormatFields<'a> + 'static,
    {
        let mut line = Map::new();
        let mut time = String::new();
        SystemTime.format_time(&mut Writer::new(&mut time))?;
        line.insert("time".into(), time.into());
        line.insert("level".into(), event.metadata().level().as_str().to_lowercase().into());
        line.insert("role".into(), self.role.into());
        line.insert("target".into(), event.metadata().target().into());
        for span in ctx.event_scope().into_iter().flat_map(tracing_subscriber::registry::Scope::from_root) {
            let extensions = span.extensions();
            let fields = extensions.get::<FormattedFields<N>>().map(|fields| serde_json::from_str(&fields.fields));
            if let Some(Ok(Value::Object(fields))) = fields {
                line.extend(fields);
            }
        }
        event.record(&mut Collect(&mut line));
        writeln!(writer, "{}", Value::Object(line))
    }

    fn sentence<S, N>(&self, ctx: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
        N: for<'a> FormatFields<'a> + 'static,
    {
        SystemTime.format_time(&mut writer)?;
        write!(writer, " {:5} {:6} ", event.metadata().level(), self.role)?;
        ctx.field_format().format_fields(writer.by_ref(), event)?;
        for span in ctx.event_scope().into_iter().flatten() {
            let extensions = span.extensions();
            match extensions.get::<FormattedFields<N>>() {
                Some(fields) if !fields.is_empty() => write!(writer, " {}", fields.fields)?,
                _ => {}
            }
        }
        writeln!(writer)
    }
}

/// Gathers an event's fields.
struct Collect<'l>(&'l mut Map<String, Value>);

impl Collect<'_> {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Collect<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex, PoisonError};

    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn written(json: bool) -> String {
        let paper = Paper::default();
        let writer = paper.clone();
        let builder = tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false);
        let log = || {
            let span = tracing::info_span!("request", request_id = "01ARZ");
            span.in_scope(|| tracing::warn!(bytes = 7, "gone \"astray\""));
        };
        if json {
            let lines = Lines { role: "web", json };
            tracing::subscriber::with_default(builder.fmt_fields(JsonFields::new()).event_format(lines).finish(), log);
        } else {
            tracing::subscriber::with_default(builder.event_format(Lines { role: "web", json }).finish(), log);
        }
        let bytes = paper.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_json_line_carries_role_request_and_fields() {
        let line: Value = serde_json::from_str(&written(true)).unwrap();
        assert_eq!(line["role"], "web");
        assert_eq!(line["level"], "warn");
        assert_eq!(line["request_id"], "01ARZ");
        assert_eq!(line["bytes"], 7);
        assert_eq!(line["message"], "gone \"astray\"");
        assert!(line["time"].as_str().unwrap().ends_with('Z'));
    }

    #[test]
    fn a_text_line_reads_well() {
        let line = written(false);
        assert!(line.contains(" WARN  web    gone"), "{line}");
        assert!(line.contains("gone \"astray\"") && line.contains("bytes=7"), "{line}");
        assert!(line.contains("request_id=\"01ARZ\"") && line.ends_with('\n'), "{line}");
    }
}
