//! Leads those who ask at a former address of a show or an episode to where it is now, whatever they ask for there.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{Method, StatusCode, Uri, header};

use crate::Error;
use crate::state::Web;

/// Answers 301 where there would be nothing, if what was there has moved. It is asked for again each time, since a show
/// may come back to where it was.
pub async fn follow(State(web): State<Web>, request: Request, next: Next) -> Response {
    let asked = matches!(*request.method(), Method::GET | Method::HEAD).then(|| request.uri().clone());
    let response = next.run(request).await;
    let missing = response.extensions().get::<Error>().is_some_and(|error| matches!(error, Error::Missing(_)));
    let Some(uri) = asked.filter(|uri| missing && uri.path().starts_with("/shows/")) else { return response };
    match led(&web, &uri).await {
        Ok(Some(address)) => redirect(address),
        Ok(None) => response,
        Err(error) => error.into_response(),
    }
}

fn redirect(address: String) -> Response {
    let any = (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*".to_owned());
    let kept = (header::CACHE_CONTROL, "no-cache".to_owned());
    (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, address), any, kept]).into_response()
}

/// The address of today, with the same rest and query.
async fn led(web: &Web, uri: &Uri) -> Result<Option<String>, Error> {
    let mut parts = uri.path().splitn(5, '/').skip(2);
    let (show, second, rest) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    let Some((show, second)) = rostrum_app::moved::names(&web.app, show, second).await? else { return Ok(None) };
    let mut address = format!("/shows/{show}");
    for part in second.as_deref().into_iter().chain(rest) {
        address.push('/');
        address.push_str(part);
    }
    if let Some(query) = uri.query() {
        address.push('?');
        address.push_str(query);
    }
    Ok(Some(address))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::testing::Desk;
    use crate::pages::listen::tests::published;
    use crate::testing::Answer;

    async fn get(desk: &Desk, path: &str) -> Answer {
        desk.site.visitor().get(path).await
    }

    async fn rename(desk: &Desk, path: &str, slug: &str) -> StatusCode {
        desk.program().call(Method::PATCH, path, json!({"slug": slug})).await.status
    }

    fn guids(feed: &str) -> Vec<String> {
        let inside = |tag: &str| {
            let parts = feed.split(tag).skip(1);
            parts.map(|part| part.split("</").next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
        };
        [inside("<guid isPermaLink=\"false\">"), inside("<podcast:guid>")].concat()
    }

    #[tokio::test]
    async fn whatever_is_asked_for_at_an_old_address_is_found_at_the_new_one() {
        let desk = published().await;
        let before = guids(&get(&desk, "/shows/talk/feed.xml").await.body);
        assert_eq!(before.len(), 2, "{before:?}");
        assert_eq!(rename(&desk, "/api/v1/shows/talk", "chat").await, StatusCode::OK);
        assert_eq!(rename(&desk, &desk.episode_path(), "uno").await, StatusCode::OK);
        for (old, new) in [
            ("/shows/talk", "/shows/chat"),
            ("/shows/talk?page=1", "/shows/chat?page=1"),
            ("/shows/talk/feed.xml?page=1&x=%2F", "/shows/chat/feed.xml?page=1&x=%2F"),
            ("/shows/talk/calendar.ics", "/shows/chat/calendar.ics"),
            ("/shows/talk/qr.svg", "/shows/chat/qr.svg"),
            ("/shows/talk/one", "/shows/chat/uno"),
            ("/shows/talk/one?t=9", "/shows/chat/uno?t=9"),
            ("/shows/chat/one", "/shows/chat/uno"),
            ("/shows/talk/uno", "/shows/chat/uno"),
            ("/shows/talk/one/chapters.json", "/shows/chat/uno/chapters.json"),
        ] {
            let led = get(&desk, old).await;
            assert_eq!((led.status, led.header("location")), (StatusCode::MOVED_PERMANENTLY, new), "{old}");
            assert_eq!(led.header("access-control-allow-origin"), "*", "{old}");
            assert_eq!(get(&desk, new).await.status, StatusCode::OK, "{new}");
        }
        assert_eq!(guids(&get(&desk, "/shows/chat/feed.xml").await.body), before, "guids stay");
        for nowhere in ["/shows/other", "/shows/talk2/feed.xml", "/shows/chat/two", "/shows/chat/uno/one"] {
            assert_eq!(get(&desk, nowhere).await.status, StatusCode::NOT_FOUND, "{nowhere}");
        }
        let path = format!("{}/unpublish", desk.episode_path());
        let hidden = desk.program().call(Method::POST, &path, json!(null)).await;
        assert_eq!(hidden.status, StatusCode::OK, "{}", hidden.body);
        let untold = get(&desk, "/shows/chat/one").await;
        assert_eq!((untold.status, untold.header("location")), (StatusCode::NOT_FOUND, ""), "nobody is told of it");
    }

    #[tokio::test]
    async fn an_old_address_is_nobody_elses() {
        let desk = published().await;
        assert_eq!(rename(&desk, "/api/v1/shows/talk", "chat").await, StatusCode::OK);
        let made = desk.program().call(Method::POST, "/api/v1/shows", json!({"facts": {"title": "Talk"}})).await;
        assert_eq!(made.json()["slug"], "talk-2", "{}", made.body);
        let taken = rename(&desk, "/api/v1/shows/talk-2", "talk").await;
        assert_eq!(taken, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(rename(&desk, &desk.episode_path(), "uno").await, StatusCode::OK);
        let path = "/api/v1/shows/chat/episodes";
        let made = desk.program().call(Method::POST, path, json!({"facts": {"title": "One"}})).await;
        assert_eq!(made.json()["slug"], "one-2", "{}", made.body);
        assert_eq!(rename(&desk, "/api/v1/shows/chat", "talk").await, StatusCode::OK, "its own it may take back");
        assert_eq!(get(&desk, "/shows/talk").await.status, StatusCode::OK);
        assert_eq!(get(&desk, "/shows/chat").await.header("location"), "/shows/talk");
    }
}
