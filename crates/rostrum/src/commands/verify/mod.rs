//! `rostrum verify`: the audit log's chain, every stored file, every room's journal and program log, read to the end
//! and compared with what was written down of them. Nothing is changed.

mod rooms;

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
    rooms: usize,
    /// What is told whether or not it is damage.
    lines: Vec<String>,
    damage: Vec<String>,
    /// What to do about the damage, each said once.
    advice: Vec<&'static str>,
}

/// What helps where stored files are damaged.
const RESTORE: &str = "Restore the damaged files from a backup.";

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
        report.advise("Find out who could write to the database, and compare it with a backup.");
    }
    let shows = show::list(&mut tx).await?;
    let mut assets = Vec::<Asset>::new();
    for show in shows {
        assets.extend(asset::of_show(&mut tx, show.id).await?);
    }
    drop(tx);
    for asset in &assets {
        report.files += 1;
        if let Some(damage) = damage(&media, asset).await {
            report.damage.push(format!("{} ({}): {damage}", asset.key, asset.file_name));
            report.advise(RESTORE);
        }
    }
    rooms::kept(&media, &assets, &mut report).await;
    rooms::read(&config.data.join("live"), &mut report)?;
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
    fn advise(&mut self, advice: &'static str) {
        if !self.advice.contains(&advice) {
            self.advice.push(advice);
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for line in &self.lines {
            writeln!(text, "{line}").expect("writing to text cannot fail");
        }
        for line in &self.damage {
            writeln!(text, "BAD   {line}").expect("writing to text cannot fail");
        }
        let end = match self.damage.len() {
            0 => {
                let (files, rooms) = (self.files, self.rooms);
                format!("The audit log, {files} files and the logs of {rooms} rooms are as they were written.\n")
            }
            1 => format!("1 thing is damaged. {}\n", self.advice.join(" ")),
            many => format!("{many} things are damaged. {}\n", self.advice.join(" ")),
        };
        text + &end
    }
}
