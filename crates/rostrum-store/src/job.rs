//! Durable jobs: claimed under a lease by one statement, so that two workers never run the same one.

use rostrum_domain::episode::Episode;
use rostrum_domain::job::{Job, JobState, backoff_seconds};
use rostrum_domain::show::Show;
use rostrum_domain::user::User;
use rostrum_domain::{Id, Timestamp};

use crate::db::{all, exec, one};
use crate::error::one_changed;
use crate::row::{Row, below, micros};
use crate::{StoreError, Tx};

macro_rules! columns {
    ($head:literal, $rest:literal) => {
        concat!(
            $head,
            "id, kind, payload, show_id, episode_id, state, priority, attempts, run_at, lease_until, error, ",
            "created_at, finished_at",
            $rest
        )
    };
}

const INSERT: &str = "INSERT INTO job (id, kind, payload, show_id, episode_id, state, priority, attempts, run_at, \
     created_at) VALUES ($1, $2, $3, $4, $5, 'ready', $6, 0, $7, $8)";
const GET: &str = columns!("SELECT ", " FROM job WHERE id = $1");
const SEEN: &str = columns!(
    "SELECT ",
    " FROM job WHERE ($1 OR show_id IN (SELECT show_id FROM member WHERE account_id = $2)) \
     AND ($3 = '' OR state = $4) AND ($5 = '' OR show_id = $6) AND id < $7 ORDER BY id DESC LIMIT $8 OFFSET $9"
);
const COUNT_SEEN: &str = "SELECT COUNT(*) AS n FROM job \
     WHERE ($1 OR show_id IN (SELECT show_id FROM member WHERE account_id = $2)) \
     AND ($3 = '' OR state = $4) AND ($5 = '' OR show_id = $6)";
const OF_EPISODE: &str =
    columns!("SELECT ", " FROM job WHERE episode_id = $1 ORDER BY created_at DESC, id DESC LIMIT 20");
const CLAIM: &str = columns!(
    "UPDATE job SET state = 'running', attempts = attempts + 1, lease = $1, lease_until = $2, error = NULL \
     WHERE state = 'ready' AND id = (SELECT id FROM job WHERE state = 'ready' AND run_at <= $3 \
     AND (episode_id IS NULL OR episode_id NOT IN \
     (SELECT episode_id FROM job WHERE state = 'running' AND episode_id IS NOT NULL)) \
     ORDER BY priority DESC, run_at, id LIMIT 1) RETURNING ",
    ""
);
const RENEW: &str = "UPDATE job SET lease_until = $1 WHERE id = $2 AND state = 'running' AND lease = $3";
const FINISH: &str = "UPDATE job SET state = 'done', lease = NULL, lease_until = NULL, finished_at = $1 \
     WHERE id = $2 AND state = 'running' AND lease = $3";
const RETRY: &str = "UPDATE job SET state = 'ready', lease = NULL, lease_until = NULL, run_at = $1, error = $2 \
     WHERE id = $3 AND state = 'running' AND lease = $4";
const GIVE_UP: &str = "UPDATE job SET state = 'failed', lease = NULL, lease_until = NULL, finished_at = $1, \
     error = $2 WHERE id = $3 AND state = 'running' AND lease = $4";
const EXPIRED: &str = columns!("SELECT ", " FROM job WHERE state = 'running' AND lease_until < $1");
const LEFT: &str = columns!("SELECT ", " FROM job WHERE state = 'running' AND lease LIKE $1");
const PUT_BACK: &str = "UPDATE job SET state = 'ready', lease = NULL, lease_until = NULL, run_at = $1, error = $2 \
     WHERE id = $3 AND state = 'running' AND lease_until = $4";
const ABANDON: &str = "UPDATE job SET state = 'failed', lease = NULL, lease_until = NULL, finished_at = $1, error = $2 \
     WHERE id = $3 AND state = 'running' AND lease_until = $4";
const CANCEL: &str = "UPDATE job SET state = 'cancelled', lease = NULL, lease_until = NULL, finished_at = $1 \
     WHERE id = $2 AND state IN ('ready', 'running')";
