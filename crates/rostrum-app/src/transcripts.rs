//! Transcripts: one upload in any known form becomes the four served forms and the search index.

use bytes::Bytes;
use rostrum_domain::Id;
use rostrum_domain::access::{Action, Caller};
use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::episode::Episode;
use rostrum_domain::show::Show;
use rostrum_domain::transcript::Cue;
use rostrum_feed::cues;
use rostrum_store::asset::Shelf;
use rostrum_store::{Tx, asset, episode};
use serde_json::json;

use crate::files::New;
use crate::{App, Error, audit, edits, episodes, search};

/// Largest stored transcript that is read back, in bytes; the JSON form of the largest accepted upload stays below.
const READ_MAX: u64 = 64 * 1024 * 1024;

/// Replaces an episode's transcript by an uploaded VTT, SRT or JSON file; gives the number of cues.
pub async fn put(app: &App, caller: &Caller, id: Id<Episode>, bytes: &[u8]) -> Result<usize, Error> {
    let cues = cues::parse(bytes).map_err(|error| Error::invalid("transcript", error.to_string()))?;
    let (show, episode) = {
        let mut tx = app.store.read().await?;
        episodes::guarded(&mut tx, caller, Action::EditEpisodes, id).await?
    };
    let made = files(app, (&show, &episode), &cues).await?;
    let mut tx = app.store.write().await?;
    let (_, episode) = episodes::guarded(&mut tx, caller, Action::EditEpisodes, id).await?;
    replace(app, &mut tx, &episode, (&made, &cues)).await?;
    keep_whole(app, &mut tx, (&show, &episode), &cues).await?;
    episode::touch(&mut tx, id, app.now()).await?;
    let changes = audit::changes(&json!({}), &json!({"transcript": format!("{} cues", cues.len())}));
    episodes::note_change(app, &mut tx, caller, (&episode, changes)).await?;
    tx.commit().await?;
    Ok(cues.len())
}

/// Where a part of the recording is served, keeps the new transcript of that part on the clock of the whole too.
async fn keep_whole(app: &App, tx: &mut Tx, of: (&Show, &Episode), cues: &[Cue]) -> Result<(), Error> {
    let trim = edits::trim_of(tx, of.1.id).await?;
    if trim.is_none() {
        return Ok(());
    }
    for kind in AssetKind::TRANSCRIPTS {
        let text = Bytes::from(written(kind, &edits::cut::unmoved(cues, trim)));
        let whole = New::of_episode(of, kind).put(app, text).await?;
        asset::retire_aside(tx, (of.1.id, Shelf::Whole), kind, app.now()).await?;
        asset::insert_aside(tx, &whole, Shelf::Whole).await?;
    }
    Ok(())
}

/// Stores the served forms of an episode's cues; the records are for [`replace`].
pub(crate) async fn files(app: &App, of: (&Show, &Episode), cues: &[Cue]) -> Result<Vec<Asset>, Error> {
    let mut made = Vec::new();
    for kind in AssetKind::TRANSCRIPTS {
        let text = Bytes::from(written(kind, cues));
        made.push(New::of_episode(of, kind).put(app, text).await?);
    }
    Ok(made)
}

/// Puts stored forms, and the index of their cues, in the place of an episode's transcript.
pub(crate) async fn replace(app: &App, tx: &mut Tx, of: &Episode, what: (&[Asset], &[Cue])) -> Result<(), Error> {
    let (made, cues) = what;
    for file in made {
        asset::retire(tx, of.id, file.kind, app.now()).await?;
        asset::insert(tx, file).await?;
    }
    search::transcript(tx, of, cues).await
}

/// Cues in one of the served forms.
pub(crate) fn written(kind: AssetKind, cues: &[Cue]) -> String {
    match kind {
        AssetKind::Srt => cues::to_srt(cues),
        AssetKind::Json => cues::to_json(cues),
        AssetKind::Html => cues::to_html(cues),
        _ => cues::to_vtt(cues),
    }
}

/// Takes an episode's transcript away.
pub async fn remove(app: &App, caller: &Caller, id: Id<Episode>) -> Result<(), Error> {
    let mut tx = app.store.write().await?;
    let (_, episode) = episodes::guarded(&mut tx, caller, Action::EditEpisodes, id).await?;
    for kind in AssetKind::TRANSCRIPTS {
        asset::retire(&mut tx, id, kind, app.now()).await?;
        asset::retire_aside(&mut tx, (id, Shelf::Whole), kind, app.now()).await?;
    }
    search::transcript(&mut tx, &episode, &[]).await?;
    episode::touch(&mut tx, id, app.now()).await?;
    let changes = audit::changes(&json!({"transcript": "removed"}), &json!({}));
    episodes::note_change(app, &mut tx, caller, (&episode, changes)).await?;
    tx.commit().await?;
    Ok(())
}

/// The cues among an episode's files; none when it has no transcript.
pub async fn cues(app: &App, assets: &[Asset]) -> Result<Vec<Cue>, Error> {
    let Some(json) = assets.iter().find(|asset| asset.kind == AssetKind::Json) else { return Ok(Vec::new()) };
    let bytes = app.media.bytes(&json.key, READ_MAX).await?;
    cues::parse(&bytes).map_err(Error::internal)
}
