//! `/api/v1/shows/{show}/episodes`: lists and makes.
#![expect(unused_qualifications, reason = "the attribute writes some for parameters")]

use axum::extract::{OriginalUri, State};
use axum::response::Response;
use rostrum_app::{episodes, studio};
use rostrum_domain::episode;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{EpisodeBody, NewEpisode, answer};
use crate::Error;
use crate::api::at::{Asked, At};
use crate::api::body::Body;
use crate::api::paging::{Page, Paging};
use crate::api::schema;
use crate::api::version::created;
use crate::call::Signed;
use crate::state::Web;

/// What a list of episodes is narrowed to.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Narrowed {
    /// Only episodes in this state.
    #[param(value_type = Option<schema::State>)]
    state: Option<episode::State>,
    /// Only episodes with these letters in the title.
    #[serde(default)]
    #[param(required = false)]
    q: String,
}

/// Lists a show's episodes, drafts included, the newest made first.
#[utoipa::path(get, path = "/api/v1/shows/{show}/episodes", tag = "episodes",
    params(("show" = String, Path, description = "slug or id"), Paging, Narrowed),
    responses((status = 200, description = "a page of the list", body = Page<EpisodeBody>,
        headers(("link" = String, description = "the first and the next page, RFC 8288")))))]
pub async fn list(
    State(web): State<Web>,
    signed: Signed,
    (At(show), paging, uri): (At<String>, Paging, OriginalUri),
    Asked(Narrowed { state, q: words }): Asked<Narrowed>,
) -> Result<Response, Error> {
    let state = state.map_or_else(String::new, |state| state.as_str().to_owned());
    let filter = studio::Filter { words, state, offset: paging.offset()?, size: paging.size() };
    let (_, entries, total) = studio::episodes(&web.app, &signed.caller, &show, &filter).await?;
    let items = entries.iter().map(|entry| EpisodeBody::of(&web.app, entry)).collect();
    Ok(paging.placed(items, total)?.answer(&uri))
}

/// Makes a draft.
#[utoipa::path(post, path = "/api/v1/shows/{show}/episodes", tag = "episodes", request_body = NewEpisode,
    params(("show" = String, Path, description = "slug or id")),
    responses((status = 201, description = "it was made", body = EpisodeBody,
        headers(("location" = String, description = "its address"), ("etag" = String, description = "its version")))))]
pub async fn create(
    State(web): State<Web>,
    signed: Signed,
    At(show): At<String>,
    Body(new): Body<NewEpisode>,
) -> Result<Response, Error> {
    let made = episodes::create(&web.app, &signed.caller, &show, new.facts).await?;
    let path = format!("/api/v1/episodes/{}", made.id);
    Ok(created(path, answer(&web.app, &signed.caller, made.id).await?))
}

#[cfg(test)]
mod tests {
    use http::{Method, StatusCode};
    use serde_json::json;

    use crate::api::testing::Desk;

    #[tokio::test]
    async fn drafts_are_made_and_listed() {
        let desk = Desk::new().await;
        let program = desk.program();
        desk.site.house.clock.advance(jiff::SignedDuration::from_secs(1));
        let path = "/api/v1/shows/talk/episodes";
        let facts = json!({"title": "Two", "number": 2, "chapters": [{"start_ms": 0, "title": "Hello"}]});
        let made = program.call(Method::POST, path, json!({"facts": facts})).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        let episode = program.get(made.header("location")).await.json();
        assert_eq!(episode, made.json());
        assert_eq!((&episode["state"], &episode["published_at"]), (&json!("draft"), &json!(null)));
        let chapters = "http://127.0.0.1:8080/shows/talk/two/chapters.json";
        assert_eq!((&episode["urls"]["chapters"], &episode["urls"]["enclosure"]), (&json!(chapters), &json!(null)));
        let blocked = |field: &str| {
            let blockers = episode["blockers"].as_array().expect("they are a list");
            blockers.iter().any(|blocker| blocker["field"] == field)
        };
        assert!(blocked("audio") && blocked("show"), "{}", episode["blockers"]);

        let list = program.get(&format!("{path}?per_page=1")).await;
        assert_eq!((&list.json()["total"], &list.json()["items"][0]["facts"]["number"]), (&json!(2), &json!(2)));
        assert!(list.header("link").contains("per_page=1&after=1>; rel=\"next\""), "{}", list.header("link"));
        let found = program.get(&format!("{path}?q=tw&state=draft")).await;
        assert_eq!(found.json()["total"], 1, "{}", found.body);
        assert!(found.header("link").contains("?q=tw&state=draft&per_page=20"), "{}", found.header("link"));
        assert_eq!(program.get(&format!("{path}?state=published")).await.json()["total"], 0);
        let wrong = program.get(&format!("{path}?state=lost")).await;
        assert_eq!(
            (wrong.status, &wrong.json()["errors"][0]["field"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("query"))
        );
    }
}
