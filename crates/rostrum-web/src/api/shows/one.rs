//! `/api/v1/shows/{show}`: reads, changes and deletes one show, by slug or id.

use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use rostrum_app::shows::{self, Change};

use super::{ShowBody, ShowChange, answer};
use crate::Error;
use crate::api::at::At;
use crate::api::body::Patch;
use crate::api::schema::ShowPatch;
use crate::api::version::IfMatch;
use crate::call::Signed;
use crate::state::Web;

/// Reads a show.
#[utoipa::path(get, path = "/api/v1/shows/{show}", tag = "shows",
    params(("show" = String, Path, description = "slug or id")),
    responses((status = 200, description = "the show", body = ShowBody,
        headers(("etag" = String, description = "its version")))))]
pub async fn show(State(web): State<Web>, signed: Signed, At(name): At<String>) -> Result<impl IntoResponse, Error> {
    Ok(answer(&web.app, &shows::get(&web.app, &signed.caller, &name).await?))
}

/// Changes a show by a merge patch (RFC 7396).
///
/// What is left out stays, `null` sets a fact back to what it is without a word said of it.
#[utoipa::path(patch, path = "/api/v1/shows/{show}", tag = "shows",
    params(("show" = String, Path, description = "slug or id"),
        ("if-match" = Option<String>, Header, description = "the version the change was made on, as the entity tag")),
    request_body(content((ShowPatch = "application/merge-patch+json"), (ShowPatch = "application/json"))),
    responses((status = 200, description = "the changed show", body = ShowBody,
        headers(("etag" = String, description = "its version")))))]
pub async fn change(
    State(web): State<Web>,
    signed: Signed,
    (At(name), if_match): (At<String>, IfMatch),
    patch: Patch,
) -> Result<impl IntoResponse, Error> {
    let show = shows::get(&web.app, &signed.caller, &name).await?;
    if_match.check(show.version)?;
    let (id, version) = (show.id.to_string(), Some(show.version));
    let ShowChange { slug, facts } = patch.apply(&ShowChange { slug: show.slug, facts: show.facts })?;
    let change = Change { facts, slug: Some(slug), version };
    let changed = shows::update(&web.app, &signed.caller, &id, change).await.map_err(|error| if_match.late(error))?;
    Ok(answer(&web.app, &changed))
}

/// Deletes a show with its episodes and files.
#[utoipa::path(delete, path = "/api/v1/shows/{show}", tag = "shows",
    params(("show" = String, Path, description = "slug or id"),
        ("if-match" = Option<String>, Header, description = "the version to delete, as the entity tag")),
    responses((status = 204, description = "it is gone")))]
pub async fn remove(
    State(web): State<Web>,
    signed: Signed,
    (At(name), if_match): (At<String>, IfMatch),
) -> Result<StatusCode, Error> {
    if_match.check(shows::get(&web.app, &signed.caller, &name).await?.version)?;
    shows::delete(&web.app, &signed.caller, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use http::{Method, StatusCode};
    use serde_json::{Value, json};

    use crate::api::testing::Desk;

    #[tokio::test]
    async fn patches_change_what_they_name() {
        let desk = Desk::new().await;
        let program = desk.program();
        let patch = json!({"facts": {"subtitle": "At night", "explicit": true}});
        let changed = program.call(Method::PATCH, "/api/v1/shows/talk", patch).await;
        assert_eq!((changed.status, changed.header("etag")), (StatusCode::OK, "\"2\""), "{}", changed.body);
        let show = changed.json();
        assert_eq!((&show["facts"]["subtitle"], &show["facts"]["title"]), (&json!("At night"), &json!("Talk")));
        let moved = program.call(Method::PATCH, "/api/v1/shows/talk", json!({"slug": "late-talk"})).await;
        assert_eq!(moved.json()["urls"]["page"], "http://127.0.0.1:8080/shows/late-talk");
        let path = format!("/api/v1/shows/{}", show["id"].as_str().expect("it has one"));
        let back = program.call(Method::PATCH, &path, json!({"facts": {"subtitle": null}})).await.json();
        assert_eq!((&back["facts"]["subtitle"], &back["facts"]["explicit"]), (&json!(""), &json!(true)));
        for (patch, field) in [
            (json!({"facts": {"title": null}}), "title"),
            (json!({"facts": {"owner_email": "x"}}), "owner_email"),
            (json!({"slug": "No Slug"}), "slug"),
            (json!({"version": 9}), "version"),
            (json!({"facts": null}), "body"),
            (json!("x"), "body"),
        ] {
            let answer = program.call(Method::PATCH, &path, patch.clone()).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{patch}: {}", answer.body);
            assert_eq!(answer.json()["errors"][0]["field"], field, "{patch}: {}", answer.body);
        }
    }

    #[tokio::test]
    async fn an_old_version_changes_nothing() {
        let desk = Desk::new().await;
        let program = desk.program();
        let change = async |title: &str, tag: &str| {
            let headers: &[(&str, &str)] = &[("if-match", tag)];
            let patch = json!({"facts": {"title": title}});
            program.call_with(Method::PATCH, "/api/v1/shows/talk", (patch, headers)).await
        };
        assert_eq!(change("One", "\"1\"").await.status, StatusCode::OK);
        assert_eq!(change("Two", "\"1\"").await.status, StatusCode::PRECONDITION_FAILED);
        assert_eq!(change("Three", "\"1\", \"2\"").await.json()["facts"]["title"], "Three");
        let old: &[(&str, &str)] = &[("if-match", "\"1\"")];
        let kept = program.call_with(Method::DELETE, "/api/v1/shows/talk", (Value::Null, old)).await;
        assert_eq!(kept.status, StatusCode::PRECONDITION_FAILED);
        let gone = program.call(Method::DELETE, "/api/v1/shows/talk", Value::Null).await;
        assert_eq!(gone.status, StatusCode::NO_CONTENT);
        assert_eq!(program.get("/api/v1/shows/talk").await.status, StatusCode::NOT_FOUND);
    }
}
