//! `/api/v1/episodes/{episode}/trim`: what is cut off a recording at its ends; the recording stays whole.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use rostrum_app::edits::trim::{self, Trim};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::stems::Begun;
use crate::Error;
use crate::api::at::{At, id};
use crate::api::body::Body;
use crate::call::Signed;
use crate::state::Web;

/// What is to be cut off.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    /// From the beginning of the whole recording, in milliseconds.
    #[serde(default)]
    #[schema(minimum = 0)]
    head_ms: i64,
    /// From its end, in milliseconds.
    #[serde(default)]
    #[schema(minimum = 0)]
    tail_ms: i64,
}

/// What is cut off.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrimBody {
    /// From the beginning of the whole recording, in milliseconds.
    #[schema(minimum = 0)]
    head_ms: i64,
    /// From its end, in milliseconds.
    #[schema(minimum = 0)]
    tail_ms: i64,
    /// How long the whole recording is, in milliseconds; 0 without one.
    #[schema(minimum = 0)]
    whole_ms: i64,
}

/// What is cut off the recording that is served.
#[utoipa::path(get, path = "/api/v1/episodes/{episode}/trim", tag = "episodes",
    params(("episode" = String, Path, description = "the episode's id")),
    responses((status = 200, description = "the trim", body = TrimBody)))]
pub async fn trim(State(web): State<Web>, signed: Signed, At(text): At<String>) -> Result<Json<TrimBody>, Error> {
    let found = trim::get(&web.app, &signed.caller, id(&text, "episode")?).await?;
    let Trim { head_ms, tail_ms } = found.trim;
    Ok(Json(TrimBody { head_ms, tail_ms, whole_ms: found.whole_ms }))
}

/// Cuts the beginning and the end off what is served; nothing to cut off serves the whole again.
///
/// Nothing is encoded again: the files get new addresses under the same guid, and chapters, soundbites, transcript,
/// waveform, replay and replayed chat move with them. What lies outside is kept and comes back with its part.
#[utoipa::path(put, path = "/api/v1/episodes/{episode}/trim", tag = "episodes", request_body = Wish,
    params(("episode" = String, Path, description = "the episode's id")),
    responses((status = 202, description = "the work has begun", body = Begun)))]
pub async fn set_trim(
    State(web): State<Web>,
    signed: Signed,
    At(text): At<String>,
    Body(Wish { head_ms, tail_ms }): Body<Wish>,
) -> Result<impl IntoResponse, Error> {
    let job = trim::ask(&web.app, &signed.caller, id(&text, "episode")?, Trim { head_ms, tail_ms }).await?;
    Ok((StatusCode::ACCEPTED, Json(Begun::of(job))))
}

#[cfg(test)]
mod tests {
    use http::{Method, StatusCode};
    use serde_json::{Value, json};

    use crate::api::testing::Desk;

    #[tokio::test]
    async fn an_episode_without_sound_cannot_be_trimmed() {
        let desk = Desk::new().await;
        let (program, path) = (desk.program(), format!("{}/trim", desk.episode_path()));
        let found = program.call(Method::GET, &path, Value::Null).await;
        assert_eq!(found.json(), json!({"head_ms": 0, "tail_ms": 0, "whole_ms": 0}));
        let asked = program.call(Method::PUT, &path, json!({"head_ms": 1000})).await;
        assert_eq!(asked.status, StatusCode::CONFLICT);
        let wrong = program.call(Method::PUT, &path, json!({"head": 1000})).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.body);
    }
}
