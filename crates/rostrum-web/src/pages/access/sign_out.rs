//! `/sign-out`: ends the session in use.

use axum::extract::State;
use axum::response::Response;
use rostrum_app::auth;

use crate::Error;
use crate::call::Signed;
use crate::door::leave;
use crate::state::Web;

/// Ends the session; one that is over already is no error.
pub async fn submit(State(web): State<Web>, signed: Option<Signed>) -> Result<Response, Error> {
    if let Some(signed) = signed {
        auth::sign_out(&web.app, &signed.identity()).await?;
    }
    Ok(leave(&web, "/"))
}
