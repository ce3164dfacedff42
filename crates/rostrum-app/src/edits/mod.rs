//! What an episode serves of its recording: the whole or a part of it, the mix that was made live or another. What is
//! not served is kept aside, so that each can be changed or undone at any time.

pub(crate) mod cut;
pub mod remaster;
pub mod trim;

use rostrum_domain::Id;
use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::edit::Trim;
use rostrum_domain::episode::Episode;
use rostrum_domain::job::JobState;
use rostrum_media::program::SAMPLES_PER_MS;
use rostrum_store::asset::Shelf;
use rostrum_store::{Tx, asset, edit, job};

use crate::jobs::{self, Work as _, erase, recording, transcode};
use crate::{App, Error};

/// What is made of the sound.
pub(crate) const SOUND: [AssetKind; 7] = [
    AssetKind::Mp3,
    AssetKind::M4a,
    AssetKind::Opus,
    AssetKind::AacFragments,
    AssetKind::OpusFragments,
    AssetKind::Replay,
    AssetKind::Peaks,
];
/// What a trim cuts: the sound and its transcript.
pub(crate) const CUT: [AssetKind; 11] = [
    AssetKind::Mp3,
    AssetKind::M4a,
    AssetKind::Opus,
    AssetKind::AacFragments,
    AssetKind::OpusFragments,
    AssetKind::Replay,
    AssetKind::Peaks,
    AssetKind::Vtt,
    AssetKind::Srt,
    AssetKind::Json,
    AssetKind::Html,
];
/// Work that changes what a trim or a remaster would be made of.
const IN_THE_WAY: [&str; 4] =
    [transcode::Transcode::KIND, recording::Recording::KIND, erase::Erase::KIND, jobs::remaster::Remaster::KIND];

/// The file of a kind.
pub(crate) fn of(files: &[Asset], kind: AssetKind) -> Option<&Asset> {
    files.iter().find(|file| file.kind == kind)
}

/// What is cut off an episode's recording.
pub(crate) async fn trim_of(tx: &mut Tx, episode: Id<Episode>) -> Result<Trim, Error> {
    Ok(edit::get(tx, episode).await?.edit.trim)
}

/// The files of an episode as they are of the whole recording: in place of those that are served, where these are cut.
pub(crate) async fn whole(tx: &mut Tx, episode: Id<Episode>) -> Result<Vec<Asset>, Error> {
    let mut files = asset::of_episode(tx, episode).await?;
    let aside = asset::aside(tx, episode, Shelf::Whole).await?;
    if !aside.is_empty() {
        files.retain(|file| !CUT.contains(&file.kind));
        files.extend(aside);
    }
    Ok(files)
}

/// How long the whole recording is, in milliseconds; none without sound.
pub(crate) fn whole_ms(served: &[Asset], trim: Trim) -> Option<i64> {
    of(served, AssetKind::Mp3).map(|audio| trim.whole_ms(audio.duration_ms))
}

/// The same in samples, for those whose program is as long as whole milliseconds.
pub(crate) fn whole_samples(served: &[Asset], trim: Trim) -> Option<u64> {
    Some(u64::try_from(whole_ms(served, trim)?).ok()? * SAMPLES_PER_MS)
}

/// New files of some kinds: of the whole recording, and of the part that is to be served; none where all of it is.
pub(crate) struct Fresh<'a> {
    pub(crate) kinds: &'a [AssetKind],
    pub(crate) whole: Vec<Asset>,
    pub(crate) cut: Vec<Asset>,
}

/// Puts new files in the place of all there are of their kinds.
pub(crate) async fn install(app: &App, tx: &mut Tx, episode: Id<Episode>, fresh: Fresh<'_>) -> Result<(), Error> {
    let Fresh { kinds, whole, cut } = fresh;
    for kind in kinds {
        asset::retire(tx, episode, *kind, app.now()).await?;
        asset::retire_aside(tx, (episode, Shelf::Whole), *kind, app.now()).await?;
    }
    let (served, aside) = if cut.is_empty() { (whole, cut) } else { (cut, whole) };
    for file in &served {
        asset::insert(tx, file).await?;
    }
    for file in &aside {
        asset::insert_aside(tx, file, Shelf::Whole).await?;
    }
    Ok(())
}

/// Other records of the same files.
pub(crate) fn twins(app: &App, files: &[Asset], kinds: &[AssetKind]) -> Vec<Asset> {
    let wanted = files.iter().filter(|file| kinds.contains(&file.kind));
    wanted.map(|file| Asset { id: app.id(app.now()), ..file.clone() }).collect()
}

/// Serves the whole recording again, because another takes its place: nothing is cut off any more, no mix is kept.
pub(crate) async fn forget(app: &App, tx: &mut Tx, changed: &mut Episode) -> Result<(), Error> {
    let kept = edit::get(tx, changed.id).await?;
    if kept == edit::Kept::default() {
        return Ok(());
    }
    let whole = twins(app, &whole(tx, changed.id).await?, &CUT);
    install(app, tx, changed.id, Fresh { kinds: &CUT, whole, cut: Vec::new() }).await?;
    for kind in SOUND {
        asset::retire_aside(tx, (changed.id, Shelf::Live), kind, app.now()).await?;
    }
    let none = Trim::default();
    kept.edit.moved(&mut changed.facts, (none, 0));
    edit::put(tx, changed.id, &edit::Kept::default()).await?;
    Ok(())
}

/// Refuses while other work on the recording is under way.
async fn undisturbed(tx: &mut Tx, episode: Id<Episode>) -> Result<(), Error> {
    let open = |state| matches!(state, JobState::Ready | JobState::Running);
    let jobs = job::of_episode(tx, episode).await?;
    if jobs.iter().any(|job| open(job.state) && IN_THE_WAY.contains(&job.kind.as_str())) {
        let text = "The recording is still being worked on; try again when that is done.";
        return Err(Error::Conflict(text.into()));
    }
    Ok(())
}
