//! `/api/v1/shows/{show}/members`: who works on a show, and as what.

use axum::extract::{OriginalUri, State};
use axum::response::Response;
use http::StatusCode;
use rostrum_app::people;
use rostrum_domain::user::{Membership, User};
use rostrum_store::episode::Page as Stretch;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Error;
use crate::api::at::{At, id};
use crate::api::body::Body;
use crate::api::paging::{Page, Paging};
use crate::api::schema;
use crate::call::Signed;
use crate::state::Web;

/// Somebody who works on a show.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberBody {
    /// The user's id.
    user_id: String,
    /// Their address.
    email: String,
    /// What pages call them.
    name: String,
    /// What they may do.
    #[schema(value_type = schema::Membership)]
    membership: Membership,
}

impl From<(User, Membership)> for MemberBody {
    fn from((user, membership): (User, Membership)) -> Self {
        Self { user_id: user.id.to_string(), email: user.email, name: user.name, membership }
    }
}

/// A membership to give or to change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    /// The address of an account that exists.
    email: String,
    /// What they may do.
    #[schema(value_type = schema::Membership)]
    membership: Membership,
}

/// Lists who works on a show, by name.
#[utoipa::path(get, path = "/api/v1/shows/{show}/members", tag = "shows",
    params(("show" = String, Path, description = "slug or id"), Paging),
    responses((status = 200, description = "a page of the list", body = Page<MemberBody>,
        headers(("link" = String, description = "the first and the next page, RFC 8288")))))]
pub async fn members(
    State(web): State<Web>,
    signed: Signed,
    At(show): At<String>,
    (paging, uri): (Paging, OriginalUri),
) -> Result<Response, Error> {
    let stretch = Stretch { limit: paging.size(), offset: paging.offset()? };
    let (members, total) = people::members_page(&web.app, &signed.caller, &show, stretch).await?;
    Ok(paging.placed(members.into_iter().map(MemberBody::from).collect(), total)?.answer(&uri))
}

/// Gives an account a membership, or changes the one it has.
#[utoipa::path(put, path = "/api/v1/shows/{show}/members", tag = "shows", request_body = NewMember,
    params(("show" = String, Path, description = "slug or id")),
    responses((status = 204, description = "it is so")))]
pub async fn set_member(
    State(web): State<Web>,
    signed: Signed,
    At(show): At<String>,
    Body(new): Body<NewMember>,
) -> Result<StatusCode, Error> {
    people::set_member(&web.app, &signed.caller, &show, (&new.email, new.membership)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a membership away; one may also take one's own.
#[utoipa::path(delete, path = "/api/v1/shows/{show}/members/{user}", tag = "shows",
    params(("show" = String, Path, description = "slug or id"), ("user" = String, Path, description = "the user's id")),
    responses((status = 204, description = "it is gone")))]
pub async fn remove_member(
    State(web): State<Web>,
    signed: Signed,
    At((show, user)): At<(String, String)>,
) -> Result<StatusCode, Error> {
    people::remove_member(&web.app, &signed.caller, &show, id(&user, "member")?).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use http::{Method, StatusCode};
    use rostrum_domain::user::Role;
    use serde_json::{Value, json};

    use crate::api::testing::Desk;

    #[tokio::test]
    async fn members_come_and_go() {
        let desk = Desk::new().await;
        desk.site.house.person("Bob", Role::Creator).await;
        let program = desk.program();
        let path = "/api/v1/shows/talk/members";
        let put = async |email: &str, membership: &str| {
            program.call(Method::PUT, path, json!({"email": email, "membership": membership})).await
        };
        assert_eq!(put("bob@example.org", "editor").await.status, StatusCode::NO_CONTENT);
        assert_eq!(put("bob@example.org", "viewer").await.status, StatusCode::NO_CONTENT);
        assert_eq!(put("nobody@example.org", "viewer").await.json()["errors"][0]["field"], "email");
        assert_eq!(put("bob@example.org", "boss").await.json()["errors"][0]["field"], "membership");
        let list = program.get(path).await.json();
        let bob = &list["items"][1];
        assert_eq!((&bob["name"], &bob["membership"]), (&json!("Bob"), &json!("viewer")), "{list}");
        let own = format!("{path}/{}", bob["user_id"].as_str().expect("it has one"));
        assert_eq!(program.call(Method::DELETE, &own, Value::Null).await.status, StatusCode::NO_CONTENT);
        assert_eq!(program.call(Method::DELETE, &own, Value::Null).await.status, StatusCode::NOT_FOUND);
    }
}
