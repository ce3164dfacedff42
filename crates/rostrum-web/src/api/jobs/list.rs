//! `/api/v1/jobs`: lists.
#![expect(unused_qualifications, reason = "the attribute writes some for parameters")]

use axum::extract::{OriginalUri, State};
use axum::response::Response;
use rostrum_app::jobs::{self, Stretch, Wanted};
use rostrum_domain::job::JobState;
use serde::Deserialize;
use utoipa::IntoParams;

use super::JobBody;
use crate::Error;
use crate::api::at::Asked;
use crate::api::paging::{Page, Paging};
use crate::api::schema;
use crate::call::Signed;
use crate::state::Web;

/// What a list of jobs is narrowed to.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Narrowed {
    /// Only jobs in this state.
    #[param(value_type = Option<schema::JobState>)]
    state: Option<String>,
}

/// Lists the jobs of the shows one works on, the newest first; all of them for administrators.
#[utoipa::path(get, path = "/api/v1/jobs", tag = "jobs", params(Paging, Narrowed),
    responses((status = 200, description = "a page of the list", body = Page<JobBody>,
        headers(("link" = String, description = "the first and the next page, RFC 8288")))))]
pub async fn list(
    State(web): State<Web>,
    signed: Signed,
    (paging, uri): (Paging, OriginalUri),
    Asked(narrowed): Asked<Narrowed>,
) -> Result<Response, Error> {
    let stretch = Stretch { after: paging.behind()?, offset: 0, limit: paging.size_and_one() };
    let found = jobs::list(&web.app, &signed.caller, narrowed.wanted()?, stretch).await?;
    Ok(paging.keyed(found, |job| job.id.to_string(), |job| JobBody::of(&web, &job)).answer(&uri))
}

impl Narrowed {
    fn wanted(&self) -> Result<Wanted, Error> {
        let unknown = || Error::invalid("state", "One of ready, running, done, failed, cancelled.");
        let parse = |text: &String| JobState::parse(text).ok_or_else(unknown);
        Ok(Wanted { state: self.state.as_ref().map(parse).transpose()?, show: None })
    }
}
