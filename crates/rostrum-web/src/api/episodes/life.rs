//! `/api/v1/episodes/{episode}/publish`, `/unpublish`, `/schedule`: the steps of an episode's life.

use axum::extract::State;
use axum::response::IntoResponse;
use jiff::Timestamp;
use rostrum_app::episodes;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{EpisodeBody, answer};
use crate::Error;
use crate::api::at::{At, id};
use crate::api::body::Body;
use crate::call::Signed;
use crate::state::Web;

/// When to publish.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// A moment that lies ahead (RFC 3339).
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// Publishes an episode now; 422 names what is missing.
#[utoipa::path(post, path = "/api/v1/episodes/{episode}/publish", tag = "episodes",
    params(("episode" = String, Path, description = "the episode's id")),
    responses((status = 200, description = "the published episode", body = EpisodeBody,
        headers(("etag" = String, description = "its version")))))]
pub async fn publish(State(web): State<Web>, signed: Signed, At(text): At<String>) -> Result<impl IntoResponse, Error> {
    let id = episodes::publish(&web.app, &signed.caller, id(&text, "episode")?).await?.id;
    answer(&web.app, &signed.caller, id).await
}

/// Takes an episode off the pages or off the schedule.
#[utoipa::path(post, path = "/api/v1/episodes/{episode}/unpublish", tag = "episodes",
    params(("episode" = String, Path, description = "the episode's id")),
    responses((status = 200, description = "the episode", body = EpisodeBody,
        headers(("etag" = String, description = "its version")))))]
pub async fn unpublish(
    State(web): State<Web>,
    signed: Signed,
    At(text): At<String>,
) -> Result<impl IntoResponse, Error> {
    let id = episodes::unpublish(&web.app, &signed.caller, id(&text, "episode")?).await?.id;
    answer(&web.app, &signed.caller, id).await
}

/// Lets an episode be published by itself; it waits as long as something still keeps it from that.
#[utoipa::path(post, path = "/api/v1/episodes/{episode}/schedule", tag = "episodes", request_body = Schedule,
    params(("episode" = String, Path, description = "the episode's id")),
    responses((status = 200, description = "the scheduled episode", body = EpisodeBody,
        headers(("etag" = String, description = "its version")))))]
pub async fn schedule(
    State(web): State<Web>,
    signed: Signed,
    At(text): At<String>,
    Body(Schedule { at }): Body<Schedule>,
) -> Result<impl IntoResponse, Error> {
    let id = episodes::schedule(&web.app, &signed.caller, id(&text, "episode")?, at).await?.id;
    answer(&web.app, &signed.caller, id).await
}

#[cfg(test)]
mod tests {
    use http::{Method, StatusCode};
    use serde_json::{Value, json};

    use crate::api::testing::Desk;

    #[tokio::test]
    async fn an_episode_goes_out_when_nothing_blocks_it() {
        let desk = Desk::new().await;
        let (program, path) = (desk.program(), desk.episode_path());
        let step = async |step: &str, body: Value| program.call(Method::POST, &format!("{path}/{step}"), body).await;
        let early = step("publish", Value::Null).await;
        assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
        let fields = early.json()["errors"].as_array().map(Vec::len);
        assert!(fields > Some(1) && early.body.contains("Upload a recording"), "{}", early.body);
        assert_eq!(step("unpublish", Value::Null).await.status, StatusCode::CONFLICT);
        let past = step("schedule", json!({"at": "2020-01-01T00:00:00Z"})).await;
        assert_eq!(past.status, StatusCode::CONFLICT);
        let wrong = step("schedule", json!({"at": "tomorrow"})).await;
        assert_eq!(wrong.json()["errors"][0]["field"], "at", "{}", wrong.body);
        let waits = step("schedule", json!({"at": "2027-01-01T12:00:00+01:00"})).await.json();
        assert_eq!((&waits["state"], &waits["published_at"]), (&json!("scheduled"), &json!("2027-01-01T11:00:00Z")));
        assert_eq!(step("unpublish", Value::Null).await.json()["state"], "draft");

        desk.complete().await;
        let out = step("publish", Value::Null).await.json();
        assert_eq!((&out["state"], &out["published_at"]), (&json!("published"), &json!("2026-11-20T18:00:00Z")));
        assert_eq!(out["blockers"], json!([]));
        let audio = &out["renditions"][0];
        assert_eq!(
            (&audio["kind"], &audio["mime"], &audio["duration_ms"]),
            (&json!("mp3"), &json!("audio/mpeg"), &json!(60_000))
        );
        assert_eq!(audio["url"], out["urls"]["enclosure"]);
        assert_eq!((&audio["bytes"], &audio["loudness_lufs"]), (&json!(3), &json!(-16.0)));
        assert_eq!(step("publish", Value::Null).await.status, StatusCode::CONFLICT);
        assert_eq!(step("unpublish", Value::Null).await.json()["state"], "unpublished");
    }
}
