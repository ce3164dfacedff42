//! `/api/v1/episodes/{episode}/adopt-chapters`: the chapters that the uploaded file brought along.

use axum::extract::State;
use axum::response::IntoResponse;
use rostrum_app::chapters;

use super::{EpisodeBody, answer};
use crate::Error;
use crate::api::at::{At, id};
use crate::call::Signed;
use crate::state::Web;

/// Gives an episode without chapters those of its uploaded file, which are in `file_chapters`; 409 when it has some.
#[utoipa::path(post, path = "/api/v1/episodes/{episode}/adopt-chapters", tag = "episodes",
    params(("episode" = String, Path, description = "the episode's id")),
    responses((status = 200, description = "the episode with its chapters", body = EpisodeBody,
        headers(("etag" = String, description = "its version")))))]
pub async fn adopt_chapters(
    State(web): State<Web>,
    signed: Signed,
    At(text): At<String>,
) -> Result<impl IntoResponse, Error> {
    let id = chapters::adopt(&web.app, &signed.caller, id(&text, "episode")?).await?.id;
    answer(&web.app, &signed.caller, id).await
}

#[cfg(test)]
mod tests {
    use http::{Method, StatusCode};
    use serde_json::{Value, json};

    use crate::api::testing::Desk;

    #[tokio::test]
    async fn there_is_nothing_to_adopt_without_a_file() {
        let desk = Desk::new().await;
        let (program, path) = (desk.program(), desk.episode_path());
        assert_eq!(program.get(&path).await.json()["file_chapters"], json!([]));
        let adopted = program.call(Method::POST, &format!("{path}/adopt-chapters"), Value::Null).await;
        assert_eq!(adopted.status, StatusCode::CONFLICT, "{}", adopted.body);
    }
}
