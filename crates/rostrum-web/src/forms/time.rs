//! Places in a recording as people write them.

/// `h:mm:ss`, `m:ss` or seconds, with a fraction or without.
pub(super) fn millis(text: &str) -> Option<u64> {
    let mut parts = text.rsplit(':');
    let seconds: f64 = parts.next()?.trim().parse().ok().filter(|seconds| (0.0..1e7).contains(seconds))?;
    let mut millis = (seconds * 1000.0).round() as u64;
    for (unit, part) in [60_000, 3_600_000].into_iter().zip(parts.by_ref()) {
        millis += part.trim().parse::<u32>().ok().map(u64::from)? * unit;
    }
    parts.next().is_none().then_some(millis)
}

/// The same the other way round; a fraction only where there is one.
pub(crate) fn written(ms: i64) -> String {
    let clock = rostrum_domain::time::clock_text(ms);
    match ms % 1000 {
        0 => clock,
        rest => format!("{clock}.{rest:03}").trim_end_matches('0').to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_people_write_them() {
        let cases = [("1:02:03", Some(3_723_000)), ("2:03.5", Some(123_500)), ("90", Some(90_000)), ("0:00", Some(0))];
        for (text, expected) in cases.into_iter().chain([("soon", None), ("1:2:3:4", None), ("-5", None), ("", None)]) {
            assert_eq!(millis(text), expected, "{text}");
        }
        for text in ["1:02:03", "2:03.5", "0:00.007"] {
            let ms = millis(text).and_then(|ms| i64::try_from(ms).ok()).expect("a time");
            assert_eq!(written(ms), text);
        }
    }
}
