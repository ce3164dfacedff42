//! The pages of people who make shows and run the house. Shared here: lines that several lists show.

pub mod account;
pub mod audit;
pub mod dashboard;
pub mod episode;
pub mod people;
pub mod recording;
pub mod room;
pub mod show;
pub mod styleguide;
pub mod work;

use rostrum_domain::episode::State;
use rostrum_domain::job::JobState;

use super::When;

/// An episode in a list of the studio.
#[derive(Debug, Clone)]
pub struct EpisodeLine {
    /// Its editor.
    pub path: String,
    /// Its public page, once it has one.
    pub public_path: Option<String>,
    /// Its title; empty for one without.
    pub title: String,
    /// The show's title.
    pub show: String,
    /// Where it stands.
    pub state: State,
    /// When it was or will be published.
    pub at: Option<When>,
    /// When it last changed.
    pub updated: When,
    /// Its length in milliseconds, once there is sound.
    pub duration_ms: Option<i64>,
    /// Season and number as text.
    pub numbering: String,
    /// How many things keep it from being published.
    pub blockers: usize,
}

/// A piece of background work. Its element carries `data-job` and is kept up to date by `/admin/jobs/events`.
#[derive(Debug, Clone)]
pub struct JobLine {
    /// The job's id.
    pub id: String,
    /// What it does, as in `Encode “The last ferry”`.
    pub what: String,
    /// Where its episode or show is edited.
    pub path: Option<String>,
    /// The show's title; empty for none.
    pub show: String,
    /// Where it stands.
    pub state: JobState,
    /// How far it is; none while unknown.
    pub percent: Option<u8>,
    /// Rate and time left in words, as in `14 × real time, 0:40 left`; empty for unknown.
    pub detail: String,
    /// The last failure, for a person.
    pub error: Option<String>,
    /// Tries so far.
    pub attempts: i64,
    /// When it was made.
    pub created: When,
}

impl JobLine {
    /// Whether it can still be stopped.
    pub fn open(&self) -> bool {
        matches!(self.state, JobState::Ready | JobState::Running)
    }

    /// Whether another try makes sense.
    pub fn retryable(&self) -> bool {
        matches!(self.state, JobState::Failed | JobState::Cancelled)
    }

    /// The message that says the state.
    pub fn state_words(&self) -> &'static str {
        match self.state {
            JobState::Ready if self.attempts > 0 => "job-again",
            JobState::Ready => "job-waiting",
            JobState::Running => "job-running",
            JobState::Done => "job-done",
            JobState::Failed => "job-failed",
            JobState::Cancelled => "job-cancelled",
        }
    }
}

/// The message that says an episode's state.
pub fn state_words(state: State) -> &'static str {
    match state {
        State::Draft => "state-draft",
        State::Scheduled => "state-scheduled",
        State::Published => "state-published",
        State::Unpublished => "state-unpublished",
    }
}

impl EpisodeLine {
    /// The message that says the state.
    pub fn state_words(&self) -> &'static str {
        state_words(self.state)
    }
}
