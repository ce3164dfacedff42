//! After a room became an episode: its journal taken into the media store, and every speaker alone as a file as long as
//! the program. Packets are copied, silence is filled in; WAV and FLAC are decoded on request.

mod lane;

use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};
use std::path::{Path, PathBuf};

use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::episode::Episode;
use rostrum_domain::job::Job;
use rostrum_domain::show::Show;
use rostrum_domain::{Id, Slug};
use rostrum_live::program::Piece;
use rostrum_live::reel::Reel;
use rostrum_live::stems::{Lane, Stems as Lanes};
use rostrum_media::Tags;
use rostrum_media::journal::Kind;
use rostrum_media::program::SAMPLES_PER_MS;
use rostrum_store::{Tx, asset, episode, failpoint, room, show};
use tempfile::TempPath;

use super::{Failed, For, Handle, Work, enqueue as put};
use crate::files::New;
use crate::renditions::blocking;
use crate::rooms::tape;
use crate::{App, Error, edits};
use lane::File;

/// Tries after which a journal that has no end is taken as it is: the stage's disk failed.
const WAIT_ATTEMPTS: i64 = 3;

/// As what stems are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// The speakers' own packets in Ogg.
    #[default]
    Opus,
    /// Decoded, 16 bits.
    Wav,
    /// The same, packed without loss.
    Flac,
}

impl Form {
    const fn kind(self) -> AssetKind {
        match self {
            Self::Opus => AssetKind::Stem,
            Self::Wav => AssetKind::StemWav,
            Self::Flac => AssetKind::StemFlac,
        }
    }
}

/// The episode whose speakers are wanted alone.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Stems {
    episode: Id<Episode>,
    #[serde(default)]
    form: Form,
}

/// Queues the work.
pub(crate) async fn enqueue(app: &App, tx: &mut Tx, of: &Episode, form: Form) -> Result<Id<Job>, Error> {
    put(app, tx, &Stems { episode: of.id, form }, For::episode(of)).await
}

/// What the work is done on.
struct Subject {
    show: Show,
    episode: Episode,
    /// Samples of program there are.
    end: u64,
    segments: Vec<Asset>,
    /// Whether the segments came from the stage just now.
    fresh: bool,
}

impl Work for Stems {
    const KIND: &'static str = "stems";
    const PRIORITY: i64 = 4;

    async fn run(self, app: &App, handle: &Handle) -> Result<(), Failed> {
        let Some(subject) = self.load(app).await? else {
            return handle.commit(app, app.store.write().await?).await;
        };
        failpoint::reach("stems: journal kept");
        handle.progress("separating the speakers", 0, 0);
        let copies = tape::local(app, &subject.segments).await?;
        let (paths, scratch, end, form) = (tape::paths(&copies), app.scratch.clone(), subject.end, self.form);
        let album = subject.show.facts.title.clone();
        let made = blocking(move || make(&paths, &scratch, (end, form), &album)).await?;
        drop(copies);
        if !made.ended && handle.attempt() < WAIT_ATTEMPTS {
            return Err(Error::internal("the journal has no end yet; the stage is still writing it").into());
        }
        let stored = store(app, &subject, form, made.files).await?;
        failpoint::reach("stems: files stored");
        let mut tx = app.store.write().await?;
        asset::retire(&mut tx, subject.episode.id, form.kind(), app.now()).await?;
        for file in subject.segments.iter().filter(|_| subject.fresh).chain(&stored) {
            asset::insert(&mut tx, file).await?;
        }
        episode::touch(&mut tx, subject.episode.id, app.now()).await?;
        handle.commit(app, tx).await
    }
}

