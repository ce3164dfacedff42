//! Making, changing, publishing and deleting episodes.

use rostrum_domain::access::{Action, Caller};
use rostrum_domain::asset::Asset;
use rostrum_domain::chapter::Chapter;
use rostrum_domain::episode::{Episode, EpisodeFacts, State, blockers};
use rostrum_domain::show::Show;
use rostrum_domain::{Id, Problems, Slug, Timestamp};
use rostrum_store::episode::Page;
use rostrum_store::finding::Finding;
use rostrum_store::{StoreError, Tx, asset, episode, former, show};
use serde_json::{Map, Value, json};

use crate::audit::{self, Note};
use crate::context::show_for;
use crate::{App, Error, chapters, jobs, portraits, search, shows};

/// Numbers tried behind a slug that is taken.
const SLUG_TRIES: u32 = 200;
/// Time after which an episode that is due and blocked is looked at again.
const BLOCKED_AGAIN: jiff::SignedDuration = jiff::SignedDuration::from_secs(15);
/// Tries given at once to an episode that is due and that somebody is changing.
const TRIES: u32 = 5;

/// A change to an episode as its creator sends it.
#[derive(Debug, Clone)]
pub struct Change {
    /// The new facts, whole.
    pub facts: EpisodeFacts,
    /// A new address, if it is to change; the old one leads to it.
    pub slug: Option<Slug>,
    /// The version the change was made on; none accepts any.
    pub version: Option<i64>,
}

/// An episode with all that its pages show.
#[derive(Debug, Clone)]
pub struct Detail {
    /// The show it belongs to.
    pub show: Show,
    /// The episode.
    pub episode: Episode,
    /// Its current files.
    pub assets: Vec<Asset>,
    /// What keeps it from being published.
    pub blockers: Problems,
    /// Chapters in its uploaded file that it could take over; none when it has some.
    pub file_chapters: Vec<Chapter>,
    /// What its maker should know of the uploaded sound; English sentences.
    pub warnings: Vec<String>,
}

/// The path of an episode's page.
pub fn path(show: &Show, episode: &Episode) -> String {
    format!("/shows/{}/{}", show.slug, episode.slug)
}

/// Makes a draft.
pub async fn create(app: &App, caller: &Caller, show: &str, facts: EpisodeFacts) -> Result<Episode, Error> {
    facts.check()?;
    let mut tx = app.store.write().await?;
    let show = show_for(&mut tx, caller, Action::EditEpisodes, show).await?;
    let made = insert_draft(app, &mut tx, show.id, facts).await?;
    audit::note(app, &mut tx, about(&made, |object| Note::by(caller, "episode-made", object))).await?;
    tx.commit().await?;
    Ok(made)
}

