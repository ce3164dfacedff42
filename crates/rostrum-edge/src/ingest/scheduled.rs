//! A room that is planned and not yet open: web opens it for an encoder that has its key.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_util::rt::TokioIo;
use rostrum_domain::Id;
use rostrum_domain::room::Room;
use rostrum_wire::Socket;
use tokio::time::timeout;

use super::answer::Answer;

/// How long web may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// Longest answer.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// What web says when it has opened the room.
#[derive(serde::Deserialize)]
struct Opened {
    room: Id<Room>,
}

/// A problem document (RFC 9457).
#[derive(serde::Deserialize)]
struct Problem {
    detail: String,
}

/// Opens the room called `word` for whoever has its key.
pub(super) async fn open(web: &Socket, word: &str, key: &str) -> Result<Id<Room>, Answer> {
    let away = || Answer::new(503, "This room is not open, and the site cannot open it at the moment; try again soon.");
    let asked = timeout(PATIENCE, ask(web, word, key)).await.map_err(|_| away())?;
    let (status, body) = asked.map_err(|error| {
        tracing::debug!(%error, "web did not open a room for an encoder");
        away()
    })?;
    if status.is_success() {
        return serde_json::from_slice::<Opened>(&body).map(|opened| opened.room).map_err(|_| away());
    }
    let text = serde_json::from_slice::<Problem>(&body).map_or_else(|_| String::new(), |problem| problem.detail);
    Err(match status.as_u16() {
        401 => Answer::unknown(),
        404 => Answer::new(404, "There is no room at this address; check the mount."),
        status @ 400..500 => Answer::new(if status == 429 { 503 } else { 403 }, text),
        _ => away(),
    })
}

#[expect(clippy::disallowed_methods, reason = "it asks web over the socket between roles, whatever anybody names")]
async fn ask(web: &Socket, word: &str, key: &str) -> io::Result<(StatusCode, Bytes)> {
    let stream = TokioIo::new(web.connect().await?);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(stream).await.map_err(io::Error::other)?;
    let request = Request::builder()
        .method(Method::POST)
        .uri(format!("/ingest/{word}/open"))
        .header("host", "web")
        .header("accept", "application/json")
        .header(AUTHORIZATION, format!("Bearer {key}"))
        .body(Empty::<Bytes>::new())
        .map_err(io::Error::other)?;
    let asking = async {
        let answer = sender.send_request(request).await.map_err(io::Error::other)?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect().await.map_err(io::Error::other)?;
        Ok((status, body.to_bytes()))
    };
    tokio::select! {
        answered = asking => answered,
        ended = connection => Err(ended.err().map_or_else(|| io::ErrorKind::UnexpectedEof.into(), io::Error::other)),
    }
}
