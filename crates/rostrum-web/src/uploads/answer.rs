//! How an upload's state is answered: the protocol's statuses and headers.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use jiff::fmt::rfc2822::DateTimePrinter;
use rostrum_app::uploads::Progress;
use rostrum_store::upload::{Part, Upload};

use super::protocol::{EXTENSIONS, VERSION, algorithms};
use crate::state::Web;

/// The episode that a finished upload became the source of; a header of ours.
const EPISODE: HeaderName = HeaderName::from_static("rostrum-episode");

/// The status for a checksum that does not come true.
pub(super) fn checksum_mismatch() -> StatusCode {
    StatusCode::from_u16(460).expect("460 lies between 100 and 999")
}

/// The answer with what every answer of the protocol carries.
pub(super) fn in_protocol(mut response: Response) -> Response {
    let refused = response.status() == StatusCode::PRECONDITION_FAILED;
    let headers = response.headers_mut();
    headers.insert("tus-resumable", HeaderValue::from_static(VERSION));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if refused {
        headers.insert("tus-version", HeaderValue::from_static(VERSION));
    }
    response
}

/// What this server can do.
pub(super) fn described(bytes_max: u64) -> Response {
    let head = [
        ("tus-version", VERSION.to_owned()),
        ("tus-extension", EXTENSIONS.to_owned()),
        ("tus-max-size", bytes_max.to_string()),
        ("tus-checksum-algorithm", algorithms()),
    ];
    (StatusCode::NO_CONTENT, head).into_response()
}

/// An upload that has just begun.
pub(super) fn created(web: &Web, progress: &Progress) -> Response {
    let base = web.app.public_url.path().trim_end_matches('/');
    let location = format!("{base}/uploads/{}", progress.upload.id);
    let mut response = (StatusCode::CREATED, [(header::LOCATION, location)]).into_response();
    stand(response.headers_mut(), progress);
    response
}

/// An upload that has taken bytes.
pub(super) fn moved(progress: &Progress) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    stand(response.headers_mut(), progress);
    response
}

/// All there is to say of an upload.
pub(super) fn progress(progress: &Progress) -> Response {
    let mut response = StatusCode::OK.into_response();
    let headers = response.headers_mut();
    stand(headers, progress);
    headers.insert("upload-length", HeaderValue::from(progress.upload.length_bytes));
    put(headers, "upload-metadata", &progress.upload.metadata);
    put(headers, "upload-concat", &concat(&progress.upload));
    response
}

/// Where it stands, and until when it may go on or what it became.
fn stand(headers: &mut HeaderMap, progress: &Progress) {
    headers.insert("upload-offset", HeaderValue::from(progress.offset));
    let expires = DateTimePrinter::new().timestamp_to_rfc9110_string(&progress.upload.expires_at);
    match (progress.upload.finished_at, progress.upload.episode_id) {
        (Some(_), Some(episode)) => {
            headers.extend([(EPISODE, HeaderValue::from_str(&episode.to_string()).expect("an id is plain letters"))]);
        }
        _ => put(headers, "upload-expires", &expires.unwrap_or_default()),
    }
}

fn concat(upload: &Upload) -> String {
    match upload.part {
        Part::Whole => String::new(),
        Part::Partial => "partial".to_owned(),
        Part::Final => {
            let parts: Vec<_> = upload.parts.iter().map(|id| format!("/uploads/{id}")).collect();
            format!("final;{}", parts.join(" "))
        }
    }
}

/// Sets a header to a text that came from one, or leaves it out when there is nothing to say.
fn put(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let (false, Ok(value)) = (value.is_empty(), HeaderValue::from_str(value)) {
        headers.insert(name, value);
    }
}
