//! `/rooms/{room}` and `/rooms/{room}/studio`: the page for listeners and the page for those who speak.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::header;
use jiff::SignedDuration;
use rostrum_app::rooms::listed::{self, Seen};
use rostrum_app::rooms::{self, Detail};
use rostrum_app::{episodes, shows};
use rostrum_domain::room::{Audience, OnEnd, Room, RoomState};

use crate::call::Signed;
use crate::html::html;
use crate::state::Web;
use crate::views::room::{RoomFace, RoomPage, StudioPage};
use crate::views::{Page, When};
use crate::{Error, shape};

/// How long an episode that is to be out at once may take.
const MAKING: SignedDuration = SignedDuration::from_mins(5);

/// What came with the link.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Link {
    invite: Option<String>,
}

/// The page for listeners; that of a room whose episode is out leads there.
pub async fn show(
    State(web): State<Web>,
    Path(name): Path<String>,
    Query(link): Query<Link>,
    signed: Option<Signed>,
) -> Result<Response, Error> {
    let caller = signed.as_ref().map(|signed| &signed.caller);
    let seen = listed::see(&web.app, caller, (&name, link.invite.as_deref())).await?;
    if let Some(episode) = seen.episode.as_ref().filter(|_| seen.detail.room.state == RoomState::Ended) {
        return Ok(Redirect::to(&episodes::path(&seen.detail.show, episode)).into_response());
    }
    let page = head(&web, (&seen.detail, rooms::path(&seen.detail.room)), signed.as_ref());
    let studio = seen.role.is_some();
    let draft = seen.detail.room.episode_id.filter(|_| studio).map(|id| format!("/admin/episodes/{id}"));
    let (calendar, coming) = (calendar(&seen.detail), is_coming(&web, &seen.detail.room));
    fresh(html(&RoomPage { page, room: face(&seen.detail), calendar, draft, coming, studio }))
}

/// Whether an episode is about to be out.
fn is_coming(web: &Web, room: &Room) -> bool {
    let ended = room.ended_at.filter(|_| room.facts.on_end == OnEnd::Publish && room.live_at.is_some());
    ended.is_some_and(|at| web.app.now().duration_since(at) < MAKING)
}

/// Only what anybody may find stands in the calendar.
fn calendar(Detail { show, room }: &Detail) -> Option<String> {
    let is_in = room.facts.audience == Audience::Public && room.facts.starts_at.is_some();
    is_in.then(|| format!("{}/calendar.ics", shows::path(show)))
}

/// The page for those who speak; who they are is told by their session, or by the invitation in the link.
pub async fn studio(
    State(web): State<Web>,
    Path(name): Path<String>,
    Query(link): Query<Link>,
    signed: Option<Signed>,
) -> Result<Response, Error> {
    let caller = signed.as_ref().map(|signed| &signed.caller);
    let Seen { detail, role, .. } = listed::see(&web.app, caller, (&name, link.invite.as_deref())).await?;
    if role.is_none() && link.invite.is_none() && signed.is_none() {
        return Err(Error::Unauthenticated("Sign in, or open the invitation that you were sent.".into()));
    }
    let page = head(&web, (&detail, rooms::studio_path(&detail.room)), signed.as_ref());
    fresh(html(&StudioPage { page, room: face(&detail), member: role.is_some() }))
}

/// A page that changes with the room, and may have come with a secret in its address.
fn fresh(page: Result<Response, Error>) -> Result<Response, Error> {
    let keep = [(header::CACHE_CONTROL, "no-store"), (header::REFERRER_POLICY, "same-origin")];
    page.map(|page| (keep, page).into_response())
}

fn head(web: &Web, (detail, path): (&Detail, String), signed: Option<&Signed>) -> Page {
    let Detail { show, room } = detail;
    let mut page = web.page(&room.facts.title, &path, signed);
    page.meta.url = Some(web.app.address(&rooms::path(room)));
    page.meta.description = rostrum_feed::notes::plain(&room.facts.description, 200);
    page.meta.image = shape::art(show).url.map(|path| web.app.address(&path));
    page.meta.noindex = room.facts.audience != Audience::Public;
    page
}

/// A room as its pages show it.
fn face(Detail { show, room }: &Detail) -> RoomFace {
    let facts = &room.facts;
    RoomFace {
        word: room.slug.to_string(),
        title: facts.title.clone(),
        description: rostrum_feed::notes::plain(&facts.description, 10_000),
        show: show.facts.title.clone(),
        show_path: shows::path(show),
        lang: show.facts.language.clone(),
        art: shape::art(show),
        state: room.state,
        starts: facts.starts_at.map(When::from),
        seats: facts.seats,
        delay_s: facts.delay_s,
        chat: facts.chat,
        hands: facts.hands,
        shows_count: facts.shows_count,
    }
}
