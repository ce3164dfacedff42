//! Time as an argument: an instant and the trait that hands it out.

pub use jiff::Timestamp;

/// Where the wall clock is read; nothing else may ask the system for the time.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// `1:02:33` or `2:33`: how a duration in milliseconds is shown to people.
pub fn clock_text(millis: i64) -> String {
    let seconds = millis.max(0) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}
