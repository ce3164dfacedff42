//! `/forgot`: asks for a link to a new password.

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use rostrum_app::people;

use crate::Error;
use crate::door::Knock;
use crate::forms::Posted;
use crate::html::html;
use crate::mend::Mend;
use crate::state::Web;
use crate::views;
use crate::views::access::Forgot;
use crate::words::say;

/// The form, or whom to ask where the site sends no mail.
pub async fn show(State(web): State<Web>) -> Result<Response, Error> {
    html(&view(&web, views::Form::default()))
}

/// Sends the link; the answer is the same for an address nobody has.
pub async fn submit(State(web): State<Web>, knock: Knock, Form(posted): Form<Posted>) -> Result<Response, Error> {
    match people::request_reset(&web.app, &posted.text("email"), &knock.browser).await {
        Ok(()) => html(&Forgot { sent: true, ..view(&web, views::Form::default()) }),
        Err(error) => {
            let mend = Mend::of(error)?;
            mend.show(&view(&web, posted.back(mend.problems.clone())))
        }
    }
}

fn view(web: &Web, form: views::Form) -> Forgot {
    let mail = people::can_mail(&web.app);
    Forgot { page: web.page(&say("forgot-title").to_string(), "/forgot", None), form, mail, sent: false }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use rostrum_domain::user::Role;

    use crate::testing::Site;

    #[tokio::test]
    async fn the_answer_does_not_tell_whether_the_account_exists() {
        let site = Site::new().await;
        site.house.person("Ada", Role::Owner).await;
        let ask = async |email: &str| site.visitor().post("/forgot", &[("email", email)]).await;
        let (known, unknown) = (ask("ada@example.org").await, ask("eve@example.org").await);
        assert_eq!((known.status, &known.body), (unknown.status, &unknown.body));
        assert!(known.body.contains("is on its way"));
        assert_eq!(ask("no address").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        for _ in 0..3 {
            ask("eve@example.org").await;
        }
        assert_eq!(ask("ada@example.org").await.status, StatusCode::TOO_MANY_REQUESTS);
    }

    #[tokio::test]
    async fn without_mail_the_page_says_whom_to_ask() {
        let site = Site::with(|parts| parts.mailer = None).await;
        let page = site.visitor().get("/forgot").await;
        assert!(page.body.contains("Ask an administrator") && !page.body.contains("name=\"email\""));
        let answer = site.visitor().post("/forgot", &[("email", "ada@example.org")]).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
    }
}
