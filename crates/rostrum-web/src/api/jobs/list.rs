//! `/api/v1/jobs`: lists.

use axum::extract::{OriginalUri, State};
use axum::response::Response;
use rostrum_app::jobs;

use super::JobBody;
use crate::Error;
use crate::api::paging::{Page, Paging};
use crate::call::Signed;
use crate::state::Web;

/// Lists the newest jobs of the shows one works on; all of them for administrators.
#[utoipa::path(get, path = "/api/v1/jobs", tag = "jobs", params(Paging),
    responses((status = 200, description = "a page of the list", body = Page<JobBody>,
        headers(("link" = String, description = "the pages around it, RFC 8288")))))]
pub async fn list(State(web): State<Web>, signed: Signed, paging: Paging, uri: OriginalUri) -> Result<Response, Error> {
    let jobs = jobs::list(&web.app, &signed.caller).await?;
    Ok(paging.cut(&jobs, |job| JobBody::of(&web, job)).answer(&uri))
}
