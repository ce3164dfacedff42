//! `/admin/people`: everybody with an account.

use axum::extract::{Query, State};
use axum::response::Response;
use rostrum_app::people::{self, Invited, Person};
use rostrum_domain::Id;
use rostrum_domain::access::Action;
use rostrum_domain::user::User;

use crate::Error;
use crate::call::Signed;
use crate::html::html;
use crate::pages::admin::said::Said;
use crate::state::Web;
use crate::views::Form;
use crate::views::admin::people::{FreshLink, People, PersonLine};
use crate::words::say;

/// Where this page is.
pub(super) const PATH: &str = "/admin/people";

/// What the list is narrowed to, and what was just done.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
    #[serde(flatten)]
    said: Said,
}

/// The page.
pub async fn show(State(web): State<Web>, signed: Signed, Query(asked): Query<Asked>) -> Result<Response, Error> {
    let mut view = view(&web, &signed, asked.q).await?;
    view.page.flash = asked.said.flash();
    html(&view)
}

/// The page as it stands.
pub(super) async fn view(web: &Web, signed: &Signed, query: String) -> Result<People, Error> {
    let people = people::list(&web.app, &signed.caller).await?;
    let wanted = query.to_lowercase();
    let found = people.into_iter().filter(|person| holds(&person.user, &wanted));
    Ok(People {
        page: web.page(&say("people").to_string(), PATH, Some(signed)),
        people: found.map(|person| line(person, signed.caller.user_id)).collect(),
        query,
        invite: Form::default(),
        link: None,
        may_manage_admins: signed.caller.may(Action::ManageAdmins, None),
    })
}

fn holds(user: &User, wanted: &str) -> bool {
    user.name.to_lowercase().contains(wanted) || user.email.contains(wanted)
}

fn line(person: Person, viewer: Id<User>) -> PersonLine {
    let Person { user, seen_at, may_change } = person;
    PersonLine {
        id: user.id.to_string(),
        email: user.email,
        role: user.role,
        disabled: user.disabled,
        invited: user.password.is_none(),
        name: if user.password.is_none() { String::new() } else { user.name },
        is_viewer: user.id == viewer,
        seen: seen_at.map(Into::into),
        may_change,
    }
}

/// A link just made, as the page shows it once.
pub(super) fn fresh(invited: Invited) -> FreshLink {
    FreshLink {
        url: invited.link,
        email: invited.user.email,
        expires: invited.expires_at.into(),
        mailed: invited.mailed == Some(true),
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use rostrum_domain::user::Role;

    use crate::testing::Site;

    #[tokio::test]
    async fn people_are_found_by_those_who_manage_them() {
        let site = Site::new().await;
        for (name, role) in [("Ada", Role::Owner), ("Bob", Role::Admin), ("Cy", Role::Creator)] {
            site.house.person(name, role).await;
        }
        let page = site.signed_in("Bob").await.get("/admin/people?q=CY").await;
        assert!(page.body.contains("cy@example.org") && !page.body.contains("ada@example.org"), "{}", page.body);
        let creator = site.signed_in("Cy").await;
        assert_eq!(creator.get("/admin/people").await.status, StatusCode::FORBIDDEN);
        assert_eq!(creator.get("/admin/audit").await.status, StatusCode::FORBIDDEN);
        let nobody = site.visitor().get("/admin/people").await;
        assert_eq!(nobody.header("location"), "/sign-in?next=%2Fadmin%2Fpeople");
    }

    #[tokio::test]
    async fn somebody_is_invited_promoted_and_switched_off() {
        let site = Site::new().await;
        site.house.person("Ada", Role::Owner).await;
        let owner = site.signed_in("Ada").await;
        let bad = owner.post("/admin/people/invite", &[("email", "nobody"), ("role", "creator")]).await;
        assert!(bad.status == StatusCode::UNPROCESSABLE_ENTITY && bad.body.contains("value=\"nobody\""));
        let made = owner.post("/admin/people/invite", &[("email", "mette@example.org"), ("role", "creator")]).await;
        let link = made.body.split("<code>").nth(1).expect("it is shown").split('<').next().expect("it ends");
        let path = url::Url::parse(link).expect("an address").path().to_owned();
        assert!(made.body.contains("also sent by mail"), "{}", made.body);
        let mette = site.visitor();
        mette.post(&path, &[("name", "Mette"), ("password", "a longer password")]).await;
        assert_eq!(mette.get("/admin/account").await.status, StatusCode::OK);

        let page = owner.get("/admin/people?q=mette").await.body;
        let id = page.split("/admin/people/").nth(3).expect("her forms are there").split('/').next().expect("an id");
        let id = format!("/admin/people/{id}");
        let promoted = owner.post(&format!("{id}/role"), &[("role", "admin")]).await;
        assert_eq!(promoted.header("location"), "/admin/people?said=role", "{}", promoted.body);
        assert_eq!(mette.get("/admin/people").await.status, StatusCode::OK, "her new role holds at once");
        assert_eq!(mette.post(&format!("{id}/role"), &[("role", "owner")]).await.status, StatusCode::FORBIDDEN);
        owner.post(&format!("{id}/disable"), &[]).await;
        assert_eq!(mette.get("/admin/account").await.status, StatusCode::SEE_OTHER);
        assert_eq!(owner.post(&format!("{id}/link"), &[]).await.status, StatusCode::CONFLICT, "not while disabled");
        owner.post(&format!("{id}/enable"), &[]).await;
        let reset = owner.post(&format!("{id}/link"), &[]).await;
        assert!(reset.body.contains("/link/reset/"), "{}", reset.body);
        let log = owner.get("/admin/audit?q=mette").await;
        assert!(
            log.body.contains("invited") && log.body.contains("gave the role Admin to <bdi>“Mette”"),
            "{}",
            log.body
        );
    }
}
