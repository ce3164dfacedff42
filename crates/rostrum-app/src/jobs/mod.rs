//! Durable work: one file per kind. Each is idempotent, and ends in the very transaction that writes its result, so a
//! worker that lost its lease can write nothing.

pub mod backfill;
pub mod erase;
pub mod index;
pub mod portrait;
pub mod recording;
pub mod remaster;
pub mod retag;
pub mod stems;
pub mod sweep;
pub mod transcode;
pub mod trim;

mod handle;

pub use handle::{Failed, Handle, Reporting};

use jiff::SignedDuration;
use rostrum_domain::access::{Action, Caller};
use rostrum_domain::episode::Episode;
use rostrum_domain::job::{ATTEMPTS_MAX, Job, JobState, backoff_seconds};
use rostrum_domain::show::Show;
use rostrum_domain::{Id, Timestamp};
use rostrum_store::job::{Failure, Filter, Lease};
use rostrum_store::{StoreError, Tx, job};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

pub use rostrum_store::job::Stretch;

use crate::audit::{self, Note};
use crate::{App, Error, cause, shows};

/// How long a worker holds a job without renewing.
pub const LEASE: SignedDuration = SignedDuration::from_secs(30);

/// One kind of durable work: its arguments are its fields.
pub trait Work: Serialize + DeserializeOwned + Send {
    /// The word in the `job` table.
    const KIND: &'static str;
    /// Higher runs first.
    const PRIORITY: i64;

    /// Does the work; must be safe to repeat.
    fn run(self, app: &App, handle: &Handle) -> impl Future<Output = Result<(), Failed>> + Send;
}

/// For whom a job works and when it may begin.
#[derive(Debug, Clone, Copy, Default)]
pub struct For {
    /// The show, if any.
    pub show: Option<Id<Show>>,
    /// The episode, if any.
    pub episode: Option<Id<Episode>>,
    /// Seconds to wait first, so that a burst of changes becomes one job.
    pub delay_s: i64,
}

impl For {
    /// For an episode, at once.
    pub fn episode(of: &Episode) -> Self {
        Self { show: Some(of.show_id), episode: Some(of.id), delay_s: 0 }
    }
}

/// Queues work on the caller's transaction.
pub async fn enqueue<W: Work>(app: &App, tx: &mut Tx, work: &W, whom: For) -> Result<Id<Job>, Error> {
    let now = app.now();
    let new = Job {
        id: app.id(now),
        kind: W::KIND.to_owned(),
        payload: cause::noted(serde_json::to_value(work).map_err(Error::internal)?),
        show_id: whom.show,
        episode_id: whom.episode,
        state: JobState::Ready,
        priority: W::PRIORITY,
        attempts: 0,
        run_at: later(now, whom.delay_s),
        lease_until: None,
        error: None,
        created_at: now,
        finished_at: None,
    };
    job::insert(tx, &new).await?;
    Ok(new.id)
}

/// The id of the request that led to a job; empty where none did.
pub fn cause_of(job: &Job) -> String {
    cause::read(&job.payload)
}

fn later(now: Timestamp, seconds: i64) -> Timestamp {
    now.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(now)
}

