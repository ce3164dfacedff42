//! `rostrum migrate`: the database brought to this version, while no server works on it.

use anyhow::Context;
use rostrum_store::Store;

use super::{print, wait_for};
use crate::cli::Common;
use crate::supervise::DataFolder;

pub(super) fn run(common: &Common) -> anyhow::Result<()> {
    let config = common.load()?;
    let _held = DataFolder::prepare(&config.data)?;
    wait_for(async {
        let store = Store::open(&config.database_url).await.context("the database cannot be opened (database.url)")?;
        let migrated = store.migrate().await.context("the database cannot be brought to this version");
        store.close().await;
        migrated
    })?;
    print("The database is up to date.\n")
}