const CANCEL_OF_EPISODE: &str = "UPDATE job SET state = 'cancelled', lease = NULL, lease_until = NULL, \
     finished_at = $1 WHERE episode_id = $2 AND kind = $3 AND state IN ('ready', 'running')";
const AGAIN: &str = "UPDATE job SET state = 'ready', attempts = 0, run_at = $1, error = NULL, finished_at = NULL \
     WHERE id = $2 AND state IN ('failed', 'cancelled')";
const HELD: &str = "SELECT COUNT(*) AS n FROM job WHERE id = $1 AND state = 'running' AND lease = $2";
const HAND_BACK: &str = "UPDATE job SET state = 'ready', lease = NULL, lease_until = NULL, attempts = attempts - 1 \
     WHERE id = $1 AND state = 'running' AND lease = $2";
const NEXT: &str = "SELECT CAST(MIN(run_at) AS BIGINT) AS at FROM job WHERE state = 'ready'";
const OPEN: &str = "SELECT COUNT(*) AS n FROM job WHERE state IN ('ready', 'running')";
const OPEN_OF_KIND: &str = "SELECT COUNT(*) AS n FROM job WHERE kind = $1 AND state IN ('ready', 'running')";
const PRUNE: &str = "DELETE FROM job WHERE state IN ('done', 'cancelled') AND finished_at < $1";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[
    INSERT,
    GET,
    SEEN,
    COUNT_SEEN,
    OF_EPISODE,
    CLAIM,
    RENEW,
    FINISH,
    RETRY,
    GIVE_UP,
    EXPIRED,
    LEFT,
    PUT_BACK,
    ABANDON,
    CANCEL,
    CANCEL_OF_EPISODE,
    AGAIN,
    HELD,
    HAND_BACK,
    NEXT,
    OPEN,
    OPEN_OF_KIND,
    PRUNE,
];

