//! Records of stored files; the bytes are in the media store under each record's key.

use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::episode::Episode;
use rostrum_domain::show::Show;
use rostrum_domain::{Id, Timestamp};

use crate::db::{all, exec, one};
use crate::error::one_changed;
use crate::row::{Row, micros};
use crate::{StoreError, Tx};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, show_id, episode_id, kind, key, file_name, bytes, sha256, duration_ms, bitrate, ",
            "loudness_lufs, created_at FROM asset ",
            $rest
        )
    };
}

const INSERT: &str = "INSERT INTO asset (id, show_id, episode_id, kind, key, file_name, bytes, sha256, duration_ms, \
     bitrate, loudness_lufs, created_at, retired_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, NULL)";
const INSERT_ASIDE: &str = "INSERT INTO asset (id, show_id, episode_id, kind, key, file_name, bytes, sha256, \
     duration_ms, bitrate, loudness_lufs, created_at, retired_at, shelf) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, NULL, $13)";
const GET: &str = select!("WHERE id = $1 AND shelf IS NULL");
const GET_ASIDE: &str = select!("WHERE id = $1 AND shelf IS NOT NULL AND retired_at IS NULL");
const OF_EPISODE: &str = select!("WHERE episode_id = $1 AND retired_at IS NULL AND shelf IS NULL ORDER BY kind");
const ASIDE: &str = select!("WHERE episode_id = $1 AND shelf = $2 AND retired_at IS NULL ORDER BY kind");
const OF_SHOW: &str = select!("WHERE show_id = $1 AND retired_at IS NULL AND shelf IS NULL ORDER BY id");
const RETIRE: &str = "UPDATE asset SET retired_at = $1 WHERE episode_id = $2 AND kind = $3 \
     AND retired_at IS NULL AND shelf IS NULL";
const RETIRE_ASIDE: &str = "UPDATE asset SET retired_at = $1 WHERE episode_id = $2 AND shelf = $3 \
     AND kind = $4 AND retired_at IS NULL";
const RETIRE_ONE: &str = "UPDATE asset SET retired_at = $1 WHERE id = $2 AND retired_at IS NULL";
const SET_SHA256: &str = "UPDATE asset SET sha256 = $1 WHERE key = $2";
const SET_LOUDNESS: &str = "UPDATE asset SET loudness_lufs = $1 WHERE episode_id = $2 AND retired_at IS NULL \
     AND loudness_lufs IS NULL AND kind IN ('mp3', 'm4a', 'opus', 'aac-fragments', 'opus-fragments')";
const KEYS: &str = select!("WHERE show_id = $1 ORDER BY id");
const KEYS_OF_EPISODE: &str = select!("WHERE episode_id = $1 ORDER BY id");
const KEY_USED: &str = "SELECT COUNT(*) AS n FROM asset WHERE key = $1";
const BYTES: &str = "SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) AS n FROM asset \
     WHERE show_id = $1 AND (retired_at IS NULL OR kind = 'source')";
const RETIRED: &str = select!("WHERE retired_at < $1 ORDER BY retired_at, id LIMIT $2");
const FORGET: &str = "DELETE FROM asset WHERE id = $1 AND retired_at IS NOT NULL";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[
    INSERT,
    GET,
    GET_ASIDE,
    OF_EPISODE,
    ASIDE,
    INSERT_ASIDE,
    RETIRE_ASIDE,
    OF_SHOW,
    RETIRE,
    RETIRE_ONE,
    SET_SHA256,
    SET_LOUDNESS,
    KEYS,
    KEYS_OF_EPISODE,
    KEY_USED,
    BYTES,
    RETIRED,
    FORGET,
];

#[derive(sqlx::FromRow)]
struct AssetRow {
    id: String,
    show_id: String,
    episode_id: Option<String>,
    kind: String,
    key: String,
    file_name: String,
    bytes: i64,
    sha256: String,
    duration_ms: i64,
    bitrate: i64,
    loudness_lufs: Option<f64>,
    created_at: i64,
}

#[derive(sqlx::FromRow)]
struct Number {
    n: i64,
}

