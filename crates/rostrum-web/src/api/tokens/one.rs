//! `/api/v1/tokens/{token}`: revokes one.

use axum::extract::State;
use http::StatusCode;
use rostrum_app::auth;
use rostrum_domain::Id;
use rostrum_domain::user::Token;

use crate::Error;
use crate::api::at::At;
use crate::call::Signed;
use crate::state::Web;

/// Revokes a token of the caller; it stops working at once.
#[utoipa::path(delete, path = "/api/v1/tokens/{token}", tag = "tokens",
    params(("token" = String, Path, description = "the token's id")),
    responses((status = 204, description = "it is gone")))]
pub async fn revoke(State(web): State<Web>, signed: Signed, At(id): At<Id<Token>>) -> Result<StatusCode, Error> {
    auth::revoke_token(&web.app, &signed.caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
