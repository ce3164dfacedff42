//! The files of a part of a recording, made of those of the whole without encoding anything again: packets are left
//! out, times are moved.

use std::ops::Range;

use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::edit::Trim;
use rostrum_domain::episode::Episode;
use rostrum_domain::show::Show;
use rostrum_domain::transcript::Cue;
use rostrum_media::Tags;
use rostrum_media::program::{Rendition, SAMPLES_PER_MS};
use rostrum_media::wave::Waveform;

use super::of;
use crate::files::New;
use crate::jobs::Handle;
use crate::renditions::{self, Elementary, blocking, fragments};
use crate::rooms::finish::replay::{self, Fragments};
use crate::{App, Error, transcripts};

/// Largest drawing that is read, in bytes.
const PEAKS_MAX: u64 = 1 << 20;
/// The fragments there can be, in the order in which players should try them.
const FRAGMENTS: [(Rendition, AssetKind); 2] =
    [(Rendition::Aac, AssetKind::AacFragments), (Rendition::Opus, AssetKind::OpusFragments)];

/// What is to be cut.
pub(crate) struct Wanted<'a> {
    pub(crate) of: (&'a Show, &'a Episode),
    /// The files of the whole.
    pub(crate) whole: &'a [Asset],
    pub(crate) trim: Trim,
    /// How long the whole is.
    pub(crate) whole_ms: i64,
    /// What the files say of themselves, chapters where they are to be.
    pub(crate) tags: &'a Tags,
    /// When the whole began, in µs since 1970; 0 for what was no room.
    pub(crate) live_at_us: i64,
}

/// A part: its files, stored and not yet recorded, and what is said in it.
pub(crate) struct Part {
    pub(crate) files: Vec<Asset>,
    pub(crate) cues: Vec<Cue>,
}

impl Wanted<'_> {
    /// What is kept of so many samples.
    fn kept(&self, samples: u64) -> Range<u64> {
        let at = |ms: i64| u64::try_from(ms).unwrap_or_default() * SAMPLES_PER_MS;
        let end = if self.trim.tail_ms == 0 { samples } else { at(self.trim.end_ms(self.whole_ms)).min(samples) };
        at(self.trim.head_ms)..end
    }

    fn kept_ms(&self) -> Range<i64> {
        self.trim.head_ms..self.trim.end_ms(self.whole_ms)
    }
}

/// Makes all files of a part.
pub(crate) async fn cut(app: &App, handle: &Handle, wanted: &Wanted<'_>) -> Result<Part, Error> {
    let mut files = Vec::new();
    for (done, kind) in (0..).zip(AssetKind::RENDITIONS) {
        handle.progress("cutting", done, AssetKind::RENDITIONS.len() as u64 + 1);
        files.extend(rendition(app, wanted, kind).await?);
    }
    files.extend(replayed(app, wanted).await?);
    if let Some(peaks) = of(wanted.whole, AssetKind::Peaks) {
        let whole: Waveform =
            serde_json::from_slice(&app.media.bytes(&peaks.key, PEAKS_MAX).await?).map_err(Error::internal)?;
        let part = whole.span(wanted.kept(u64::MAX));
        let json = serde_json::to_vec(&part).map_err(Error::internal)?;
        files.push(renditions::peaks(app, wanted.of, json.into()).await?);
    }
    let whole = transcripts::cues(app, wanted.whole).await?;
    let cues = said(&whole, wanted.kept_ms());
    for kind in AssetKind::TRANSCRIPTS.into_iter().filter(|_| !whole.is_empty()) {
        let text = transcripts::written(kind, &cues).into();
        files.push(New::of_episode(wanted.of, kind).put(app, text).await?);
    }
    Ok(Part { files, cues })
}

/// One rendition, of the live fragments where these are the whole; none where there is nothing to make it of.
async fn rendition(app: &App, wanted: &Wanted<'_>, kind: AssetKind) -> Result<Option<Asset>, Error> {
    let live = match kind {
        AssetKind::M4a => of(wanted.whole, AssetKind::AacFragments),
        AssetKind::Opus => of(wanted.whole, AssetKind::OpusFragments),
        _ => None,
    };
    let (file, whole) = match (live, of(wanted.whole, kind), renditions::codec(kind)) {
        (Some(file), _, _) => (file, fragments::unpack(app, &file.key).await?),
        (None, Some(file), Some(codec)) => (file, renditions::unpack(app, codec, &file.key).await?),
        _ => return Ok(None),
    };
    let kept = wanted.kept(whole.stream.samples);
    let part: Elementary = blocking(move || whole.span(kept)).await?;
    let made = renditions::package(app, wanted.of, part, wanted.tags).await?;
    Ok(Some(Asset { loudness_lufs: file.loudness_lufs, ..made }))
}

/// The fragments and their playlists; nothing where there are none.
async fn replayed(app: &App, wanted: &Wanted<'_>) -> Result<Vec<Asset>, Error> {
    let (mut files, mut listed) = (Vec::new(), Vec::new());
    for (rendition, kind) in FRAGMENTS {
        let Some(whole) = of(wanted.whole, kind) else { continue };
        let stream = fragments::unpack(app, &whole.key).await?;
        let (kept, scratch) = (wanted.kept(stream.stream.samples), app.workbench()?);
        let wall_us = wanted.live_at_us + wanted.trim.head_ms * 1000;
        let part = blocking(move || fragments::part(stream, (rendition, &scratch), kept, wall_us)).await?;
        let new = New::of_episode(wanted.of, kind).adopt(app, &part.file).await?;
        let (duration_ms, bitrate) = (wanted.kept_ms().end - wanted.kept_ms().start, whole.bitrate);
        let new = Asset { duration_ms, bitrate, loudness_lufs: whole.loudness_lufs, ..new };
        let fragments::Part { front_bytes, entries, short_ms, .. } = part;
        listed.push(Fragments { rendition, path: new.path(), front_bytes, entries, short_ms });
        files.push(new);
    }
    if !listed.is_empty() {
        let replay = New { file_name: "replay.json".into(), ..New::of_episode(wanted.of, AssetKind::Replay) };
        files.push(replay.put(app, replay::document(&listed)?).await?);
    }
    Ok(files)
}

/// What is said within a span, on its own clock.
fn said(cues: &[Cue], kept: Range<i64>) -> Vec<Cue> {
    let inside = cues.iter().filter(|cue| cue.start_ms < kept.end && cue.end_ms > kept.start);
    let moved = |cue: &Cue| Cue {
        start_ms: cue.start_ms.max(kept.start) - kept.start,
        end_ms: cue.end_ms.min(kept.end) - kept.start,
        ..cue.clone()
    };
    inside.map(moved).collect()
}

/// What is said, on the clock of the whole again.
pub(crate) fn unmoved(cues: &[Cue], trim: Trim) -> Vec<Cue> {
    let head = trim.head_ms;
    let moved = |cue: &Cue| Cue { start_ms: cue.start_ms + head, end_ms: cue.end_ms + head, ..cue.clone() };
    cues.iter().map(moved).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cues_move_with_the_cut_and_end_with_it() {
        let cue = |start_ms, end_ms| Cue { start_ms, end_ms, speaker: None, text: "x".into() };
        let whole = [cue(0, 900), cue(900, 1100), cue(1500, 1800), cue(1900, 2500), cue(3000, 3100)];
        let part = said(&whole, 1000..2000);
        assert_eq!(part, [cue(0, 100), cue(500, 800), cue(900, 1000)]);
        assert_eq!(unmoved(&part[1..2], Trim { head_ms: 1000, tail_ms: 0 }), whole[2..3]);
    }
}
