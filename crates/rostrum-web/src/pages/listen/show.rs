//! `/shows/{show}`: a show's page.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use rostrum_app::listing::{self, Entry, PAGE};
use rostrum_app::{portraits, shows};
use rostrum_domain::show::{Show, ShowKind};
use rostrum_feed::notes;

use crate::call::Signed;
use crate::html::html;
use crate::state::Web;
use crate::views::parts::LinkText;
use crate::views::{Page, Pager, Safe};
use crate::words::say;
use crate::{Error, shape, views};

/// Which page of the episodes.
#[derive(serde::Deserialize)]
pub struct At {
    page: Option<u32>,
}

/// The page.
pub async fn show(
    State(web): State<Web>,
    Path(name): Path<String>,
    Query(at): Query<At>,
    signed: Option<Signed>,
) -> Result<Response, Error> {
    let number = at.page.unwrap_or(1).max(1);
    let (show, entries, total) = listing::show(&web.app, &name, i64::from(number)).await?;
    let pager = pager(&show, number, total);
    html(&view(&web, &show, &entries, (pager, signed.as_ref())).await?)
}

fn pager(show: &Show, number: u32, total: i64) -> Pager {
    let pages = u64::try_from((total + PAGE - 1) / PAGE).unwrap_or(1).max(1);
    let stem = format!("{}?page=", shows::path(show));
    Pager { page: number.into(), pages, total: u64::try_from(total).unwrap_or(0), stem }
}

async fn view(
    web: &Web,
    show: &Show,
    entries: &[Entry],
    rest: (Pager, Option<&Signed>),
) -> Result<views::show::Show, Error> {
    let (pager, signed) = rest;
    let facts = &show.facts;
    let episodes = shape::episode_cards(&web.app, entries).await?;
    let rooms = shape::room_cards(&web.app, Some(show.id)).await?;
    let serial = facts.kind == ShowKind::Serial;
    Ok(views::show::Show {
        page: head(web, show, signed),
        title: facts.title.clone(),
        subtitle: facts.subtitle.clone(),
        author: facts.author.clone(),
        lang: facts.language.clone(),
        art: shape::art(show),
        description_html: Safe(notes::page_html(&facts.description)),
        explicit: facts.explicit,
        complete: facts.complete,
        categories: facts.categories.iter().map(|name| category(name)).collect(),
        frequency: facts.update_text.clone(),
        copyright: facts.copyright.clone(),
        license: facts.license.as_ref().map(shape::license),
        website: facts.link.clone(),
        feed_url: web.app.address(&shows::feed_path(&show.slug)),
        qr: format!("{}/qr.svg", shows::path(show)),
        start: if serial { episodes.last().cloned() } else { episodes.first().cloned() },
        start_label: say(if serial { "show-play-first" } else { "show-play-newest" }).into(),
        calendar: (!rooms.is_empty()).then(|| format!("{}/calendar.ics", shows::path(show))),
        rooms,
        episodes,
        pager,
        persons: shape::persons(&facts.persons, &portraits::of_show(&web.app, show.id).await?),
        funding: facts.funding.iter().map(|f| LinkText { text: f.text.clone(), url: f.url.clone() }).collect(),
        podroll: podroll(show),
        edit: signed.map(|_| format!("/admin/shows/{}", show.slug)),
    })
}

/// `Group > Part` in the reader's language.
fn category(name: &str) -> String {
    name.split(" > ").map(views::parts::category).collect::<Vec<_>>().join(" > ")
}

fn podroll(show: &Show) -> Vec<LinkText> {
    let link = |entry: &rostrum_domain::show::Recommendation| {
        let url = entry.feed_url.clone()?;
        Some(LinkText { text: entry.title.clone().unwrap_or_else(|| url.clone()), url })
    };
    show.facts.podroll.iter().filter_map(link).collect()
}

fn head(web: &Web, show: &Show, signed: Option<&Signed>) -> Page {
    let path = shows::path(show);
    let mut page = web.page(&show.facts.title, &path, signed);
    page.meta.description = shape::summary(&show.facts.subtitle, &show.facts.description);
    page.meta.url = Some(web.app.address(&path));
    page.meta.image = show.artwork_id.map(|id| web.app.address(&shape::artwork_path(id)));
    page.meta.feeds = vec![(show.facts.title.clone(), web.app.address(&shows::feed_path(&show.slug)))];
    page.meta.theme = show.facts.accent.as_ref().map(|_| format!("{path}/theme.css"));
    page.meta.noindex = show.facts.block;
    page
}
