//! `/link/{kind}/{secret}`: what a one-time link lets one do. Opening it changes nothing, since mail programs do too.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use rostrum_app::people::{self, Choice, Looked};
use rostrum_domain::user::LinkKind;

use crate::Error;
use crate::door::{Knock, enter};
use crate::forms::Posted;
use crate::html::html;
use crate::mend::Mend;
use crate::state::Web;
use crate::views;
use crate::views::access::{LinkPage, LinkPurpose};
use crate::words::say;

/// The form behind the link.
pub async fn show(
    State(web): State<Web>,
    knock: Knock,
    Path((kind, secret)): Path<(LinkKind, String)>,
) -> Result<Response, Error> {
    knock.admitted()?;
    match people::look(&web.app, kind, &secret).await {
        Ok(looked) => html(&view(&web, kind, looked)),
        Err(error) => dead(&web, kind, error),
    }
}

/// Uses the link up and signs in.
pub async fn submit(
    State(web): State<Web>,
    knock: Knock,
    Path((kind, secret)): Path<(LinkKind, String)>,
    Form(posted): Form<Posted>,
) -> Result<Response, Error> {
    let browser = knock.admitted()?;
    match people::accept(&web.app, (kind, &secret), &choice(&posted), browser).await {
        Ok(opened) => Ok(enter(&web, &opened, "/admin")),
        Err(error @ rostrum_app::Error::Invalid(_)) => again(&web, (kind, &secret), posted, error).await,
        Err(error) => dead(&web, kind, error),
    }
}

fn choice(posted: &Posted) -> Choice {
    let keep = posted.all("keep").filter_map(|id| id.parse().ok()).collect();
    Choice { name: posted.text("name"), email: posted.text("email"), password: posted.secret("password"), keep }
}

async fn again(
    web: &Web,
    (kind, secret): (LinkKind, &str),
    posted: Posted,
    error: rostrum_app::Error,
) -> Result<Response, Error> {
    let mend = Mend::of(error)?;
    let looked = people::look(&web.app, kind, secret).await?;
    mend.show(&LinkPage { form: posted.back(mend.problems.clone()), ..view(web, kind, looked) })
}

/// Says what to do about a link that no longer works; any other error stays one.
fn dead(web: &Web, kind: LinkKind, error: rostrum_app::Error) -> Result<Response, Error> {
    if !matches!(error, rostrum_app::Error::Missing(_)) {
        return Err(error.into());
    }
    let body = html(&LinkPage { dead: true, ..view(web, kind, Looked::default()) })?;
    Ok((StatusCode::NOT_FOUND, body).into_response())
}

fn view(web: &Web, kind: LinkKind, looked: Looked) -> LinkPage {
    let (purpose, title) = match kind {
        LinkKind::Setup => (LinkPurpose::SetUp, "link-title-set-up"),
        LinkKind::Invite => (LinkPurpose::Invite, "link-title-invite"),
        LinkKind::Reset => (LinkPurpose::Reset, "link-title-reset"),
    };
    LinkPage {
        page: web.page(&say(title).to_string(), "/link", None),
        form: views::Form::default(),
        purpose,
        email: looked.email,
        tokens: looked.tokens.into_iter().map(|token| (token.id.to_string(), token.name)).collect(),
        dead: false,
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use rostrum_app::people;
    use rostrum_app::testing::PASSWORD;
    use rostrum_domain::user::Role;
    use url::Url;

    use crate::testing::Site;

    fn path(link: &str) -> String {
        Url::parse(link).expect("a link is an address").path().to_owned()
    }

    #[tokio::test]
    async fn the_set_up_link_opens_an_empty_house() {
        let site = Site::new().await;
        let link = people::setup_url(&site.house.app).await.expect("it writes").expect("there is no owner");
        let (visitor, path) = (site.visitor(), path(&link));
        let page = visitor.get(&path).await;
        assert!(page.status == StatusCode::OK && page.body.contains("name=\"email\""), "{}", page.body);
        assert_eq!((page.header("cache-control"), page.header("referrer-policy")), ("no-store", "same-origin"));
        visitor.get(&path).await;
        let short = [("name", "Ada"), ("email", "ada@example.org"), ("password", "short")];
        let again = visitor.post(&path, &short).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.body.contains("at least 10 characters") && again.body.contains("value=\"Ada\""));
        let good = [("name", "Ada"), ("email", "ada@example.org"), ("password", PASSWORD)];
        let answer = visitor.post(&path, &good).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/admin"));
        assert_eq!(visitor.get("/admin/people").await.status, StatusCode::OK);
        let used = site.visitor().post(&path, &good).await;
        assert!(used.status == StatusCode::NOT_FOUND && used.body.contains("no longer works"));
        assert_eq!(used.header("set-cookie"), "");
    }

    #[tokio::test]
    async fn a_link_never_names_the_host_of_a_request() {
        let site = Site::with(|parts| parts.public_url = Url::parse("https://radio.example/").expect("a URL")).await;
        site.house.person("Ada", Role::Owner).await;
        let mut visitor = site.visitor();
        visitor.host = "evil.example".into();
        let request = visitor.request(http::Method::POST, "/forgot").header("sec-fetch-site", "same-origin");
        let request = request.header("x-forwarded-host", "evil.example").header("x-forwarded-proto", "http");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = visitor.send(request.body("email=ada%40example.org".into())).await;
        assert_eq!(answer.status, StatusCode::OK);
        site.house.app.mailer.as_ref().expect("it is there").settle().await;
        let letter = site.house.outbox.letters().pop().expect("it was sent");
        assert!(letter.text.contains("https://radio.example/link/reset/"), "{}", letter.text);
        assert!(!letter.text.contains("evil"), "{}", letter.text);
    }

    #[tokio::test]
    async fn what_is_no_link_is_not_found() {
        let site = Site::new().await;
        let visitor = site.visitor();
        for path in ["/link/setup/x", "/link/invite/x", "/link/reset/x"] {
            let answer = visitor.get(path).await;
            assert!(answer.status == StatusCode::NOT_FOUND && answer.body.contains("no longer works"), "{path}");
        }
        assert!(visitor.get("/link/other/x").await.status.is_client_error());
    }
}
