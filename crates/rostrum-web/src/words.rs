//! The reader's language: chosen once for a request, and then known to everything that writes for it. Handlers and
//! templates ask here; nobody passes a language along.

use std::future::Future;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, Method, header};
use jiff::tz::TimeZone;
use rostrum_domain::Timestamp;
use rostrum_domain::user::{Membership, Role};
use rostrum_words::{Lang, Said, Tenths};

use crate::call::cookie;
use crate::state::Web;

/// Holds the language somebody chose; no secret.
pub(crate) const COOKIE: &str = "rostrum_language";

tokio::task_local! {
    static READER: Reader;
}

/// Who reads the answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reader {
    lang: Lang,
    /// The path and query of the page they are on; empty where that is no page one can go back to.
    here: String,
}

/// The reader of the request under way; English where there is none.
pub(crate) fn reader() -> Reader {
    READER.try_with(Clone::clone).unwrap_or_default()
}

/// The language of the answer under way.
pub(crate) fn lang() -> Lang {
    READER.try_with(|reader| reader.lang).unwrap_or_default()
}

/// Where the reader is, to come back to.
pub(crate) fn here() -> String {
    READER.try_with(|reader| reader.here.clone()).unwrap_or_default()
}

/// A message for the reader.
pub(crate) fn say(id: &str) -> Said {
    rostrum_words::say(lang(), id)
}

/// An English sentence of the program, in the reader's language.
pub(crate) fn retell(english: &str) -> String {
    rostrum_words::retell(lang(), english).into_owned()
}

/// Work that writes for a reader outside of their request, as a stream of events does.
pub(crate) async fn writing_for<F: Future>(reader: Reader, work: F) -> F::Output {
    READER.scope(reader, work).await
}

/// The same without waiting, in a language.
pub(crate) fn in_language<T>(lang: Lang, work: impl FnOnce() -> T) -> T {
    READER.sync_scope(Reader { lang, here: String::new() }, work)
}

