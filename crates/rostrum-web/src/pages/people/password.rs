//! `/admin/account/password`: changes one's password.

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use rostrum_app::auth::{self, NewPassword};
use rostrum_domain::Problems;

use super::account::{self, PATH};
use crate::Error;
use crate::call::Signed;
use crate::door::{Knock, enter};
use crate::forms::Posted;
use crate::mend::Mend;
use crate::state::Web;
use crate::views;
use crate::views::admin::account::Account;

/// Changes it; every other browser is signed out, and this one gets a new session.
pub async fn submit(
    State(web): State<Web>,
    signed: Signed,
    knock: Knock,
    Form(posted): Form<Posted>,
) -> Result<Response, Error> {
    match auth::change_password(&web.app, &signed.identity(), wish(&posted), knock.admitted()?).await {
        Ok(opened) => Ok(enter(&web, &opened, &format!("{PATH}?said=password"))),
        Err(error) => again(&web, &signed, Mend::of(error)?).await,
    }
}

fn wish(posted: &Posted) -> NewPassword {
    let revoke = posted.all("revoke").filter_map(|id| id.parse().ok()).collect();
    NewPassword { current: posted.secret("current"), new: posted.secret("password"), revoke }
}

async fn again(web: &Web, signed: &Signed, mend: Mend) -> Result<Response, Error> {
    let password = views::Form::default().with(at_a_field(&mend.problems));
    mend.show(&Account { password, ..account::view(web, signed).await? })
}

/// What belongs to no field of this form stands at its first one.
fn at_a_field(problems: &Problems) -> Problems {
    let mut placed = problems.clone();
    for problem in placed.0.iter_mut().filter(|problem| problem.field == "form") {
        problem.field = "current".into();
    }
    placed
}
