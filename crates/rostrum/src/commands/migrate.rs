//! `rostrum migrate`: the database brought to this version, or everything in it moved to another, while no server works
//! on it.

use anyhow::{Context, bail};
use rostrum_domain::Secret;
use rostrum_store::Store;
use rostrum_store::transfer::transfer;

use super::{print, wait_for};
use crate::cli::Migrate;
use crate::config::Config;
use crate::supervise::DataFolder;

pub(super) fn run(migrate: Migrate) -> anyhow::Result<()> {
    let config = migrate.common.load()?;
    match migrate.to {
        None => up(&config),
        Some(to) => over(&config, &Secret::new(to)),
    }
}

fn up(config: &Config) -> anyhow::Result<()> {
    let _held = DataFolder::prepare(&config.data)?;
    wait_for(async {
        let store = open(&config.database_url).await?;
        let migrated = store.migrate().await.context("the database cannot be brought to this version");
        store.close().await;
        migrated
    })?;
    print("The database is up to date.\n")
}

fn over(config: &Config, to: &Secret<String>) -> anyhow::Result<()> {
    if to.reveal() == config.database_url.reveal() {
        bail!("--to names the database that is in use already; name an empty one");
    }
    // A slip in --data must not make a new folder with an empty database, and move that.
    if !config.data.is_dir() {
        bail!("there is no data folder {}; name it with --data", config.data.display());
    }
    let _held = DataFolder::prepare(&config.data)?;
    let moved = wait_for(async {
        let from = open(&config.database_url).await?;
        let to = Store::open(to).await.context("the target cannot be opened (--to)")?;
        let moved = transfer(&from, &to).await;
        from.close().await;
        to.close().await;
        Ok(moved?)
    })?;
    print(&format!(
        "Moved {} rows of {} tables; each was read back and compared. The old database is as it was.\n\
         Set database.url to the new address and start the server. Media files stay where they are.\n",
        moved.rows, moved.tables
    ))
}

async fn open(url: &Secret<String>) -> anyhow::Result<Store> {
    Store::open(url).await.context("the database cannot be opened (database.url)")
}