impl TryFrom<AssetRow> for Asset {
    type Error = StoreError;

    fn try_from(row: AssetRow) -> Result<Self, StoreError> {
        let at = Row { table: "asset", id: &row.id };
        Ok(Self {
            id: at.id("id", &row.id)?,
            show_id: at.id("show_id", &row.show_id)?,
            episode_id: at.maybe_id("episode_id", row.episode_id.as_deref())?,
            kind: AssetKind::parse(&row.kind).ok_or_else(|| at.bad("kind"))?,
            created_at: at.time("created_at", row.created_at)?,
            key: row.key,
            file_name: row.file_name,
            bytes: row.bytes,
            sha256: row.sha256,
            duration_ms: row.duration_ms,
            bitrate: row.bitrate,
            loudness_lufs: row.loudness_lufs,
        })
    }
}

fn domain(rows: Vec<AssetRow>) -> Result<Vec<Asset>, StoreError> {
    rows.into_iter().map(Asset::try_from).collect()
}

/// Adds a record; `Taken` when the episode has a current file of that kind (retire it first).
pub async fn insert(tx: &mut Tx, asset: &Asset) -> Result<(), StoreError> {
    exec!(
        tx,
        INSERT,
        asset.id.to_string(),
        asset.show_id.to_string(),
        asset.episode_id.map(|id| id.to_string()),
        asset.kind.as_str(),
        &asset.key,
        &asset.file_name,
        asset.bytes,
        &asset.sha256,
        asset.duration_ms,
        asset.bitrate,
        asset.loudness_lufs,
        micros(asset.created_at),
    )?;
    Ok(())
}

/// Why files that are not served are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelf {
    /// The whole recording, of which a trim serves a part.
    Whole,
    /// The mix that was made live, in place of which a remaster is served; whole.
    Live,
}

impl Shelf {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Live => "live",
        }
    }
}

/// Adds the record of a file that is kept aside; `Taken` when there is one of that kind.
pub async fn insert_aside(tx: &mut Tx, asset: &Asset, shelf: Shelf) -> Result<(), StoreError> {
    exec!(
        tx,
        INSERT_ASIDE,
        asset.id.to_string(),
        asset.show_id.to_string(),
        asset.episode_id.map(|id| id.to_string()),
        asset.kind.as_str(),
        &asset.key,
        &asset.file_name,
        asset.bytes,
        &asset.sha256,
        asset.duration_ms,
        asset.bitrate,
        asset.loudness_lufs,
        micros(asset.created_at),
        shelf.as_str(),
    )?;
    Ok(())
}

/// The files of an episode that are kept aside.
pub async fn aside(tx: &mut Tx, episode: Id<Episode>, shelf: Shelf) -> Result<Vec<Asset>, StoreError> {
    domain(all!(tx, AssetRow, ASIDE, episode.to_string(), shelf.as_str())?)
}

/// Retires an episode's file of a kind that is kept aside, if there is one.
pub async fn retire_aside(
    tx: &mut Tx,
    (episode, shelf): (Id<Episode>, Shelf),
    kind: AssetKind,
    now: Timestamp,
) -> Result<(), StoreError> {
    exec!(tx, RETIRE_ASIDE, micros(now), episode.to_string(), shelf.as_str(), kind.as_str())?;
    Ok(())
}

/// The record with this id of a file that is kept aside.
pub async fn get_aside(tx: &mut Tx, id: Id<Asset>) -> Result<Option<Asset>, StoreError> {
    one!(tx, AssetRow, GET_ASIDE, id.to_string())?.map(Asset::try_from).transpose()
}

/// The record with this id of a file that is or was served.
pub async fn get(tx: &mut Tx, id: Id<Asset>) -> Result<Option<Asset>, StoreError> {
    one!(tx, AssetRow, GET, id.to_string())?.map(Asset::try_from).transpose()
}

/// The current files of an episode.
pub async fn of_episode(tx: &mut Tx, episode: Id<Episode>) -> Result<Vec<Asset>, StoreError> {
    domain(all!(tx, AssetRow, OF_EPISODE, episode.to_string())?)
}

