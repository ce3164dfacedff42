//! `/admin/account/email`: changes one's address.

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use rostrum_app::people::{self, Asked, NewEmail};
use rostrum_domain::Problems;

use super::account::{self, PATH};
use crate::Error;
use crate::call::Signed;
use crate::door::Knock;
use crate::forms::Posted;
use crate::mend::Mend;
use crate::pages::admin::said;
use crate::state::Web;
use crate::views::admin::account::Account;

/// Changes it, or sends the letter by which it is confirmed.
pub async fn submit(
    State(web): State<Web>,
    signed: Signed,
    knock: Knock,
    Form(posted): Form<Posted>,
) -> Result<Response, Error> {
    let new = NewEmail { email: posted.text("email"), current: posted.secret("email_current") };
    match people::change_email(&web.app, &signed.identity(), &new, knock.admitted()?).await {
        Ok(Asked::Changed) => Ok(said::to(PATH, "email").into_response()),
        Ok(Asked::Sent) => Ok(said::to(PATH, "email-sent").into_response()),
        Err(error) => again(&web, &signed, posted, Mend::of(error)?).await,
    }
}

/// Forgets the address that waits to be confirmed.
pub async fn forget(State(web): State<Web>, signed: Signed) -> Result<Response, Error> {
    people::forget_email(&web.app, &signed.caller).await?;
    Ok(said::to(PATH, "email-kept").into_response())
}

async fn again(web: &Web, signed: &Signed, posted: Posted, mend: Mend) -> Result<Response, Error> {
    let address = posted.back(in_the_forms_words(&mend.problems));
    mend.show(&Account { address, ..account::view(web, signed).await? })
}

/// The page has two forms with a password, so here it is another field.
fn in_the_forms_words(problems: &Problems) -> Problems {
    let mut renamed = problems.clone();
    for problem in &mut renamed.0 {
        match problem.field.as_ref() {
            "current" => problem.field = "email_current".into(),
            "form" => problem.field = "email".into(),
            _ => {}
        }
    }
    renamed
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use rostrum_app::testing::PASSWORD;
    use rostrum_domain::user::Role;

    use crate::testing::Site;

    #[tokio::test]
    async fn a_new_address_holds_once_its_letter_is_answered() {
        let site = Site::new().await;
        site.house.person("Ada", Role::Owner).await;
        let (here, there) = (site.signed_in("Ada").await, site.signed_in("Ada").await);
        let path = "/admin/account/email";
        let wrong = here.post(path, &[("email", "ada@new.org"), ("email_current", "nonsense")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("not your present password") && wrong.body.contains("value=\"ada@new.org\""));
        let asked = here.post(path, &[("email", "Ada@New.org"), ("email_current", PASSWORD)]).await;
        assert_eq!(asked.header("location"), "/admin/account?said=email-sent", "{}", asked.body);
        let page = here.get("/admin/account").await.body;
        assert!(page.contains("A letter went to <strong><bdi>ada@new.org"), "{page}");
        site.house.app.mailer.as_ref().expect("it is there").settle().await;
        let letter = site.house.outbox.letters().pop().expect("it was sent");
        assert_eq!(letter.to, "ada@new.org");
        let link = letter.text.lines().find(|line| line.contains("/link/email/")).expect("it holds the link");
        let link = url::Url::parse(link).expect("an address").path().to_owned();
        let stranger = site.visitor();
        assert!(stranger.get(&link).await.body.contains("ada@new.org"));
        let confirmed = stranger.post(&link, &[]).await;
        assert_eq!(confirmed.header("location"), "/sign-in?said=email", "{}", confirmed.body);
        assert_eq!(stranger.post(&link, &[]).await.status, StatusCode::NOT_FOUND, "it works once");
        assert!(stranger.get(&link).await.body.contains("no longer works"));
        site.house.app.mailer.as_ref().expect("it is there").settle().await;
        let notice = site.house.outbox.letters().pop().expect("it was sent");
        assert_eq!((notice.to.as_str(), notice.text.contains("ada@new.org")), ("ada@example.org", true));
        for open in [&here, &there] {
            assert_eq!(open.get("/admin/account").await.status, StatusCode::OK, "sessions stay");
        }
        let new = [("email", "ada@new.org"), ("password", PASSWORD)];
        assert_eq!(site.visitor().post("/sign-in", &new).await.status, StatusCode::SEE_OTHER);
    }

    #[tokio::test]
    async fn without_mail_a_new_address_holds_at_once_and_a_wish_can_be_dropped() {
        let site = Site::with(|parts| parts.mailer = None).await;
        site.house.person("Ada", Role::Owner).await;
        site.house.person("Bob", Role::Creator).await;
        let visitor = site.signed_in("Ada").await;
        let path = "/admin/account/email";
        for (email, problem) in [
            ("bob@example.org", "has this address already"),
            ("ada@example.org", "your address already"),
            ("x", "not an"),
        ] {
            let answer = visitor.post(path, &[("email", email), ("email_current", PASSWORD)]).await;
            assert!(answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.body.contains(problem), "{email}");
        }
        let changed = visitor.post(path, &[("email", "ada@new.org"), ("email_current", PASSWORD)]).await;
        assert_eq!(changed.header("location"), "/admin/account?said=email");
        assert!(visitor.get("/admin/account").await.body.contains("ada@new.org"));
        assert_eq!(visitor.post("/admin/account/email/forget", &[]).await.status, StatusCode::NOT_FOUND);
    }
}
