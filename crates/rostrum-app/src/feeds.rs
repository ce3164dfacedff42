//! A show's feed: written once per change, then served from memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::episode::Episode;
use rostrum_domain::show::Show;
use rostrum_domain::{Id, Timestamp};
use rostrum_feed::rss::{Alternate, Channel, Enclosure, Item, Paging, Trailer, TranscriptLink};
use rostrum_store::episode::{Page, Revision};
use rostrum_store::{Tx, asset, episode, room, show};
use sha2::{Digest as _, Sha256};

use crate::listing::{Entry, entry};
use crate::rooms::aired;
use crate::{App, Error, episodes, portraits, shows};

/// Items on a page of a feed (RFC 5005); few shows ever need a second.
const PAGE: i64 = 300;
/// How an item begins in a feed.
const ITEM: &str = "<item>";
/// How it ends.
const ITEM_END: &str = "</item>";
/// Pages kept in memory.
const KEPT_MAX: usize = 256;

/// A written feed page.
#[derive(Debug, Clone)]
pub struct Feed {
    /// The document.
    pub xml: Bytes,
    /// Strong entity tag, quotes included.
    pub etag: String,
    /// When anything in it last changed.
    pub modified: Timestamp,
}

/// Feed pages in memory, by show and page, each with what it was made from.
#[derive(Default)]
pub struct Shelf(Mutex<HashMap<Place, (Made, Arc<Feed>)>>);

/// A show and a page of its feed.
type Place = (Id<Show>, u32);

/// What a feed page was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Made {
    show_version: i64,
    episodes: Revision,
    rooms: (Revision, i64),
    pictured_at: Option<Timestamp>,
}

impl Shelf {
    fn get(&self, at: Place, made: Made) -> Option<Arc<Feed>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&at).filter(|(from, _)| *from == made).map(|(_, feed)| Arc::clone(feed))
    }

    fn put(&self, at: Place, made: Made, feed: Arc<Feed>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(at, (made, feed));
    }
}

/// Page `page` (from 1) of the feed of the show called `name`; `style` is the path of the sheet that makes it readable
/// to a person.
pub async fn page(app: &App, name: &str, page: u32, style: &str) -> Result<Arc<Feed>, Error> {
    let mut tx = app.store.read().await?;
    let show = show::find(&mut tx, name).await?.ok_or(Error::Missing("show"))?;
    let made = Made {
        show_version: show.version,
        episodes: episode::revision(&mut tx, show.id).await?,
        rooms: rooms_made(app, &mut tx, show.id).await?,
        pictured_at: portraits::changed_at(&mut tx, show.id).await?,
    };
    let at = (show.id, page);
    if let Some(feed) = app.shelf().get(at, made) {
        return Ok(feed);
    }
    let last = u32::try_from((made.episodes.count + PAGE - 1) / PAGE).map_err(Error::internal)?.max(1);
    if !(1..=last).contains(&page) {
        return Err(Error::Missing("page of this feed"));
    }
    let feed = Arc::new(write((app, style), &mut tx, (show, made), Paging { this: page, last }).await?);
    app.shelf().put(at, made, Arc::clone(&feed));
    Ok(feed)
}

/// What its rooms were, and the hour, since one that does not begin is not announced for ever.
async fn rooms_made(app: &App, tx: &mut Tx, show: Id<Show>) -> Result<(Revision, i64), Error> {
    let revision = room::revision(tx, show).await?;
    let hour = if revision.count > 0 { app.now().as_second() / 3600 } else { 0 };
    Ok((revision, hour))
}

async fn write(
    (app, style): (&App, &str),
    tx: &mut Tx,
    (mut show, made): (Show, Made),
    paging: Paging,
) -> Result<Feed, Error> {
    let portraits = portraits::read(tx, show.id).await?;
    show.facts.persons = portraits.hosted(app, &show.facts.persons);
    let show = &show;
    let stretch = Page { limit: PAGE, offset: i64::from(paging.this - 1) * PAGE };
    let published = episode::published(tx, show.id, stretch).await?;
    let trailers = episode::trailers(tx, show.id).await?;
    let (mut entries, trailers) = (entries(tx, show, published).await?, entries(tx, show, trailers).await?);
    for Entry { episode, .. } in &mut entries {
        episode.facts.persons = portraits.hosted(app, &episode.facts.persons);
    }
    let rooms = if paging.this == 1 { aired::of_show(app, tx, show).await? } else { Vec::new() };
    let artwork = match show.artwork_id {
        Some(id) => asset::get(tx, id).await?.map(|asset| app.address(&asset.path())),
        None => None,
    };
    let changed = entries
        .iter()
        .map(|entry| entry.episode.updated_at)
        .chain([show.updated_at])
        .chain(made.pictured_at)
        .chain(changed_at(made.rooms.0))
        .max();
    let modified = changed.unwrap_or(show.updated_at);
    let channel = Channel {
        show,
        feed_url: &app.address(&shows::feed_path(&show.slug)),
        page_url: &app.address(&shows::path(show)),
        artwork_url: artwork.as_deref(),
        stylesheet_url: Some(style),
        items: entries.iter().filter_map(|entry| item(app, entry)).collect(),
        trailers: trailers.iter().filter_map(|entry| trailer(app, entry)).collect(),
        live: rooms.iter().filter_map(|room| aired::item(app, room)).collect(),
        paging,
        last_build: modified,
        generator: concat!("Rostrum ", env!("CARGO_PKG_VERSION")),
    };
    let xml = Bytes::from(rostrum_feed::rss::write(&channel));
    let etag = format!("\"{}\"", hex::encode(&Sha256::digest(&xml)[..16]));
    Ok(Feed { xml, etag, modified })
}

