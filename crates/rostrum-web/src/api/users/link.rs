//! `/api/v1/users/{user}/link`: a fresh one-time link.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use rostrum_app::people;
use rostrum_domain::Id;
use rostrum_domain::user::User;

use super::{LinkBody, SECRET};
use crate::Error;
use crate::api::at::At;
use crate::call::Signed;
use crate::state::Web;

/// Makes a link by which somebody chooses a password; older ones stop working. For administrators.
#[utoipa::path(post, path = "/api/v1/users/{user}/link", tag = "users",
    params(("user" = String, Path, description = "an id")),
    responses((status = 201, description = "the link, shown only here", body = LinkBody)))]
pub async fn make(State(web): State<Web>, signed: Signed, At(id): At<Id<User>>) -> Result<Response, Error> {
    let made = people::link_for(&web.app, &signed.caller, id).await?;
    Ok((StatusCode::CREATED, [SECRET], Json(LinkBody::from(made))).into_response())
}
