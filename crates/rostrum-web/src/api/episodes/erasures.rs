//! `/api/v1/episodes/{episode}/erasures`: takes somebody, or a span of time, out of everything kept of a room.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use rostrum_app::rooms::erase;
use serde::Deserialize;
use utoipa::ToSchema;

use super::stems::Begun;
use crate::Error;
use crate::api::at::{At, id};
use crate::api::body::Body;
use crate::call::Signed;
use crate::state::Web;

/// What is to go: somebody, a span, or what somebody said within it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Erasure {
    /// The id of who took part in the room; everybody when left out.
    participant: Option<String>,
    /// From this millisecond of the episode on; from the beginning when left out.
    from_ms: Option<u64>,
    /// To this millisecond, which stays; to the end when left out.
    to_ms: Option<u64>,
}

/// Erases from the room's journal and from all that was made of it: recordings, replay, stems, chat.
///
/// Everything is made anew under new addresses and the same guid, and what was is removed at once. The act is written
/// into the audit log. A transcript goes as a whole, since it tells what was said; notes and chapters are not touched.
#[utoipa::path(post, path = "/api/v1/episodes/{episode}/erasures", tag = "episodes", request_body = Erasure,
    params(("episode" = String, Path, description = "the episode's id")),
    responses((status = 202, description = "the work has begun", body = Begun)))]
pub async fn erase_recording(
    State(web): State<Web>,
    signed: Signed,
    At(text): At<String>,
    Body(Erasure { participant, from_ms, to_ms }): Body<Erasure>,
) -> Result<impl IntoResponse, Error> {
    let participant = participant.map(|who| id(&who, "participant")).transpose()?;
    let wish = erase::Wish { participant, from_ms, to_ms };
    let job = erase::ask(&web.app, &signed.caller, id(&text, "episode")?, &wish).await?;
    Ok((StatusCode::ACCEPTED, Json(Begun::of(job))))
}

#[cfg(test)]
mod tests {
    use http::{Method, StatusCode};
    use serde_json::json;

    use crate::api::testing::Desk;

    #[tokio::test]
    async fn an_erasure_must_say_what_and_have_a_journal() {
        let desk = Desk::new().await;
        let (program, path) = (desk.program(), format!("{}/erasures", desk.episode_path()));
        let asked = async |body| program.call(Method::POST, &path, body).await;
        let all = asked(json!({})).await;
        assert_eq!(
            (all.status, &all.json()["errors"][0]["field"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("participant"))
        );
        let turned = asked(json!({"from_ms": 5, "to_ms": 5})).await;
        assert_eq!(turned.json()["errors"][0]["field"], "to", "{}", turned.body);
        assert_eq!(asked(json!({"from_ms": 5, "to_ms": 50})).await.status, StatusCode::CONFLICT);
    }
}
