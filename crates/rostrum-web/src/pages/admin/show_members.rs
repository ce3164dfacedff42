//! `/admin/shows/{show}/members`: who works on a show.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use rostrum_app::{people, shows};
use rostrum_domain::Id;
use rostrum_domain::user::{Membership, User};

use super::{said, show};
use crate::Error;
use crate::call::Signed;
use crate::forms::Posted;
use crate::html::refused;
use crate::state::Web;
use crate::views::admin::show::EditShow;

/// Gives somebody rights in the show.
pub async fn set(
    State(web): State<Web>,
    Path(name): Path<String>,
    signed: Signed,
    Form(posted): Form<Posted>,
) -> Result<Response, Error> {
    match add(&web, &signed, &name, &posted).await {
        Ok(()) => Ok(said::to(&format!("/admin/shows/{name}"), "member").into_response()),
        Err(Error::Invalid(problems)) => {
            let found = shows::get(&web.app, &signed.caller, &name).await?;
            let view = show::view(&web, &found, &signed).await?;
            refused(&EditShow { member_form: posted.back(problems), ..view })
        }
        Err(other) => Err(other),
    }
}

async fn add(web: &Web, signed: &Signed, show: &str, posted: &Posted) -> Result<(), Error> {
    let membership: Membership = posted.text("membership").parse().map_err(Error::Invalid)?;
    Ok(people::set_member(&web.app, &signed.caller, show, (&posted.text("email"), membership)).await?)
}

/// Takes somebody's rights in the show.
pub async fn remove(
    State(web): State<Web>,
    Path((name, id)): Path<(String, Id<User>)>,
    signed: Signed,
) -> Result<Response, Error> {
    people::remove_member(&web.app, &signed.caller, &name, id).await?;
    let path = if id == signed.caller.user_id { "/admin/shows".into() } else { format!("/admin/shows/{name}") };
    Ok(said::to(&path, "unmembered").into_response())
}
