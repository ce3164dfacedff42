//! Making, changing and deleting shows.

use rostrum_domain::access::{Action, Caller};
use rostrum_domain::show::{Show, ShowFacts, podcast_guid};
use rostrum_domain::user::{Member, Membership, User};
use rostrum_domain::{Id, Slug};
use rostrum_store::episode::Page;
use rostrum_store::{StoreError, Tx, asset, former, member, show};
use serde_json::{Value, json};

use crate::audit::{self, Note};
use crate::context::show_for;
use crate::{App, Error, jobs, portraits};

/// Numbers tried behind a slug that is taken.
const SLUG_TRIES: u32 = 50;

/// A change to a show as its creator sends it.
#[derive(Debug, Clone)]
pub struct Change {
    /// The new facts, whole.
    pub facts: ShowFacts,
    /// A new address, if it is to change; the old one leads to it.
    pub slug: Option<Slug>,
    /// The version the change was made on; none accepts any.
    pub version: Option<i64>,
}

/// The path of a show's page.
pub fn path(show: &Show) -> String {
    format!("/shows/{}", show.slug)
}

/// The path of a show's feed.
pub fn feed_path(slug: &Slug) -> String {
    format!("/shows/{slug}/feed.xml")
}

/// Makes a show; its maker becomes its manager.
pub async fn create(app: &App, caller: &Caller, facts: ShowFacts) -> Result<Show, Error> {
    if !caller.may(Action::CreateShow, None) {
        return Err(Error::Denied("This token may not make shows; it lacks the write scope."));
    }
    facts.check()?;
    let now = app.now();
    let mut tx = app.store.write().await?;
    let slug = free_slug(&mut tx, &facts.title).await?;
    let guid = podcast_guid(&app.address(&feed_path(&slug)));
    let made =
        Show { id: app.id(now), slug, guid, facts, artwork_id: None, created_at: now, updated_at: now, version: 1 };
    show::insert(&mut tx, &made).await?;
    let member = Member { show_id: made.id, user_id: caller.user_id, membership: Membership::Manager };
    member::set(&mut tx, member).await?;
    portraits::want(app, &mut tx, (made.id, None), &made.facts.persons).await?;
    note(app, &mut tx, &made, Note::by(caller, "show-made", format!("show {}", made.id))).await?;
    tx.commit().await?;
    Ok(made)
}

/// Notes an act on a show, with the title that tells which one when it is gone.
async fn note(app: &App, tx: &mut Tx, show: &Show, note: Note) -> Result<(), Error> {
    audit::note(app, tx, note.with(json!({"title": show.facts.title}))).await
}

/// Notes what differs between two versions of a show; nothing when nothing does.
pub(crate) async fn note_change(
    app: &App,
    tx: &mut Tx,
    caller: &Caller,
    (before, after): (&Show, &Show),
) -> Result<(), Error> {
    let mut changes = audit::changes(&before.facts, &after.facts);
    changes.extend(audit::changes(&named(before), &named(after)));
    if changes.is_empty() {
        return Ok(());
    }
    let note = Note::by(caller, "show-changed", format!("show {}", after.id));
    audit::note(app, tx, note.with(json!({"title": after.facts.title, "changes": changes}))).await
}

/// What is a show's beside its facts; a picture is named by its file, which says nothing to anybody.
fn named(show: &Show) -> Value {
    json!({"address": show.slug, "artwork": show.artwork_id})
}

async fn free_slug(tx: &mut Tx, title: &str) -> Result<Slug, Error> {
    let wish = Slug::from_title(title, "show");
    for n in 1..SLUG_TRIES {
        let slug = if n == 1 { wish.clone() } else { wish.numbered(n) };
        if !show::slug_taken(tx, &slug).await? {
            return Ok(slug);
        }
    }
    Err(Error::invalid("title", "Too many shows have this title; choose another."))
}

/// A show as those who work on it see it.
pub async fn get(app: &App, caller: &Caller, name: &str) -> Result<Show, Error> {
    show_for(&mut app.store.read().await?, caller, Action::ViewShow, name).await
}

/// Some of the shows a caller works on, of every show for admins, by title, and how many there are.
pub async fn page(app: &App, caller: &Caller, page: Page) -> Result<(Vec<Show>, i64), Error> {
    let member = whose(caller)?;
    Ok(show::page(&mut app.store.read().await?, member, page).await?)
}

/// To whose shows a list is narrowed; none for those who see every show.
pub(crate) fn whose(caller: &Caller) -> Result<Option<Id<User>>, Error> {
    if !caller.may(Action::ViewShow, Some(Membership::Viewer)) {
        return Err(Error::Denied("This token may not look; it lacks the read scope."));
    }
    Ok((!caller.may(Action::ViewShow, None)).then_some(caller.user_id))
}

/// The shows a caller works on; every show for admins.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<Show>, Error> {
    let mut tx = app.store.read().await?;
    let everything = caller.may(Action::ViewShow, None);
    Ok(if everything { show::list(&mut tx).await? } else { show::list_of(&mut tx, caller.user_id).await? })
}

/// Changes a show.
pub async fn update(app: &App, caller: &Caller, name: &str, change: Change) -> Result<Show, Error> {
    change.facts.check()?;
    let mut tx = app.store.write().await?;
    let before = show_for(&mut tx, caller, Action::ManageShow, name).await?;
    let mut found = before.clone();
    found.version = change.version.unwrap_or(found.version);
    let tags_change = in_tags(&found.facts) != in_tags(&change.facts);
    found.facts = change.facts;
    found.slug = change.slug.unwrap_or(found.slug);
    found.updated_at = app.now();
    save(&mut tx, &before.slug, &found).await.map_err(|error| match error {
        StoreError::Taken => Error::invalid("slug", "Another show has this address; choose another."),
        other => other.into(),
    })?;
    found.version += 1;
    portraits::want(app, &mut tx, (found.id, None), &found.facts.persons).await?;
    note_change(app, &mut tx, caller, (&before, &found)).await?;
    if tags_change {
        jobs::retag::enqueue_show(app, &mut tx, found.id).await?;
    }
    tx.commit().await?;
    app.wake_worker();
    Ok(found)
}

/// Writes a changed show that was at `from`, and what leads on from there.
async fn save(tx: &mut Tx, from: &Slug, changed: &Show) -> Result<(), StoreError> {
    if changed.slug != *from {
        former::move_show(tx, changed.id, (from, &changed.slug)).await?;
    }
    show::update(tx, changed).await
}

/// The facts that are written into every episode's files.
fn in_tags(facts: &ShowFacts) -> (&str, &str) {
    (&facts.title, &facts.author)
}

/// Deletes a show with all its episodes and files. The files go by a job, so that a crash cannot leave half of them.
pub async fn delete(app: &App, caller: &Caller, name: &str) -> Result<(), Error> {
    let mut tx = app.store.write().await?;
    let found = show_for(&mut tx, caller, Action::ManageShow, name).await?;
    let keys = asset::ever_of_show(&mut tx, found.id).await?.into_iter().map(|asset| asset.key).collect();
    jobs::sweep::enqueue(app, &mut tx, keys).await?;
    show::delete(&mut tx, &found).await?;
    note(app, &mut tx, &found, Note::by(caller, "show-deleted", format!("show {}", found.id))).await?;
    tx.commit().await?;
    app.wake_worker();
    Ok(())
}

/// The show of an episode or file, when the caller may do `action` in it.
pub(crate) async fn by_id(tx: &mut Tx, caller: &Caller, action: Action, id: Id<Show>) -> Result<Show, Error> {
    show_for(tx, caller, action, &id.to_string()).await
}
