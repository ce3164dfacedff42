//! What listeners see: published episodes and the shows they belong to.

use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::episode::{Episode, State};
use rostrum_domain::show::Show;
use rostrum_store::episode::Page;
use rostrum_store::{Tx, asset, episode, show};

use crate::{App, Error};

/// Episodes on a page of a show.
pub const PAGE: i64 = 20;
/// Episodes on the home page.
const LATEST: i64 = 12;

/// A show with what a list says of it.
#[derive(Debug, Clone)]
pub struct ShowSummary {
    /// The show.
    pub show: Show,
    /// How many published episodes it has.
    pub episodes: i64,
    /// The newest of them.
    pub newest: Option<Episode>,
}

/// A published episode with its show and files.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The show.
    pub show: Show,
    /// The episode.
    pub episode: Episode,
    /// Its current files.
    pub assets: Vec<Asset>,
}

impl Entry {
    /// The current file of a kind.
    pub fn asset(&self, kind: AssetKind) -> Option<&Asset> {
        self.assets.iter().find(|asset| asset.kind == kind)
    }
}

/// The home page: shows that have something to hear, and the newest episodes of all.
pub async fn home(app: &App) -> Result<(Vec<ShowSummary>, Vec<Entry>), Error> {
    let mut tx = app.store.read().await?;
    let mut summaries = Vec::new();
    for show in show::list(&mut tx).await? {
        let summary = summary(&mut tx, show).await?;
        if summary.episodes > 0 && !summary.show.facts.block {
            summaries.push(summary);
        }
    }
    let mut entries = Vec::new();
    for episode in episode::latest(&mut tx, LATEST).await? {
        let known = summaries.iter().find(|summary| summary.show.id == episode.show_id);
        if let Some(show) = known.map(|summary| summary.show.clone()) {
            entries.push(entry(&mut tx, show, episode).await?);
        }
    }
    Ok((summaries, entries))
}

async fn summary(tx: &mut Tx, show: Show) -> Result<ShowSummary, Error> {
    let episodes = episode::count_published(tx, show.id).await?;
    let newest = episode::published(tx, show.id, Page { limit: 1, offset: 0 }).await?.pop();
    Ok(ShowSummary { show, episodes, newest })
}

pub(crate) async fn entry(tx: &mut Tx, show: Show, episode: Episode) -> Result<Entry, Error> {
    let assets = asset::of_episode(tx, episode.id).await?;
    Ok(Entry { show, episode, assets })
}

/// A show alone.
pub async fn show_facts(app: &App, name: &str) -> Result<Show, Error> {
    show::find(&mut app.store.read().await?, name).await?.ok_or(Error::Missing("show"))
}

/// A show's page: the show, a page (from 1) of its episodes, and how many there are.
pub async fn show(app: &App, name: &str, page: i64) -> Result<(Show, Vec<Entry>, i64), Error> {
    let mut tx = app.store.read().await?;
    let found = show::find(&mut tx, name).await?.ok_or(Error::Missing("show"))?;
    let total = episode::count_published(&mut tx, found.id).await?;
    let page = Page { limit: PAGE, offset: (page.clamp(1, i64::from(u32::MAX)) - 1) * PAGE };
    let mut entries = Vec::new();
    for episode in episode::published(&mut tx, found.id, page).await? {
        entries.push(entry(&mut tx, found.clone(), episode).await?);
    }
    Ok((found, entries, total))
}

/// An episode's page with the episodes before and after it.
pub async fn episode(app: &App, show: &str, name: &str) -> Result<(Entry, Option<Episode>, Option<Episode>), Error> {
    let mut tx = app.store.read().await?;
    let show = show::find(&mut tx, show).await?.ok_or(Error::Missing("show"))?;
    let found = episode::find(&mut tx, show.id, name).await?.filter(|episode| episode.state == State::Published);
    let found = found.ok_or(Error::Missing("episode"))?;
    let at = found.published_at.unwrap_or(found.created_at);
    let (before, after) = episode::neighbours(&mut tx, show.id, at).await?;
    Ok((entry(&mut tx, show, found).await?, before, after))
}

/// A published episode by its id alone, for embeds.
pub async fn by_id(app: &App, id: &str) -> Result<Entry, Error> {
    let mut tx = app.store.read().await?;
    let id = id.parse().map_err(|_| Error::Missing("episode"))?;
    let found = episode::get(&mut tx, id).await?.filter(|episode| episode.state == State::Published);
    let found = found.ok_or(Error::Missing("episode"))?;
    let show = show::get(&mut tx, found.show_id).await?.ok_or(Error::Missing("show"))?;
    entry(&mut tx, show, found).await
}
