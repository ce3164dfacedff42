//! What those who make shows see of them: the overview, the lists, the work under way.

use rostrum_domain::Id;
use rostrum_domain::access::{Action, Caller};
use rostrum_domain::episode::{Episode, State};
use rostrum_domain::job::{Job, JobState};
use rostrum_domain::show::Show;
use rostrum_domain::user::{Membership, User};
use rostrum_store::episode::Page;
use rostrum_store::upload::Upload;
use rostrum_store::{Tx, asset, episode, job, member, show, upload};

use crate::context::show_for;
use crate::listing::{Entry, entry};
use crate::{App, Error, jobs};

/// Episodes of a show looked through for the overview; older ones are found in its list.
const LOOKED: i64 = 50;
/// Jobs of each state on the overview.
const JOBS_SHOWN: i64 = 20;
/// Drafts and published episodes on the overview.
const SHOWN: (usize, usize) = (6, 4);

/// The first page after signing in.
#[derive(Debug, Clone, Default)]
pub struct Overview {
    /// The caller's shows.
    pub shows: Vec<Show>,
    /// Drafts, last changed first.
    pub drafts: Vec<Entry>,
    /// Scheduled episodes, soonest first.
    pub scheduled: Vec<Entry>,
    /// Published last.
    pub published: Vec<Entry>,
    /// The newest jobs that run, and those that failed.
    pub jobs: Vec<Named>,
}

/// A job with what it works for.
#[derive(Debug, Clone)]
pub struct Named {
    /// The job.
    pub job: Job,
    /// Its show.
    pub show: Option<Show>,
    /// Its episode.
    pub episode: Option<Episode>,
}

/// A show and how it stands.
#[derive(Debug, Clone)]
pub struct ShowStanding {
    /// The show.
    pub show: Show,
    /// Its published episodes.
    pub published: i64,
    /// All its episodes.
    pub all: i64,
    /// What the caller may do in it; none for an administrator without membership.
    pub membership: Option<Membership>,
}

/// What waits, what goes wrong, what went out.
pub async fn overview(app: &App, caller: &Caller) -> Result<Overview, Error> {
    let mut overview = Overview::default();
    for state in [JobState::Running, JobState::Failed] {
        let newest = jobs::Stretch { limit: JOBS_SHOWN, ..jobs::Stretch::default() };
        let wanted = jobs::Wanted { state: Some(state), show: None };
        overview.jobs.extend(named_jobs(app, caller, wanted, newest).await?.0);
    }
    let mut tx = app.store.read().await?;
    overview.shows = visible(&mut tx, caller).await?;
    for show in overview.shows.clone() {
        for episode in episode::of_show(&mut tx, show.id, Page { limit: LOOKED, offset: 0 }).await? {
            let entry = entry(&mut tx, show.clone(), episode).await?;
            match entry.episode.state {
                State::Draft | State::Unpublished => overview.drafts.push(entry),
                State::Scheduled => overview.scheduled.push(entry),
                State::Published => overview.published.push(entry),
            }
        }
    }
    overview.drafts.sort_by_key(|entry| std::cmp::Reverse(entry.episode.updated_at));
    overview.scheduled.sort_by_key(|entry| entry.episode.published_at);
    overview.published.sort_by_key(|entry| std::cmp::Reverse(entry.episode.published_at));
    overview.drafts.truncate(SHOWN.0);
    overview.published.truncate(SHOWN.1);
    Ok(overview)
}

async fn visible(tx: &mut Tx, caller: &Caller) -> Result<Vec<Show>, Error> {
    let everything = caller.may(Action::ViewShow, None);
    Ok(if everything { show::list(tx).await? } else { show::list_of(tx, caller.user_id).await? })
}

