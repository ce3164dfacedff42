//! `/admin/episodes/{episode}/stems`: asks for the speakers of a room, each alone, as WAV or FLAC.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use rostrum_app::rooms::stems;
use rostrum_domain::Id;
use rostrum_domain::episode::Episode;

use super::said;
use crate::Error;
use crate::call::Signed;
use crate::forms::Posted;
use crate::state::Web;

/// Queues them.
pub async fn ask(
    State(web): State<Web>,
    Path(id): Path<Id<Episode>>,
    signed: Signed,
    Form(posted): Form<Posted>,
) -> Result<Response, Error> {
    let form = if posted.text("form") == "flac" { stems::Form::Flac } else { stems::Form::Wav };
    stems::ask(&web.app, &signed.caller, id, form).await?;
    Ok(said::to(&format!("/admin/episodes/{id}"), "stems").into_response())
}
