//! `/api/v1/episodes/{episode}`: reads, changes and deletes one episode.

use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use rostrum_app::episodes::{self, Change};

use super::{EpisodeBody, EpisodeChange, answer};
use crate::Error;
use crate::api::at::{At, id};
use crate::api::body::Patch;
use crate::api::schema::EpisodePatch;
use crate::api::version::IfMatch;
use crate::call::Signed;
use crate::state::Web;

/// Reads an episode, with its files and what keeps it from being published.
#[utoipa::path(get, path = "/api/v1/episodes/{episode}", tag = "episodes",
    params(("episode" = String, Path, description = "the episode's id")),
    responses((status = 200, description = "the episode", body = EpisodeBody,
        headers(("etag" = String, description = "its version")))))]
pub async fn show(State(web): State<Web>, signed: Signed, At(text): At<String>) -> Result<impl IntoResponse, Error> {
    answer(&web.app, &signed.caller, id(&text, "episode")?).await
}

/// Changes an episode by a merge patch (RFC 7396).
///
/// What is left out stays, `null` sets a fact back to what it is without a word said of it.
#[utoipa::path(patch, path = "/api/v1/episodes/{episode}", tag = "episodes",
    params(("episode" = String, Path, description = "the episode's id"),
        ("if-match" = Option<String>, Header, description = "the version the change was made on, as the entity tag")),
    request_body(content((EpisodePatch = "application/merge-patch+json"), (EpisodePatch = "application/json"))),
    responses((status = 200, description = "the changed episode", body = EpisodeBody,
        headers(("etag" = String, description = "its version")))))]
pub async fn change(
    State(web): State<Web>,
    signed: Signed,
    (At(text), if_match): (At<String>, IfMatch),
    patch: Patch,
) -> Result<impl IntoResponse, Error> {
    let (app, caller, id) = (&web.app, &signed.caller, id(&text, "episode")?);
    let episode = episodes::get(app, caller, id).await?.episode;
    if_match.check(episode.version)?;
    let version = Some(episode.version);
    let EpisodeChange { slug, facts } = patch.apply(&EpisodeChange { slug: episode.slug, facts: episode.facts })?;
    let change = Change { facts, slug: Some(slug), version };
    episodes::update(app, caller, id, change).await.map_err(|error| if_match.late(error))?;
    answer(app, caller, id).await
}

/// Deletes an episode with its files.
#[utoipa::path(delete, path = "/api/v1/episodes/{episode}", tag = "episodes",
    params(("episode" = String, Path, description = "the episode's id"),
        ("if-match" = Option<String>, Header, description = "the version to delete, as the entity tag")),
    responses((status = 204, description = "it is gone")))]
pub async fn remove(
    State(web): State<Web>,
    signed: Signed,
    (At(text), if_match): (At<String>, IfMatch),
) -> Result<StatusCode, Error> {
    let id = id(&text, "episode")?;
    if_match.check(episodes::get(&web.app, &signed.caller, id).await?.episode.version)?;
    episodes::delete(&web.app, &signed.caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use http::{Method, StatusCode};
    use serde_json::{Value, json};

    use crate::api::testing::Desk;

    #[tokio::test]
    async fn an_episode_is_changed_and_deleted() {
        let desk = Desk::new().await;
        let (program, path) = (desk.program(), desk.episode_path());
        let patch = json!({"facts": {"notes": "# Hi", "season": 1, "persons": [{"name": "Ada"}]}, "slug": "uno"});
        let changed = program.call(Method::PATCH, &path, patch).await;
        assert_eq!((changed.status, changed.header("etag")), (StatusCode::OK, "\"2\""), "{}", changed.body);
        let episode = changed.json();
        assert_eq!((&episode["facts"]["title"], &episode["slug"]), (&json!("One"), &json!("uno")));
        assert_eq!(episode["facts"]["persons"][0]["role"], "host");
        let wrong = json!({"facts": {"chapters": [{"start_ms": 5, "title": "b"}, {"start_ms": 1, "title": "a"}]}});
        let refused = program.call(Method::PATCH, &path, wrong).await;
        assert_eq!(refused.json()["errors"][0]["field"], "chapters");
        let old: &[(&str, &str)] = &[("if-match", "\"1\"")];
        let late = program.call_with(Method::PATCH, &path, (json!({"facts": {"season": null}}), old)).await;
        assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
        let late = program.call_with(Method::DELETE, &path, (Value::Null, old)).await;
        assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
        assert_eq!(program.call(Method::DELETE, &path, Value::Null).await.status, StatusCode::NO_CONTENT);
        let gone = program.get(&path).await;
        assert_eq!((gone.status, gone.header("content-type")), (StatusCode::NOT_FOUND, "application/problem+json"));
        assert_eq!(program.get("/api/v1/episodes/uno").await.status, StatusCode::NOT_FOUND);
        assert_eq!(program.get("/api/v1/episodes/%FF").await.status, StatusCode::NOT_FOUND);
    }
}
