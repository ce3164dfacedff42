//! `/admin/account/sessions/…`: signs other browsers out.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use rostrum_app::auth;
use rostrum_domain::Id;
use rostrum_domain::user::Session;

use super::account::PATH;
use crate::Error;
use crate::call::Signed;
use crate::pages::admin::said;
use crate::state::Web;

/// Ends one session.
pub async fn end(State(web): State<Web>, signed: Signed, Path(id): Path<Id<Session>>) -> Result<Response, Error> {
    auth::revoke(&web.app, &signed.caller, id).await?;
    Ok(said::to(PATH, "session-ended").into_response())
}

/// Ends all but the one in use.
pub async fn end_others(State(web): State<Web>, signed: Signed) -> Result<Response, Error> {
    auth::revoke_others(&web.app, &signed.identity()).await?;
    Ok(said::to(PATH, "session-ended").into_response())
}
