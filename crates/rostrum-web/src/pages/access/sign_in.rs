//! `/sign-in`: address and password open a session.

use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use rostrum_app::auth;

use crate::Error;
use crate::call::Signed;
use crate::door::{Knock, enter, local};
use crate::forms::Posted;
use crate::html::html;
use crate::mend::Mend;
use crate::pages::admin::said::Said;
use crate::state::Web;
use crate::views;
use crate::views::access::SignIn;
use crate::words::say;

/// Where somebody wanted to go.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Asked {
    #[serde(default)]
    next: String,
    #[serde(flatten)]
    said: Said,
}

/// The form; who is signed in goes on at once.
pub async fn show(
    State(web): State<Web>,
    knock: Knock,
    signed: Option<Signed>,
    Query(asked): Query<Asked>,
) -> Result<Response, Error> {
    let next = local(&web, &asked.next);
    if signed.is_some() {
        return Ok(Redirect::to(&next).into_response());
    }
    let mut view = view(&web, &knock, views::Form::new([("return_to", next)]));
    view.page.flash = asked.said.flash();
    html(&view)
}

/// Opens a session, or shows the form again.
pub async fn submit(State(web): State<Web>, knock: Knock, Form(posted): Form<Posted>) -> Result<Response, Error> {
    let browser = knock.admitted()?;
    match auth::sign_in(&web.app, &posted.text("email"), &posted.secret("password"), browser).await {
        Ok(opened) => Ok(enter(&web, &opened, &local(&web, &posted.text("return_to")))),
        Err(error) => {
            let mend = Mend::of(error)?;
            mend.show(&view(&web, &knock, posted.back(mend.problems.clone())))
        }
    }
}

fn view(web: &Web, knock: &Knock, form: views::Form) -> SignIn {
    let page = web.page(&say("access-sign-in").to_string(), "/sign-in", None);
    SignIn { page, form, refused: knock.refused.map(str::to_owned) }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::{Method, StatusCode, header};
    use rostrum_app::testing::PASSWORD;
    use rostrum_domain::user::Role;

    use crate::testing::Site;

    #[tokio::test]
    async fn the_session_changes_with_sign_in_and_is_worth_nothing_after_sign_out() {
        let site = Site::new().await;
        site.house.person("Ada", Role::Owner).await;
        let visitor = site.visitor();
        visitor.keep("rostrum_session", "planted");
        let fields = [("email", "ada@example.org"), ("password", PASSWORD), ("return_to", "/admin/account")];
        let answer = visitor.post("/sign-in", &fields).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/admin/account"));
        let first = visitor.cookie();
        assert!(!first.contains("planted"));
        assert_eq!(visitor.get("/admin/account").await.status, StatusCode::OK);
        assert_eq!(visitor.get("/sign-in?next=/shows").await.header("location"), "/shows");

        visitor.post("/sign-in", &fields).await;
        assert_ne!(visitor.cookie(), first);
        let stolen = visitor.cookie();
        visitor.keep("rostrum_session", first.split_once('=').expect("it has a value").1);
        assert_eq!(visitor.get("/admin/account").await.status, StatusCode::SEE_OTHER, "replaced by the second");

        visitor.keep("rostrum_session", stolen.split_once('=').expect("it has a value").1);
        assert_eq!(visitor.post("/sign-out", &[]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(visitor.cookie(), "", "the cookie is gone");
        visitor.keep("rostrum_session", stolen.split_once('=').expect("it has a value").1);
        let replayed = visitor.get("/admin/account").await;
        assert_eq!(replayed.header("location"), "/sign-in?next=%2Fadmin%2Faccount");
    }

    #[tokio::test]
    async fn a_wrong_password_shows_the_form_again_without_it() {
        let site = Site::new().await;
        site.house.person("Ada", Role::Owner).await;
        let visitor = site.visitor();
        let wrong = [("email", "ada@example.org"), ("password", "hunter2 hunter2"), ("return_to", "/admin/shows")];
        for _ in 0..5 {
            let answer = visitor.post("/sign-in", &wrong).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(answer.body.contains("Address or password is wrong") && answer.body.contains("/admin/shows"));
            assert!(answer.body.contains("ada@example.org") && !answer.body.contains("hunter2"));
            assert_eq!(answer.header("cache-control"), "no-store");
        }
        let sixth = visitor.post("/sign-in", &wrong).await;
        assert_eq!((sixth.status, sixth.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "901"));
        assert!(sixth.body.contains("wait some minutes"));
        site.house.clock.advance(jiff::SignedDuration::from_mins(15));
        site.signed_in("Ada").await;
    }

    #[tokio::test]
    async fn another_sites_page_signs_nobody_in_or_out() {
        let site = Site::new().await;
        site.house.person("Ada", Role::Owner).await;
        let visitor = site.signed_in("Ada").await;
        let origin = "http://127.0.0.1:8080";
        for (name, value, allowed) in [
            ("sec-fetch-site", "cross-site", false),
            ("sec-fetch-site", "same-site", false),
            ("origin", "https://evil.example", false),
            ("origin", "null", false),
            ("x-nothing", "", false),
            ("origin", origin, true),
            ("sec-fetch-site", "same-origin", true),
        ] {
            let request = visitor.request(Method::POST, "/admin/account").header(name, value);
            let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            let answer = visitor.send(request.body(Body::from("name=Eve"))).await;
            let expected = if allowed { StatusCode::SEE_OTHER } else { StatusCode::FORBIDDEN };
            assert_eq!(answer.status, expected, "{name}: {value}");
        }
        let request = visitor.request(Method::POST, "/sign-out").header("sec-fetch-site", "cross-site");
        assert_eq!(visitor.send(request.body(Body::empty())).await.status, StatusCode::FORBIDDEN);
        assert_eq!(visitor.get("/admin/account").await.status, StatusCode::OK, "still signed in");
        let read = visitor.request(Method::GET, "/admin/account").header("sec-fetch-site", "cross-site");
        assert_eq!(visitor.send(read.body(Body::empty())).await.status, StatusCode::OK, "links lead in");
    }
}
