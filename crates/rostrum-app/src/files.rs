//! Who may fetch which stored file.

use rostrum_domain::Id;
use rostrum_domain::access::{Action, Caller};
use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::episode::State;
use rostrum_store::{Tx, asset, episode};

use crate::{App, Error, shows};

/// The record of a file that may be served: to anybody once its episode is published, before that to those who work on
/// the show. Sources are for those who work on the show only.
pub async fn open(app: &App, caller: Option<&Caller>, id: &str) -> Result<Asset, Error> {
    let missing = || Error::Missing("file");
    let id: Id<Asset> = id.parse().map_err(|_| missing())?;
    let mut tx = app.store.read().await?;
    let found = asset::get(&mut tx, id).await?.ok_or_else(missing)?;
    if is_public(&mut tx, &found).await? {
        return Ok(found);
    }
    let caller = caller.ok_or_else(missing)?;
    match shows::by_id(&mut tx, caller, Action::ViewShow, found.show_id).await {
        Ok(_) => Ok(found),
        Err(Error::Missing(_) | Error::Denied(_)) => Err(missing()),
        Err(other) => Err(other),
    }
}

async fn is_public(tx: &mut Tx, asset: &Asset) -> Result<bool, Error> {
    if !asset.kind.is_public() {
        return Ok(false);
    }
    let Some(owner) = asset.episode_id else {
        return Ok(asset.kind == AssetKind::Artwork);
    };
    Ok(episode::get(tx, owner).await?.is_some_and(|episode| episode.state == State::Published))
}

/// The name a rendition is saved under: the show's and the episode's words, safe in any address.
pub fn name(show: &rostrum_domain::Slug, episode: &rostrum_domain::Slug, kind: AssetKind) -> String {
    format!("{show}-{episode}.{}", kind.extension())
}
