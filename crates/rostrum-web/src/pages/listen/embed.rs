//! `/embed/{episode}`: the player alone, for other people's pages.

use axum::extract::{Path, State};
use axum::response::Response;
use rostrum_app::{episodes, listing, waves};

use crate::html::html;
use crate::state::Web;
use crate::{Error, shape, views};

/// The player of a published episode.
pub async fn show(State(web): State<Web>, Path(id): Path<String>) -> Result<Response, Error> {
    let entry = listing::by_id(&web.app, &id).await?;
    let mut page = web.page(&entry.episode.facts.title, &format!("/embed/{id}"), None);
    page.meta.noindex = true;
    html(&views::episode::Embed {
        page,
        card: shape::episode_card(&web.app, &entry).await?,
        wave: waves::of(&web.app, &entry.assets, shape::PAGE_VALUES).await?,
        chapters: entry.episode.facts.chapters.iter().filter(|chapter| !chapter.hidden).cloned().collect(),
        page_url: web.app.address(&episodes::path(&entry.show, &entry.episode)),
    })
}
