//! One round: publish what is due, tidy up now and then, fill the free slots with jobs, say when to look again.

use std::sync::Arc;
use std::time::Duration;

use rostrum_app::{App, Error, episodes, housekeeping, jobs};
use rostrum_domain::Timestamp;
use rostrum_wire::{Reporter, Shutdown};
use tokio::sync::{Notify, Semaphore};
use tokio_util::task::TaskTracker;

use crate::hold;

/// Looked at least this often, since a poke may be lost.
const POLL: Duration = Duration::from_secs(5);
/// Time between two rounds of tidying up, in seconds.
const TIDY_S: i64 = 600;
/// Time between two searches for stored files that nothing points to, in seconds.
const SEARCH_S: i64 = 24 * 3600;

/// The state of the rounds.
pub(crate) struct Rounds {
    app: Arc<App>,
    holder: String,
    slots: Arc<Semaphore>,
    freed: Arc<Notify>,
    reporter: Arc<Reporter>,
    tidied_at: Option<Timestamp>,
    searched_at: Option<Timestamp>,
}

impl Rounds {
    pub(crate) fn new(app: Arc<App>, holder: String, slots: usize, reporter: Arc<Reporter>) -> Self {
        let slots = Arc::new(Semaphore::new(slots.max(1)));
        Self { app, holder, slots, freed: Arc::default(), reporter, tidied_at: None, searched_at: None }
    }

    /// Resolves when a job has ended.
    pub(crate) async fn slot_freed(&self) {
        self.freed.notified().await;
    }

    /// Does a round; a step that fails is logged, holds up no other, and is tried again in the next round.
    pub(crate) async fn go(&mut self, tasks: &TaskTracker, stop: &Shutdown) -> Duration {
        let due = logged("publishing what is due", episodes::publish_due(&self.app).await);
        logged("tidying up", self.tidy(tasks, stop).await);
        logged("claiming jobs", self.fill(tasks, stop).await);
        due.map_or(POLL, |next| self.until(next).min(POLL))
    }

    async fn fill(&self, tasks: &TaskTracker, stop: &Shutdown) -> Result<(), Error> {
        while let Ok(slot) = Arc::clone(&self.slots).try_acquire_owned() {
            let Some(job) = jobs::claim(&self.app, &self.holder).await? else { break };
            let held = hold::Held {
                app: Arc::clone(&self.app),
                job,
                holder: self.holder.clone(),
                reporter: Arc::clone(&self.reporter),
                stop: stop.clone(),
            };
            let freed = Arc::clone(&self.freed);
            tasks.spawn(async move {
                held.run().await;
                drop(slot);
                freed.notify_one();
            });
        }
        Ok(())
    }

    async fn tidy(&mut self, tasks: &TaskTracker, stop: &Shutdown) -> Result<(), Error> {
        let now = self.app.now();
        if self.tidied_at.is_some_and(|at| now.as_second() - at.as_second() < TIDY_S) {
            return Ok(());
        }
        self.tidied_at = Some(now);
        housekeeping::run(&self.app).await?;
        if self.searched_at.is_none_or(|at| now.as_second() - at.as_second() >= SEARCH_S) {
            self.searched_at = Some(now);
            tasks.spawn(search(Arc::clone(&self.app), stop.clone()));
        }
        Ok(())
    }

    fn until(&self, next: Option<Timestamp>) -> Duration {
        let Some(next) = next else { return POLL };
        let micros = next.as_microsecond() - self.app.now().as_microsecond();
        Duration::from_micros(u64::try_from(micros).unwrap_or(0)).max(Duration::from_millis(1))
    }
}

fn logged<T>(step: &'static str, done: Result<T, Error>) -> Option<T> {
    done.inspect_err(|error| tracing::error!(step, %error, "a step of the round failed")).ok()
}

/// Lists the whole media store, beside the jobs; what is not found this time is found the next.
async fn search(app: Arc<App>, stop: Shutdown) {
    tokio::select! {
        found = housekeeping::unknown(&app) => if let Err(error) = found {
            tracing::warn!(%error, "the search for files that nothing points to failed");
        },
        () = stop.soft().cancelled() => {}
    }
}
