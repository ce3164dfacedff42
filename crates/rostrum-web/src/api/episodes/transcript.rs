//! `/api/v1/episodes/{episode}/transcript`: replaces and removes what was said.

use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use rostrum_app::transcripts;
use rostrum_feed::cues::BYTES_MAX;

use super::{EpisodeBody, answer};
use crate::Error;
use crate::api::at::{At, id};
use crate::api::body::Raw;
use crate::api::schema::Bytes;
use crate::call::Signed;
use crate::state::Web;

/// Replaces the transcript by a WebVTT, SubRip or JSON file, told apart by its content.
#[utoipa::path(put, path = "/api/v1/episodes/{episode}/transcript", tag = "episodes",
    params(("episode" = String, Path, description = "the episode's id")),
    request_body(content((Bytes = "text/vtt"), (Bytes = "application/x-subrip"), (Bytes = "application/json"))),
    responses((status = 200, description = "the episode with its transcript", body = EpisodeBody,
        headers(("etag" = String, description = "its version")))))]
pub async fn set_transcript(
    State(web): State<Web>,
    signed: Signed,
    At(text): At<String>,
    sent: Raw<BYTES_MAX>,
) -> Result<impl IntoResponse, Error> {
    let id = id(&text, "episode")?;
    transcripts::put(&web.app, &signed.caller, id, &sent.bytes).await?;
    answer(&web.app, &signed.caller, id).await
}

/// Takes the transcript away.
#[utoipa::path(delete, path = "/api/v1/episodes/{episode}/transcript", tag = "episodes",
    params(("episode" = String, Path, description = "the episode's id")),
    responses((status = 204, description = "it is gone")))]
pub async fn remove_transcript(
    State(web): State<Web>,
    signed: Signed,
    At(text): At<String>,
) -> Result<StatusCode, Error> {
    transcripts::remove(&web.app, &signed.caller, id(&text, "episode")?).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use http::{Method, StatusCode};
    use serde_json::Value;

    use crate::api::testing::Desk;

    #[tokio::test]
    async fn a_transcript_comes_in_one_form_and_is_served_in_four() {
        let desk = Desk::new().await;
        let (program, path) = (desk.program(), format!("{}/transcript", desk.episode_path()));
        let put = |text: &'static str| {
            let request = program.request(Method::PUT, &path).header("content-type", "text/vtt");
            program.send(request.body(text.into()))
        };
        let set = put("WEBVTT\n\n00:01.000 --> 00:02.000\nHello there\n").await;
        assert_eq!(set.status, StatusCode::OK, "{}", set.body);
        let kinds: Vec<_> =
            set.json()["transcripts"].as_array().expect("a list").iter().map(|t| t["kind"].clone()).collect();
        assert_eq!(kinds, ["vtt", "srt", "json", "html"]);
        let wrong = put("no cue at all").await;
        assert_eq!(
            (wrong.status, wrong.json()["errors"][0]["field"].as_str()),
            (StatusCode::UNPROCESSABLE_ENTITY, Some("transcript"))
        );
        assert_eq!(program.call(Method::DELETE, &path, Value::Null).await.status, StatusCode::NO_CONTENT);
        assert_eq!(program.get(&desk.episode_path()).await.json()["transcripts"], serde_json::json!([]));
    }
}
