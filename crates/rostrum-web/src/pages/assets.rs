//! `/static/{digest}/{path}` and `/favicon.ico`: the embedded files, cached for ever under their digest.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, StatusCode, header};

use crate::{Error, assets};

/// Browsers ask for this name where no page tells them another, as beside a feed.
pub async fn icon() -> Redirect {
    Redirect::temporary(&assets::url("mark.svg"))
}

/// Serves one file; an address with another digest (an old page's) is answered but not kept.
pub async fn show(Path((digest, path)): Path<(String, String)>, headers: HeaderMap) -> Result<Response, Error> {
    let file = assets::lookup(&path).ok_or_else(|| Error::Missing("There is no such file.".into()))?;
    let current = digest == assets::digest();
    let keep = if current { "public, max-age=31536000, immutable" } else { "no-cache" };
    let head = [(header::CONTENT_TYPE, file.mime), (header::CACHE_CONTROL, keep), (header::ETAG, file.etag.as_str())];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|tag| tag.as_bytes() == file.etag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, head).into_response());
    }
    Ok((head, file.bytes.clone()).into_response())
}