/// The current files of a show and all its episodes.
pub async fn of_show(tx: &mut Tx, show: Id<Show>) -> Result<Vec<Asset>, StoreError> {
    domain(all!(tx, AssetRow, OF_SHOW, show.to_string())?)
}

/// Retires an episode's current file of a kind, if there is one.
pub async fn retire(tx: &mut Tx, episode: Id<Episode>, kind: AssetKind, now: Timestamp) -> Result<(), StoreError> {
    exec!(tx, RETIRE, micros(now), episode.to_string(), kind.as_str())?;
    Ok(())
}

/// Retires one file; `Stale` when it is no longer current, and then nothing made of it may take its place.
pub async fn replace(tx: &mut Tx, id: Id<Asset>, now: Timestamp) -> Result<(), StoreError> {
    one_changed(exec!(tx, RETIRE_ONE, micros(now), id.to_string())?)
}

/// Retires one file, unless it is already.
pub async fn retire_one(tx: &mut Tx, id: Id<Asset>, now: Timestamp) -> Result<(), StoreError> {
    exec!(tx, RETIRE_ONE, micros(now), id.to_string())?;
    Ok(())
}

/// Every file a show has ever had, for deleting it.
pub async fn ever_of_show(tx: &mut Tx, show: Id<Show>) -> Result<Vec<Asset>, StoreError> {
    domain(all!(tx, AssetRow, KEYS, show.to_string())?)
}

/// Every file an episode has ever had, for deleting it.
pub async fn ever_of_episode(tx: &mut Tx, episode: Id<Episode>) -> Result<Vec<Asset>, StoreError> {
    domain(all!(tx, AssetRow, KEYS_OF_EPISODE, episode.to_string())?)
}

/// Whether any record points to this key of the media store.
pub async fn key_used(tx: &mut Tx, key: &str) -> Result<bool, StoreError> {
    Ok(one!(tx, Number, KEY_USED, key)?.is_some_and(|row| row.n > 0))
}

/// Files that were replaced before `before`, the longest ago first, at most `limit`.
pub async fn retired(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<Vec<Asset>, StoreError> {
    domain(all!(tx, AssetRow, RETIRED, micros(before), limit)?)
}

/// Removes the record of a replaced file; its bytes are the caller's to remove.
pub async fn forget(tx: &mut Tx, id: Id<Asset>) -> Result<(), StoreError> {
    one_changed(exec!(tx, FORGET, id.to_string())?)
}

/// Bytes a show's current files take together, and the recordings they replaced, as long as these are kept.
pub async fn bytes_of_show(tx: &mut Tx, show: Id<Show>) -> Result<i64, StoreError> {
    Ok(one!(tx, Number, BYTES, show.to_string())?.map_or(0, |row| row.n))
}

/// Notes the digest (SHA-256, hex) of a file that was stored without reading it, in all its records.
pub async fn set_sha256(tx: &mut Tx, key: &str, sha256: &str) -> Result<(), StoreError> {
    exec!(tx, SET_SHA256, sha256, key)?;
    Ok(())
}

/// Notes the loudness of an episode's current audio where it was not measured yet, in LUFS.
pub async fn set_loudness(tx: &mut Tx, episode: Id<Episode>, loudness_lufs: f64) -> Result<(), StoreError> {
    exec!(tx, SET_LOUDNESS, loudness_lufs, episode.to_string())?;
    Ok(())
}

/// Removes the records of all files of some kinds that an episode ever had; gives their keys, whose bytes are the
/// caller's to remove.
pub async fn purge(
    tx: &mut Tx,
    episode: Id<Episode>,
    kinds: &[AssetKind],
    now: Timestamp,
) -> Result<Vec<String>, StoreError> {
    let mut keys = Vec::new();
    for file in ever_of_episode(tx, episode).await?.into_iter().filter(|file| kinds.contains(&file.kind)) {
        retire_one(tx, file.id, now).await?;
        forget(tx, file.id).await?;
        keys.push(file.key);
    }
    Ok(keys)
}
