//! `/shows/{show}/{episode}`: an episode's page.

use axum::extract::{Path, State};
use axum::response::Response;
use rostrum_app::listing::{self, Entry};
use rostrum_app::rooms::replay;
use rostrum_app::{episodes, portraits, shows, transcripts, waves};
use rostrum_domain::asset::AssetKind;
use rostrum_domain::episode::Episode;
use rostrum_feed::notes;

use crate::call::Signed;
use crate::html::html;
use crate::state::Web;
use crate::views::episode::{Download, turns};
use crate::views::parts::LinkText;
use crate::views::{Page, Safe};
use crate::{Error, shape, views};

/// The page of a published episode.
pub async fn show(
    State(web): State<Web>,
    Path((show, name)): Path<(String, String)>,
    signed: Option<Signed>,
) -> Result<Response, Error> {
    let (entry, before, after) = listing::episode(&web.app, &show, &name).await?;
    let page = head(&web, &entry, signed.as_ref());
    let mut view = view(&web, &entry, page).await?;
    let link = |episode: Episode| shape::link(&entry.show, &episode);
    (view.previous, view.next) = (before.map(link), after.map(link));
    let chat = replay::has_chat(&web.app, entry.episode.id).await?;
    view.chat = chat.then(|| format!("{}/chat.json", episodes::path(&entry.show, &entry.episode)));
    view.edit = signed.map(|_| format!("/admin/episodes/{}", entry.episode.id));
    html(&view)
}

/// Everything on the page but its neighbours.
pub(crate) async fn view(web: &Web, entry: &Entry, page: Page) -> Result<views::episode::Episode, Error> {
    let Entry { show, episode, assets } = entry;
    let facts = &episode.facts;
    let persons = if facts.persons.is_empty() { &show.facts.persons } else { &facts.persons };
    Ok(views::episode::Episode {
        page,
        card: shape::episode_card(&web.app, entry).await?,
        lang: show.facts.language.clone(),
        banner: None,
        wave: waves::of(&web.app, assets, shape::PAGE_VALUES).await?,
        notes_html: Safe(notes::page_html(&facts.notes)),
        chapters: facts.chapters.iter().filter(|chapter| !chapter.hidden).cloned().collect(),
        transcript: turns(transcripts::cues(&web.app, assets).await?),
        transcript_files: files(entry, &AssetKind::TRANSCRIPTS),
        persons: shape::persons(persons, &portraits::of_show(&web.app, show.id).await?),
        downloads: downloads(entry),
        link: facts.link.clone(),
        location: facts.location.as_ref().map(|place| place.name.clone()),
        license: facts.license.as_ref().or(show.facts.license.as_ref()).map(shape::license),
        chat: None,
        previous: None,
        next: None,
        share_url: web.app.address(&episodes::path(show, episode)),
        embed_url: web.app.address(&format!("/embed/{}", episode.id)),
        subscribe: format!("{}#subscribe", shows::path(show)),
        edit: None,
    })
}

/// Links to an episode's files of these kinds.
pub(crate) fn files(entry: &Entry, kinds: &[AssetKind]) -> Vec<LinkText> {
    let link = |kind: &AssetKind| {
        entry.asset(*kind).map(|asset| LinkText { text: kind.as_str().to_uppercase(), url: asset.path() })
    };
    kinds.iter().filter_map(link).collect()
}

/// The renditions to save.
pub(crate) fn downloads(entry: &Entry) -> Vec<Download> {
    let download = |kind: &AssetKind| {
        let asset = entry.asset(*kind)?;
        Some(Download { label: kind.as_str().to_uppercase(), path: asset.path(), bytes: asset.bytes })
    };
    AssetKind::RENDITIONS.iter().filter_map(download).collect()
}

fn head(web: &Web, entry: &Entry, signed: Option<&Signed>) -> Page {
    let Entry { show, episode, .. } = entry;
    let path = episodes::path(show, episode);
    let mut page = web.page(&episode.facts.title, &path, signed);
    let url = web.app.address(&path);
    let own = shape::summary(&episode.facts.summary, &episode.facts.notes);
    // What is said of the show stands in for what is not said of the episode.
    let of_show = || shape::summary(&show.facts.subtitle, &show.facts.description);
    page.meta.description = if own.is_empty() { of_show() } else { own };
    page.meta.image = shape::episode_art(entry).url.map(|path| web.app.address(&path));
    page.meta.audio = entry.asset(AssetKind::Mp3).map(|asset| web.app.address(&asset.path()));
    page.meta.feeds = vec![(show.facts.title.clone(), web.app.address(&shows::feed_path(&show.slug)))];
    let encoded: String = url::form_urlencoded::byte_serialize(url.as_bytes()).collect();
    page.meta.oembed = Some(web.app.address(&format!("/oembed?url={encoded}")));
    page.meta.theme = show.facts.accent.as_ref().map(|_| format!("{}/theme.css", shows::path(show)));
    page.meta.noindex = show.facts.block || episode.facts.block;
    page.meta.url = Some(url);
    page
}
