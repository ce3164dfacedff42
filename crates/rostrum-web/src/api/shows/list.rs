//! `/api/v1/shows`: lists and makes.

use axum::extract::{OriginalUri, State};
use axum::response::Response;
use rostrum_app::shows;
use rostrum_store::episode::Page as Stretch;

use super::{NewShow, ShowBody, answer, path};
use crate::Error;
use crate::api::body::Body;
use crate::api::paging::{Page, Paging};
use crate::api::version::created;
use crate::call::Signed;
use crate::state::Web;

/// Lists the shows one works on, by title; every show for administrators.
#[utoipa::path(get, path = "/api/v1/shows", tag = "shows", params(Paging),
    responses((status = 200, description = "a page of the list", body = Page<ShowBody>,
        headers(("link" = String, description = "the first and the next page, RFC 8288")))))]
pub async fn list(State(web): State<Web>, signed: Signed, paging: Paging, uri: OriginalUri) -> Result<Response, Error> {
    let stretch = Stretch { limit: paging.size(), offset: paging.offset()? };
    let (shows, total) = shows::page(&web.app, &signed.caller, stretch).await?;
    let items = shows.iter().map(|show| ShowBody::of(&web.app, show)).collect();
    Ok(paging.placed(items, total)?.answer(&uri))
}

/// Makes a show; its maker becomes its manager.
#[utoipa::path(post, path = "/api/v1/shows", tag = "shows", request_body = NewShow,
    responses((status = 201, description = "it was made", body = ShowBody,
        headers(("location" = String, description = "its address"), ("etag" = String, description = "its version")))))]
pub async fn create(State(web): State<Web>, signed: Signed, Body(new): Body<NewShow>) -> Result<Response, Error> {
    let made = shows::create(&web.app, &signed.caller, new.facts).await?;
    Ok(created(path(&made), answer(&web.app, &made)))
}

#[cfg(test)]
mod tests {
    use http::{Method, StatusCode};
    use rostrum_domain::user::{Role, Scope};
    use serde_json::{Value, json};

    use crate::api::testing::token;
    use crate::testing::Site;

    #[tokio::test]
    async fn a_show_is_made_once_and_listed() {
        let site = Site::new().await;
        let ada = site.house.person("Ada", Role::Creator).await;
        let program = site.program(&token(&site, &ada, &[Scope::Read, Scope::Write]).await);
        let new = json!({"facts": {"title": "Night shift", "language": "de-AT"}});
        let key: &[(&str, &str)] = &[("idempotency-key", "k1")];
        let made = program.call_with(Method::POST, "/api/v1/shows", (new.clone(), key)).await;
        assert_eq!((made.status, made.header("etag")), (StatusCode::CREATED, "\"1\""), "{}", made.body);
        let again = program.call_with(Method::POST, "/api/v1/shows", (new, key)).await;
        assert_eq!((again.status, &again.body), (StatusCode::CREATED, &made.body));
        assert_eq!(again.header("location"), made.header("location"));

        let show = program.get(made.header("location")).await.json();
        assert_eq!(show, made.json());
        assert_eq!(show["facts"]["language"], "de-AT");
        assert_eq!(show["urls"]["feed"], "http://127.0.0.1:8080/shows/night-shift/feed.xml");
        assert_eq!((&show["urls"]["artwork"], &show["version"]), (&Value::Null, &json!(1)));
        assert_eq!(show["created_at"], "2026-11-20T18:00:00Z");
    }

    #[tokio::test]
    async fn lists_come_in_pages() {
        let site = Site::new().await;
        let ada = site.house.person("Ada", Role::Creator).await;
        let program = site.program(&token(&site, &ada, &[Scope::Read, Scope::Write]).await);
        for title in ["C", "a", "B"] {
            let made = program.call(Method::POST, "/api/v1/shows", json!({"facts": {"title": title}})).await;
            assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        }
        let first = program.get("/api/v1/shows?per_page=2").await;
        let next = first.json()["next"].as_str().expect("there is more").to_owned();
        assert!(first.header("link").ends_with("</api/v1/shows?per_page=2&after=2>; rel=\"next\""));
        let body = program.get(&format!("/api/v1/shows?per_page=2&after={next}")).await.json();
        assert_eq!((&body["total"], &body["next"]), (&json!(3), &Value::Null));
        assert_eq!(body["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(body["items"][0]["facts"]["title"], "C");
        for wrong in ["after=-1", "after=x", "per_page=101", "per_page=-1"] {
            let answer = program.get(&format!("/api/v1/shows?{wrong}")).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
            let field = wrong.split('=').next().unwrap_or_default();
            assert_eq!(answer.json()["errors"][0]["field"], field, "{}", answer.body);
        }
    }

    #[tokio::test]
    async fn wrong_bodies_say_what_is_wrong() {
        let site = Site::new().await;
        let ada = site.house.person("Ada", Role::Creator).await;
        let program = site.program(&token(&site, &ada, &[Scope::Read, Scope::Write]).await);
        for (body, field) in [
            (json!({"facts": {"titel": "x"}}), "titel"),
            (json!({"facts": {"title": "x", "persons": [{"name": 1}]}}), "persons[0].name"),
            (json!({"facts": {"title": ""}}), "title"),
            (json!({"facts": {"title": "x", "kind": "weekly"}}), "kind"),
            (json!({"facts": {"title": "x"}, "id": "1"}), "id"),
        ] {
            let answer = program.call(Method::POST, "/api/v1/shows", body.clone()).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
            assert_eq!(answer.header("content-type"), "application/problem+json");
            assert_eq!(answer.json()["errors"][0]["field"], field, "{}", answer.body);
        }
        let send = |kind: &str, body: String| {
            let request = program.request(Method::POST, "/api/v1/shows").header("content-type", kind);
            program.send(request.body(body.into()))
        };
        assert_eq!(send("application/json", "{".into()).await.status, StatusCode::BAD_REQUEST);
        assert_eq!(send("application/json", String::new()).await.status, StatusCode::BAD_REQUEST);
        assert_eq!(send("text/plain", "{}".into()).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        let huge = format!("{{\"facts\": {{\"title\": \"{}\"}}}}", "x".repeat(2 << 20));
        assert_eq!(send("application/json", huge).await.status, StatusCode::PAYLOAD_TOO_LARGE);
        let wrong = program.call(Method::PUT, "/api/v1/shows", Value::Null).await;
        assert_eq!((wrong.status, wrong.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET,HEAD,POST"));
        assert_eq!(wrong.header("content-type"), "application/problem+json");
    }
}
