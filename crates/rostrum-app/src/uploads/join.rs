//! Joining uploaded parts into one final upload (tus 1.0.0, *Concatenation*).

use rostrum_domain::Id;
use rostrum_domain::access::Caller;
use rostrum_domain::show::Show;
use rostrum_store::upload::{self, Part, Upload};

use super::announce::{check_size, make, place, room};
use super::complete::complete;
use super::hold::{Held, Progress, Reached, alive, allowed, progress, reach, stage};
use super::staging::Staged;
use super::{Error, PARTS_MAX, Target, blocking};
use crate::App;

/// A final upload that is to be made of parts.
#[derive(Debug, Clone)]
pub struct Joining {
    /// The parts in order, each whole and each once.
    pub parts: Vec<Id<Upload>>,
    /// Where the whole belongs.
    pub target: Target,
}

/// Joins parts and finishes the whole; asked again for the same parts, it answers with what they became.
pub async fn join(app: &App, caller: &Caller, joining: Joining) -> Result<Progress, Error> {
    let mut tx = app.store.read().await?;
    let place = place(&mut tx, caller, &joining.target).await?;
    let known = upload::joined(&mut tx, caller.user_id, &joining.parts).await?;
    drop(tx);
    if let Some(known) = known {
        return progress(app, caller, known.id).await;
    }
    let parts = gather(app, caller, place.show, &joining.parts).await?;
    let length = parts.iter().map(Held::offset).sum();
    check_size(app, length)?;
    room(app, length).await?;
    let made = make(app, caller, place, (joining.target, Part::Final, length));
    let made = Upload { parts: joining.parts, ..made };
    let held = merge(app, made, parts).await?;
    complete(app, held).await
}

/// Holds every part; they are the caller's own, whole, and of one show.
async fn gather(app: &App, caller: &Caller, show: Id<Show>, ids: &[Id<Upload>]) -> Result<Vec<Held>, Error> {
    let mut once = ids.to_vec();
    once.sort();
    once.dedup();
    if ids.is_empty() || ids.len() > PARTS_MAX || once.len() != ids.len() {
        let text = format!("A final upload is joined from 1 to {PARTS_MAX} parts, each named once.");
        return Err(crate::Error::Conflict(text).into());
    }
    let mut parts = Vec::with_capacity(ids.len());
    for id in ids {
        let found = allowed(&mut app.store.read().await?, caller, *id).await?;
        let ours = found.user_id == caller.user_id && found.show_id == show && found.part == Part::Partial;
        if !ours {
            return Err(crate::Error::Missing("part").into());
        }
        alive(app, found)?;
        let held = match reach(app, *id).await? {
            Reached::Open(held) => held,
            Reached::Finished(_) => {
                return Err(crate::Error::Conflict("A part of this upload has been joined already.".into()).into());
            }
            Reached::Gone => return Err(crate::Error::Missing("part").into()),
        };
        if !held.is_whole() {
            return Err(crate::Error::Conflict("A part of this upload is not complete yet.".into()).into());
        }
        parts.push(*held);
    }
    Ok(parts)
}

/// Writes the parts into one staged file, then records the final upload and that the parts are spent.
async fn merge(app: &App, made: Upload, parts: Vec<Held>) -> Result<Held, Error> {
    let (staged, leave) = stage(app, made.id).await?;
    let pieces: Vec<Staged> = parts.into_iter().map(|part| part.staged).collect();
    let (staged, pieces) = blocking(move || concatenate(staged, pieces)).await??;
    let mut tx = app.store.write().await?;
    upload::insert(&mut tx, &made).await?;
    for part in &made.parts {
        upload::spend(&mut tx, *part, made.created_at).await?;
    }
    tx.commit().await?;
    blocking(move || pieces.into_iter().try_for_each(Staged::remove)).await??;
    Ok(Held { upload: made, staged, leave, adopted: false })
}

fn concatenate(mut whole: Staged, pieces: Vec<Staged>) -> std::io::Result<(Staged, Vec<Staged>)> {
    for piece in &pieces {
        if let Err(error) = whole.append_file(piece) {
            whole.remove()?;
            return Err(error);
        }
    }
    whole.keep()?;
    Ok((whole, pieces))
}
