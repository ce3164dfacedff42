//! `/admin/shows/{show}/artwork`: a new picture, as a file.

use axum::extract::{Multipart, Path, State};
use axum::response::{IntoResponse, Response};
use rostrum_app::{artwork, shows};
use rostrum_codec::Fit;

use super::{said, show};
use crate::call::Signed;
use crate::html::refused;
use crate::state::Web;
use crate::views::admin::show::EditShow;
use crate::{Error, parts};

/// Takes the picture; one that cannot be used comes back with the reason.
pub async fn save(
    State(web): State<Web>,
    Path(name): Path<String>,
    signed: Signed,
    form: Multipart,
) -> Result<Response, Error> {
    let sent = parts::read(form, artwork::BYTES_MAX).await?;
    let fit = if sent.text("fit") == "pad" { Fit::Pad } else { Fit::Crop };
    match artwork::set(&web.app, &signed.caller, &name, (sent.file("artwork")?, fit)).await.map_err(Error::from) {
        Ok(show) => Ok(said::to(&format!("/admin/shows/{}", show.slug), "artwork").into_response()),
        Err(Error::Invalid(art_problems)) => {
            let found = shows::get(&web.app, &signed.caller, &name).await?;
            refused(&EditShow { art_problems, ..show::view(&web, &found, &signed).await? })
        }
        Err(other) => Err(other),
    }
}
