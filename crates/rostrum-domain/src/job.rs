//! Durable background work: its states and how long to wait before another try.

use crate::Id;
use crate::time::Timestamp;

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum JobState {
    /// Waits for a worker (or for its retry time).
    Ready,
    /// Leased by a worker.
    Running,
    /// Finished.
    Done,
    /// Gave up; the error says why.
    Failed,
    /// Stopped by a person.
    Cancelled,
}

impl JobState {
    /// The word of the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state a database word names.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Ready, Self::Running, Self::Done, Self::Failed, Self::Cancelled].into_iter().find(|s| s.as_str() == text)
    }
}

/// A piece of durable work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Names the job.
    pub id: Id<Job>,
    /// Which job file runs it, as in `transcode`.
    pub kind: String,
    /// Its arguments, JSON.
    pub payload: String,
    /// The show it works for, so that its members see it.
    pub show_id: Option<Id<crate::show::Show>>,
    /// The episode it works for.
    pub episode_id: Option<Id<crate::episode::Episode>>,
    /// Where it stands.
    pub state: JobState,
    /// Higher runs first.
    pub priority: i64,
    /// Tries so far, the running one included.
    pub attempts: i64,
    /// Not before this.
    pub run_at: Timestamp,
    /// The running worker's lease ends here unless renewed.
    pub lease_until: Option<Timestamp>,
    /// The last failure, for a person.
    pub error: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

/// Tries before a job is given up.
pub const ATTEMPTS_MAX: i64 = 5;

/// Seconds to wait after the given number of tries: 5, 20, 80, 320.
pub fn backoff_seconds(attempts: i64) -> i64 {
    let step = u32::try_from(attempts.clamp(1, 8)).unwrap_or(1) - 1;
    5 * 4i64.pow(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow() {
        assert_eq!([1, 2, 3, 4].map(backoff_seconds), [5, 20, 80, 320]);
        assert!(backoff_seconds(i64::MAX) > 0 && backoff_seconds(i64::MIN) == 5);
    }
}
