//! `/admin/episodes/{episode}/transcript`: a transcript as a file, and its removal.

use axum::extract::{Multipart, Path, State};
use axum::response::{IntoResponse, Response};
use rostrum_app::transcripts;
use rostrum_domain::episode::Episode;
use rostrum_domain::{Id, Problems};

use super::{episode, said};
use crate::call::Signed;
use crate::html::refused;
use crate::state::Web;
use crate::views::admin::episode::EditEpisode;
use crate::{Error, parts};

/// Takes a VTT, SRT or JSON file; one that cannot be read comes back with the line.
pub async fn save(
    State(web): State<Web>,
    Path(id): Path<Id<Episode>>,
    signed: Signed,
    form: Multipart,
) -> Result<Response, Error> {
    match put(&web, &signed, id, form).await {
        Ok(_) => Ok(said::to(&format!("/admin/episodes/{id}"), "transcript").into_response()),
        Err(Error::Invalid(problems)) => {
            let text = problems.0.into_iter().map(|problem| problem.message).collect::<Vec<_>>().join(" ");
            let transcript_problems = Problems::one("file", text);
            refused(&EditEpisode { transcript_problems, ..episode::view(&web, id, &signed).await? })
        }
        Err(other) => Err(other),
    }
}

async fn put(web: &Web, signed: &Signed, id: Id<Episode>, form: Multipart) -> Result<usize, Error> {
    let sent = parts::read(form, rostrum_feed::cues::BYTES_MAX).await?;
    Ok(transcripts::put(&web.app, &signed.caller, id, &sent.file("file")?).await?)
}

/// Takes the transcript away.
pub async fn remove(State(web): State<Web>, Path(id): Path<Id<Episode>>, signed: Signed) -> Result<Response, Error> {
    transcripts::remove(&web.app, &signed.caller, id).await?;
    Ok(said::to(&format!("/admin/episodes/{id}"), "untranscribed").into_response())
}