/// Chooses the language of every answer and says so to caches. Programs with a token and the API are told in English.
pub(crate) async fn layer(State(web): State<Web>, request: Request, next: Next) -> Response {
    let program = request.uri().path().starts_with("/api/") || request.headers().contains_key(header::AUTHORIZATION);
    let lang = if program { Lang::ENGLISH } else { chosen(request.headers(), web.language) };
    let reader = Reader { lang, here: page_of(&request) };
    let mut response = READER.scope(reader, next.run(request)).await;
    if !program && is_worded(response.headers()) {
        let headers = response.headers_mut();
        headers.append(header::VARY, HeaderValue::from_static("accept-language, cookie"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(lang.tag()));
    }
    response
}

/// The language of whoever sends these headers.
fn chosen(headers: &HeaderMap, site: Lang) -> Lang {
    let accept = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    rostrum_words::choose(cookie(headers, COOKIE), accept, site)
}

/// Where to come back to after a change of language: only what was opened, without the word on what was just done.
fn page_of(request: &Request) -> String {
    let uri = request.uri();
    match uri.query() {
        _ if *request.method() != Method::GET => String::new(),
        Some(query) if !query.starts_with("said=") => format!("{}?{query}", uri.path()),
        _ => uri.path().to_owned(),
    }
}

/// Whether the answer holds words of ours.
fn is_worded(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.starts_with("text/html") || kind.starts_with("application/problem+json")
}

/// `20 November 2026`.
pub(crate) fn day(at: Timestamp) -> String {
    let date = at.to_zoned(TimeZone::UTC).date();
    let month = say("month").with("n", date.month());
    say("date-day").with("day", date.day()).with("month", month).with("year", date.year()).into()
}

/// `20 November 2026, 18:00 UTC`.
pub(crate) fn moment(at: Timestamp) -> String {
    say("date-moment").with("date", day(at)).with("time", at.strftime("%H:%M").to_string()).into()
}

/// `1 h 2 min` from milliseconds, as people say it.
pub(crate) fn length(millis: i64) -> String {
    let seconds = millis.max(0) / 1000;
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    match (hours, minutes) {
        (0, 0) => say("length-seconds").with("s", seconds).into(),
        (0, minutes) => say("length-minutes").with("min", minutes).into(),
        (hours, 0) => say("length-hours").with("h", hours).into(),
        (hours, minutes) => say("length-hours-minutes").with("h", hours).with("min", minutes).into(),
    }
}

/// `12.4 MB` from tenths of the unit.
pub(crate) fn amount(tenths: u64, unit: &str) -> String {
    say("size").with("n", Tenths(tenths)).with("unit", unit).into()
}

/// `124 MB`.
pub(crate) fn whole_amount(count: u64, unit: &str) -> String {
    say("size").with("n", count).with("unit", unit).into()
}

/// A number written with a point, as in `1.5`, as the reader writes it.
pub(crate) fn figure(number: &str) -> String {
    number.replace('.', &say("decimal-mark").to_string())
}

/// A role on the site.
pub(crate) fn role(role: &Role) -> String {
    let id = match role {
        Role::Owner => "role-owner",
        Role::Admin => "role-admin",
        Role::Creator => "role-creator",
    };
    say(id).into()
}

/// What somebody is in a show.
pub(crate) fn membership(membership: &Membership) -> String {
    let id = match membership {
        Membership::Viewer => "membership-viewer",
        Membership::Editor => "membership-editor",
        Membership::Manager => "membership-manager",
    };
    say(id).into()
}

/// What the interface speaks: tag, own name, and whether it is the reader's.
pub(crate) fn offered() -> Vec<(&'static str, String, bool)> {
    Lang::all().map(|one| (one.tag(), one.name(), one == lang())).collect()
}

/// The messages that scripts show: the names of their data attributes, and their texts with `{0}`, `{1}` … for values
/// in the order in which scripts give them.
pub(crate) fn for_scripts() -> Vec<(&'static str, String)> {
    SCRIPTS.iter().map(|(name, values)| (*name, scripted(name, values))).collect()
}

fn scripted(name: &str, values: &[&str]) -> String {
    let said = say(&format!("script-{name}"));
    values.iter().enumerate().fold(said, |said, (at, value)| said.with(value, format!("{{{at}}}"))).into()
}

/// Each message of scripts with its values in the order in which scripts give them.
const SCRIPTS: &[(&str, &[&str])] = &[
    ("left", &["length"]),
    ("pause", &["title"]),
    ("position", &["at", "length"]),
    ("found", &["at", "count"]),
    ("copied", &[]),
    ("not-copied", &[]),
    ("cannot-play", &[]),
    ("end", &[]),
    ("slept", &[]),
    ("show", &[]),
    ("hours", &["h"]),
    ("hours-minutes", &["h", "min"]),
    ("minutes", &["min"]),
    ("bar-player", &[]),
    ("bar-play", &[]),
    ("bar-pause", &[]),
    ("bar-back", &[]),
    ("bar-forward", &[]),
    ("bar-seek", &[]),
    ("bar-mute", &[]),
    ("bar-unmute", &[]),
    ("bar-volume", &[]),
    ("bar-time", &[]),
    ("uploading", &["sent", "total", "rate", "left"]),
    ("paused", &["sent", "total"]),
    ("resumable", &["at"]),
    ("uploaded", &[]),
    ("upload-failed", &["why"]),
    ("retrying", &[]),
    ("waiting", &[]),
    ("pause-upload", &[]),
    ("resume-upload", &[]),
    ("cancel-upload", &[]),
    ("no-line", &[]),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use http::StatusCode;
    use rostrum_domain::category::GROUPS;
    use rostrum_domain::show::MEDIUMS;
    use rostrum_domain::user::{Role, Scope};
    use rostrum_words::{ids, variables};

    use super::*;
    use crate::testing::{Answer, Site, Visitor};

    async fn ask(visitor: &Visitor<'_>, method: Method, path: &str, languages: &str) -> Answer {
        let request = visitor.request(method, path).header(header::ACCEPT_LANGUAGE, languages);
        let request = request.header("sec-fetch-site", "same-origin");
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        visitor.send(request.body("name=+".into())).await
    }

    #[tokio::test]
    async fn pages_speak_the_language_of_the_browser_until_another_is_chosen() {
        let site = Site::new().await;
        let visitor = site.visitor();
        let german = ask(&visitor, Method::GET, "/sign-in?next=%2Fsearch", "de-AT, en;q=0.5").await;
        assert!(german.body.contains("<html lang=\"de\" dir=\"ltr\">") && german.body.contains("Passwort vergessen?"));
        assert!(german.body.contains("name=\"return_to\" value=\"/sign-in?next=%2Fsearch\""), "{}", german.body);
        let said = (german.header("vary"), german.header("content-language"));
        assert_eq!(said, ("accept-language, cookie", "de"));

        let chosen = visitor.post("/language", &[("language", "en"), ("return_to", "/sign-in?next=%2Fsearch")]).await;
        assert_eq!((chosen.status, chosen.header("location")), (StatusCode::SEE_OTHER, "/sign-in?next=%2Fsearch"));
        let english = ask(&visitor, Method::GET, "/sign-in", "de").await;
        assert!(english.body.contains("<html lang=\"en\"") && english.body.contains("Forgot your password?"));
        assert_eq!(english.header("content-language"), "en");
        assert_eq!(visitor.post("/language", &[("language", "tlh")]).await.status, StatusCode::NOT_FOUND);
        let away = visitor.post("/language", &[("language", "de"), ("return_to", "https://evil.example/")]).await;
        assert_eq!(away.header("location"), "/admin");
    }

    #[tokio::test]
    async fn what_is_wrong_is_told_in_the_readers_language_and_to_programs_in_english() {
        let site = Site::new().await;
        site.house.person("Ada", Role::Owner).await;
        let visitor = site.signed_in("Ada").await;
        let page = ask(&visitor, Method::POST, "/admin/account", "de").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.body.contains("Bitte füllen Sie das aus."), "{}", page.body);
        let missing = ask(&visitor, Method::GET, "/shows/nowhere", "de").await;
        assert!(missing.body.contains("Unter dieser Adresse gibt es nichts"), "{}", missing.body);
        let api = ask(&visitor, Method::GET, "/api/v1/shows/nowhere", "de").await;
        assert!(api.body.contains("There is no such show"), "{}", api.body);
        assert_eq!(api.header("content-language"), "");
    }

    #[test]
    fn scripts_ask_for_messages_that_are_there() {
        let listed: BTreeSet<String> = SCRIPTS.iter().map(|(name, _)| format!("script-{name}")).collect();
        let known: BTreeSet<String> =
            ids(Lang::ENGLISH).filter(|id| id.starts_with("script-")).map(str::to_owned).collect();
        assert_eq!(listed, known);
        for (name, values) in SCRIPTS {
            let taken = variables(Lang::ENGLISH, &format!("script-{name}")).unwrap_or_default();
            assert_eq!(taken, values.iter().map(|value| (*value).to_owned()).collect(), "{name}");
        }
        for path in crate::assets::paths().filter(|path| path.starts_with("js/")) {
            let file = crate::assets::lookup(path).expect("it is listed");
            let text = String::from_utf8_lossy(&file.bytes).into_owned();
            for key in text.split("word(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(listed.contains(&format!("script-{}", dashed(key))), "{path}: {key}");
            }
        }
    }

    /// `notCopied` as the attribute's name is written: `not-copied`.
    fn dashed(key: &str) -> String {
        let dashed = |letter: char| {
            let dash = if letter.is_uppercase() { "-" } else { "" };
            format!("{dash}{}", letter.to_lowercase())
        };
        key.chars().map(dashed).collect()
    }

    #[test]
    fn composed_ids_are_there_and_only_these() {
        let of = |start: &'static str| ids(Lang::ENGLISH).filter(move |id| id.starts_with(start)).count();
        let said = |id: String| assert_ne!(say(&id).to_string(), id);
        let categories = GROUPS.iter().flat_map(|(group, parts)| std::iter::once(group).chain(parts.iter()));
        let german = Lang::find("de").expect("German is there");
        assert_eq!(in_language(german, || crate::views::parts::category("Health & Fitness")), "Gesundheit & Fitness");
        assert_eq!(of("category-"), categories.count());
        MEDIUMS.iter().for_each(|medium| said(format!("medium-{medium}")));
        assert_eq!(of("medium-"), MEDIUMS.len());
        [Scope::Read, Scope::Write, Scope::Admin].iter().for_each(|scope| said(format!("scope-{scope}")));
        assert_eq!(of("scope-"), 3);
    }

    #[test]
    fn numbers_and_lengths_are_written_as_the_reader_writes_them() {
        let german = Lang::find("de").expect("German is there");
        assert_eq!((length(3_720_000), length(5_400)), ("1 h 2 min".into(), "5 s".into()));
        assert_eq!(
            in_language(german, || (length(3_720_000), amount(124, "MB"))),
            ("1 Std. 2 Min.".into(), "12,4 MB".into())
        );
    }
}