/// Removes what a worker that was killed has left in its part of the folder for files under way. Only for who knows
/// that no other worker of this house runs.
pub fn clear_workbench(app: &App) -> std::io::Result<()> {
    match std::fs::remove_dir_all(app.workbench()?) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Puts back at once what a worker of this house that was killed has left, instead of waiting for its leases to end.
/// Holders are named `house:anything`.
pub async fn reclaim(app: &App, house: &str) -> Result<u64, Error> {
    let mut tx = app.store.write().await?;
    let found = job::reclaim(&mut tx, house, app.now()).await?;
    tx.commit().await?;
    Ok(found)
}

/// Takes the next job that is due, for the worker named `holder`.
pub async fn claim(app: &App, holder: &str) -> Result<Option<Job>, Error> {
    let now = app.now();
    let mut tx = app.store.write().await?;
    job::expire(&mut tx, now).await?;
    let claimed = job::claim(&mut tx, &lease(app, holder), now).await?;
    tx.commit().await?;
    Ok(claimed)
}

/// Extends a worker's hold; false when the job was cancelled or taken over.
pub async fn renew(app: &App, id: Id<Job>, holder: &str) -> Result<bool, Error> {
    let mut tx = app.store.write().await?;
    match job::renew(&mut tx, id, &lease(app, holder)).await {
        Ok(()) => tx.commit().await.map(|()| true).map_err(Error::from),
        Err(StoreError::Stale) => Ok(false),
        Err(other) => Err(other.into()),
    }
}

/// Whether a worker still holds a job.
pub async fn holds(app: &App, id: Id<Job>, holder: &str) -> Result<bool, Error> {
    Ok(job::held_by(&mut app.store.read().await?, id, holder).await?)
}

/// Puts a running job back in the queue without counting the try, when its worker stops in good order.
pub async fn hand_back(app: &App, job: &Job, holder: &str) -> Result<(), Error> {
    let mut tx = app.store.write().await?;
    job::hand_back(&mut tx, job.id, holder).await?;
    tx.commit().await?;
    Ok(())
}

fn lease(app: &App, holder: &str) -> Lease {
    Lease { holder: holder.to_owned(), until: app.now().checked_add(LEASE).unwrap_or(Timestamp::MAX) }
}

/// Runs a claimed job to its end, good or bad, and writes that end down.
pub async fn run(app: &App, job: &Job, handle: &Handle) -> Result<(), Error> {
    let outcome = match job.kind.as_str() {
        transcode::Transcode::KIND => start::<transcode::Transcode>(app, job, handle).await,
        retag::Retag::KIND => start::<retag::Retag>(app, job, handle).await,
        recording::Recording::KIND => start::<recording::Recording>(app, job, handle).await,
        stems::Stems::KIND => start::<stems::Stems>(app, job, handle).await,
        backfill::Backfill::KIND => start::<backfill::Backfill>(app, job, handle).await,
        erase::Erase::KIND => start::<erase::Erase>(app, job, handle).await,
        trim::Trim::KIND => start::<trim::Trim>(app, job, handle).await,
        remaster::Remaster::KIND => start::<remaster::Remaster>(app, job, handle).await,
        index::Index::KIND => start::<index::Index>(app, job, handle).await,
        portrait::Fetch::KIND => start::<portrait::Fetch>(app, job, handle).await,
        sweep::Sweep::KIND => start::<sweep::Sweep>(app, job, handle).await,
        unknown => Err(Failed::Final(format!("this version of the program does not know the work “{unknown}”"))),
    };
    handle.ended();
    match outcome {
        Ok(()) => Ok(()),
        Err(Failed::Lost) => {
            tracing::info!(job = %job.id, kind = job.kind, "the job was cancelled or taken over");
            Ok(())
        }
        Err(Failed::Final(reason)) => fail(app, job, handle, Failure { error: reason, again_at: None }).await,
        Err(Failed::Again(error)) => {
            tracing::warn!(job = %job.id, kind = job.kind, attempt = job.attempts, %error, "a job failed");
            let again_at = (job.attempts < ATTEMPTS_MAX).then(|| later(app.now(), backoff_seconds(job.attempts)));
            fail(app, job, handle, Failure { error: error.to_string(), again_at }).await
        }
    }
}

async fn start<W: Work>(app: &App, job: &Job, handle: &Handle) -> Result<(), Failed> {
    let work: W = serde_json::from_str(&job.payload).map_err(|error| Failed::Final(error.to_string()))?;
    work.run(app, handle).await
}

async fn fail(app: &App, job: &Job, handle: &Handle, failure: Failure) -> Result<(), Error> {
    let mut tx = app.store.write().await?;
    match job::fail(&mut tx, job, handle.holder(), (&failure, app.now())).await {
        Ok(()) => Ok(tx.commit().await?),
        Err(StoreError::Stale) => Ok(()),
        Err(other) => Err(other.into()),
    }
}

/// Some of the jobs a caller may see, the newest first, and how many there are: those of the shows they work on, all
/// for admins.
pub async fn list(app: &App, caller: &Caller, wanted: Wanted, stretch: Stretch) -> Result<(Vec<Job>, i64), Error> {
    let filter = Filter { member: shows::whose(caller)?, state: wanted.state, show: wanted.show };
    Ok(job::list(&mut app.store.read().await?, filter, stretch).await?)
}

/// What a list of jobs is narrowed to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// Only those in this state.
    pub state: Option<JobState>,
    /// Only those of this show.
    pub show: Option<Id<Show>>,
}

