//! `/api/v1/users`: lists and invites.

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use rostrum_app::people;
use rostrum_store::episode::Page as Stretch;

use super::{LinkBody, NewUser, SECRET, UserBody};
use crate::Error;
use crate::api::body::Body;
use crate::api::paging::{Page, Paging};
use crate::call::Signed;
use crate::state::Web;

/// Everybody with an account, by name; for administrators.
#[utoipa::path(get, path = "/api/v1/users", tag = "users", params(Paging),
    responses((status = 200, description = "a page of the list", body = Page<UserBody>,
        headers(("link" = String, description = "the first and the next page, RFC 8288")))))]
pub async fn list(State(web): State<Web>, signed: Signed, paging: Paging, uri: OriginalUri) -> Result<Response, Error> {
    let stretch = Stretch { limit: paging.size(), offset: paging.offset()? };
    let (people, total) = people::page(&web.app, &signed.caller, stretch).await?;
    Ok(paging.placed(people.into_iter().map(UserBody::from).collect(), total)?.answer(&uri))
}

/// Makes an account and the link by which its holder chooses a password.
#[utoipa::path(post, path = "/api/v1/users", tag = "users", request_body = NewUser,
    responses((status = 201, description = "it was made; the link is shown only here", body = LinkBody)))]
pub async fn invite(State(web): State<Web>, signed: Signed, Body(new): Body<NewUser>) -> Result<Response, Error> {
    let invited = people::invite(&web.app, &signed.caller, &new.email, new.role).await?;
    let location = (header::LOCATION, format!("/api/v1/users/{}", invited.user.id));
    Ok((StatusCode::CREATED, [location], [SECRET], Json(LinkBody::from(invited))).into_response())
}

#[cfg(test)]
mod tests {
    use http::{Method, StatusCode};
    use rostrum_app::auth::{NewToken, make_token};
    use rostrum_domain::access::Caller;
    use rostrum_domain::user::{Role, Scope};
    use serde_json::{Value, json};

    use crate::testing::Site;

    async fn token(site: &Site, caller: &Caller, scopes: &[Scope]) -> String {
        let new = NewToken { name: "test".into(), scopes: scopes.to_vec(), days: None };
        make_token(&site.house.app, caller, new).await.expect("one may").1.reveal().clone()
    }

    #[tokio::test]
    async fn programs_manage_people_with_the_admin_scope() {
        let site = Site::new().await;
        let ada = site.house.person("Ada", Role::Owner).await;
        let admin = token(&site, &ada, &[Scope::Admin]).await;
        let writer = token(&site, &ada, &[Scope::Read, Scope::Write]).await;
        let new = json!({"email": "mette@example.org", "role": "admin"});
        let denied = site.program(&writer).call(Method::POST, "/api/v1/users", new.clone()).await;
        assert_eq!(denied.status, StatusCode::FORBIDDEN);
        assert_eq!(denied.header("content-type"), "application/problem+json");
        let program = site.program(&admin);
        let made = program.call(Method::POST, "/api/v1/users", new.clone()).await;
        assert_eq!((made.status, made.header("cache-control")), (StatusCode::CREATED, "no-store"));
        let body = made.json();
        assert!(body["link"].as_str().is_some_and(|link| link.starts_with("http://127.0.0.1:8080/link/invite/")));
        assert_eq!((&body["user"]["invited"], &body["mailed"]), (&json!(true), &json!(true)));
        let path = made.header("location").to_owned();
        assert_eq!(program.call(Method::POST, "/api/v1/users", new).await.status, StatusCode::UNPROCESSABLE_ENTITY);

        let changed = program.call(Method::PATCH, &path, json!({"role": "creator", "name": "M"})).await.json();
        assert_eq!((&changed["role"], &changed["name"]), (&json!("creator"), &json!("M")));
        let again = program.call(Method::POST, &format!("{path}/link"), Value::Null).await;
        assert!(again.status == StatusCode::CREATED && again.body.contains("/link/invite/"));
        let list = program.get("/api/v1/users").await.json();
        assert_eq!(list["items"].as_array().map(Vec::len), Some(2));
        assert_eq!(program.call(Method::DELETE, &path, Value::Null).await.status, StatusCode::NO_CONTENT);
        assert_eq!(program.get(&path).await.status, StatusCode::NOT_FOUND);
        let last = program.call(Method::DELETE, &format!("/api/v1/users/{}", ada.user_id), Value::Null).await;
        assert!(last.status == StatusCode::CONFLICT && last.body.contains("last owner"), "{}", last.body);
    }

    #[tokio::test]
    async fn what_cannot_be_read_says_where() {
        let site = Site::new().await;
        let ada = site.house.person("Ada", Role::Owner).await;
        let program = site.program(&token(&site, &ada, &[Scope::Admin]).await);
        for (body, part) in [
            (json!({"email": "x@y.org"}), "issing field `role`"),
            (json!({"email": "x@y.org", "role": "king"}), "nknown variant `king`"),
            (json!({"email": "x@y.org", "role": "creator", "admin": true}), "nknown field `admin`"),
            (json!({"email": "nobody", "role": "creator"}), "not an e-mail address"),
        ] {
            let answer = program.call(Method::POST, "/api/v1/users", body).await;
            assert!(answer.status.is_client_error() && answer.body.contains(part), "{}", answer.body);
        }
        let wrong = site.program("rst_nonsense").get("/api/v1/users/me").await;
        assert_eq!((wrong.status, wrong.json()["status"].as_u64()), (StatusCode::UNAUTHORIZED, Some(401)));
        assert_eq!(site.visitor().get("/api/v1/users").await.status, StatusCode::UNAUTHORIZED);
    }

    #[tokio::test]
    async fn a_cookie_opens_the_api_to_its_own_pages_only() {
        let site = Site::new().await;
        site.house.person("Ada", Role::Owner).await;
        let visitor = site.signed_in("Ada").await;
        assert_eq!(visitor.get("/api/v1/users/me").await.json()["email"], "ada@example.org");
        let new = json!({"email": "eve@example.org", "role": "owner"}).to_string();
        let request = visitor.request(Method::POST, "/api/v1/users").header("sec-fetch-site", "cross-site");
        let answer = visitor.send(request.header("content-type", "application/json").body(new.into())).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    }
}
