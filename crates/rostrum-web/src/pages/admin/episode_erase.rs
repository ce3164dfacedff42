//! `/admin/episodes/{episode}/erase`: takes somebody, or a span of time, out of everything kept of a room.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use rostrum_app::episodes;
use rostrum_app::rooms::erase::{self, Wish};
use rostrum_domain::episode::Episode;
use rostrum_domain::{Id, Problems};

use super::said;
use crate::Error;
use crate::call::Signed;
use crate::forms::Posted;
use crate::html::{html, refused};
use crate::state::Web;
use crate::views::admin::episode::EraseRecording;

/// The form.
pub async fn form(State(web): State<Web>, Path(id): Path<Id<Episode>>, signed: Signed) -> Result<Response, Error> {
    html(&view(&web, id, &signed).await?)
}

/// Queues the erasure; a form with problems comes back as it was filled in.
pub async fn ask(
    State(web): State<Web>,
    Path(id): Path<Id<Episode>>,
    signed: Signed,
    Form(posted): Form<Posted>,
) -> Result<Response, Error> {
    match begin(&web, id, &signed, &posted).await {
        Ok(()) => Ok(said::to(&format!("/admin/episodes/{id}"), "erasing").into_response()),
        Err(Error::Invalid(problems)) => {
            refused(&EraseRecording { form: posted.back(problems), ..view(&web, id, &signed).await? })
        }
        Err(other) => Err(other),
    }
}

async fn begin(web: &Web, id: Id<Episode>, signed: &Signed, posted: &Posted) -> Result<(), Error> {
    erase::ask(&web.app, &signed.caller, id, &wish(posted).map_err(Error::Invalid)?).await?;
    Ok(())
}

async fn view(web: &Web, id: Id<Episode>, signed: &Signed) -> Result<EraseRecording, Error> {
    let title = episodes::get(&web.app, &signed.caller, id).await?.episode.facts.title;
    let people = erase::people(&web.app, &signed.caller, id).await?;
    let path = format!("/admin/episodes/{id}");
    Ok(EraseRecording {
        page: web.page(&title, &format!("{path}/erase"), Some(signed)),
        people: people.into_iter().map(|person| (person.id.to_string(), person.name)).collect(),
        form: crate::views::Form::default(),
        title,
        path,
    })
}

fn wish(posted: &Posted) -> Result<Wish, Problems> {
    let mut problems = Problems::default();
    let (from_ms, to_ms) = (posted.time_ms("from", &mut problems), posted.time_ms("to", &mut problems));
    let participant = posted.some("participant").map(|id| id.parse());
    problems.require(!matches!(participant, Some(Err(_))), "participant", "Choose somebody of the list.");
    if problems.0.is_empty() {
        return Ok(Wish { participant: participant.and_then(Result::ok), from_ms, to_ms });
    }
    Err(problems)
}
