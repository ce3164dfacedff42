//! `/link/email/{secret}`: makes a new address somebody's. Opening it changes nothing, since mail programs do too.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use rostrum_app::people;

use crate::Error;
use crate::call::Signed;
use crate::door::Knock;
use crate::html::html;
use crate::mend::Mend;
use crate::pages::admin::said;
use crate::state::Web;
use crate::views::access::EmailLink;
use crate::words::say;

/// The question behind the link.
pub async fn show(State(web): State<Web>, knock: Knock, Path(secret): Path<String>) -> Result<Response, Error> {
    knock.admitted()?;
    match people::look_email(&web.app, &secret).await {
        Ok(email) => html(&view(&web, Some(email))),
        Err(error) => dead(&web, error),
    }
}

/// Uses the link up.
pub async fn submit(
    State(web): State<Web>,
    signed: Option<Signed>,
    knock: Knock,
    Path(secret): Path<String>,
) -> Result<Response, Error> {
    match people::confirm_email(&web.app, &secret, knock.admitted()?).await {
        Ok(()) if signed.is_some() => Ok(said::to("/admin/account", "email").into_response()),
        Ok(()) => Ok(said::to("/sign-in", "email").into_response()),
        Err(error @ rostrum_app::Error::Missing(_)) => dead(&web, error),
        Err(error) => {
            let mend = Mend::of(error)?;
            let problem = mend.problems.0.first().map(|problem| problem.message.clone());
            mend.show(&EmailLink { problem, ..view(&web, None) })
        }
    }
}

/// Says what to do about a link that no longer works; any other error stays one.
fn dead(web: &Web, error: rostrum_app::Error) -> Result<Response, Error> {
    if !matches!(error, rostrum_app::Error::Missing(_)) {
        return Err(error.into());
    }
    Ok((StatusCode::NOT_FOUND, html(&view(web, None))?).into_response())
}

fn view(web: &Web, email: Option<String>) -> EmailLink {
    EmailLink { page: web.page(&say("email-link-title").to_string(), "/link", None), email, problem: None }
}
