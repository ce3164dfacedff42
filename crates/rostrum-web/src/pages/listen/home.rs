//! `/`: the newest episode, the shows, the latest.

use axum::extract::State;
use axum::response::Response;
use rostrum_app::listing::{self, ShowSummary};
use rostrum_app::shows;
use rostrum_domain::show::Show;

use crate::call::Signed;
use crate::html::html;
use crate::state::Web;
use crate::views::Page;
use crate::{Error, shape, views};

/// Shows that are named in the head of the page, for programs; few sites have more.
const NAMED_MAX: usize = 50;

/// The front page.
pub async fn home(State(web): State<Web>, signed: Option<Signed>) -> Result<Response, Error> {
    let (mut summaries, entries) = listing::home(&web.app).await?;
    summaries.sort_by_key(|summary| std::cmp::Reverse(summary.newest.as_ref().and_then(|newest| newest.published_at)));
    let mut cards = shape::episode_cards(&web.app, &entries).await?;
    let lead = (!cards.is_empty()).then(|| cards.remove(0));
    let page = head(&web, &summaries, signed.as_ref());
    let rooms = shape::room_cards(&web.app, None).await?;
    let shows = summaries.iter().map(shape::show_card).collect();
    html(&views::home::Home { page, rooms, lead, shows, latest: cards })
}

/// What programs read of the page: which shows there are, their feeds, and a picture.
fn head(web: &Web, summaries: &[ShowSummary], signed: Option<&Signed>) -> Page {
    let mut page = web.page("", "/", signed);
    let all = || summaries.iter().map(|summary| &summary.show).take(NAMED_MAX);
    let titles: Vec<&str> = all().map(|show| show.facts.title.as_str()).collect();
    page.meta.description = shape::summary(&titles.join(" · "), &page.site);
    page.meta.url = Some(web.app.address("/"));
    page.meta.image = all().find_map(|show| show.artwork_id).map(|id| web.app.address(&shape::artwork_path(id)));
    let feed = |show: &Show| (show.facts.title.clone(), web.app.address(&shows::feed_path(&show.slug)));
    page.meta.feeds = all().map(feed).collect();
    page
}
