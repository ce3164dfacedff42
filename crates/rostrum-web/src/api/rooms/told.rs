//! `/api/v1/rooms/{room}/participants`, `/messages`, `/markers`: what a room's journal tells.

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::response::Response;
use http::StatusCode;
use rostrum_app::rooms::{self, life, moderate, talk};
use rostrum_domain::room::{Badge, StageRole};
use rostrum_media::program::SAMPLES_PER_MS;
use rostrum_store::room_log::{Line, Marker, Person};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Error;
use crate::api::at::{At, id};
use crate::api::body::Body;
use crate::api::paging::{Page, Paging};
use crate::call::Signed;
use crate::state::Web;

/// Somebody who took part.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonBody {
    /// Names the person in the room.
    id: String,
    /// The account.
    user_id: Option<String>,
    /// The name shown.
    name: String,
    /// The role held last.
    #[schema(value_type = String)]
    role: StageRole,
    /// Whether in the room now.
    here: bool,
}

impl From<Person> for PersonBody {
    fn from(person: Person) -> Self {
        let Person { id, user, name, role, here } = person;
        Self { id: id.to_string(), user_id: user.map(|id| id.to_string()), name, role, here }
    }
}

/// Everybody who took part.
#[derive(Debug, Serialize, ToSchema)]
pub struct People {
    /// Those present first.
    items: Vec<PersonBody>,
}

/// A line of chat.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineBody {
    /// Names it.
    id: String,
    /// Program time in milliseconds; 0 before the room was live.
    #[schema(minimum = 0)]
    at_ms: i64,
    /// Names the writer in the room.
    participant: String,
    /// The writer's account.
    user_id: Option<String>,
    /// The writer's name.
    name: String,
    /// `host`, `speaker`, `signed_in` or `guest`.
    #[schema(value_type = String)]
    badge: Badge,
    /// The words, plain text.
    text: String,
}

impl From<Line> for LineBody {
    fn from(line: Line) -> Self {
        Self {
            id: line.id.to_string(),
            at_ms: line.at / SAMPLES_PER_MS.cast_signed(),
            participant: line.who.to_string(),
            user_id: line.user.map(|id| id.to_string()),
            name: line.name,
            badge: line.badge,
            text: line.text,
        }
    }
}

/// A marked place.
#[derive(Debug, Serialize, ToSchema)]
pub struct MarkerBody {
    /// Program time in milliseconds.
    #[schema(minimum = 0)]
    at_ms: i64,
    /// What it is called.
    title: String,
}

/// All marked places.
#[derive(Debug, Serialize, ToSchema)]
pub struct Markers {
    /// In order.
    items: Vec<MarkerBody>,
}

/// A place to mark.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMarker {
    /// What it is called.
    #[schema(min_length = 1, max_length = 200)]
    title: String,
    /// Program time in milliseconds; now when left out.
    at_ms: Option<u64>,
}

/// Who takes part in a room, or did.
#[utoipa::path(get, path = "/api/v1/rooms/{room}/participants", tag = "rooms",
    params(("room" = String, Path, description = "slug or id")),
    responses((status = 200, description = "those present first", body = People)))]
pub async fn participants(State(web): State<Web>, signed: Signed, At(name): At<String>) -> Result<Json<People>, Error> {
    let found = rooms::participants(&web.app, &signed.caller, &name).await?;
    Ok(Json(People { items: found.into_iter().map(PersonBody::from).collect() }))
}

/// The chat of a room, the newest line first.
#[utoipa::path(get, path = "/api/v1/rooms/{room}/messages", tag = "rooms",
    params(("room" = String, Path, description = "slug or id"), Paging),
    responses((status = 200, description = "a page of the list", body = Page<LineBody>,
        headers(("link" = String, description = "the first and the next page, RFC 8288")))))]
pub async fn messages(
    State(web): State<Web>,
    signed: Signed,
    (At(name), paging): (At<String>, Paging),
    uri: OriginalUri,
) -> Result<Response, Error> {
    let stretch = (paging.behind()?, paging.size_and_one());
    let found = rooms::messages(&web.app, &signed.caller, &name, stretch).await?;
    Ok(paging.keyed(found, |line| line.id.to_string(), LineBody::from).answer(&uri))
}

/// A line to write.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLine {
    /// The words, plain text.
    #[schema(min_length = 1, max_length = 500)]
    text: String,
}

/// A line that was written.
#[derive(Debug, Serialize, ToSchema)]
pub struct Written {
    /// Names it.
    id: String,
}

/// Writes a line in the chat of an open room, under one's own name.
#[utoipa::path(post, path = "/api/v1/rooms/{room}/messages", tag = "rooms", request_body = NewLine,
    params(("room" = String, Path, description = "slug or id")),
    responses((status = 201, description = "it was written, and is listed in a moment", body = Written)))]
pub async fn write(
    State(web): State<Web>,
    signed: Signed,
    At(name): At<String>,
    Body(NewLine { text }): Body<NewLine>,
) -> Result<(StatusCode, Json<Written>), Error> {
    let line = talk::say_as(&web.app, (&signed.caller, &signed.name), (&name, &text)).await?;
    Ok((StatusCode::CREATED, Json(Written { id: line.to_string() })))
}

/// Takes a line out of the chat and of its replay, on every page that shows it.
#[utoipa::path(delete, path = "/api/v1/rooms/{room}/messages/{message}", tag = "rooms",
    params(("room" = String, Path, description = "slug or id"), ("message" = String, Path, description = "its id")),
    responses((status = 204, description = "its words are gone")))]
pub async fn remove_message(
    State(web): State<Web>,
    signed: Signed,
    At((name, line)): At<(String, String)>,
) -> Result<StatusCode, Error> {
    moderate::remove_line(&web.app, &signed.caller, (&name, id(&line, "line")?)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The marked places of a room.
#[utoipa::path(get, path = "/api/v1/rooms/{room}/markers", tag = "rooms",
    params(("room" = String, Path, description = "slug or id")),
    responses((status = 200, description = "in order", body = Markers)))]
pub async fn markers(State(web): State<Web>, signed: Signed, At(name): At<String>) -> Result<Json<Markers>, Error> {
    let body = |marker: Marker| MarkerBody { at_ms: marker.at / SAMPLES_PER_MS.cast_signed(), title: marker.title };
    let found = rooms::markers(&web.app, &signed.caller, &name).await?;
    Ok(Json(Markers { items: found.into_iter().map(body).collect() }))
}

/// Marks a place in a live room; it becomes a chapter.
#[utoipa::path(post, path = "/api/v1/rooms/{room}/markers", tag = "rooms", request_body = NewMarker,
    params(("room" = String, Path, description = "slug or id")),
    responses((status = 202, description = "it is marked, and listed in a moment")))]
pub async fn mark(
    State(web): State<Web>,
    signed: Signed,
    At(name): At<String>,
    Body(NewMarker { title, at_ms }): Body<NewMarker>,
) -> Result<StatusCode, Error> {
    let at = at_ms.map(|at| at.saturating_mul(SAMPLES_PER_MS));
    life::mark(&web.app, &signed.caller, &name, (title, at)).await?;
    Ok(StatusCode::ACCEPTED)
}