impl Stems {
    /// None where there is nothing to make stems of any more.
    async fn load(&self, app: &App) -> Result<Option<Subject>, Error> {
        let mut tx = app.store.read().await?;
        let Some(episode) = episode::get(&mut tx, self.episode).await? else { return Ok(None) };
        let show = show::get(&mut tx, episode.show_id).await?.ok_or(Error::Missing("show"))?;
        let files = asset::of_episode(&mut tx, episode.id).await?;
        let end = edits::whole_samples(&files, edits::trim_of(&mut tx, episode.id).await?);
        let room = room::of_episode(&mut tx, episode.id).await?;
        drop(tx);
        let Some(end) = end else { return Ok(None) };
        let kept = tape::of(&files);
        let fresh = kept.is_empty();
        let segments = match room {
            Some(room) if fresh => tape::take_over(app, (&show, &episode), room.id).await?,
            _ => kept,
        };
        Ok((!segments.is_empty()).then_some(Subject { show, episode, end, segments, fresh }))
    }
}

/// The files of all lanes, not stored yet.
struct Made {
    files: Vec<(String, TempPath)>,
    ended: bool,
}

/// Reads the journal once and writes every lane as it comes.
fn make(paths: &[PathBuf], scratch: &Path, (end, form): (u64, Form), album: &str) -> Result<Made, Error> {
    let mut lanes = BTreeMap::<Lane, File>::new();
    let mut stems = Lanes::default();
    let mut names = BTreeMap::new();
    tape::read(paths, &mut |record| {
        let mut out = |lane: Lane, stereo: bool, piece: Piece| -> Result<(), Error> {
            let file = match lanes.entry(lane) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => {
                    let artist: String = names.get(&lane.0).cloned().unwrap_or_default();
                    let tags = Tags { title: artist.clone(), artist, album: album.to_owned(), ..Tags::default() };
                    new.insert(File::new(scratch, (form, stereo), end, &tags)?)
                }
            };
            file.piece(&piece)
        };
        stems.record(record, &mut out)?;
        if record.kind == Kind::Join {
            names.clone_from(stems.reel().names());
        }
        Ok(())
    })?;
    let reel = stems.finish(end, &mut |lane: Lane, _, piece: Piece| match lanes.get_mut(&lane) {
        Some(file) => file.piece(&piece),
        None => Ok(()),
    })?;
    let mut files = Vec::new();
    let words = words(&reel, lanes.keys().copied());
    for (lane, file) in lanes {
        files.push((words[&lane].clone(), file.finish()?));
    }
    Ok(Made { files, ended: reel.ended() })
}

/// A word for each lane that is safe in an address and stands for nobody else.
fn words(reel: &Reel, lanes: impl Iterator<Item = Lane>) -> BTreeMap<Lane, String> {
    let mut used = BTreeSet::new();
    let mut words = BTreeMap::new();
    for (who, sounds) in lanes {
        let name = reel.names().get(&who).map_or("", String::as_str);
        let name = if sounds { format!("{name} sounds") } else { name.to_owned() };
        let wish = Slug::from_title(&name, "speaker");
        let free = (1..).map(|n| if n == 1 { wish.clone() } else { wish.numbered(n) });
        let word = free.map(|slug| slug.as_str().to_owned()).find(|word| !used.contains(word));
        let word = word.expect("there are more numbers than lanes");
        used.insert(word.clone());
        words.insert((who, sounds), word);
    }
    words
}

async fn store(app: &App, subject: &Subject, form: Form, files: Vec<(String, TempPath)>) -> Result<Vec<Asset>, Error> {
    let Subject { show, episode, end, .. } = subject;
    let mut stored = Vec::new();
    for (word, path) in files {
        let kind = form.kind();
        let file_name = format!("{}-{}-{word}.{}", show.slug, episode.slug, kind.extension());
        let asset = New { show, episode: Some(episode), kind, file_name }.adopt(app, &path).await?;
        let duration_ms = i64::try_from(end / SAMPLES_PER_MS).map_err(Error::internal)?;
        stored.push(Asset { duration_ms, ..asset });
    }
    Ok(stored)
}

#[cfg(test)]
pub(crate) mod tests;
