//! `/admin/rooms` and `/admin/rooms/new`: the list of live rooms, and a new one.

use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use rostrum_app::rooms::{self, Detail, Wanted};
use rostrum_app::shows;
use rostrum_domain::room::RoomState;
use rostrum_store::episode::Page as Stretch;

use super::said;
use crate::Error;
use crate::call::Signed;
use crate::forms::{self, Posted};
use crate::html::{html, refused};
use crate::state::Web;
use crate::views::admin::room::{NewRoom, RoomLine, Rooms};
use crate::views::{self, Pager, When};
use crate::words::say;

/// Rooms on a page.
const PAGE: i64 = 30;

/// Which page of the list.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Asked {
    page: Option<u32>,
}

/// The list.
pub async fn list(State(web): State<Web>, Query(asked): Query<Asked>, signed: Signed) -> Result<Response, Error> {
    let number = asked.page.unwrap_or(1).max(1);
    let stretch = Stretch { limit: PAGE, offset: i64::from(number - 1) * PAGE };
    let (found, total) = rooms::page(&web.app, &signed.caller, &Wanted::default(), stretch).await?;
    let page = web.page(&say("live").to_string(), "/admin/rooms", Some(&signed));
    let may_plan = !shows::list(&web.app, &signed.caller).await?.is_empty();
    html(&Rooms { page, rooms: found.iter().map(line).collect(), may_plan, pager: pager(number, total) })
}

fn pager(number: u32, total: i64) -> Pager {
    let total = u64::try_from(total).unwrap_or(0);
    let pages = total.div_ceil(PAGE.unsigned_abs()).max(1);
    Pager { page: u64::from(number), pages, total, stem: "/admin/rooms?page=".to_owned() }
}

fn line(Detail { show, room }: &Detail) -> RoomLine {
    RoomLine {
        path: format!("/admin/rooms/{}", room.slug),
        title: room.facts.title.clone(),
        show: show.facts.title.clone(),
        state: room.state,
        at: room.live_at.or(room.facts.starts_at).map(When::from),
        peak: (room.state >= RoomState::Live).then_some(room.peak),
    }
}

/// The form of a new room.
pub async fn blank(State(web): State<Web>, signed: Signed) -> Result<Response, Error> {
    html(&new(&web, &signed, forms::room::blank()).await?)
}

async fn new(web: &Web, signed: &Signed, form: views::Form) -> Result<NewRoom, Error> {
    let shows = shows::list(&web.app, &signed.caller).await?;
    let shows = shows.into_iter().map(|show| (show.slug.to_string(), show.facts.title)).collect();
    Ok(NewRoom { page: web.page(&say("live-new").to_string(), "/admin/rooms", Some(signed)), form, shows })
}

/// Plans it.
pub async fn create(State(web): State<Web>, signed: Signed, Form(posted): Form<Posted>) -> Result<Response, Error> {
    let made = match forms::room::facts(&posted) {
        Ok(facts) => rooms::create(&web.app, &signed.caller, &posted.text("show"), facts).await.map_err(Error::from),
        Err(problems) => Err(Error::Invalid(problems)),
    };
    match made {
        Ok(room) => Ok(said::to(&format!("/admin/rooms/{}", room.slug), "saved").into_response()),
        Err(Error::Invalid(problems)) => refused(&new(&web, &signed, posted.back(problems)).await?),
        Err(other) => Err(other),
    }
}
