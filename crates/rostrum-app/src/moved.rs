//! Where shows and episodes have gone whose address was changed, for those who ask at the old one.

use rostrum_domain::episode::State;
use rostrum_store::{Tx, episode, former, show};

use crate::{App, Error};

/// The slugs of today for those of an address `/shows/{show}/{rest}`, where one of them is a former one; an episode
/// that is not published is not told of.
pub async fn names(app: &App, named: &str, rest: Option<&str>) -> Result<Option<(String, Option<String>)>, Error> {
    let mut tx = app.store.read().await?;
    let current = show::find(&mut tx, named).await?;
    let moved = match current {
        Some(_) => None,
        None => former::show(&mut tx, named).await?,
    };
    let found = match moved {
        Some(id) => show::get(&mut tx, id).await?,
        None => current,
    };
    let Some(found) = found else { return Ok(None) };
    let led = match rest {
        Some(name) => episode_slug(&mut tx, &found, name).await?,
        None => None,
    };
    let changed = moved.is_some() || led.is_some();
    let show = if moved.is_some() { found.slug.to_string() } else { named.to_owned() };
    Ok(changed.then(|| (show, led.or(rest.map(str::to_owned)))))
}

async fn episode_slug(tx: &mut Tx, show: &rostrum_domain::show::Show, name: &str) -> Result<Option<String>, Error> {
    let Some(id) = former::episode(tx, show.id, name).await? else { return Ok(None) };
    let found = episode::get(tx, id).await?.filter(|episode| episode.state == State::Published);
    Ok(found.map(|episode| episode.slug.to_string()))
}
