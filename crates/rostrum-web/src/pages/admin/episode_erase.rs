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
    let mut time = |name: &'static str| {
        let text = posted.some(name)?;
        let found = millis(&text);
        problems.require(found.is_some(), name, "Write a time as in 1:02:03 or 2:03.5.");
        found
    };
    let (from_ms, to_ms) = (time("from"), time("to"));
    let participant = posted.some("participant").map(|id| id.parse());
    problems.require(!matches!(participant, Some(Err(_))), "participant", "Choose somebody of the list.");
    if problems.0.is_empty() {
        return Ok(Wish { participant: participant.and_then(Result::ok), from_ms, to_ms });
    }
    Err(problems)
}

/// `h:mm:ss`, `m:ss` or seconds, with a fraction or without.
fn millis(text: &str) -> Option<u64> {
    let mut parts = text.rsplit(':');
    let seconds: f64 = parts.next()?.trim().parse().ok().filter(|seconds| (0.0..1e7).contains(seconds))?;
    let mut millis = (seconds * 1000.0).round() as u64;
    for (unit, part) in [60_000, 3_600_000].into_iter().zip(parts.by_ref()) {
        millis += part.trim().parse::<u32>().ok().map(u64::from)? * unit;
    }
    parts.next().is_none().then_some(millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_people_write_them() {
        let cases = [("1:02:03", Some(3_723_000)), ("2:03.5", Some(123_500)), ("90", Some(90_000)), ("0:00", Some(0))];
        for (text, expected) in cases.into_iter().chain([("soon", None), ("1:2:3:4", None), ("-5", None), ("", None)]) {
            assert_eq!(millis(text), expected, "{text}");
        }
    }
}