/// Whether a caller may see a job.
pub async fn visible(app: &App, caller: &Caller, job: &Job) -> Result<bool, Error> {
    may(&mut app.store.read().await?, caller, Action::ViewShow, job).await
}

/// The newest jobs of an episode.
pub async fn of_episode(app: &App, caller: &Caller, episode: Id<Episode>) -> Result<Vec<Job>, Error> {
    let mut tx = app.store.read().await?;
    crate::episodes::guarded(&mut tx, caller, Action::ViewShow, episode).await?;
    Ok(job::of_episode(&mut tx, episode).await?)
}

/// Stops a job.
pub async fn cancel(app: &App, caller: &Caller, id: Id<Job>) -> Result<(), Error> {
    let mut tx = app.store.write().await?;
    let found = reachable(&mut tx, caller, id).await?;
    job::cancel(&mut tx, id, app.now()).await.map_err(|error| match error {
        StoreError::Stale => Error::Conflict("This job has ended already.".into()),
        other => other.into(),
    })?;
    note(app, &mut tx, &found, Note::by(caller, "job-cancelled", format!("job {id}"))).await?;
    tx.commit().await?;
    app.wake_worker();
    Ok(())
}

/// Runs a failed or cancelled job again.
pub async fn again(app: &App, caller: &Caller, id: Id<Job>) -> Result<(), Error> {
    let mut tx = app.store.write().await?;
    let found = reachable(&mut tx, caller, id).await?;
    job::again(&mut tx, id, app.now()).await.map_err(|error| match error {
        StoreError::Stale => Error::Conflict("Only a job that failed or was cancelled can run again.".into()),
        other => other.into(),
    })?;
    note(app, &mut tx, &found, Note::by(caller, "job-repeated", format!("job {id}"))).await?;
    tx.commit().await?;
    app.wake_worker();
    Ok(())
}

async fn note(app: &App, tx: &mut Tx, job: &Job, note: Note) -> Result<(), Error> {
    audit::note(app, tx, note.with(json!({"title": job.kind, "episode": job.episode_id}))).await
}

async fn reachable(tx: &mut Tx, caller: &Caller, id: Id<Job>) -> Result<Job, Error> {
    let found = job::get(tx, id).await?.ok_or(Error::Missing("job"))?;
    let Some(show) = found.show_id else {
        return if caller.may(Action::ManageSite, None) { Ok(found) } else { Err(Error::Missing("job")) };
    };
    match shows::by_id(tx, caller, Action::EditEpisodes, show).await {
        Ok(_) => Ok(found),
        Err(Error::Missing(_)) => Err(Error::Missing("job")),
        Err(other) => Err(other),
    }
}

async fn may(tx: &mut Tx, caller: &Caller, action: Action, job: &Job) -> Result<bool, Error> {
    let Some(show) = job.show_id else { return Ok(caller.may(action, None)) };
    match shows::by_id(tx, caller, action, show).await {
        Ok(_) => Ok(true),
        Err(Error::Missing(_) | Error::Denied(_)) => Ok(false),
        Err(other) => Err(other),
    }
}
