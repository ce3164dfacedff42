//! `/api/v1/rooms`: lists and plans.

use axum::extract::{OriginalUri, State};
use axum::response::Response;
use rostrum_app::rooms::{self, Wanted};
use rostrum_domain::room::RoomState;
use rostrum_store::episode::Page as Stretch;
use serde::Deserialize;

use super::{NewRoom, RoomBody, answer, path};
use crate::Error;
use crate::api::at::Asked;
use crate::api::body::Body;
use crate::api::paging::{Page, Paging};
use crate::api::version::created;
use crate::call::Signed;
use crate::state::Web;

/// What the list is narrowed to.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Narrowed {
    /// Only rooms of this show, by slug or id.
    show: Option<String>,
    /// Only rooms in this state: `scheduled`, `green_room`, `live` or `ended`.
    state: Option<String>,
}

impl Narrowed {
    fn wanted(self) -> Result<Wanted, Error> {
        let state = self.state.map(|word| word.parse::<RoomState>()).transpose().map_err(Error::Invalid)?;
        Ok(Wanted { show: self.show, state })
    }
}

/// Lists rooms of the shows one works on: on air, about to be, planned by time, then over.
#[utoipa::path(get, path = "/api/v1/rooms", tag = "rooms", params(Paging, Narrowed),
    responses((status = 200, description = "a page of the list", body = Page<RoomBody>,
        headers(("link" = String, description = "the first and the next page, RFC 8288")))))]
pub async fn list(
    State(web): State<Web>,
    signed: Signed,
    (paging, Asked(narrowed)): (Paging, Asked<Narrowed>),
    uri: OriginalUri,
) -> Result<Response, Error> {
    let stretch = Stretch { limit: paging.size(), offset: paging.offset()? };
    let (found, total) = rooms::page(&web.app, &signed.caller, &narrowed.wanted()?, stretch).await?;
    let items = found.iter().map(|detail| RoomBody::of(&web.app, detail)).collect();
    Ok(paging.placed(items, total)?.answer(&uri))
}

/// Plans a room.
#[utoipa::path(post, path = "/api/v1/rooms", tag = "rooms", request_body = NewRoom,
    responses((status = 201, description = "it was made", body = RoomBody,
        headers(("location" = String, description = "its address"), ("etag" = String, description = "its version")))))]
pub async fn create(State(web): State<Web>, signed: Signed, Body(new): Body<NewRoom>) -> Result<Response, Error> {
    let made = rooms::create(&web.app, &signed.caller, &new.show, new.facts).await?;
    Ok(created(path(&made), answer(&web, &signed, &made.id.to_string()).await?))
}
