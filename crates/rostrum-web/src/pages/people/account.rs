//! `/admin/account`: one's name, password, sessions and tokens on one page.

use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use rostrum_app::{auth, people};
use rostrum_domain::Id;
use rostrum_domain::user::{Session, Token};

use super::browser;
use crate::Error;
use crate::call::Signed;
use crate::forms::Posted;
use crate::html::html;
use crate::mend::Mend;
use crate::pages::admin::said::{self, Said};
use crate::state::Web;
use crate::views;
use crate::views::admin::account::{Account, SessionLine, TokenLine};
use crate::words::say;

/// Where this page is.
pub(super) const PATH: &str = "/admin/account";

/// The page.
pub async fn show(State(web): State<Web>, signed: Signed, Query(said): Query<Said>) -> Result<Response, Error> {
    let mut view = view(&web, &signed).await?;
    view.page.flash = said.flash();
    html(&view)
}

/// Changes one's name.
pub async fn submit(State(web): State<Web>, signed: Signed, Form(posted): Form<Posted>) -> Result<Response, Error> {
    match people::rename(&web.app, &signed.caller, &posted.text("name")).await {
        Ok(_) => Ok(said::to(PATH, "saved").into_response()),
        Err(error) => {
            let mend = Mend::of(error)?;
            let profile = posted.back(mend.problems.clone());
            mend.show(&Account { profile, ..view(&web, &signed).await? })
        }
    }
}

/// The page as it stands, with empty forms.
pub(super) async fn view(web: &Web, signed: &Signed) -> Result<Account, Error> {
    let user = people::get(&web.app, &signed.caller, signed.caller.user_id).await?;
    let sessions = auth::list(&web.app, &signed.caller).await?;
    let tokens = auth::tokens(&web.app, &signed.caller).await?;
    let waiting = people::waiting_email(&web.app, &signed.caller).await?;
    Ok(Account {
        page: web.page(&say("account").to_string(), PATH, Some(signed)),
        email: user.email,
        profile: views::Form::new([("name", user.name)]),
        address: views::Form::default(),
        can_mail: people::can_mail(&web.app),
        waiting: waiting.map(|change| (change.email, change.expires_at.into())),
        password: views::Form::default(),
        sessions: sessions.into_iter().map(|session| session_line(&session, signed.session)).collect(),
        tokens: tokens.into_iter().map(token_line).collect(),
        token_form: views::Form::default(),
        fresh_token: None,
    })
}

fn session_line(session: &Session, here: Option<Id<Session>>) -> SessionLine {
    SessionLine {
        id: session.id.to_string(),
        browser: browser::words(&session.agent),
        created: session.created_at.into(),
        seen: session.seen_at.into(),
        here: here == Some(session.id),
    }
}

fn token_line(token: Token) -> TokenLine {
    TokenLine {
        id: token.id.to_string(),
        name: token.name,
        scopes: token.scopes.iter().map(|scope| say(&format!("scope-{scope}")).into()).collect(),
        created: token.created_at.into(),
        expires: token.expires_at.map(Into::into),
        used: token.used_at.map(Into::into),
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use rostrum_app::testing::PASSWORD;
    use rostrum_domain::user::Role;

    use crate::testing::Site;

    #[tokio::test]
    async fn one_changes_ones_name_and_sees_ones_browsers() {
        let site = Site::new().await;
        site.house.person("Ada", Role::Owner).await;
        let visitor = site.signed_in("Ada").await;
        assert_eq!(visitor.post("/admin/account", &[("name", " ")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let saved = visitor.post("/admin/account", &[("name", "Ada L")]).await;
        let page = visitor.get(saved.header("location")).await;
        assert!(page.body.contains("Saved.") && page.body.contains("value=\"Ada L\""), "{}", page.body);
        assert!(page.body.contains("Firefox on Linux") && page.body.contains("this one"));
        assert_eq!(page.header("cache-control"), "no-store");
    }

    #[tokio::test]
    async fn a_changed_password_leaves_one_browser_signed_in() {
        let site = Site::new().await;
        site.house.person("Ada", Role::Owner).await;
        let (here, there) = (site.signed_in("Ada").await, site.signed_in("Ada").await);
        let path = "/admin/account/password";
        let wrong = here.post(path, &[("current", "nonsense"), ("password", "a longer password")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("not your present password") && !wrong.body.contains("a longer password"));
        let cookie = here.cookie();
        let changed = here.post(path, &[("current", PASSWORD), ("password", "a longer password")]).await;
        assert_eq!(changed.status, StatusCode::SEE_OTHER);
        assert_ne!(here.cookie(), cookie);
        assert_eq!(here.get(changed.header("location")).await.status, StatusCode::OK);
        assert_eq!(there.get("/admin/account").await.status, StatusCode::SEE_OTHER, "signed out");
    }

    #[tokio::test]
    async fn other_browsers_are_signed_out_from_here() {
        let site = Site::new().await;
        site.house.person("Ada", Role::Owner).await;
        let (here, there, elsewhere) =
            (site.signed_in("Ada").await, site.signed_in("Ada").await, site.signed_in("Ada").await);
        let page = here.get("/admin/account").await.body;
        let form = page.split("/admin/account/sessions/").find(|rest| rest.contains("/end\"")).expect("there is one");
        let id = page.split("/admin/account/sessions/").nth(2).expect("there are two").split('/').next();
        assert!(!form.is_empty());
        let ended = here.post(&format!("/admin/account/sessions/{}/end", id.expect("it has an id")), &[]).await;
        assert_eq!(ended.status, StatusCode::SEE_OTHER);
        let mut open = 0;
        for other in [&there, &elsewhere] {
            open += u8::from(other.get("/admin/account").await.status == StatusCode::OK);
        }
        assert_eq!(open, 1);
        here.post("/admin/account/sessions/end-others", &[]).await;
        for other in [&there, &elsewhere] {
            assert_eq!(other.get("/admin/account").await.status, StatusCode::SEE_OTHER);
        }
        assert_eq!(here.get("/admin/account").await.status, StatusCode::OK);
    }

    #[tokio::test]
    async fn a_token_is_shown_once_and_revoked() {
        let site = Site::new().await;
        site.house.person("Ada", Role::Owner).await;
        let visitor = site.signed_in("Ada").await;
        let path = "/admin/account/tokens";
        let none = visitor.post(path, &[("token_name", "script"), ("days", "90")]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(none.body.contains("Choose at least one") && none.body.contains("value=\"script\""));
        let fields = [("token_name", "script"), ("scope", "read"), ("scope", "write"), ("days", "90")];
        let made = visitor.post(path, &fields).await;
        let text = made.body.split("<code>").nth(1).expect("it is shown").split('<').next().expect("it ends");
        assert_eq!(site.program(text).get("/api/v1/users/me").await.status, StatusCode::OK);
        let page = visitor.get("/admin/account").await.body;
        assert!(page.contains("script") && !page.contains(text));
        let id = text.split('_').nth(1).expect("it names the token");
        visitor.post(&format!("{path}/{id}/revoke"), &[]).await;
        assert_eq!(site.program(text).get("/api/v1/users/me").await.status, StatusCode::UNAUTHORIZED);
    }
}
