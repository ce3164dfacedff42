//! `/uploads/`: tus 1.0.0 (core, creation, creation-with-upload, checksum, termination, expiration, concatenation).
//! Every answer speaks the protocol; what an upload means is the use-cases' to know.

mod answer;
mod protocol;

#[cfg(test)]
mod client;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{head, options};
use http::{HeaderMap, Method, StatusCode};
use rostrum_app::uploads::{self, Announcement, Checksum, Chunk, Joining, Progress, Target};
use rostrum_domain::Id;
use rostrum_domain::access::Caller;
use rostrum_store::upload::Upload;

use crate::Error;
use crate::call::Signed;
use crate::state::Web;
use protocol::{Creation, Refusal};

/// The routes, each answer in the protocol's version.
pub(crate) fn routes() -> Router<Web> {
    let one = head(show).patch(append).delete(terminate).options(describe).post(disguised);
    Router::new()
        .route("/uploads/", options(describe).post(create))
        .route("/uploads/{upload}", one)
        .layer(from_fn(speak))
}

async fn speak(request: Request, next: Next) -> Response {
    let spoken = match *request.method() {
        Method::OPTIONS => Ok(()),
        _ => protocol::version(request.headers()),
    };
    let response = match spoken {
        Ok(()) => next.run(request).await,
        Err(refusal) => Error::from(refusal).into_response(),
    };
    answer::in_protocol(response)
}

/// What this server can do.
async fn describe(State(web): State<Web>) -> Response {
    answer::described(web.app.limits.upload_bytes_max)
}

/// Begins an upload, maybe with its first bytes, or joins parts into one.
async fn create(State(web): State<Web>, signed: Signed, headers: HeaderMap, body: Body) -> Result<Response, Error> {
    let (caller, target, sent) = (&signed.caller, target(&headers)?, Sent::read(&headers, body)?);
    let first = protocol::carries_bytes(&headers).then_some(sent);
    let progress = match protocol::creation(&headers)? {
        Creation::Final(parts) => uploads::join(&web.app, caller, Joining { parts, target }).await?,
        Creation::Partial(length_bytes) => {
            begin(&web, caller, Announcement { length_bytes, partial: true, target }, first).await?
        }
        Creation::Whole(length_bytes) => {
            begin(&web, caller, Announcement { length_bytes, partial: false, target }, first).await?
        }
    };
    Ok(answer::created(&web, &progress))
}

async fn begin(web: &Web, caller: &Caller, what: Announcement, first: Option<Sent>) -> Result<Progress, Error> {
    let upload = uploads::announce(&web.app, caller, what).await?;
    match first {
        Some(sent) => receive(web, caller, (upload.id, 0), sent).await,
        None => Ok(Progress { upload, offset: 0 }),
    }
}

fn target(headers: &HeaderMap) -> Result<Target, Error> {
    let metadata = protocol::metadata(headers)?;
    let episode = metadata
        .get("episode")
        .map(|id| id.parse().map_err(|_| Error::invalid("episode", "The metadata “episode” is not an episode's id.")));
    Ok(Target {
        show: metadata.get("show").map(str::to_owned),
        episode: episode.transpose()?,
        file_name: metadata.get("filename").or_else(|| metadata.get("name")).unwrap_or_default().to_owned(),
        metadata: metadata.raw,
    })
}

/// Says how far an upload is.
async fn show(State(web): State<Web>, signed: Signed, Path(upload): Path<String>) -> Result<Response, Error> {
    let progress = uploads::progress(&web.app, &signed.caller, named(&upload)?).await?;
    Ok(answer::progress(&progress))
}

/// Takes the next bytes.
async fn append(
    State(web): State<Web>,
    signed: Signed,
    Path(upload): Path<String>,
    request: Request,
) -> Result<Response, Error> {
    let (parts, body) = request.into_parts();
    let place = (named(&upload)?, protocol::offset(&parts.headers)?);
    let sent = Sent::read(&parts.headers, body)?;
    Ok(answer::moved(&receive(&web, &signed.caller, place, sent).await?))
}

/// Bytes on their way, and what their sender says of them.
struct Sent {
    length_bytes: Option<u64>,
    checksum: Option<Checksum>,
    body: Body,
}

impl Sent {
    fn read(headers: &HeaderMap, body: Body) -> Result<Self, Refusal> {
        Ok(Self { length_bytes: protocol::body_length(headers), checksum: protocol::checksum(headers)?, body })
    }
}

async fn receive(web: &Web, caller: &Caller, place: (Id<Upload>, u64), sent: Sent) -> Result<Progress, Error> {
    let Sent { length_bytes, checksum, body } = sent;
    let chunk = Chunk { id: place.0, offset: place.1, length_bytes, checksum };
    Ok(uploads::receive(&web.app, caller, chunk, body.into_data_stream()).await?)
}

/// Ends an upload.
async fn terminate(State(web): State<Web>, signed: Signed, Path(upload): Path<String>) -> Result<Response, Error> {
    uploads::terminate(&web.app, &signed.caller, named(&upload)?).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A `POST` that stands for another method, from where only `POST` gets through (tus 1.0.0, *X-HTTP-Method-Override*).
async fn disguised(web: State<Web>, signed: Signed, upload: Path<String>, request: Request) -> Result<Response, Error> {
    match request.headers().get("x-http-method-override").map(http::HeaderValue::as_bytes) {
        Some(b"PATCH") => append(web, signed, upload, request).await,
        Some(b"DELETE") => terminate(web, signed, upload).await,
        Some(b"HEAD") => show(web, signed, upload).await,
        _ => Err(Error::limit(StatusCode::METHOD_NOT_ALLOWED, "An upload takes bytes by PATCH.")),
    }
}

fn named(id: &str) -> Result<Id<Upload>, Error> {
    id.parse().map_err(|_| rostrum_app::Error::Missing("upload").into())
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::limit(refusal.status(), refusal.to_string())
    }
}

impl From<uploads::Error> for Error {
    fn from(error: uploads::Error) -> Self {
        use uploads::Error as Upload;
        let status = match error {
            Upload::App(error) => return error.into(),
            Upload::Expired => StatusCode::GONE,
            Upload::Busy => StatusCode::LOCKED,
            Upload::Offset { .. } => StatusCode::CONFLICT,
            Upload::TooLong { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Upload::Damaged => answer::checksum_mismatch(),
            Upload::Final => StatusCode::FORBIDDEN,
            Upload::Refused(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Upload::NoRoom => StatusCode::INSUFFICIENT_STORAGE,
            // The one status of the 5xx that tells a client to come back rather than to give up.
            Upload::Broken => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::limit(status, error.to_string())
    }
}
