//! `/`: the newest episode, the shows, the latest.

use axum::extract::State;
use axum::response::Response;
use rostrum_app::listing;

use crate::call::Signed;
use crate::html::html;
use crate::state::Web;
use crate::{Error, shape, views};

/// The front page.
pub async fn home(State(web): State<Web>, signed: Option<Signed>) -> Result<Response, Error> {
    let (mut summaries, entries) = listing::home(&web.app).await?;
    summaries.sort_by_key(|summary| std::cmp::Reverse(summary.newest.as_ref().and_then(|newest| newest.published_at)));
    let mut cards = shape::episode_cards(&web.app, &entries).await?;
    let lead = (!cards.is_empty()).then(|| cards.remove(0));
    let mut page = web.page("", "/", signed.as_ref());
    page.meta.url = Some(web.app.address("/"));
    let rooms = shape::room_cards(&web.app, None).await?;
    let shows = summaries.iter().map(shape::show_card).collect();
    html(&views::home::Home { page, rooms, lead, shows, latest: cards })
}
