//! `/media/{asset}/{file}`: stored files, whole or by range (RFC 9110, section 14), with strong entity tags; or, where
//! that is chosen, the way to the bucket that serves published recordings itself.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use rostrum_app::files::{self, Opened};
use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_store::media::Pass;

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
    let opened = files::open(&web.app, signed.as_ref().map(|signed| &signed.caller), &id).await?;
    if opened.file.file_name != name {
        return Err(Error::Missing("There is no such file.".into()));
    }
    match elsewhere(&web, &opened, &method).await? {
        Some(address) => Ok(way(&address)),
        None => answer(&web, &opened, &method, &headers).await,
    }
}

/// How long a read from the bucket may begin, beside twice the time that listening takes: players come back for more
/// after a pause, to the address they were sent to.
const VISIT: Duration = Duration::from_secs(3600);

/// The address at which the bucket serves a file. Only recordings are worth the detour; what pages and other sites read
/// by script stays here, where it carries what their browsers ask for.
async fn elsewhere(web: &Web, opened: &Opened, method: &Method) -> Result<Option<String>, Error> {
    let Opened { file, public } = opened;
    if !public || !AssetKind::RENDITIONS.contains(&file.kind) {
        return Ok(None);
    }
    let listening = Duration::from_millis(u64::try_from(file.duration_ms).unwrap_or(0));
    let pass = Pass {
        head: *method == Method::HEAD,
        valid: VISIT + listening.min(Duration::from_secs(24 * 3600)) * 2,
        mime: file.kind.mime(),
        disposition: &disposition(file),
    };
    Ok(web.app.media.pass(&file.key, &pass).await.map_err(rostrum_app::Error::from)?)
}

/// A redirect nobody keeps: it is for one method and for a while.
fn way(address: &str) -> Response {
    let head =
        [(header::LOCATION, address), (header::CACHE_CONTROL, "no-store"), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    (StatusCode::FOUND, head).into_response()
}

fn disposition(file: &Asset) -> String {
    let how = match file.kind {
        AssetKind::Source
        | AssetKind::ArtworkSource
        | AssetKind::Html
        | AssetKind::Stem
        | AssetKind::StemWav
        | AssetKind::StemFlac => "attachment",
        _ => "inline",
    };
    format!("{how}; filename=\"{}\"", file.file_name)
}

async fn answer(web: &Web, opened: &Opened, method: &Method, headers: &HeaderMap) -> Result<Response, Error> {
    let (file, head) = (&opened.file, head(opened));
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
            let kept = [(header::CACHE_CONTROL, "no-store")];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, kept, all).into_response());
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

/// A file never changes under its address, but publishing can be taken back: who keeps a published one asks again after
/// an hour. What is not for everybody is kept by nobody.
fn head(Opened { file, public }: &Opened) -> HeaderMap {
    let kept = if *public { "public, max-age=3600" } else { "private, no-store" };
    let text = |value: &str| HeaderValue::from_str(value).unwrap_or(HeaderValue::from_static(""));
    HeaderMap::from_iter([
        (header::CONTENT_TYPE, HeaderValue::from_static(file.kind.mime())),
        (header::ETAG, text(&format!("\"{}\"", file.sha256))),
        (header::LAST_MODIFIED, text(&conditional::http_date(file.created_at))),
        (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
        (header::CACHE_CONTROL, HeaderValue::from_static(kept)),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
        (header::CONTENT_DISPOSITION, text(&disposition(file))),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
    ])
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::Request;

    use super::*;
    use crate::api::testing::Desk;
    use crate::testing::{Answer, Visitor};

    /// Text compresses well; sound that is nothing but zeros would too.
    const BYTES: usize = 4000;

    async fn ask(desk: &Desk, asked: (Method, &str), headers: &[(&str, &str)]) -> Answer {
        ask_as(&desk.site.visitor(), asked, headers).await
    }

    async fn ask_as(visitor: &Visitor<'_>, (method, path): (Method, &str), headers: &[(&str, &str)]) -> Answer {
        let request: Request<Body> = headers
            .iter()
            .fold(visitor.request(method, path), |request, (name, value)| request.header(*name, *value))
            .header("accept-encoding", "gzip, br")
            .body(Body::empty())
            .expect("a whole request");
        visitor.send(Ok(request)).await
    }

    fn bare(answer: &Answer) -> (u16, &str, usize) {
        assert_eq!(answer.header("content-encoding"), "", "{:?}", answer.headers);
        (answer.status.as_u16(), answer.header("content-length"), answer.body.len())
    }

    #[tokio::test]
    async fn what_is_not_for_everybody_is_kept_by_nobody() {
        let desk = Desk::new().await;
        let mut draft = Vec::new();
        for kind in [AssetKind::Source, AssetKind::Mp3, AssetKind::Stem] {
            draft.push(desk.draft_file(kind, vec![b'a'; BYTES]).await);
        }
        for path in draft {
            let asked = [("bytes=", 200), ("bytes=0-9", 206), ("bytes=4000-", 416)];
            for (range, status) in asked {
                let answer = ask_as(&desk.program(), (Method::GET, &path), &[("range", range)]).await;
                let kept = if status == 416 { "no-store" } else { "private, no-store" };
                assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (status, kept), "{path}");
            }
            let whole = ask_as(&desk.program(), (Method::GET, &path), &[]).await;
            let known = [("if-none-match", whole.header("etag"))];
            let same = ask_as(&desk.program(), (Method::GET, &path), &known).await;
            assert_eq!((same.status.as_u16(), same.header("cache-control")), (304, "private, no-store"));
        }
    }

    #[tokio::test]
    async fn files_go_out_as_they_are_stored_whatever_encodings_are_welcome() {
        let desk = Desk::new().await;
        for kind in [AssetKind::Mp3, AssetKind::Vtt, AssetKind::Peaks] {
            let path = desk.publish_file(kind, vec![b'a'; BYTES]).await;
            let whole = ask(&desk, (Method::GET, &path), &[]).await;
            assert_eq!(bare(&whole), (200, "4000", BYTES));
            assert_eq!(whole.header("cache-control"), "public, max-age=3600");
            assert_eq!((whole.header("accept-ranges"), whole.header("access-control-allow-origin")), ("bytes", "*"));
            assert_eq!(bare(&ask(&desk, (Method::HEAD, &path), &[]).await), (200, "4000", 0));
            let part = ask(&desk, (Method::GET, &path), &[("range", "bytes=100-299")]).await;
            assert_eq!((bare(&part), part.header("content-range")), ((206, "200", 200), "bytes 100-299/4000"));
            let outside = ask(&desk, (Method::GET, &path), &[("range", "bytes=4000-")]).await;
            assert_eq!(
                (outside.status, outside.header("content-range")),
                (416.try_into().expect("one"), "bytes */4000")
            );
            let etag = whole.header("etag");
            assert!(etag.starts_with('"') && part.header("etag") == etag, "a strong tag: {etag}");
            let same = ask(&desk, (Method::GET, &path), &[("if-none-match", etag)]).await;
            assert_eq!((same.status, same.body.len(), same.header("etag")), (StatusCode::NOT_MODIFIED, 0, etag));
            let stale = ask(&desk, (Method::GET, &path), &[("range", "bytes=0-9"), ("if-range", "\"other\"")]).await;
            assert_eq!(bare(&stale), (200, "4000", BYTES));
        }
        let page = ask(&desk, (Method::GET, "/shows/talk"), &[]).await;
        assert!(!page.header("content-encoding").is_empty(), "pages are still compressed");
    }
}
