//! `/shows/{show}/feed.xml`: the feed, with entity tags so that apps that ask every minute cost nothing.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use rostrum_app::feeds::{self, Feed};

use crate::state::Web;
use crate::{Error, assets, conditional};

/// The sheet that makes a feed readable to a person.
pub(crate) const STYLE: &str = "css/feed.css";

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
    let style = assets::url(STYLE);
    let feed = feeds::page(&web.app, &name, at.page.unwrap_or(1), &style).await?;
    Ok(answer(&feed, &headers))
}

/// Browsers show the type of feeds as plain text or save it; who asks for pages gets the same bytes as the XML they
/// are, which they show with its style. A cache that mixes the two up does no harm, so none is told to keep them apart.
fn content_type(headers: &HeaderMap) -> &'static str {
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accepts.contains("text/html") { "application/xml; charset=utf-8" } else { "application/rss+xml; charset=utf-8" }
}

fn answer(feed: &Feed, headers: &HeaderMap) -> Response {
    let head = [
        (header::CONTENT_TYPE, content_type(headers).to_owned()),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_asks_for_pages_gets_a_type_that_browsers_show() {
        let asking =
            |accept: &'static str| HeaderMap::from_iter([(header::ACCEPT, accept.parse().expect("it is one"))]);
        assert!(content_type(&HeaderMap::new()).starts_with("application/rss+xml"));
        assert!(content_type(&asking("*/*")).starts_with("application/rss+xml"));
        assert!(content_type(&asking("application/rss+xml, application/xml;q=0.9")).starts_with("application/rss+xml"));
        assert!(content_type(&asking("text/html,application/xhtml+xml,*/*;q=0.8")).starts_with("application/xml"));
    }
}
