//! Housekeeping of uploads: forgets what has expired, finishes what a killed process left whole, removes files that
//! belong to nothing.

use rostrum_domain::Id;
use rostrum_store::upload::{self, Part, Upload};

use super::complete::{complete, drop_stored};
use super::hold::{Held, Reached, folder, length, reach};
use super::{Error, blocking, staging};
use crate::App;

/// What housekeeping found to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tidied {
    /// Uploads forgotten because their time was over.
    pub expired: usize,
    /// Uploads finished whose bytes were all there.
    pub finished: usize,
    /// Files removed that no upload knows.
    pub orphans: usize,
}

/// Tidies up; what somebody holds at the moment is left for the next time.
pub async fn tidy(app: &App) -> Result<Tidied, Error> {
    let mut tidied = Tidied::default();
    let over = upload::expired(&mut app.store.read().await?, app.now()).await?;
    for old in over {
        tidied.expired += usize::from(expire(app, old.id).await?);
    }
    let folder = folder(app);
    for name in blocking(move || staging::names(&folder)).await?? {
        let Ok(id) = name.parse() else { continue };
        if !needs_care(app, id).await? {
            continue;
        }
        match reach(app, id).await {
            Ok(Reached::Open(held)) if held.is_due() => tidied.finished += usize::from(finish(app, *held).await),
            Ok(Reached::Gone) => {
                // What a kill may have left in the media store for an upload that was forgotten since.
                drop_stored(app, id).await?;
                tidied.orphans += 1;
            }
            Ok(_) | Err(Error::Busy) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(tidied)
}

/// Whether there is something to do for an upload, judged without holding it: who is sending it must not be refused for
/// a look.
async fn needs_care(app: &App, id: Id<Upload>) -> Result<bool, Error> {
    let found = upload::get(&mut app.store.read().await?, id).await?;
    let Some(found) = found.filter(|found| found.finished_at.is_none()) else { return Ok(true) };
    let staged = tokio::fs::metadata(folder(app).join(id.to_string())).await;
    Ok(found.part != Part::Partial && staged.map_or(true, |file| file.len() == length(&found)))
}

async fn expire(app: &App, id: Id<Upload>) -> Result<bool, Error> {
    match reach(app, id).await {
        Ok(Reached::Open(held)) => held.forget(app).await?,
        Ok(Reached::Finished(_)) => {
            let mut tx = app.store.write().await?;
            upload::delete(&mut tx, id).await?;
            tx.commit().await?;
        }
        Ok(Reached::Gone) | Err(Error::Busy) => return Ok(false),
        Err(other) => return Err(other),
    }
    Ok(true)
}

/// One upload that cannot be finished must not keep the others from it.
async fn finish(app: &App, held: Held) -> bool {
    let id = held.upload.id;
    match complete(app, held).await {
        Ok(_) => true,
        Err(error) => {
            tracing::warn!(upload = %id, %error, "an upload that was left whole cannot be finished");
            false
        }
    }
}
