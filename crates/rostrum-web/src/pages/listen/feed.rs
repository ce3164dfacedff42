//! `/shows/{show}/feed.xml`: the feed, with entity tags so that apps that ask every minute cost nothing.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use rostrum_app::feeds::{self, Feed};

use crate::state::Web;
use crate::{Error, assets, conditional};

/// Which page of a long feed (RFC 5005).
#[derive(serde::Deserialize)]
pub struct At {
    page: Option<u32>,
}

/// The feed of a show.
pub async fn show(
    State(web): State<Web>,
    Path(name): Path<String>,
    Query(at): Query<At>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let style = assets::url("css/feed.css");
    let feed = feeds::page(&web.app, &name, at.page.unwrap_or(1), &style).await?;
    Ok(answer(&feed, &headers))
}

fn answer(feed: &Feed, headers: &HeaderMap) -> Response {
    let head = [
        (header::CONTENT_TYPE, "application/rss+xml; charset=utf-8".to_owned()),
        (header::ETAG, feed.etag.clone()),
        (header::LAST_MODIFIED, conditional::http_date(feed.modified)),
        (header::CACHE_CONTROL, "public, max-age=60, stale-while-revalidate=600".to_owned()),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*".to_owned()),
    ];
    if conditional::unchanged(headers, &feed.etag, feed.modified) {
        return (StatusCode::NOT_MODIFIED, head).into_response();
    }
    (head, feed.xml.clone()).into_response()
}
