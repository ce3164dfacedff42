//! `/admin/people/{id}/role`, `/disable`, `/enable`: what somebody may do, and whether they may come in.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use rostrum_app::people::{self, Change};
use rostrum_domain::Id;
use rostrum_domain::user::User;

use super::list::PATH;
use crate::Error;
use crate::call::Signed;
use crate::forms::Posted;
use crate::pages::admin::said;
use crate::state::Web;

/// Changes the role.
pub async fn submit(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<Id<User>>,
    Form(posted): Form<Posted>,
) -> Result<Response, Error> {
    let role = posted.text("role").parse().map_err(Error::Invalid)?;
    people::change(&web.app, &signed.caller, id, Change { role: Some(role), ..Change::default() }).await?;
    Ok(said::to(PATH, "role").into_response())
}

/// Keeps somebody out.
pub async fn disable(State(web): State<Web>, signed: Signed, Path(id): Path<Id<User>>) -> Result<Response, Error> {
    people::change(&web.app, &signed.caller, id, Change { disabled: Some(true), ..Change::default() }).await?;
    Ok(said::to(PATH, "disabled").into_response())
}

/// Lets somebody in again.
pub async fn enable(State(web): State<Web>, signed: Signed, Path(id): Path<Id<User>>) -> Result<Response, Error> {
    people::change(&web.app, &signed.caller, id, Change { disabled: Some(false), ..Change::default() }).await?;
    Ok(said::to(PATH, "enabled").into_response())
}
