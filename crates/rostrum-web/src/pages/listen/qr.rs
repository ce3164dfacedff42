//! `/shows/{show}/qr.svg`: the feed's address for a phone's camera.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header;
use qrcode::QrCode;
use qrcode::render::svg;
use rostrum_app::{listing, shows};

use crate::Error;
use crate::state::Web;

/// The picture.
pub async fn show(State(web): State<Web>, Path(name): Path<String>) -> Result<Response, Error> {
    let show = listing::show_facts(&web.app, &name).await?;
    let feed = web.app.address(&shows::feed_path(&show.slug));
    let code = QrCode::new(feed.as_bytes()).map_err(|error| Error::internal(&error))?;
    let picture = code.render::<svg::Color<'_>>().min_dimensions(240, 240).quiet_zone(true).build();
    let head = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "public, max-age=86400")];
    Ok((head, picture).into_response())
}