/// Adds a draft to a show within the caller's transaction; the facts must have been checked.
pub async fn insert_draft(app: &App, tx: &mut Tx, show: Id<Show>, facts: EpisodeFacts) -> Result<Episode, Error> {
    let now = app.now();
    let id = app.id(now);
    let made = Episode {
        id,
        show_id: show,
        slug: free_slug(tx, show, &facts.title).await?,
        guid: id.to_string(),
        state: State::Draft,
        published_at: None,
        facts,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    episode::insert(tx, &made).await?;
    search::facts(tx, &made).await?;
    portraits::want(app, tx, (show, Some(id)), &made.facts.persons).await?;
    Ok(made)
}

pub(crate) async fn free_slug(tx: &mut Tx, show: Id<Show>, title: &str) -> Result<Slug, Error> {
    let wish = Slug::from_title(title, "episode");
    for n in 1..SLUG_TRIES {
        let slug = if n == 1 { wish.clone() } else { wish.numbered(n) };
        if !episode::slug_taken(tx, show, &slug).await? {
            return Ok(slug);
        }
    }
    Err(Error::invalid("title", "Too many episodes of this show have this title; choose another."))
}

/// An episode as those who work on it see it.
pub async fn get(app: &App, caller: &Caller, id: Id<Episode>) -> Result<Detail, Error> {
    let mut tx = app.store.read().await?;
    let (show, episode) = guarded(&mut tx, caller, Action::ViewShow, id).await?;
    detail(&mut tx, show, episode).await
}

pub(crate) async fn detail(tx: &mut Tx, show: Show, episode: Episode) -> Result<Detail, Error> {
    let assets = asset::of_episode(tx, episode.id).await?;
    let blockers = blockers(&show, &episode, &assets);
    let Finding { chapters: file_chapters, warnings } = chapters::found(tx, &episode, &assets).await?;
    Ok(Detail { show, episode, assets, blockers, file_chapters, warnings })
}

/// The episode with this id and its show, if the caller may do `action`.
pub(crate) async fn guarded(
    tx: &mut Tx,
    caller: &Caller,
    action: Action,
    id: Id<Episode>,
) -> Result<(Show, Episode), Error> {
    let found = episode::get(tx, id).await?.ok_or(Error::Missing("episode"))?;
    match shows::by_id(tx, caller, action, found.show_id).await {
        Ok(show) => Ok((show, found)),
        Err(Error::Missing(_)) => Err(Error::Missing("episode")),
        Err(other) => Err(other),
    }
}

/// A show's episodes as those who work on it see them, the newest made first, and how many there are.
pub async fn list(app: &App, caller: &Caller, show: &str, page: Page) -> Result<(Show, Vec<Episode>, i64), Error> {
    let mut tx = app.store.read().await?;
    let show = show_for(&mut tx, caller, Action::ViewShow, show).await?;
    let episodes = episode::of_show(&mut tx, show.id, page).await?;
    let count = episode::count(&mut tx, show.id).await?;
    Ok((show, episodes, count))
}

/// Changes an episode's facts.
pub async fn update(app: &App, caller: &Caller, id: Id<Episode>, change: Change) -> Result<Episode, Error> {
    change.facts.check()?;
    let mut tx = app.store.write().await?;
    let (_, before) = guarded(&mut tx, caller, Action::EditEpisodes, id).await?;
    let mut found = before.clone();
    found.version = change.version.unwrap_or(found.version);
    found.facts = change.facts;
    found.slug = change.slug.unwrap_or(found.slug);
    let tags_change = in_tags(&before) != in_tags(&found);
    if found.slug != before.slug {
        former::move_episode(&mut tx, &before, &found.slug).await.map_err(taken)?;
    }
    save(app, &mut tx, &mut found).await?;
    search::facts(&mut tx, &found).await?;
    portraits::want(app, &mut tx, (found.show_id, Some(id)), &found.facts.persons).await?;
    let mut changes = audit::changes(&before.facts, &found.facts);
    changes.extend(audit::changes(&json!({"address": before.slug}), &json!({"address": found.slug})));
    note_change(app, &mut tx, caller, (&found, changes)).await?;
    if tags_change {
        jobs::retag::enqueue(app, &mut tx, &found).await?;
    }
    tx.commit().await?;
    app.wake_worker();
    Ok(found)
}

/// What of an episode is written into its files; the date is not among it, since it comes with publication.
fn in_tags(episode: &Episode) -> impl PartialEq + use<'_> {
    let facts = &episode.facts;
    (&facts.title, &facts.summary, &facts.chapters, facts.number, &episode.slug)
}

async fn save(app: &App, tx: &mut Tx, changed: &mut Episode) -> Result<(), Error> {
    changed.updated_at = app.now();
    episode::update(tx, changed).await.map_err(taken)?;
    changed.version += 1;
    search::listed(tx, changed).await
}

/// What an error of writing an episode says to whoever wrote it.
fn taken(error: StoreError) -> Error {
    match error {
        StoreError::Taken => Error::invalid("slug", "Another episode has this address; choose another."),
        other => other.into(),
    }
}

