//! `/admin/episodes/{episode}/stems`: asks for the speakers of a room, each alone, as WAV.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use rostrum_app::rooms::stems;
use rostrum_domain::Id;
use rostrum_domain::episode::Episode;

use super::said;
use crate::Error;
use crate::call::Signed;
use crate::state::Web;

/// Queues them.
pub async fn ask(State(web): State<Web>, Path(id): Path<Id<Episode>>, signed: Signed) -> Result<Response, Error> {
    stems::ask(&web.app, &signed.caller, id).await?;
    Ok(said::to(&format!("/admin/episodes/{id}"), "stems").into_response())
}
