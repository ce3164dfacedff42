//! The demo show: planted once into a house that has no show yet, from material that a script has made.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use jiff::SignedDuration;
use rostrum_codec::Fit;
use rostrum_domain::access::Caller;
use rostrum_domain::asset::AssetKind;
use rostrum_domain::episode::{EpisodeFacts, State};
use rostrum_domain::show::{Show, ShowFacts};
use rostrum_domain::user::Role;
use rostrum_domain::{Id, Timestamp};
use rostrum_feed::chapters;
use rostrum_store::{asset, episode, show};

use crate::files::New;
use crate::{App, Error, artwork, episodes, jobs, shows, transcripts};

/// Hours between two demo episodes.
const APART_H: i64 = 24 * 7;

/// One episode's material.
struct Material {
    stem: PathBuf,
    title: &'static str,
    summary: &'static str,
    notes: &'static str,
}

/// Plants the show made of the files in `folder`; nothing when there is a show already.
pub async fn plant(app: &App, folder: &Path) -> Result<(), Error> {
    if !show::list(&mut app.store.read().await?).await?.is_empty() {
        return Ok(());
    }
    let caller = Caller { user_id: Id::from_bits(0), role: Role::Owner, scopes: None, from: String::new() };
    let planted = plant_show(app).await?;
    let picture = read(&folder.join("artwork.png")).await?;
    artwork::set(app, &caller, planted.slug.as_str(), (Bytes::from(picture), Fit::Crop)).await?;
    for (number, material) in (1..).zip(materials(folder)) {
        plant_episode(app, &caller, (&planted, number), &material).await?;
    }
    app.wake_worker();
    Ok(())
}

fn materials(folder: &Path) -> [Material; 2] {
    [
        Material {
            stem: folder.join("1-the-harbour-book"),
            title: "The harbour book",
            summary: "A harbour master's ledger, one word for every captain, and the night the lights went out.",
            notes: "A ledger from a small harbour, read aloud.\n\n- **The book**: one line for every ship since 1932\n\
                    - **The remark**: one word about each captain\n- **The storm**: all in, all wet, all counted\n\n\
                    Made by two voices of a synthesiser, so that you have something to listen to at once.",
        },
        Material {
            stem: folder.join("2-tides-for-beginners"),
            title: "Tides for beginners",
            summary: "One beach, one minute, every morning for eleven years: how to listen to low water.",
            notes: "What a beach sounds like, and why the table is always a little wrong.\n\n\
                    Try it yourself: record **one minute** at the same place for a week. Say nothing.",
        },
    ]
}

async fn plant_show(app: &App) -> Result<Show, Error> {
    let facts = ShowFacts {
        title: "Small hours at the radio house".into(),
        subtitle: "Two voices, one table, and whatever the tide brings in.".into(),
        description: "A demo show, so that you can look round. It was made from text by a script, and went the same \
                      way your own recordings will go: measured, levelled, encoded, tagged, published.\n\nDelete it \
                      whenever you like."
            .into(),
        author: "The radio house".into(),
        owner_name: "The radio house".into(),
        categories: vec!["Society & Culture > Places & Travel".into(), "Fiction > Drama".into()],
        update_text: "Every week".into(),
        update_rule: Some("FREQ=WEEKLY".into()),
        ..ShowFacts::default()
    };
    facts.check()?;
    let now = app.now();
    let slug = rostrum_domain::Slug::from_title("small hours", "demo");
    let guid = rostrum_domain::show::podcast_guid(&app.address(&shows::feed_path(&slug)));
    let made =
        Show { id: app.id(now), slug, guid, facts, artwork_id: None, created_at: now, updated_at: now, version: 1 };
    let mut tx = app.store.write().await?;
    show::insert(&mut tx, &made).await?;
    tx.commit().await?;
    Ok(made)
}

/// Scheduled for a time that has passed: the worker publishes it once its recording is ready.
async fn plant_episode(app: &App, caller: &Caller, of: (&Show, u32), material: &Material) -> Result<(), Error> {
    let (show, number) = of;
    let part = |ending: &'static str| with_ending(&material.stem, ending);
    let marks = String::from_utf8_lossy(&read(&part("chapters.txt")).await?).into_owned();
    let facts = EpisodeFacts {
        title: material.title.into(),
        summary: material.summary.into(),
        notes: material.notes.into(),
        number: Some(number),
        chapters: chapters::parse(&marks).map_err(Error::internal)?,
        ..EpisodeFacts::default()
    };
    facts.check()?;
    let mut tx = app.store.write().await?;
    let mut made = episodes::insert_draft(app, &mut tx, show.id, facts).await?;
    made.state = State::Scheduled;
    made.published_at = Some(weeks_ago(app.now(), number));
    episode::update(&mut tx, &made).await?;
    let new = New::of_episode((show, &made), AssetKind::Source);
    let source = new.put(app, Bytes::from(read(&part("wav")).await?)).await?;
    asset::insert(&mut tx, &source).await?;
    jobs::transcode::enqueue(app, &mut tx, &made, source.id).await?;
    tx.commit().await?;
    transcripts::put(app, caller, made.id, &read(&part("vtt")).await?).await?;
    Ok(())
}

/// A file's bytes, or an error that names it.
async fn read(path: &Path) -> Result<Vec<u8>, Error> {
    tokio::fs::read(path).await.map_err(|error| Error::internal(format!("{}: {error}", path.display())))
}

fn with_ending(stem: &Path, ending: &str) -> PathBuf {
    let mut path = stem.as_os_str().to_owned();
    path.push(".");
    path.push(ending);
    path.into()
}

fn weeks_ago(now: Timestamp, number: u32) -> Timestamp {
    let hours = APART_H * (2 - i64::from(number)) + 2;
    now.checked_sub(SignedDuration::from_hours(hours)).unwrap_or(now)
}
