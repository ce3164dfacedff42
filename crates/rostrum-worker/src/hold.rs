//! A running job and its heart: the lease is renewed while the job works, and the job is dropped when the lease is lost
//! or the role stops.

use std::sync::Arc;
use std::time::Duration;

use rostrum_app::App;
use rostrum_app::jobs::{self, Handle};
use rostrum_domain::job::Job;
use rostrum_wire::{Reporter, Shutdown};
use tracing::Instrument as _;

/// Time between two renewals; a third of the lease, so that two may fail.
const BEAT: Duration = Duration::from_secs(10);
/// Time between two looks for a cancellation.
const LOOK: Duration = Duration::from_secs(1);

/// A claimed job and what it needs to run.
pub(crate) struct Held {
    pub(crate) app: Arc<App>,
    pub(crate) job: Job,
    pub(crate) holder: String,
    pub(crate) reporter: Arc<Reporter>,
    pub(crate) stop: Shutdown,
}

impl Held {
    /// Runs the job to its end, its cancellation, or the role's stop.
    pub(crate) async fn run(self) {
        let cause = jobs::cause_of(&self.job);
        let span = match cause.as_str() {
            "" => tracing::Span::none(),
            id => tracing::info_span!("job", request_id = %id),
        };
        self.work().instrument(span).await;
    }

    async fn work(self) {
        let reporter = Arc::clone(&self.reporter);
        let handle = Handle::new(&self.job, &self.holder, Arc::new(move |progress| reporter.report(progress)));
        tracing::info!(job = %self.job.id, kind = self.job.kind, attempt = self.job.attempts, "job begins");
        tokio::select! {
            ended = jobs::run(&self.app, &self.job, &handle) => match ended {
                Ok(()) => tracing::info!(job = %self.job.id, kind = self.job.kind, "job ends"),
                Err(error) => tracing::error!(job = %self.job.id, %error, "a job's end could not be written down"),
            },
            () = self.lease_lost() => tracing::info!(job = %self.job.id, "job stops: cancelled or taken over"),
            () = self.stop.soft().cancelled() => self.hand_back().await,
        }
    }

    /// Resolves when the lease is lost.
    async fn lease_lost(&self) {
        let mut look = tokio::time::interval(LOOK);
        let mut renewed = tokio::time::Instant::now();
        loop {
            look.tick().await;
            let held = if renewed.elapsed() >= BEAT {
                renewed = tokio::time::Instant::now();
                jobs::renew(&self.app, self.job.id, &self.holder).await
            } else {
                jobs::holds(&self.app, self.job.id, &self.holder).await
            };
            match held {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => tracing::warn!(job = %self.job.id, %error, "the lease could not be checked"),
            }
        }
    }

    /// Puts the job back for the next worker, without counting the try.
    async fn hand_back(&self) {
        if let Err(error) = jobs::hand_back(&self.app, &self.job, &self.holder).await {
            tracing::warn!(job = %self.job.id, %error, "the job could not be handed back; its lease runs out instead");
        }
    }
}
