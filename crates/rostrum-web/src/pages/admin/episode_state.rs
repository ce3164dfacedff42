//! `/admin/episodes/{episode}/publish`, `/schedule`, `/unpublish`: the steps of an episode's life.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use rostrum_app::episodes;
use rostrum_domain::Id;
use rostrum_domain::episode::Episode;

use super::{episode, said};
use crate::Error;
use crate::call::Signed;
use crate::forms::{self, Posted};
use crate::html::refused;
use crate::state::Web;
use crate::views::admin::episode::EditEpisode;

/// Publishes it now; what blocks it is listed on its page.
pub async fn publish(State(web): State<Web>, Path(id): Path<Id<Episode>>, signed: Signed) -> Result<Response, Error> {
    match episodes::publish(&web.app, &signed.caller, id).await.map_err(Error::from) {
        Ok(_) => Ok(said::to(&format!("/admin/episodes/{id}"), "published").into_response()),
        Err(Error::Invalid(_)) => refused(&episode::view(&web, id, &signed).await?),
        Err(other) => Err(other),
    }
}

/// Lets it be published by itself.
pub async fn schedule(
    State(web): State<Web>,
    Path(id): Path<Id<Episode>>,
    signed: Signed,
    Form(posted): Form<Posted>,
) -> Result<Response, Error> {
    let wished = match forms::moment::read(&posted.text("at")) {
        Some(at) => episodes::schedule(&web.app, &signed.caller, id, at).await.map_err(Error::from),
        None => Err(Error::invalid("at", "Choose a day and a time.")),
    };
    let problems = match wished {
        Ok(_) => return Ok(said::to(&format!("/admin/episodes/{id}"), "scheduled").into_response()),
        Err(Error::Invalid(problems)) => problems,
        Err(Error::Conflict { text, .. }) => rostrum_domain::Problems::one("at", text),
        Err(other) => return Err(other),
    };
    refused(&EditEpisode { schedule: posted.back(problems), ..episode::view(&web, id, &signed).await? })
}

/// Takes it back.
pub async fn unpublish(State(web): State<Web>, Path(id): Path<Id<Episode>>, signed: Signed) -> Result<Response, Error> {
    episodes::unpublish(&web.app, &signed.caller, id).await?;
    Ok(said::to(&format!("/admin/episodes/{id}"), "unpublished").into_response())
}
