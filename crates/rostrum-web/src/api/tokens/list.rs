//! `/api/v1/tokens`: lists and makes.

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use rostrum_app::auth::{self, NewToken};

use super::{FreshTokenBody, NewTokenBody, TokenBody};
use crate::Error;
use crate::api::body::Body;
use crate::api::paging::{Page, Paging};
use crate::api::users::SECRET;
use crate::call::Signed;
use crate::state::Web;

/// The caller's tokens, the newest first.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "tokens", params(Paging),
    responses((status = 200, description = "a page of the list", body = Page<TokenBody>,
        headers(("link" = String, description = "the first and the next page, RFC 8288")))))]
pub async fn list(State(web): State<Web>, signed: Signed, paging: Paging, uri: OriginalUri) -> Result<Response, Error> {
    let stretch = (paging.behind()?, paging.size_and_one());
    let found = auth::token_page(&web.app, &signed.caller, stretch).await?;
    Ok(paging.keyed(found, |token| token.id.to_string(), TokenBody::from).answer(&uri))
}

/// Makes a token.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "tokens", request_body = NewTokenBody,
    responses((status = 201, description = "it was made; its text is shown only here", body = FreshTokenBody)))]
pub async fn make(State(web): State<Web>, signed: Signed, Body(new): Body<NewTokenBody>) -> Result<Response, Error> {
    let NewTokenBody { name, scopes, days } = new;
    let (token, text) = auth::make_token(&web.app, &signed.caller, NewToken { name, scopes, days }).await?;
    let location = (header::LOCATION, format!("/api/v1/tokens/{}", token.id));
    let body = FreshTokenBody { token: token.into(), text: text.reveal().clone() };
    Ok((StatusCode::CREATED, [location], [SECRET], Json(body)).into_response())
}

#[cfg(test)]
mod tests {
    use http::{Method, StatusCode};
    use rostrum_domain::user::Role;
    use serde_json::{Value, json};

    use crate::testing::Site;

    #[tokio::test]
    async fn a_token_is_made_used_and_revoked() {
        let site = Site::new().await;
        site.house.person("Ada", Role::Owner).await;
        let visitor = site.signed_in("Ada").await;
        let new = json!({"name": "script", "scopes": ["read"], "days": 7});
        let made = visitor.call(Method::POST, "/api/v1/tokens", new).await;
        assert_eq!((made.status, made.header("cache-control")), (StatusCode::CREATED, "no-store"));
        let text = made.json()["text"].as_str().expect("it is shown").to_owned();
        let program = site.program(&text);
        assert_eq!(program.get("/api/v1/users/me").await.status, StatusCode::OK);
        assert_eq!(program.get("/api/v1/tokens").await.status, StatusCode::FORBIDDEN, "it lacks the admin scope");
        let list = visitor.get("/api/v1/tokens").await;
        assert!(!list.body.contains(&text[31..]) && list.json()["items"][0]["used_at"].is_string(), "{}", list.body);
        let gone = visitor.call(Method::DELETE, made.header("location"), Value::Null).await;
        assert_eq!(gone.status, StatusCode::NO_CONTENT);
        assert_eq!(program.get("/api/v1/users/me").await.status, StatusCode::UNAUTHORIZED);
    }

    #[tokio::test]
    async fn a_key_makes_one_token_and_keeps_no_secret() {
        let site = Site::new().await;
        site.house.person("Ada", Role::Owner).await;
        let visitor = site.signed_in("Ada").await;
        let key: &[(&str, &str)] = &[("idempotency-key", "0b9c")];
        let make = async |name: &str, key| {
            let new = json!({"name": name, "scopes": ["read"]});
            visitor.call_with(Method::POST, "/api/v1/tokens", (new, key)).await
        };
        assert_eq!(make("", key).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(make("a", key).await.status, StatusCode::CREATED, "what was refused may be mended");
        let again = make("a", key).await;
        assert!(again.status == StatusCode::CONFLICT && again.body.contains("only once"), "{}", again.body);
        assert_eq!(make("b", key).await.status, StatusCode::UNPROCESSABLE_ENTITY, "another request, the same key");
        assert_eq!(make("a", &[]).await.status, StatusCode::CREATED);
        let list = visitor.get("/api/v1/tokens").await.json();
        assert_eq!(list["items"].as_array().map(Vec::len), Some(2));
    }
}
