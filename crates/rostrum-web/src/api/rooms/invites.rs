//! `/api/v1/rooms/{room}/invites`: links that give a role.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use jiff::Timestamp;
use rostrum_app::rooms::invites::{self, NewInvite};
use rostrum_domain::room::StageRole;
use rostrum_store::invite::Kept;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Error;
use crate::api::at::{At, id};
use crate::api::body::Body;
use crate::api::users::SECRET;
use crate::call::Signed;
use crate::state::Web;

/// An invitation to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInviteBody {
    /// `listener`, `speaker`, `producer` or `co_host`.
    #[schema(value_type = String)]
    role: StageRole,
    /// For whom it is, for one's own list.
    #[serde(default)]
    #[schema(max_length = 80)]
    label: String,
    /// Whether one person only may use it.
    #[serde(default = "yes")]
    #[schema(default = true)]
    once: bool,
    /// Hours until it ends.
    #[serde(default = "hours")]
    #[schema(minimum = 1, maximum = 8784, default = 168)]
    hours: u32,
}

const fn yes() -> bool {
    true
}

const fn hours() -> u32 {
    168
}

/// An invitation.
#[derive(Debug, Serialize, ToSchema)]
pub struct InviteBody {
    /// Names it.
    id: String,
    /// The role it gives.
    #[schema(value_type = String)]
    role: StageRole,
    /// For whom it is.
    label: String,
    /// Whether one person only may use it.
    once: bool,
    /// How often it was used.
    #[schema(minimum = 0)]
    uses: i64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it ends.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// When it was taken back.
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_at: Option<Timestamp>,
    /// The link, told only when it is made.
    url: Option<String>,
}

impl From<Kept> for InviteBody {
    fn from(kept: Kept) -> Self {
        let Kept { id, role, label, once, uses, created_at, expires_at, revoked_at, .. } = kept;
        Self { id: id.to_string(), role, label, once, uses, created_at, expires_at, revoked_at, url: None }
    }
}

/// All invitations of a room.
#[derive(Debug, Serialize, ToSchema)]
pub struct Invites {
    /// The newest first.
    items: Vec<InviteBody>,
}

/// The invitations of a room.
#[utoipa::path(get, path = "/api/v1/rooms/{room}/invites", tag = "rooms",
    params(("room" = String, Path, description = "slug or id")),
    responses((status = 200, description = "the newest first", body = Invites)))]
pub async fn invites(State(web): State<Web>, signed: Signed, At(name): At<String>) -> Result<Json<Invites>, Error> {
    let found = invites::list(&web.app, &signed.caller, &name).await?;
    Ok(Json(Invites { items: found.into_iter().map(InviteBody::from).collect() }))
}

/// Makes an invitation.
#[utoipa::path(post, path = "/api/v1/rooms/{room}/invites", tag = "rooms", request_body = NewInviteBody,
    params(("room" = String, Path, description = "slug or id")),
    responses((status = 201, description = "it was made; its link is shown only here", body = InviteBody)))]
pub async fn make_invite(
    State(web): State<Web>,
    signed: Signed,
    At(name): At<String>,
    Body(new): Body<NewInviteBody>,
) -> Result<Response, Error> {
    let NewInviteBody { role, label, once, hours } = new;
    let (kept, link) = invites::make(&web.app, &signed.caller, &name, NewInvite { role, label, once, hours }).await?;
    let body = InviteBody { url: Some(link.reveal().clone()), ..kept.into() };
    Ok((StatusCode::CREATED, [SECRET], Json(body)).into_response())
}

/// Takes an invitation back.
#[utoipa::path(delete, path = "/api/v1/rooms/{room}/invites/{invite}", tag = "rooms",
    params(("room" = String, Path, description = "slug or id"), ("invite" = String, Path, description = "its id")),
    responses((status = 204, description = "it opens nothing any more")))]
pub async fn revoke_invite(
    State(web): State<Web>,
    signed: Signed,
    At((name, invite)): At<(String, String)>,
) -> Result<StatusCode, Error> {
    invites::revoke(&web.app, &signed.caller, &name, id(&invite, "invitation")?).await?;
    Ok(StatusCode::NO_CONTENT)
}
