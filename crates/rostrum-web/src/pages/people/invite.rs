//! `/admin/people/invite`: makes an account and the link to it.

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use rostrum_app::people::{self, Invited};

use super::list;
use crate::Error;
use crate::call::Signed;
use crate::forms::Posted;
use crate::html::html;
use crate::mend::Mend;
use crate::state::Web;
use crate::views::admin::people::People;

/// Invites, and shows the link this once.
pub async fn submit(State(web): State<Web>, signed: Signed, Form(posted): Form<Posted>) -> Result<Response, Error> {
    match invite(&web, &signed, &posted).await {
        Ok(invited) => {
            let link = Some(list::fresh(invited));
            html(&People { link, ..list::view(&web, &signed, String::new()).await? })
        }
        Err(error) => {
            let mend = Mend::of(error)?;
            let invite = posted.back(mend.problems.clone());
            mend.show(&People { invite, ..list::view(&web, &signed, String::new()).await? })
        }
    }
}

async fn invite(web: &Web, signed: &Signed, posted: &Posted) -> Result<Invited, Error> {
    let role = posted.text("role").parse().map_err(Error::Invalid)?;
    Ok(people::invite(&web.app, &signed.caller, &posted.text("email"), role).await?)
}
