//! `rostrum verify`: the audit log's chain and every stored file, read to the end and compared with the database.

use std::fmt::Write;
use std::process::ExitCode;

use anyhow::Context;
use futures_util::TryStreamExt;
use rostrum_domain::asset::Asset;
use rostrum_store::media::MediaStore;
use rostrum_store::{Store, asset, audit, show};
use sha2::{Digest, Sha256};

use super::{print, wait_for};
use crate::cli::Common;
use crate::config::Config;
use crate::roles;

/// What was looked at and what is wrong.
#[derive(Debug, Default)]
struct Report {
    files: usize,
    damage: Vec<String>,
}

pub(super) fn run(common: &Common) -> anyhow::Result<ExitCode> {
    let config = common.load()?;
    let report = wait_for(verify(&config))?;
    print(&report.text())?;
    Ok(if report.damage.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn verify(config: &Config) -> anyhow::Result<Report> {
    let store = Store::open(&config.database_url).await.context("the database cannot be opened (database.url)")?;
    store.check_version().await?;
    let media = roles::media(config)?;
    let mut report = Report::default();
    let mut tx = store.read().await?;
    if let audit::Verdict::Broken(number) = audit::verify(&mut tx).await? {
        report.damage.push(format!("the audit log is not as it was written, from entry {number} on"));
    }
    let shows = show::list(&mut tx).await?;
    let mut assets = Vec::new();
    for show in shows {
        assets.extend(asset::of_show(&mut tx, show.id).await?);
    }
    drop(tx);
    for asset in assets {
        report.files += 1;
        if let Some(damage) = damage(&media, &asset).await {
            report.damage.push(format!("{} ({}): {damage}", asset.key, asset.file_name));
        }
    }
    store.close().await;
    Ok(report)
}

async fn damage(media: &MediaStore, asset: &Asset) -> Option<String> {
    let reading = match media.get(&asset.key, None).await {
        Ok(reading) => reading,
        Err(error) => return Some(error.to_string()),
    };
    let hashed = reading.stream.try_fold(Sha256::new(), async |hasher, bytes| Ok(hasher.chain_update(&bytes))).await;
    match hashed.map(|hasher| hex::encode(hasher.finalize())) {
        Err(error) => Some(error.to_string()),
        Ok(found) if found != asset.sha256 && !asset.sha256.is_empty() => Some("its bytes have changed".to_owned()),
        Ok(_) => None,
    }
}

impl Report {
    fn text(&self) -> String {
        let mut text = String::new();
        for line in &self.damage {
            writeln!(text, "BAD   {line}").expect("writing to text cannot fail");
        }
        let end = match self.damage.len() {
            0 => format!("The audit log and {} files are as they were written.\n", self.files),
            many => format!("{many} of these are damaged; restore them from a backup.\n"),
        };
        text + &end
    }
}