/// When a room last changed.
fn changed_at(rooms: Revision) -> Option<Timestamp> {
    Timestamp::from_microsecond(rooms.changed_us).ok().filter(|_| rooms.count > 0)
}

async fn entries(tx: &mut Tx, show: &Show, episodes: Vec<Episode>) -> Result<Vec<Entry>, Error> {
    let mut entries = Vec::with_capacity(episodes.len());
    for episode in episodes {
        entries.push(entry(tx, show.clone(), episode).await?);
    }
    Ok(entries)
}

/// An episode as its item in the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The item.
    pub xml: String,
    /// Whether there is a recording; without one, the address, length and duration stand for those to come.
    pub recorded: bool,
}

/// One episode as the feed shows it, or would, for the preview beside its form.
pub async fn preview(app: &App, entry: &Entry) -> Result<Preview, Error> {
    let portraits = portraits::of_show(app, entry.show.id).await?;
    let (mut episode, show) = (entry.episode.clone(), &entry.show);
    episode.facts.persons = portraits.hosted(app, &episode.facts.persons);
    let (recorded, come) = (entry.asset(AssetKind::Mp3).map(|audio| enclosure(app, audio)), to_come(app));
    let channel = Channel {
        show,
        feed_url: &app.address(&shows::feed_path(&show.slug)),
        page_url: &app.address(&shows::path(show)),
        artwork_url: None,
        stylesheet_url: None,
        items: vec![Item { episode: &episode, ..item_with(app, entry, recorded.clone().unwrap_or(come)) }],
        trailers: Vec::new(),
        live: Vec::new(),
        paging: Paging { this: 1, last: 1 },
        last_build: episode.updated_at,
        generator: "",
    };
    let xml = rostrum_feed::rss::write(&channel);
    let bounds = xml.find(ITEM).zip(xml.rfind(ITEM_END));
    let (start, end) = bounds.expect("a feed with an item holds one");
    Ok(Preview { xml: xml[start..end + ITEM_END.len()].to_owned(), recorded: recorded.is_some() })
}

/// A recording that is not there yet.
fn to_come(app: &App) -> Enclosure<'static> {
    Enclosure { url: app.address("/media/0/episode.mp3"), bytes: 0, mime: AssetKind::Mp3.mime(), duration_ms: 0 }
}

/// What a show's feed says before its items, for the preview beside its form; `style` as in [`page`].
pub async fn head(app: &App, show: &Show, style: &str) -> Result<String, Error> {
    let feed = page(app, &show.id.to_string(), 1, style).await?;
    let xml = String::from_utf8_lossy(&feed.xml);
    let end = xml.find(ITEM).or_else(|| xml.find("</channel>")).unwrap_or(xml.len());
    Ok(xml[..end].trim_end().to_owned())
}

fn item<'a>(app: &App, entry: &'a Entry) -> Option<Item<'a>> {
    Some(item_with(app, entry, enclosure(app, entry.asset(AssetKind::Mp3)?)))
}

fn item_with<'a>(app: &App, entry: &'a Entry, enclosure: Enclosure<'a>) -> Item<'a> {
    let page = app.address(&episodes::path(&entry.show, &entry.episode));
    Item {
        episode: &entry.episode,
        enclosure,
        alternates: AssetKind::RENDITIONS.iter().filter_map(|kind| alternate(app, entry.asset(*kind)?)).collect(),
        transcripts: AssetKind::TRANSCRIPTS.iter().filter_map(|kind| Some(link(app, entry.asset(*kind)?))).collect(),
        chapters_url: (!entry.episode.facts.chapters.is_empty()).then(|| format!("{page}/chapters.json")),
        artwork_url: entry.asset(AssetKind::Artwork).map(|asset| app.address(&asset.path())),
        page_url: page,
    }
}

fn trailer<'a>(app: &App, entry: &'a Entry) -> Option<Trailer<'a>> {
    Some(Trailer { episode: &entry.episode, enclosure: enclosure(app, entry.asset(AssetKind::Mp3)?) })
}

fn enclosure<'a>(app: &App, audio: &Asset) -> Enclosure<'a> {
    Enclosure {
        url: app.address(&audio.path()),
        bytes: audio.bytes,
        mime: audio.kind.mime(),
        duration_ms: audio.duration_ms,
    }
}

fn alternate<'a>(app: &App, asset: &'a Asset) -> Option<Alternate<'a>> {
    let (title, codecs) = match asset.kind {
        AssetKind::Mp3 => ("MP3", ""),
        AssetKind::M4a => ("AAC", "mp4a.40.2"),
        AssetKind::Opus => ("Opus", "opus"),
        _ => return None,
    };
    Some(Alternate {
        url: app.address(&asset.path()),
        bytes: asset.bytes,
        mime: asset.kind.mime(),
        bitrate: asset.bitrate,
        title,
        codecs,
        sha256_hex: &asset.sha256,
        default: asset.kind == AssetKind::Mp3,
    })
}

fn link<'a>(app: &App, asset: &Asset) -> TranscriptLink<'a> {
    let rel = (asset.kind != AssetKind::Html).then_some("captions");
    TranscriptLink { url: app.address(&asset.path()), mime: asset.kind.mime(), language: None, rel }
}
