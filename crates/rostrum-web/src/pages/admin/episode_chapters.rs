//! `/admin/episodes/{episode}/chapters/adopt`: the chapters that the uploaded file brought along.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use rostrum_app::chapters;
use rostrum_domain::Id;
use rostrum_domain::episode::Episode;

use super::said;
use crate::Error;
use crate::call::Signed;
use crate::state::Web;

/// Gives an episode without chapters those of its file.
pub async fn adopt(State(web): State<Web>, Path(id): Path<Id<Episode>>, signed: Signed) -> Result<Response, Error> {
    chapters::adopt(&web.app, &signed.caller, id).await?;
    Ok(said::to(&format!("/admin/episodes/{id}"), "chapters").into_response())
}
