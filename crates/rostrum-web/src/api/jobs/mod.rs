//! `/api/v1/jobs`: durable work in the background.

pub mod list;
pub mod one;

use jiff::Timestamp;
use rostrum_domain::job::{Job, JobState};
use serde::Serialize;
use utoipa::ToSchema;

use super::schema;
use crate::state::Web;

/// A piece of background work.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobBody {
    /// The job's id.
    id: String,
    /// What it does, as in `transcode`.
    kind: String,
    /// The show it works for.
    show_id: Option<String>,
    /// The episode it works for.
    episode_id: Option<String>,
    /// Where it stands.
    #[schema(value_type = schema::JobState)]
    state: JobState,
    /// How far it is, while it runs and has said so.
    progress: Option<ProgressBody>,
    /// Tries so far, the running one included.
    attempts: i64,
    /// Not before this.
    #[schema(value_type = String, format = DateTime)]
    run_at: Timestamp,
    /// The last failure, for a person.
    error: Option<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    finished_at: Option<Timestamp>,
}

/// How far a job is.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProgressBody {
    /// What it is doing.
    step: String,
    /// How much of the step is done.
    done: u64,
    /// How much there is to do.
    total: u64,
}

impl JobBody {
    /// What the API says of a job.
    pub fn of(web: &Web, job: &Job) -> Self {
        let progress = web.progress.of(job.id).filter(|_| job.state == JobState::Running);
        Self {
            id: job.id.to_string(),
            kind: job.kind.clone(),
            show_id: job.show_id.map(|id| id.to_string()),
            episode_id: job.episode_id.map(|id| id.to_string()),
            state: job.state,
            progress: progress.map(|now| ProgressBody { step: now.step, done: now.done, total: now.total }),
            attempts: job.attempts,
            run_at: job.run_at,
            error: job.error.clone(),
            created_at: job.created_at,
            finished_at: job.finished_at,
        }
    }
}