/// A note about an episode that still tells its title when the episode is gone.
pub(crate) fn about(episode: &Episode, note: impl FnOnce(String) -> Note) -> Note {
    note(format!("episode {}", episode.id)).with(json!({"title": episode.facts.title}))
}

/// Notes what is different about an episode; nothing when nothing is.
pub(crate) async fn note_change(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    (episode, changes): (&Episode, Map<String, Value>),
) -> Result<(), Error> {
    if changes.is_empty() {
        return Ok(());
    }
    let note = Note::by(caller, "episode-changed", format!("episode {}", episode.id));
    audit::note(app, tx, note.with(json!({"title": episode.facts.title, "changes": changes}))).await
}

/// Publishes an episode now.
pub async fn publish(app: &App, caller: &Caller, id: Id<Episode>) -> Result<Episode, Error> {
    let mut tx = app.store.write().await?;
    let (show, episode) = guarded(&mut tx, caller, Action::EditEpisodes, id).await?;
    let Detail { mut episode, blockers, .. } = detail(&mut tx, show, episode).await?;
    blockers.into_result()?;
    episode.publish(app.now())?;
    save(app, &mut tx, &mut episode).await?;
    audit::note(app, &mut tx, about(&episode, |object| Note::by(caller, "episode-published", object))).await?;
    tx.commit().await?;
    Ok(episode)
}

/// Lets an episode be published by itself at `at`.
pub async fn schedule(app: &App, caller: &Caller, id: Id<Episode>, at: Timestamp) -> Result<Episode, Error> {
    let mut tx = app.store.write().await?;
    let (_, mut episode) = guarded(&mut tx, caller, Action::EditEpisodes, id).await?;
    episode.schedule(at, app.now())?;
    save(app, &mut tx, &mut episode).await?;
    let detail = json!({"title": episode.facts.title, "for": at});
    let note = Note::by(caller, "episode-scheduled", format!("episode {}", episode.id));
    audit::note(app, &mut tx, note.with(detail)).await?;
    // Its files learn the date before anybody has them.
    jobs::retag::enqueue(app, &mut tx, &episode).await?;
    tx.commit().await?;
    app.wake_worker();
    Ok(episode)
}

/// Takes an episode off the pages or off the schedule.
pub async fn unpublish(app: &App, caller: &Caller, id: Id<Episode>) -> Result<Episode, Error> {
    let mut tx = app.store.write().await?;
    let (_, mut episode) = guarded(&mut tx, caller, Action::EditEpisodes, id).await?;
    episode.unpublish()?;
    save(app, &mut tx, &mut episode).await?;
    audit::note(app, &mut tx, about(&episode, |object| Note::by(caller, "episode-unpublished", object))).await?;
    tx.commit().await?;
    Ok(episode)
}

/// Publishes what is due, each at its own time however late it is; an episode that something still blocks stays
/// scheduled and holds up no other, nor does one that cannot be read. Gives the moment to look again.
pub async fn publish_due(app: &App) -> Result<Option<Timestamp>, Error> {
    let now = app.now();
    let mut waiting = 0;
    loop {
        let due = episode::due(&mut app.store.read().await?, now, waiting).await?;
        if due.is_empty() {
            break;
        }
        for due in due {
            let published = publish_one_due(app, due, now).await.unwrap_or_else(|error| {
                tracing::error!(episode = %due, %error, "an episode that is due could not be published");
                false
            });
            waiting += i64::from(!published);
        }
    }
    let next = episode::next_due(&mut app.store.read().await?, now).await?;
    let again = now.checked_add(BLOCKED_AGAIN).ok().filter(|_| waiting > 0);
    Ok([next, again].into_iter().flatten().min())
}

/// Publishes it unless something blocks it; who changes it at the same instant makes for another try, not for a delay.
async fn publish_one_due(app: &App, due: Id<Episode>, now: Timestamp) -> Result<bool, Error> {
    for _ in 0..TRIES {
        match publish_if_ready(app, due, now).await {
            Err(Error::Conflict(_)) => {}
            other => return other,
        }
    }
    publish_if_ready(app, due, now).await
}

