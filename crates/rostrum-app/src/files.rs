//! Stored files: storing new ones, and who may fetch which.

use std::path::Path;

use bytes::Bytes;
use rostrum_domain::Id;
use rostrum_domain::access::{Action, Caller};
use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::episode::{Episode, State};
use rostrum_domain::show::Show;
use rostrum_store::media::Stored;
use rostrum_store::{Tx, asset, episode};

use crate::{App, Error, shows};

/// A file that may be served to who asked for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    /// Its record.
    pub file: Asset,
    /// Whether it may be served to anybody else as well.
    pub public: bool,
}

/// The record of a file that may be served: to anybody once its episode is published, before that to those who work on
/// the show. Sources and stems are for those who work on the show only, journals for nobody.
pub async fn open(app: &App, caller: Option<&Caller>, id: &str) -> Result<Opened, Error> {
    let missing = || Error::Missing("file");
    let id: Id<Asset> = id.parse().map_err(|_| missing())?;
    let mut tx = app.store.read().await?;
    let (found, public) = match asset::get(&mut tx, id).await?.filter(|file| file.kind != AssetKind::Journal) {
        Some(found) => (found.clone(), is_public(&mut tx, &found).await?),
        // What a trim leaves out is kept for those who may change the trim.
        None => (asset::get_aside(&mut tx, id).await?.ok_or_else(missing)?, false),
    };
    if public {
        return Ok(Opened { file: found, public });
    }
    let caller = caller.ok_or_else(missing)?;
    match shows::by_id(&mut tx, caller, Action::ViewShow, found.show_id).await {
        Ok(_) => Ok(Opened { file: found, public: false }),
        Err(Error::Missing(_) | Error::Denied(_)) => Err(missing()),
        Err(other) => Err(other),
    }
}

async fn is_public(tx: &mut Tx, asset: &Asset) -> Result<bool, Error> {
    if !asset.kind.is_public() {
        return Ok(false);
    }
    let Some(owner) = asset.episode_id else {
        return Ok(matches!(asset.kind, AssetKind::Artwork | AssetKind::Portrait));
    };
    Ok(episode::get(tx, owner).await?.is_some_and(|episode| episode.state == State::Published))
}

/// A file about to be stored: what it will be and to whom it belongs.
#[derive(Debug, Clone)]
pub(crate) struct New<'a> {
    pub(crate) show: &'a Show,
    pub(crate) episode: Option<&'a Episode>,
    pub(crate) kind: AssetKind,
    pub(crate) file_name: String,
}

impl<'a> New<'a> {
    /// A file of an episode, saved under the show's and the episode's words, which are safe in any address.
    pub(crate) fn of_episode(of: (&'a Show, &'a Episode), kind: AssetKind) -> Self {
        let (show, episode) = of;
        let file_name = format!("{}-{}.{}", show.slug, episode.slug, kind.extension());
        Self { show, episode: Some(episode), kind, file_name }
    }

    /// Stores bytes; the record is the caller's to insert.
    pub(crate) async fn put(self, app: &App, bytes: Bytes) -> Result<Asset, Error> {
        let (id, key) = self.name(app);
        let stored = app.media.put(&key, bytes).await?;
        self.record(app, (id, key), stored)
    }

    /// Stores a local file, which goes away from where it was; the record is the caller's to insert.
    pub(crate) async fn adopt(self, app: &App, path: &Path) -> Result<Asset, Error> {
        let (id, key) = self.name(app);
        let stored = app.media.adopt(&key, path).await?;
        self.record(app, (id, key), stored)
    }

    /// The record of a file that is stored under `key` already.
    pub(crate) fn at(self, app: &App, key: String, stored: Stored) -> Result<Asset, Error> {
        let id = app.id::<Asset>(app.now());
        self.record(app, (id, key), stored)
    }

    /// The record of another name for the bytes of a file.
    pub(crate) fn twin(self, app: &App, file: &Asset) -> Asset {
        Asset { id: app.id(app.now()), kind: self.kind, file_name: self.file_name, ..file.clone() }
    }

    fn name(&self, app: &App) -> (Id<Asset>, String) {
        let id = app.id::<Asset>(app.now());
        let owner = self.episode.map_or_else(|| "show".to_owned(), |episode| episode.id.to_string());
        (id, format!("{}/{owner}/{id}.{}", self.show.id, self.kind.extension()))
    }

    fn record(self, app: &App, named: (Id<Asset>, String), stored: Stored) -> Result<Asset, Error> {
        let (id, key) = named;
        Ok(Asset {
            id,
            show_id: self.show.id,
            episode_id: self.episode.map(|episode| episode.id),
            kind: self.kind,
            key,
            file_name: self.file_name,
            bytes: i64::try_from(stored.bytes).map_err(Error::internal)?,
            sha256: stored.sha256,
            duration_ms: 0,
            bitrate: 0,
            loudness_lufs: None,
            created_at: app.now(),
        })
    }
}
