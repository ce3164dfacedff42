//! Removes files from the media store that no record points to any more.

use rostrum_store::{Tx, asset};

use super::{Failed, For, Handle, Work, enqueue as put};
use crate::{App, Error};

/// Keys per job, so that no payload grows without bound.
const KEYS_MAX: usize = 500;

/// The files to remove.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Sweep {
    keys: Vec<String>,
}

/// Queues the removal of files whose records go in this transaction.
pub async fn enqueue(app: &App, tx: &mut Tx, keys: Vec<String>) -> Result<(), Error> {
    enqueue_after(app, tx, (keys, 0)).await
}

/// Queues the removal of files in so many seconds, unless a record points to them by then.
pub async fn enqueue_after(app: &App, tx: &mut Tx, (keys, delay_s): (Vec<String>, i64)) -> Result<(), Error> {
    for keys in keys.chunks(KEYS_MAX) {
        put(app, tx, &Sweep { keys: keys.to_vec() }, For { delay_s, ..For::default() }).await?;
    }
    Ok(())
}

impl Work for Sweep {
    const KIND: &'static str = "sweep";
    const PRIORITY: i64 = -10;

    async fn run(self, app: &App, handle: &Handle) -> Result<(), Failed> {
        for key in &self.keys {
            let used = asset::key_used(&mut app.store.read().await?, key).await?;
            if !used {
                app.media.delete(key).await?;
            }
        }
        handle.commit(app, app.store.write().await?).await
    }
}