/// The caller's shows and how they stand, by title.
pub async fn shows(app: &App, caller: &Caller) -> Result<Vec<ShowStanding>, Error> {
    let mut tx = app.store.read().await?;
    let mut standings = Vec::new();
    for show in visible(&mut tx, caller).await? {
        let published = episode::count_published(&mut tx, show.id).await?;
        let all = episode::count(&mut tx, show.id).await?;
        let membership = member::get(&mut tx, show.id, caller.user_id).await?;
        standings.push(ShowStanding { show, published, all, membership });
    }
    Ok(standings)
}

/// Some of the jobs a caller may see, the newest first, with what they work for, and how many there are.
pub async fn named_jobs(
    app: &App,
    caller: &Caller,
    wanted: jobs::Wanted,
    stretch: jobs::Stretch,
) -> Result<(Vec<Named>, i64), Error> {
    let (found, count) = jobs::list(app, caller, wanted, stretch).await?;
    Ok((name(app, found).await?, count))
}

/// The newest jobs of an episode, with what they work for.
pub async fn jobs_of(app: &App, caller: &Caller, id: Id<Episode>) -> Result<Vec<Named>, Error> {
    let found = jobs::of_episode(app, caller, id).await?;
    name(app, found).await
}

async fn name(app: &App, found: Vec<Job>) -> Result<Vec<Named>, Error> {
    let mut tx = app.store.read().await?;
    let mut named = Vec::with_capacity(found.len());
    for job in found {
        let show = match job.show_id {
            Some(id) => show::get(&mut tx, id).await?,
            None => None,
        };
        let episode = match job.episode_id {
            Some(id) => episode::get(&mut tx, id).await?,
            None => None,
        };
        named.push(Named { job, show, episode });
    }
    Ok(named)
}

/// A job alone, if the caller may see it.
pub async fn job(app: &App, caller: &Caller, id: Id<Job>) -> Result<Option<Named>, Error> {
    let Some(found) = job::get(&mut app.store.read().await?, id).await? else { return Ok(None) };
    if !jobs::visible(app, caller, &found).await? {
        return Ok(None);
    }
    Ok(name(app, vec![found]).await?.pop())
}

/// What the caller may do in a show, beyond looking.
pub async fn may(app: &App, caller: &Caller, show: Id<Show>, action: Action) -> Result<bool, Error> {
    let membership = member::get(&mut app.store.read().await?, show, caller.user_id).await?;
    Ok(caller.may(action, membership))
}

/// The uploads a user has begun and not ended.
pub async fn unfinished(app: &App, user: Id<User>) -> Result<Vec<Upload>, Error> {
    Ok(upload::open_of(&mut app.store.read().await?, user).await?)
}

/// Bytes a show may still take under its quota.
pub async fn room(app: &App, show: Id<Show>) -> Result<u64, Error> {
    let mut tx = app.store.read().await?;
    let stored = asset::bytes_of_show(&mut tx, show).await?;
    let used = stored.saturating_add(upload::pending(&mut tx, show).await?.bytes);
    Ok(app.limits.show_bytes_max.saturating_sub(u64::try_from(used).unwrap_or(0)))
}

/// What a list of episodes is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Letters that occur in the title; empty for all.
    pub words: String,
    /// The word of a state; any other text for all.
    pub state: String,
    /// Episodes to pass over.
    pub offset: i64,
    /// Episodes at most.
    pub size: i64,
}

/// A show's episodes as those who work on it see them, and how many match.
pub async fn episodes(
    app: &App,
    caller: &Caller,
    name: &str,
    filter: &Filter,
) -> Result<(Show, Vec<Entry>, i64), Error> {
    let mut tx = app.store.read().await?;
    let show = show_for(&mut tx, caller, Action::ViewShow, name).await?;
    let wanted = episode::Filter { show: show.id, state: State::parse(&filter.state), words: &filter.words };
    let page = Page { limit: filter.size, offset: filter.offset };
    let (found, count) = episode::filtered(&mut tx, wanted, page).await?;
    let mut entries = Vec::with_capacity(found.len());
    for episode in found {
        entries.push(entry(&mut tx, show.clone(), episode).await?);
    }
    Ok((show, entries, count))
}
