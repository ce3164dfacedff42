//! The demo show: planted once, as a whole, into a house that has no show yet, from material that a script has made.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use jiff::SignedDuration;
use rostrum_codec::{Artwork, Fit};
use rostrum_domain::Timestamp;
use rostrum_domain::asset::AssetKind;
use rostrum_domain::episode::{EpisodeFacts, State};
use rostrum_domain::show::{Show, ShowFacts};
use rostrum_feed::{chapters, cues};
use rostrum_store::{Tx, asset, episode, show};

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

/// Plants the show made of the files in `folder`, whole or not at all; nothing when there is a show already.
pub async fn plant(app: &App, folder: &Path) -> Result<(), Error> {
    if !show::list(&mut app.store.read().await?).await?.is_empty() {
        return Ok(());
    }
    let picture = read(&folder.join("artwork.png")).await?;
    let drawn = artwork::cover(app, (Bytes::from(picture), Fit::Crop)).await?;
    // In one transaction, so that a start that dies in the midst of it leaves nothing for the next one to trip over.
    let mut tx = app.store.write().await?;
    let planted = plant_show(app, &mut tx, drawn).await?;
    for (number, material) in (1..).zip(materials(folder)) {
        plant_episode(app, &mut tx, (&planted, number), &material).await?;
    }
    tx.commit().await?;
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

async fn plant_show(app: &App, tx: &mut Tx, drawn: Artwork) -> Result<Show, Error> {
    let facts = ShowFacts { accent: Some(drawn.accent), ..show_facts() };
    facts.check()?;
    let now = app.now();
    let slug = rostrum_domain::Slug::from_title("small hours", "demo");
    let guid = rostrum_domain::show::podcast_guid(&app.address(&shows::feed_path(&slug)));
    let mut made =
        Show { id: app.id(now), slug, guid, facts, artwork_id: None, created_at: now, updated_at: now, version: 1 };
    show::insert(tx, &made).await?;
    let new = New { show: &made, episode: None, kind: AssetKind::Artwork, file_name: artwork::FILE_NAME.to_owned() };
    let picture = new.put(app, Bytes::from(drawn.jpeg)).await?;
    asset::insert(tx, &picture).await?;
    made.artwork_id = Some(picture.id);
    show::update(tx, &made).await?;
    made.version += 1;
    Ok(made)
}

fn show_facts() -> ShowFacts {
    ShowFacts {
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
    }
}

/// Scheduled for a time that has passed: the worker publishes it once its recording is ready.
async fn plant_episode(app: &App, tx: &mut Tx, of: (&Show, u32), material: &Material) -> Result<(), Error> {
    let (show, number) = of;
    let part = |ending: &'static str| with_ending(&material.stem, ending);
    let marks = String::from_utf8_lossy(&read(&part("chapters.txt")).await?).into_owned();
    let cues = cues::parse(&read(&part("vtt")).await?).map_err(Error::internal)?;
    let facts = EpisodeFacts {
        title: material.title.into(),
        summary: material.summary.into(),
        notes: material.notes.into(),
        number: Some(number),
        chapters: chapters::parse(&marks).map_err(Error::internal)?,
        ..EpisodeFacts::default()
    };
    facts.check()?;
    let mut made = episodes::insert_draft(app, tx, show.id, facts).await?;
    made.state = State::Scheduled;
    made.published_at = Some(weeks_ago(app.now(), number));
    episode::update(tx, &made).await?;
    let file_name = format!("{}-{}.wav", show.slug, made.slug);
    let new = New { file_name, ..New::of_episode((show, &made), AssetKind::Source) };
    let source = new.put(app, Bytes::from(read(&part("wav")).await?)).await?;
    asset::insert(tx, &source).await?;
    let said = transcripts::files(app, (show, &made), &cues).await?;
    transcripts::replace(app, tx, &made, (&said, &cues)).await?;
    jobs::transcode::enqueue(app, tx, &made, source.id).await?;
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
