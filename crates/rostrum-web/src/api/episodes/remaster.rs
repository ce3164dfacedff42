//! `/api/v1/episodes/{episode}/remaster`: a room's speakers mixed once more from its journal.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use rostrum_app::edits::remaster::{self, Remaster};
use serde::Deserialize;
use utoipa::ToSchema;

use super::stems::Begun;
use crate::Error;
use crate::api::at::{At, id};
use crate::api::body::Body;
use crate::call::Signed;
use crate::state::Web;

/// What is done to the speakers; what is left out is done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wishes {
    /// Each speaker is brought to the same loudness.
    #[serde(default = "yes")]
    leveller: bool,
    /// Microphones in which nobody speaks are taken down while others speak.
    #[serde(default = "yes")]
    crossgate: bool,
    /// The noise of rooms is taken down.
    #[serde(default = "yes")]
    denoise: bool,
}

const fn yes() -> bool {
    true
}

/// Mixes the room once more from its journal and brings it to −16 LUFS, true peaks below −1 dBTP.
///
/// The new files stand at new addresses under the same guid and are as long as the old ones, so chapters, transcript
/// and chat stay where they are. The live mix is kept and can be served again.
#[utoipa::path(post, path = "/api/v1/episodes/{episode}/remaster", tag = "episodes", request_body = Wishes,
    params(("episode" = String, Path, description = "the episode's id")),
    responses((status = 202, description = "the work has begun", body = Begun)))]
pub async fn remaster(
    State(web): State<Web>,
    signed: Signed,
    At(text): At<String>,
    Body(Wishes { leveller, crossgate, denoise }): Body<Wishes>,
) -> Result<impl IntoResponse, Error> {
    let how = Remaster { leveller, crossgate, denoise };
    let job = remaster::ask(&web.app, &signed.caller, id(&text, "episode")?, how).await?;
    Ok((StatusCode::ACCEPTED, Json(Begun::of(job))))
}

/// Serves the mix that was made live again.
#[utoipa::path(delete, path = "/api/v1/episodes/{episode}/remaster", tag = "episodes",
    params(("episode" = String, Path, description = "the episode's id")),
    responses((status = 202, description = "the work has begun", body = Begun)))]
pub async fn undo_remaster(
    State(web): State<Web>,
    signed: Signed,
    At(text): At<String>,
) -> Result<impl IntoResponse, Error> {
    let job = remaster::undo(&web.app, &signed.caller, id(&text, "episode")?).await?;
    Ok((StatusCode::ACCEPTED, Json(Begun::of(job))))
}

#[cfg(test)]
mod tests {
    use http::{Method, StatusCode};
    use serde_json::{Value, json};

    use crate::api::testing::Desk;

    #[tokio::test]
    async fn what_was_no_room_cannot_be_mixed_again() {
        let desk = Desk::new().await;
        let (program, path) = (desk.program(), format!("{}/remaster", desk.episode_path()));
        let asked = async |method, body| program.call(method, &path, body).await.status;
        assert_eq!(asked(Method::POST, json!({"denoise": false})).await, StatusCode::CONFLICT);
        assert_eq!(asked(Method::DELETE, Value::Null).await, StatusCode::CONFLICT);
    }
}
