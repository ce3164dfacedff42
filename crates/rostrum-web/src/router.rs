//! All routes in one list.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use tower_http::compression::CompressionLayer;

use crate::state::Web;
use crate::{Error, guard, pages, uploads};
use pages::listen;

/// The whole web role as one service.
pub fn router(web: Web) -> Router {
    Router::new()
        .merge(listening())
        .merge(uploads::routes())
        .route("/static/{digest}/{*path}", get(pages::assets::show))
        .route("/healthz", get(pages::health::alive))
        .route("/readyz", get(pages::health::ready))
        .fallback(|| async { Error::Missing("There is no page at this address.".into()) })
        .layer(from_fn_with_state(web.clone(), guard::same_origin))
        .layer(from_fn_with_state(web.clone(), guard::render_errors))
        .layer(from_fn(guard::security_headers))
        .layer(CompressionLayer::new())
        .with_state(web)
}

/// What anybody may see.
fn listening() -> Router<Web> {
    Router::new()
        .route("/", get(listen::home::home))
        .route("/search", get(listen::search::find))
        .route("/shows/{show}", get(listen::show::show))
        .route("/shows/{show}/feed.xml", get(listen::feed::show))
        .route("/shows/{show}/qr.svg", get(listen::qr::show))
        .route("/shows/{show}/theme.css", get(listen::theme::show))
        .route("/shows/{show}/{episode}", get(listen::episode::show))
        .route("/shows/{show}/{episode}/chapters.json", get(listen::chapters::show))
        .route("/embed/{episode}", get(listen::embed::show))
        .route("/oembed", get(listen::oembed::show))
        .route("/media/{asset}/{file}", get(pages::media::show))
}
