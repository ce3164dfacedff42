//! What a running job holds: its name, its lease, its voice (progress), and its ear (cancellation).

use std::sync::Arc;

use rostrum_domain::Id;
use rostrum_domain::job::Job;
use rostrum_store::{StoreError, Tx, job};
use rostrum_wire::Progress;

use crate::{App, Error};

/// Hears how far a job is.
pub type Reporting = Arc<dyn Fn(&Progress) + Send + Sync>;

/// Why a job did not end well.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// No use trying again; the reason is for the person who waits for it.
    #[error("{0}")]
    Final(String),
    /// May work another time.
    #[error(transparent)]
    Again(Error),
    /// The job was cancelled or another worker has it; nothing may be written.
    #[error("the lease is lost")]
    Lost,
}

impl<E: Into<Error>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self::Again(error.into())
    }
}

/// A running job's hold on itself.
pub struct Handle {
    job: Id<Job>,
    holder: String,
    attempt: i64,
    template: Progress,
    reporting: Reporting,
}

impl Handle {
    /// The handle of a claimed job.
    pub fn new(job: &Job, holder: &str, reporting: Reporting) -> Self {
        let template = Progress {
            job: job.id.to_string(),
            show: job.show_id.map(|id| id.to_string()),
            episode: job.episode_id.map(|id| id.to_string()),
            step: job.kind.clone(),
            done: 0,
            total: 0,
            ended: false,
        };
        let (job, attempt) = (job.id, job.attempts);
        Self { job, attempt, holder: holder.to_owned(), template, reporting }
    }

    /// The name under which the lease is held.
    pub fn holder(&self) -> &str {
        &self.holder
    }

    /// Which try this is, from 1.
    pub const fn attempt(&self) -> i64 {
        self.attempt
    }

    /// A voice that others may use while the job waits for them.
    pub fn speaker(&self, step: &'static str) -> impl FnMut(u64, u64) + Send + 'static {
        let (template, reporting) = (self.template.clone(), Arc::clone(&self.reporting));
        move |done, total| reporting(&Progress { step: step.to_owned(), done, total, ..template.clone() })
    }

    /// Says how far the present step is.
    pub fn progress(&self, step: &str, done: u64, total: u64) {
        (self.reporting)(&Progress { step: step.to_owned(), done, total, ..self.template.clone() });
    }

    pub(super) fn ended(&self) {
        (self.reporting)(&Progress { ended: true, ..self.template.clone() });
    }

    /// Ends the job well and makes its result durable, both or neither.
    pub async fn commit(&self, app: &App, mut tx: Tx) -> Result<(), Failed> {
        match job::finish(&mut tx, self.job, &self.holder, app.now()).await {
            Ok(()) => Ok(tx.commit().await?),
            Err(StoreError::Stale) => Err(Failed::Lost),
            Err(other) => Err(other.into()),
        }
    }
}
