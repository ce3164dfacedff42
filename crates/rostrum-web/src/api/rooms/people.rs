//! `/api/v1/rooms/{room}/participants/{participant}`: what is done about somebody in an open room.

use axum::extract::State;
use http::StatusCode;
use rostrum_app::rooms::moderate::{self, Standing};
use rostrum_domain::room::StageRole;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Error;
use crate::api::at::{Asked, At, id};
use crate::api::body::Patch;
use crate::call::Signed;
use crate::state::Web;

/// How somebody is to stand; what is left out stays.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ParticipantPatch {
    /// `listener`, `speaker`, `producer` or `co_host`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    role: Option<StageRole>,
    /// Whether a moderator keeps the microphone closed.
    #[serde(default)]
    muted: Option<bool>,
}

/// How somebody is taken out.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Removal {
    /// Whether the account and the invitation open nothing any more either.
    #[serde(default)]
    ban: bool,
}

/// Gives somebody in an open room another role, or closes their microphone.
#[utoipa::path(patch, path = "/api/v1/rooms/{room}/participants/{participant}", tag = "rooms",
    params(("room" = String, Path, description = "slug or id"),
        ("participant" = String, Path, description = "who, as the list names them")),
    request_body(content((ParticipantPatch = "application/merge-patch+json"), (ParticipantPatch = "application/json"))),
    responses((status = 204, description = "the stage did it; the list tells in a moment")))]
pub async fn change_participant(
    State(web): State<Web>,
    signed: Signed,
    At((name, who)): At<(String, String)>,
    patch: Patch,
) -> Result<StatusCode, Error> {
    let ParticipantPatch { role, muted } = patch.apply(&ParticipantPatch::default())?;
    let whom = (name.as_str(), id(&who, "participant")?);
    moderate::change(&web.app, &signed.caller, whom, Standing { role, muted }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes somebody out of an open room; the grant opens nothing any more.
#[utoipa::path(delete, path = "/api/v1/rooms/{room}/participants/{participant}", tag = "rooms",
    params(("room" = String, Path, description = "slug or id"),
        ("participant" = String, Path, description = "who, as the list names them"), Removal),
    responses((status = 204, description = "they are out")))]
pub async fn remove_participant(
    State(web): State<Web>,
    signed: Signed,
    At((name, who)): At<(String, String)>,
    Asked(Removal { ban }): Asked<Removal>,
) -> Result<StatusCode, Error> {
    moderate::remove(&web.app, &signed.caller, (&name, id(&who, "participant")?), ban).await?;
    Ok(StatusCode::NO_CONTENT)
}
