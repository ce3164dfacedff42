//! From what the use-cases give to what the views show. No I/O but the small waveforms, which are kept in memory.

use rostrum_app::listing::{Entry, ShowSummary};
use rostrum_app::portraits::Portraits;
use rostrum_app::rooms::{self, Detail};
use rostrum_app::{App, episodes, shows, waves};
use rostrum_domain::Id;
use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::credit::{Credit, License};
use rostrum_domain::episode::Episode;
use rostrum_domain::room::RoomState;
use rostrum_domain::show::Show;

use crate::views::parts::{LinkText, Person, numbering};
use crate::views::{Art, EpisodeCard, RoomCard, ShowCard, When};
use crate::{Error, words};

/// Values in the waveform of a card.
const CARD_VALUES: usize = 64;
/// Values in the waveform of an episode's page.
pub(crate) const PAGE_VALUES: usize = 240;

/// The path of a show's artwork; its name is always the same.
pub(crate) fn artwork_path(id: Id<Asset>) -> String {
    format!("/media/{id}/artwork.jpg")
}

/// The picture of a show.
pub(crate) fn art(show: &Show) -> Art {
    Art { url: show.artwork_id.map(artwork_path), title: show.facts.title.clone() }
}

/// The picture of an episode: its own, or the show's.
pub(crate) fn episode_art(entry: &Entry) -> Art {
    let own = entry.asset(AssetKind::Artwork).map(Asset::path);
    Art { url: own.or_else(|| entry.show.artwork_id.map(artwork_path)), title: entry.show.facts.title.clone() }
}

/// A show in a list.
pub(crate) fn show_card(summary: &ShowSummary) -> ShowCard {
    let facts = &summary.show.facts;
    ShowCard {
        path: shows::path(&summary.show),
        title: facts.title.clone(),
        subtitle: facts.subtitle.clone(),
        author: facts.author.clone(),
        lang: facts.language.clone(),
        art: art(&summary.show),
        episodes: u64::try_from(summary.episodes).unwrap_or(0),
        latest: summary.newest.as_ref().and_then(|episode| episode.published_at).map(When::from),
    }
}

/// Public rooms, of a show or of all: on air first, then what is next.
pub(crate) async fn room_cards(app: &App, show: Option<Id<Show>>) -> Result<Vec<RoomCard>, Error> {
    let card = |Detail { show, room }: Detail| RoomCard {
        path: rooms::path(&room),
        title: room.facts.title.clone(),
        show: show.facts.title.clone(),
        art: art(&show),
        live: room.state == RoomState::Live,
        starts: room.facts.starts_at.map(When::from),
    };
    Ok(rooms::listed::soon(app, show).await?.into_iter().map(card).collect())
}

/// An episode in a list.
pub(crate) async fn episode_card(app: &App, entry: &Entry) -> Result<EpisodeCard, Error> {
    let Entry { show, episode, .. } = entry;
    let facts = &episode.facts;
    let audio = entry.asset(AssetKind::Mp3);
    Ok(EpisodeCard {
        id: episode.id.to_string(),
        path: episodes::path(show, episode),
        title: facts.title.clone(),
        show: show.facts.title.clone(),
        show_path: shows::path(show),
        art: episode_art(entry),
        published: When::from(episode.published_at.unwrap_or(episode.created_at)),
        duration_ms: audio.map_or(0, |asset| asset.duration_ms),
        numbering: numbering(facts.season, facts.number),
        kind: facts.kind,
        explicit: facts.explicit.unwrap_or(show.facts.explicit),
        summary: summary(facts.summary.as_str(), &facts.notes),
        audio: audio.map(Asset::path),
        peaks: entry.asset(AssetKind::Peaks).map(Asset::path),
        wave: waves::of(app, &entry.assets, CARD_VALUES).await?,
    })
}

/// Cards of many episodes.
pub(crate) async fn episode_cards(app: &App, entries: &[Entry]) -> Result<Vec<EpisodeCard>, Error> {
    let mut cards = Vec::with_capacity(entries.len());
    for entry in entries {
        cards.push(episode_card(app, entry).await?);
    }
    Ok(cards)
}

/// The creator's summary, or the beginning of the notes.
pub(crate) fn summary(summary: &str, notes: &str) -> String {
    if summary.trim().is_empty() { rostrum_feed::notes::plain(notes, 200) } else { summary.to_owned() }
}

/// People as pages show them: letters stand in for pictures that are not here, since a page loads nothing from
/// elsewhere.
pub(crate) fn persons(credits: &[Credit], portraits: &Portraits) -> Vec<Person> {
    let person = |credit: &Credit| Person {
        name: credit.name.clone(),
        role: role(&credit.role),
        href: credit.href.clone(),
        image: portraits.path(credit),
    };
    credits.iter().map(person).collect()
}

/// Whose picture could not be had, and why.
pub(crate) fn lacking(credits: &[Credit], portraits: &Portraits) -> Vec<(String, String)> {
    let line = |credit: &Credit| Some((credit.name.clone(), portraits.error(credit)?.to_owned()));
    credits.iter().filter_map(line).collect()
}

/// What somebody does; the usual roles in the reader's language, others as they were written.
fn role(role: &str) -> String {
    words::say("person-role").with("role", role.replace(' ', "-")).with("text", capital(role)).into()
}

/// A licence as a link; an SPDX name without an address leads to its entry in the list.
pub(crate) fn license(license: &License) -> LinkText {
    let known = || format!("https://spdx.org/licenses/{}.html", license.name);
    LinkText { text: license.name.to_uppercase(), url: license.url.clone().unwrap_or_else(known) }
}

/// A link to an episode's page.
pub(crate) fn link(show: &Show, episode: &Episode) -> LinkText {
    LinkText { text: episode.facts.title.clone(), url: episodes::path(show, episode) }
}

/// A word with a capital in front.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), letters.as_str()))
}

/// A size in words, as in `412 GB`.
pub(crate) fn bytes_text(bytes: u64) -> String {
    let steps = [(1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB")];
    let (unit, name) = steps.into_iter().find(|(unit, _)| bytes >= *unit).unwrap_or((1000, "kB"));
    let tenths = bytes.saturating_mul(10) / unit;
    if tenths >= 100 { words::whole_amount(tenths / 10, name) } else { words::amount(tenths, name) }
}