/// False when something blocks it, true when it needs no more publishing.
async fn publish_if_ready(app: &App, due: Id<Episode>, now: Timestamp) -> Result<bool, Error> {
    let mut tx = app.store.write().await?;
    let Some(due) = episode::get(&mut tx, due).await?.filter(|found| found.is_due(now)) else { return Ok(true) };
    let show = show::get(&mut tx, due.show_id).await?.ok_or(Error::Missing("show"))?;
    let Detail { mut episode, blockers, .. } = detail(&mut tx, show, due).await?;
    if !blockers.0.is_empty() {
        return Ok(false);
    }
    episode.publish(app.now())?;
    save(app, &mut tx, &mut episode).await?;
    let note = about(&episode, |object| Note::operator("episode-published", object));
    audit::note(app, &mut tx, note).await?;
    tx.commit().await?;
    Ok(true)
}

/// Deletes an episode with its files.
pub async fn delete(app: &App, caller: &Caller, id: Id<Episode>) -> Result<(), Error> {
    let mut tx = app.store.write().await?;
    let (_, found) = guarded(&mut tx, caller, Action::EditEpisodes, id).await?;
    let keys = asset::ever_of_episode(&mut tx, id).await?.into_iter().map(|asset| asset.key).collect();
    jobs::sweep::enqueue(app, &mut tx, keys).await?;
    episode::delete(&mut tx, &found).await?;
    audit::note(app, &mut tx, about(&found, |object| Note::by(caller, "episode-deleted", object))).await?;
    tx.commit().await?;
    app.wake_worker();
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use rostrum_domain::asset::AssetKind;
    use rostrum_domain::show::ShowFacts;
    use rostrum_domain::user::Role;

    use super::*;
    use crate::testing::{House, Talk, facts};

    fn titled(title: &str) -> EpisodeFacts {
        EpisodeFacts { title: title.into(), ..EpisodeFacts::default() }
    }

    /// Gives a show artwork, and one of its episodes an enclosure.
    async fn complete(app: &App, show: &Show, episode: &Episode) {
        let mut tx = app.store.write().await.expect("a transaction begins");
        for (kind, owner) in [(AssetKind::Artwork, None), (AssetKind::Mp3, Some(episode.id))] {
            let file = Asset {
                id: app.id(app.now()),
                show_id: show.id,
                episode_id: owner,
                kind,
                key: kind.as_str().into(),
                file_name: format!("a.{}", kind.extension()),
                bytes: 3,
                sha256: "0".repeat(64),
                duration_ms: 60_000,
                bitrate: 128_000,
                loudness_lufs: None,
                created_at: app.now(),
            };
            asset::insert(&mut tx, &file).await.expect("it is new");
            if kind == AssetKind::Artwork {
                let changed = Show { artwork_id: Some(file.id), ..show.clone() };
                show::update(&mut tx, &changed).await.expect("nobody changed it");
            }
        }
        tx.commit().await.expect("it commits");
    }

    #[tokio::test]
    async fn an_episode_comes_out_at_its_time_however_late_and_whoever_is_blocked() {
        let house = House::new().await;
        let app = &*house.app;
        let ada = house.person("Ada", Role::Creator).await;
        let show_facts = ShowFacts { author: "Ada".into(), ..facts("Talk") };
        let show = shows::create(app, &ada, show_facts).await.expect("creators may");
        let after = |seconds| app.now().checked_add(SignedDuration::from_secs(seconds)).expect("this age");
        let (soon, then) = (after(5), after(10));
        for nth in 0..60 {
            let blocked = create(app, &ada, "talk", titled(&format!("Silent {nth}"))).await.expect("managers may");
            schedule(app, &ada, blocked.id, soon).await.expect("it lies ahead");
        }
        let ready = create(app, &ada, "talk", titled("Ready")).await.expect("managers may");
        complete(app, &show, &ready).await;
        schedule(app, &ada, ready.id, then).await.expect("it lies ahead");

        house.clock.advance(SignedDuration::from_secs(6));
        assert_eq!(publish_due(app).await.expect("it runs"), Some(then), "the blocked ones do not hide the next");
        house.clock.advance(SignedDuration::from_secs(3600));
        publish_due(app).await.expect("it runs");
        let found = get(app, &ada, ready.id).await.expect("it is there").episode;
        assert_eq!((found.state, found.published_at), (State::Published, Some(then)));
    }

    #[tokio::test]
    async fn files_are_written_anew_for_what_stands_in_them_and_for_nothing_else() {
        let house = House::new().await;
        let app = &*house.app;
        let ada = house.person("Ada", Role::Creator).await;
        let show = shows::create(app, &ada, ShowFacts { author: "Ada".into(), ..facts("Talk") }).await;
        let show = show.expect("creators may");
        let made = create(app, &ada, "talk", titled("One")).await.expect("managers may");
        complete(app, &show, &made).await;
        let rewritten = async || {
            let mut tx = app.store.write().await.expect("a transaction begins");
            let count = rostrum_store::job::cancel_of_episode(&mut tx, made.id, "retag", app.now()).await;
            tx.commit().await.expect("it commits");
            count.expect("it counts") > 0
        };
        let change = async |facts: EpisodeFacts, slug: Option<&str>| {
            let slug = slug.map(|slug| slug.parse().expect("a plain word is a slug"));
            update(app, &ada, made.id, Change { facts, slug, version: None }).await.expect("managers may")
        };
        let summed = EpisodeFacts { summary: "Short.".into(), ..titled("One") };
        change(summed.clone(), None).await;
        assert!(rewritten().await, "the summary is the comment");
        change(summed.clone(), Some("first")).await;
        assert!(rewritten().await, "the address is in there");
        change(EpisodeFacts { notes: "Long.".into(), ..summed.clone() }, None).await;
        assert!(!rewritten().await, "notes are not");
        let soon = app.now().checked_add(SignedDuration::from_secs(60)).expect("this age");
        schedule(app, &ada, made.id, soon).await.expect("it lies ahead");
        assert!(rewritten().await, "the date is known now");
        publish(app, &ada, made.id).await.expect("nothing blocks it");
        assert!(!rewritten().await, "what is out keeps its address");
    }

    async fn queued(app: &App, id: Id<Episode>) -> Vec<String> {
        let jobs = rostrum_store::job::of_episode(&mut app.store.read().await.expect("it begins"), id).await;
        jobs.expect("it reads").into_iter().map(|job| job.kind).collect()
    }

    #[tokio::test]
    async fn what_is_changed_while_files_are_made_is_written_into_them_afterwards() {
        let house = House::new().await;
        let Talk { ada, episode, .. } = house.talk().await;
        let app = &*house.app;
        let change = async |title: &str| {
            let change = Change { facts: titled(title), slug: None, version: None };
            update(app, &ada, episode.id, change).await.expect("managers may");
        };
        change("Without files").await;
        assert!(queued(app, episode.id).await.is_empty());
        let mut tx = app.store.write().await.expect("a transaction begins");
        jobs::transcode::enqueue(app, &mut tx, &episode, app.id(app.now())).await.expect("it is queued");
        tx.commit().await.expect("it commits");
        let running = jobs::claim(app, "house:a").await.expect("it claims").expect("one is due");
        change("While they are made").await;
        house.clock.advance(SignedDuration::from_secs(5));
        assert_eq!(jobs::claim(app, "house:b").await.expect("it claims"), None, "not beside the one that runs");
        let handle = jobs::Handle::new(&running, "house:a", std::sync::Arc::new(|_| {}));
        jobs::run(app, &running, &handle).await.expect("its end is written down");
        let next = jobs::claim(app, "house:b").await.expect("it claims").expect("it may run now");
        assert_eq!(next.kind, "retag");
    }
}
