//! `/admin/account/tokens`: makes and revokes API tokens.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use rostrum_app::auth::{self, NewToken};
use rostrum_domain::user::Token;
use rostrum_domain::{Id, Problems};

use super::account::{self, PATH};
use crate::Error;
use crate::call::Signed;
use crate::forms::Posted;
use crate::html::html;
use crate::mend::Mend;
use crate::pages::admin::said;
use crate::state::Web;
use crate::views::admin::account::Account;

/// Makes a token and shows it this once.
pub async fn make(State(web): State<Web>, signed: Signed, Form(posted): Form<Posted>) -> Result<Response, Error> {
    match auth::make_token(&web.app, &signed.caller, wish(&posted)?).await {
        Ok((_, text)) => {
            let fresh_token = Some(text.reveal().clone());
            html(&Account { fresh_token, ..account::view(&web, &signed).await? })
        }
        Err(error) => again(&web, &signed, posted, Mend::of(error)?).await,
    }
}

/// Revokes one.
pub async fn revoke(State(web): State<Web>, signed: Signed, Path(id): Path<Id<Token>>) -> Result<Response, Error> {
    auth::revoke_token(&web.app, &signed.caller, id).await?;
    Ok(said::to(PATH, "revoked").into_response())
}

fn wish(posted: &Posted) -> Result<NewToken, Error> {
    let scopes = posted.all("scope").map(str::parse).collect::<Result<_, Problems>>().map_err(Error::Invalid)?;
    let days = posted.some("days").map(|days| days.parse()).transpose();
    let days = days.map_err(|_| Error::invalid("days", "Give a number of days."))?;
    Ok(NewToken { name: posted.text("token_name"), scopes, days })
}

async fn again(web: &Web, signed: &Signed, posted: Posted, mend: Mend) -> Result<Response, Error> {
    let token_form = posted.back(in_the_forms_words(&mend.problems));
    mend.show(&Account { token_form, ..account::view(web, signed).await? })
}

/// The page has two forms with a name, so here it is another field.
fn in_the_forms_words(problems: &Problems) -> Problems {
    let mut renamed = problems.clone();
    for problem in &mut renamed.0 {
        match problem.field.as_ref() {
            "name" | "form" => problem.field = "token_name".into(),
            "scopes" => problem.field = "scope".into(),
            _ => {}
        }
    }
    renamed
}
