//! `/media/{asset}/{file}`: stored files, whole or by range (RFC 9110, section 14), with strong entity tags.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use rostrum_app::files;
use rostrum_domain::asset::{Asset, AssetKind};

use crate::call::Signed;
use crate::range::{self, Asked};
use crate::state::Web;
use crate::{Error, conditional};

/// Serves one file; the name in the address must be the file's own.
pub async fn show(
    State(web): State<Web>,
    Path((id, name)): Path<(String, String)>,
    signed: Option<Signed>,
    (method, headers): (Method, HeaderMap),
) -> Result<Response, Error> {
    let file = files::open(&web.app, signed.as_ref().map(|signed| &signed.caller), &id).await?;
    if file.file_name != name {
        return Err(Error::Missing("There is no such file.".into()));
    }
    answer(&web, &file, &method, &headers).await
}

async fn answer(web: &Web, file: &Asset, method: &Method, headers: &HeaderMap) -> Result<Response, Error> {
    let head = head(file);
    let etag = format!("\"{}\"", file.sha256);
    if conditional::unchanged(headers, &etag, file.created_at) {
        return Ok((StatusCode::NOT_MODIFIED, head).into_response());
    }
    let size = u64::try_from(file.bytes).unwrap_or(0);
    let asked = range::parse(headers, size, &etag);
    let (status, range) = match asked {
        Asked::Whole => (StatusCode::OK, 0..size),
        Asked::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
        Asked::Outside => {
            let all = [(header::CONTENT_RANGE, format!("bytes */{size}"))];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, all).into_response());
        }
    };
    let length = range.end - range.start;
    let mut response = (status, head).into_response();
    if status == StatusCode::PARTIAL_CONTENT {
        let text = format!("bytes {}-{}/{size}", range.start, range.end - 1);
        response.headers_mut().insert(header::CONTENT_RANGE, text.parse().expect("digits are a header value"));
    }
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    if *method != Method::HEAD && length > 0 {
        let part = (status == StatusCode::PARTIAL_CONTENT).then_some(range);
        let reading = web.app.media.get(&file.key, part).await.map_err(rostrum_app::Error::from)?;
        *response.body_mut() = Body::from_stream(reading.stream);
    }
    Ok(response)
}

/// A file never changes under its address, so it may be kept for ever; only a published one by shared caches, and since
/// publishing can be taken back, those ask again after an hour.
fn head(file: &Asset) -> HeaderMap {
    let text = |value: &str| HeaderValue::from_str(value).unwrap_or(HeaderValue::from_static(""));
    let disposition = match file.kind {
        AssetKind::Source | AssetKind::ArtworkSource | AssetKind::Html => "attachment",
        _ => "inline",
    };
    HeaderMap::from_iter([
        (header::CONTENT_TYPE, HeaderValue::from_static(file.kind.mime())),
        (header::ETAG, text(&format!("\"{}\"", file.sha256))),
        (header::LAST_MODIFIED, text(&conditional::http_date(file.created_at))),
        (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
        (header::CONTENT_DISPOSITION, text(&format!("{disposition}; filename=\"{}\"", file.file_name))),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
    ])
}
