//! `/admin/episodes/{episode}/artwork`: a picture of its own, as a file, and its removal.

use axum::extract::{Multipart, Path, State};
use axum::response::{IntoResponse, Response};
use rostrum_app::artwork;
use rostrum_codec::Fit;
use rostrum_domain::Id;
use rostrum_domain::episode::Episode;

use super::{episode, said};
use crate::call::Signed;
use crate::html::refused;
use crate::state::Web;
use crate::views::admin::episode::EditEpisode;
use crate::{Error, parts};

/// Takes the picture; one that cannot be used comes back with the reason.
pub async fn save(
    State(web): State<Web>,
    Path(id): Path<Id<Episode>>,
    signed: Signed,
    form: Multipart,
) -> Result<Response, Error> {
    match set(&web, &signed, id, form).await {
        Ok(_) => Ok(said::to(&format!("/admin/episodes/{id}"), "artwork").into_response()),
        Err(Error::Invalid(art_problems)) => {
            refused(&EditEpisode { art_problems, ..episode::view(&web, id, &signed).await? })
        }
        Err(other) => Err(other),
    }
}

async fn set(web: &Web, signed: &Signed, id: Id<Episode>, form: Multipart) -> Result<Episode, Error> {
    let sent = parts::read(form, artwork::BYTES_MAX).await?;
    let fit = if sent.text("fit") == "pad" { Fit::Pad } else { Fit::Crop };
    Ok(artwork::set_of_episode(&web.app, &signed.caller, id, (sent.file("artwork")?, fit)).await?)
}

/// Takes the picture away; the show's stands in for it.
pub async fn remove(State(web): State<Web>, Path(id): Path<Id<Episode>>, signed: Signed) -> Result<Response, Error> {
    artwork::remove_of_episode(&web.app, &signed.caller, id).await?;
    Ok(said::to(&format!("/admin/episodes/{id}"), "unpictured").into_response())
}
