//! `/api/v1/episodes/{episode}/stems`: the speakers of a room, each alone.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use rostrum_app::rooms::stems::{self, Form};
use rostrum_domain::Id;
use rostrum_domain::job::Job;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Error;
use crate::api::at::{Asked, At, id};
use crate::call::Signed;
use crate::state::Web;

/// Work that was begun.
#[derive(Debug, Serialize, ToSchema)]
pub struct Begun {
    /// The job that does it.
    job: String,
}

impl Begun {
    pub(super) fn of(job: Id<Job>) -> Self {
        Self { job: job.to_string() }
    }
}

/// In which form.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct As {
    /// `wav` (the usual), `flac`, or `opus` to make the speakers' own packets anew.
    #[serde(default = "wav")]
    #[param(value_type = Option<String>)]
    form: Form,
}

const fn wav() -> Form {
    Form::Wav
}

/// Asks for the speakers of a room as WAV or FLAC files. They are among the episode's `stems` when the job is done.
#[utoipa::path(post, path = "/api/v1/episodes/{episode}/stems", tag = "episodes",
    params(("episode" = String, Path, description = "the episode's id"), As),
    responses((status = 202, description = "the work has begun", body = Begun)))]
pub async fn make_stems(
    State(web): State<Web>,
    signed: Signed,
    At(text): At<String>,
    Asked(As { form }): Asked<As>,
) -> Result<impl IntoResponse, Error> {
    let job = stems::ask(&web.app, &signed.caller, id(&text, "episode")?, form).await?;
    Ok((StatusCode::ACCEPTED, Json(Begun::of(job))))
}

#[cfg(test)]
mod tests {
    use http::{Method, StatusCode};
    use serde_json::{Value, json};

    use crate::api::testing::Desk;

    #[tokio::test]
    async fn an_episode_without_a_room_has_no_stems() {
        let desk = Desk::new().await;
        let (program, path) = (desk.program(), desk.episode_path());
        assert_eq!(program.call(Method::GET, &path, Value::Null).await.json()["stems"], json!([]));
        let asked = program.call(Method::POST, &format!("{path}/stems"), Value::Null).await;
        assert_eq!(asked.status, StatusCode::CONFLICT);
    }
}
