//! `/admin/people/{id}/link`: makes a fresh one-time link for somebody.

use axum::extract::{Path, State};
use axum::response::Response;
use rostrum_app::people;
use rostrum_domain::Id;
use rostrum_domain::user::User;

use super::list;
use crate::Error;
use crate::call::Signed;
use crate::html::html;
use crate::state::Web;
use crate::views::admin::people::People;

/// Makes it, and shows it this once.
pub async fn submit(State(web): State<Web>, signed: Signed, Path(id): Path<Id<User>>) -> Result<Response, Error> {
    let made = people::link_for(&web.app, &signed.caller, id).await?;
    let link = Some(list::fresh(made));
    html(&People { link, ..list::view(&web, &signed, String::new()).await? })
}
