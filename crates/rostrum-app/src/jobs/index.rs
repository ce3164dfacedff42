//! Makes what is missing of the search index: everything, after an update of the program that changed the index.

use rostrum_store::{Tx, job, search as stored};

use super::{Failed, For, Handle, Work, enqueue as put};
use crate::{App, Error, search};

/// Episodes between two reports.
const STEP: i64 = 20;

/// What is missing is known by the database.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Index {}

/// Queues the work if there is any and nobody is at it.
pub async fn enqueue(app: &App, tx: &mut Tx) -> Result<(), Error> {
    if stored::missing(tx, 1).await?.is_empty() || job::is_open(tx, Index::KIND).await? {
        return Ok(());
    }
    put(app, tx, &Index {}, For::default()).await?;
    Ok(())
}

impl Work for Index {
    const KIND: &'static str = "index";
    const PRIORITY: i64 = -5;

    async fn run(self, app: &App, handle: &Handle) -> Result<(), Failed> {
        let mut done = 0;
        loop {
            handle.progress("indexing", done, 0);
            let made = search::catch_up(app, STEP).await?;
            if made == 0 {
                return handle.commit(app, app.store.write().await?).await;
            }
            done += made as u64;
        }
    }
}
