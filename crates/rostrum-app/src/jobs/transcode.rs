//! From an uploaded recording to the published renditions.

use rostrum_domain::Id;
use rostrum_domain::asset::Asset;
use rostrum_domain::episode::Episode;
use rostrum_store::{Tx, job};

use super::{Failed, For, Handle, Work, enqueue as put};
use crate::{App, Error};

/// The source to be made into renditions.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Transcode {
    episode: Id<Episode>,
    source: Id<Asset>,
}

/// Queues the work on an episode's new source, in place of work on an older one.
pub async fn enqueue(app: &App, tx: &mut Tx, of: &Episode, source: Id<Asset>) -> Result<(), Error> {
    job::cancel_of_episode(tx, of.id, Transcode::KIND, app.now()).await?;
    let whom = For { show: Some(of.show_id), episode: Some(of.id), delay_s: 0 };
    put(app, tx, &Transcode { episode: of.id, source }, whom).await?;
    Ok(())
}

impl Work for Transcode {
    const KIND: &'static str = "transcode";
    const PRIORITY: i64 = 10;

    async fn run(self, app: &App, handle: &Handle) -> Result<(), Failed> {
        handle.progress("reading", 0, 0);
        handle.commit(app, app.store.write().await?).await
    }
}