#[derive(sqlx::FromRow)]
struct JobRow {
    id: String,
    kind: String,
    payload: String,
    show_id: Option<String>,
    episode_id: Option<String>,
    state: String,
    priority: i64,
    attempts: i64,
    run_at: i64,
    lease_until: Option<i64>,
    error: Option<String>,
    created_at: i64,
    finished_at: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct At {
    at: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct Count {
    n: i64,
}

impl TryFrom<JobRow> for Job {
    type Error = StoreError;

    fn try_from(row: JobRow) -> Result<Self, StoreError> {
        let at = Row { table: "job", id: &row.id };
        Ok(Self {
            id: at.id("id", &row.id)?,
            show_id: at.maybe_id("show_id", row.show_id.as_deref())?,
            episode_id: at.maybe_id("episode_id", row.episode_id.as_deref())?,
            state: JobState::parse(&row.state).ok_or_else(|| at.bad("state"))?,
            run_at: at.time("run_at", row.run_at)?,
            lease_until: at.maybe_time("lease_until", row.lease_until)?,
            created_at: at.time("created_at", row.created_at)?,
            finished_at: at.maybe_time("finished_at", row.finished_at)?,
            kind: row.kind,
            payload: row.payload,
            priority: row.priority,
            attempts: row.attempts,
            error: row.error,
        })
    }
}

fn domain(rows: Vec<JobRow>) -> Result<Vec<Job>, StoreError> {
    rows.into_iter().map(Job::try_from).collect()
}

/// A worker's hold on a job: its name for the lease and when the hold ends.
#[derive(Debug, Clone)]
pub struct Lease {
    /// Unique to one worker process; the fence that keeps a late worker from writing.
    pub holder: String,
    /// The end unless renewed.
    pub until: Timestamp,
}

/// Adds a ready job.
pub async fn insert(tx: &mut Tx, job: &Job) -> Result<(), StoreError> {
    exec!(
        tx,
        INSERT,
        job.id.to_string(),
        &job.kind,
        &job.payload,
        job.show_id.map(|id| id.to_string()),
        job.episode_id.map(|id| id.to_string()),
        job.priority,
        micros(job.run_at),
        micros(job.created_at),
    )?;
    Ok(())
}

/// The job with this id.
pub async fn get(tx: &mut Tx, id: Id<Job>) -> Result<Option<Job>, StoreError> {
    one!(tx, JobRow, GET, id.to_string())?.map(Job::try_from).transpose()
}

/// Which jobs a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// Only those of shows this user is a member of; all for none.
    pub member: Option<Id<User>>,
    /// Only those in this state.
    pub state: Option<JobState>,
    /// Only those of this show.
    pub show: Option<Id<Show>>,
}

/// Where in a list one is, from the newest back: behind a job, past some more, so many.
#[derive(Debug, Clone, Copy, Default)]
pub struct Stretch {
    /// The job before; none for the beginning.
    pub after: Option<Id<Job>>,
    /// Jobs to pass over.
    pub offset: i64,
    /// Jobs at most.
    pub limit: i64,
}

/// Jobs that match, the newest first, and how many match in all.
pub async fn list(tx: &mut Tx, filter: Filter, stretch: Stretch) -> Result<(Vec<Job>, i64), StoreError> {
    let (all, user) = (filter.member.is_none(), text(filter.member));
    let (state, show) = (filter.state.map_or("", JobState::as_str), text(filter.show));
    let Stretch { after, offset, limit } = stretch;
    let rows = all!(tx, JobRow, SEEN, all, &user, state, state, &show, &show, below(after), limit, offset)?;
    let count = one!(tx, Count, COUNT_SEEN, all, &user, state, state, &show, &show)?.map_or(0, |row| row.n);
    Ok((domain(rows)?, count))
}

fn text<T>(id: Option<Id<T>>) -> String {
    id.map_or_else(String::new, |id| id.to_string())
}

/// The newest jobs of an episode.
pub async fn of_episode(tx: &mut Tx, episode: Id<Episode>) -> Result<Vec<Job>, StoreError> {
    domain(all!(tx, JobRow, OF_EPISODE, episode.to_string())?)
}

/// Takes the ready job that comes first, if there is one due. An episode's jobs run one after the other, since each
/// reads what the one before has written. On Postgres two workers may reach for the same row, and the later one gets
/// none and asks again; or for two jobs of one episode at the same instant, and so what is read is looked at once more
/// when something is put in its place.
pub async fn claim(tx: &mut Tx, lease: &Lease, now: Timestamp) -> Result<Option<Job>, StoreError> {
    one!(tx, JobRow, CLAIM, &lease.holder, micros(lease.until), micros(now))?.map(Job::try_from).transpose()
}

/// Extends a lease; `Stale` when it was lost (cancelled, or taken over after it ran out).
pub async fn renew(tx: &mut Tx, id: Id<Job>, lease: &Lease) -> Result<(), StoreError> {
    one_changed(exec!(tx, RENEW, micros(lease.until), id.to_string(), &lease.holder)?)
}

/// Ends a job well; `Stale` when the lease was lost, and then the caller's whole transaction must not commit.
pub async fn finish(tx: &mut Tx, id: Id<Job>, holder: &str, now: Timestamp) -> Result<(), StoreError> {
    one_changed(exec!(tx, FINISH, micros(now), id.to_string(), holder)?)
}

/// A failed try: what went wrong, and when to try again (never, if there is no time).
#[derive(Debug, Clone)]
pub struct Failure {
    /// For a person.
    pub error: String,
    /// The next try.
    pub again_at: Option<Timestamp>,
}

/// Puts a failed job back, or gives it up.
pub async fn fail(tx: &mut Tx, job: &Job, holder: &str, failure: (&Failure, Timestamp)) -> Result<(), StoreError> {
    let (Failure { error, again_at }, now) = failure;
    let rows = match again_at {
        Some(at) => exec!(tx, RETRY, micros(*at), error, job.id.to_string(), holder)?,
        None => exec!(tx, GIVE_UP, micros(now), error, job.id.to_string(), holder)?,
    };
    one_changed(rows)
}

/// Puts jobs back whose worker has gone silent, later each time; gives up those over which too many have died. Gives
/// how many there were.
pub async fn expire(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreError> {
    let lost = domain(all!(tx, JobRow, EXPIRED, micros(now))?)?;
    put_back(tx, lost, now).await
}

/// The same with jobs whose holder's name begins with `house`, a word of letters and digits: the caller knows that none
/// of its house works any more.
pub async fn reclaim(tx: &mut Tx, house: &str, now: Timestamp) -> Result<u64, StoreError> {
    let lost = domain(all!(tx, JobRow, LEFT, format!("{house}:%"))?)?;
    put_back(tx, lost, now).await
}

/// Workers that may die over a job before it is given up: more than tries, since most of them die of something else.
const LOSSES_MAX: i64 = 8;

/// Seconds to wait after a worker died over a job on this try: none after the first, up to 320 later; none at all when
/// it is to be given up.
fn loss_seconds(attempts: i64) -> Option<i64> {
    match attempts {
        ..=1 => Some(0),
        LOSSES_MAX.. => None,
        later => Some(backoff_seconds((later - 1).min(4))),
    }
}

/// The end of the lease as it was read keeps out a worker that renewed it meanwhile, or took the job.
async fn put_back(tx: &mut Tx, lost: Vec<Job>, now: Timestamp) -> Result<u64, StoreError> {
    let mut count = 0;
    for job in lost {
        let (id, until) = (job.id.to_string(), job.lease_until.map_or(0, micros));
        let wait = loss_seconds(job.attempts).map(jiff::SignedDuration::from_secs);
        count += match wait.map(|wait| now.checked_add(wait).unwrap_or(now)) {
            Some(at) => exec!(tx, PUT_BACK, micros(at), "the worker stopped in the middle", &id, until)?,
            None => {
                let error =
                    format!("the worker stopped in the middle {} times; this work may be what stops it", job.attempts);
                exec!(tx, ABANDON, micros(now), &error, &id, until)?
            }
        };
    }
    Ok(count)
}

/// Stops a job; `Stale` when it had ended already.
pub async fn cancel(tx: &mut Tx, id: Id<Job>, now: Timestamp) -> Result<(), StoreError> {
    one_changed(exec!(tx, CANCEL, micros(now), id.to_string())?)
}

/// Stops an episode's open jobs of a kind, when newer work replaces them.
pub async fn cancel_of_episode(
    tx: &mut Tx,
    episode: Id<Episode>,
    kind: &str,
    now: Timestamp,
) -> Result<u64, StoreError> {
    exec!(tx, CANCEL_OF_EPISODE, micros(now), episode.to_string(), kind)
}

/// Gives a failed or cancelled job another life; `Stale` when it is neither.
pub async fn again(tx: &mut Tx, id: Id<Job>, now: Timestamp) -> Result<(), StoreError> {
    one_changed(exec!(tx, AGAIN, micros(now), id.to_string())?)
}

/// Whether a job is running under this holder's lease.
pub async fn held_by(tx: &mut Tx, id: Id<Job>, holder: &str) -> Result<bool, StoreError> {
    Ok(one!(tx, Count, HELD, id.to_string(), holder)?.is_some_and(|row| row.n == 1))
}

/// Puts a running job back as if it had not been claimed; nothing happens when the lease is lost.
pub async fn hand_back(tx: &mut Tx, id: Id<Job>, holder: &str) -> Result<(), StoreError> {
    exec!(tx, HAND_BACK, id.to_string(), holder)?;
    Ok(())
}

/// When the next ready job is due.
pub async fn next_at(tx: &mut Tx) -> Result<Option<Timestamp>, StoreError> {
    let at = one!(tx, At, NEXT)?.and_then(|row| row.at);
    Row { table: "job", id: "next" }.maybe_time("run_at", at)
}

/// How many jobs are ready or running.
pub async fn open_count(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(one!(tx, Count, OPEN)?.map_or(0, |row| row.n))
}

/// Whether a job of this kind waits or runs.
pub async fn is_open(tx: &mut Tx, kind: &str) -> Result<bool, StoreError> {
    Ok(one!(tx, Count, OPEN_OF_KIND, kind)?.is_some_and(|row| row.n > 0))
}

/// Forgets jobs that ended well before `before`.
pub async fn prune(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    exec!(tx, PRUNE, micros(before))
}
