//! What is to be reached, by the names of the results: the table says of each whether it was.

use serde_json::{Map, Value};

/// A bound on one result.
#[derive(Clone, Copy)]
enum Aim {
    AtLeast(f64),
    AtMost(f64),
    Between(f64, f64),
    /// At most so many times another result of the same run.
    Beside(f64, &'static str),
}

/// By the beginning and the end of a result's name.
const AIMS: &[(&str, &str, Aim)] = &[
    ("start_ms_median", "", Aim::AtMost(1_000.0)),
    ("idle_memory_mib", "", Aim::AtMost(150.0 * 1e6 / 1_048_576.0)),
    ("transcode_times_faster", "", Aim::AtLeast(4.0)),
    ("loudness mp3", "", Aim::Between(-17.0, -15.0)),
    ("loudness m4a", "", Aim::Between(-17.0, -15.0)),
    ("loudness opus", "", Aim::Between(-17.0, -15.0)),
    ("search ", "p95 ms", Aim::AtMost(50.0)),
    ("room of 10", "% of a core", Aim::AtMost(12.0)),
    ("listener's first sound, ms", "", Aim::AtMost(1_000.0)),
    ("killed stage: speaker on air again", "", Aim::AtMost(3_000.0)),
    ("killed stage: sent sound lost", "", Aim::AtMost(100.0)),
    ("end to sealed files, ms", "", Aim::AtMost(3_000.0)),
    ("15000 listeners, ours: CPU", "", Aim::Beside(1.15, "15000 listeners, bare sends: CPU µs per listener-second")),
    ("15000 listeners, ours: holes", "", Aim::AtMost(0.0)),
    ("storm of 18000, ours: heard_within_2_s", "", Aim::AtLeast(18_000.0)),
];

/// What a result was to be and whether it is, or nothing where nothing is asked.
pub(crate) fn verdict(results: &Map<String, Value>, name: &str) -> String {
    let aim = AIMS.iter().find(|(begin, end, _)| name.starts_with(begin) && name.ends_with(end));
    let (Some((_, _, aim)), Some(value)) = (aim, results[name].as_f64()) else { return String::new() };
    let (met, asked) = match *aim {
        Aim::AtLeast(least) => (value >= least, format!("≥ {least}")),
        Aim::AtMost(most) => (value <= most, format!("≤ {most:.0}")),
        Aim::Between(least, most) => ((least..=most).contains(&value), format!("{least} to {most}")),
        Aim::Beside(times, other) => match results.get(other).and_then(Value::as_f64) {
            Some(other) => (value <= times * other, format!("≤ {times} × {other}")),
            None => return String::new(),
        },
    };
    format!("{} ({asked})", if met { "met" } else { "MISSED" })
}
