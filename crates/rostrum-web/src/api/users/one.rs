//! `/api/v1/users/{user}`: reads, changes and removes one account; `me` is the caller's own.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use rostrum_app::people::{self, Change};
use rostrum_domain::Id;
use rostrum_domain::user::User;

use super::{UserBody, UserChange};
use crate::Error;
use crate::api::at::At;
use crate::api::body::Body;
use crate::call::Signed;
use crate::state::Web;

/// One account: one's own, or anybody's for administrators.
#[utoipa::path(get, path = "/api/v1/users/{user}", tag = "users",
    params(("user" = String, Path, description = "an id, or `me`")),
    responses((status = 200, description = "the account", body = UserBody)))]
pub async fn show(State(web): State<Web>, signed: Signed, At(user): At<String>) -> Result<Json<UserBody>, Error> {
    let id = id(&signed, &user)?;
    Ok(Json(people::get(&web.app, &signed.caller, id).await?.into()))
}

/// Changes an account; for administrators.
#[utoipa::path(patch, path = "/api/v1/users/{user}", tag = "users", request_body = UserChange,
    params(("user" = String, Path, description = "an id, or `me`")),
    responses((status = 200, description = "the account", body = UserBody)))]
pub async fn change(
    State(web): State<Web>,
    signed: Signed,
    At(user): At<String>,
    Body(UserChange { name, role, disabled }): Body<UserChange>,
) -> Result<Json<UserBody>, Error> {
    let id = id(&signed, &user)?;
    let changed = people::change(&web.app, &signed.caller, id, Change { name, role, disabled }).await?;
    Ok(Json(changed.into()))
}

/// Removes an account; for administrators.
#[utoipa::path(delete, path = "/api/v1/users/{user}", tag = "users",
    params(("user" = String, Path, description = "an id, or `me`")),
    responses((status = 204, description = "it is gone")))]
pub async fn remove(State(web): State<Web>, signed: Signed, At(user): At<String>) -> Result<StatusCode, Error> {
    people::remove(&web.app, &signed.caller, id(&signed, &user)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn id(signed: &Signed, text: &str) -> Result<Id<User>, Error> {
    match text {
        "me" => Ok(signed.caller.user_id),
        text => text.parse().map_err(|_| Error::Missing("There is no such account.".into())),
    }
}
