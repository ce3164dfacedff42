//! Moments of time in forms.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// A moment as a date-time field sends it, in UTC; a script may send a whole RFC 3339 time instead.
pub fn read(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let local: DateTime = text.parse().ok()?;
    local.to_zoned(TimeZone::UTC).ok().map(|at| at.timestamp())
}

/// A moment as a date-time field shows it, in UTC.
pub fn show(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_of_fields_and_scripts() {
        let six = Some("2026-11-27T18:00:00Z".parse().expect("a time"));
        assert_eq!(read("2026-11-27T18:00"), six);
        assert_eq!(read("2026-11-27T19:00:00+01:00"), six);
        assert_eq!(read("tomorrow"), None);
        assert_eq!(six.map(show).as_deref(), Some("2026-11-27T18:00"));
    }
}
