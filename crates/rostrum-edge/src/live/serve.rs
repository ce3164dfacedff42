//! Answers what is on air.

use std::sync::Arc;
use std::time::Duration;

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, HeaderName, HeaderValue, RETRY_AFTER,
};
use http::request::Parts;
use http::{Method, Response, StatusCode};
use hyper::body::Incoming;
use rostrum_domain::Id;
use rostrum_domain::room::{Room, RoomState};
use rostrum_media::hls::{self, Answer, Bandwidth, Form, Name, Query, Variant, multivariant};
use rostrum_media::program::{Mount, Rendition};
use rostrum_wire::link::Client;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::body::{Own, answer, endless, problem, whole};
use super::follow::{self, Rooms, Tasks};
use super::hls::Found;
use super::room::OnAir;
use super::route::{HLS, Wanted};
use super::{Base, events, join, listing, mount};
use crate::fan::{Ask, Fan, Seat};

/// How long a blocked request is held at most.
const BLOCK_MAX: Duration = Duration::from_secs(hls::BLOCK_S_MAX);
/// A part never changes under its name.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Half a part: a cache in between may share a playlist so long.
const PLAYLIST: &str = "public, max-age=1";
const ALIVE: &str = "no-store";

/// What is on air at this edge.
#[derive(Debug, Clone)]
pub(crate) struct Live {
    stage: Client,
    rooms: Arc<Rooms>,
}

impl Live {
    /// Follows the stage from now on, until `stop`; those who listen are seated in `fan`.
    pub(crate) fn start(stage: Client, edge: String, (fan, stop): (Arc<Fan>, CancellationToken)) -> Self {
        let rooms = Arc::new(Rooms::new(fan));
        let tasks = Tasks::new(stop);
        tasks.spawn(follow::count(stage.clone(), Arc::clone(&rooms), edge));
        tasks.spawn(follow::follow(stage.clone(), Arc::clone(&rooms), tasks.clone()));
        Self { stage, rooms }
    }

    /// The room that an encoder means, if it is open, and where it stands.
    pub(crate) fn source_room(&self, word: &str) -> Option<(Id<Room>, RoomState)> {
        let standing = self.rooms.find(word)?.standing();
        Some((standing.room, standing.state))
    }

    /// A place in the audience, where what is asked for is on air.
    pub(crate) fn seat(&self, ask: &Ask) -> Option<Seat> {
        self.rooms.find(&ask.room)?.seat(ask)
    }

    /// The way to the stage.
    pub(crate) const fn stage(&self) -> &Client {
        &self.stage
    }

    /// Answers a request for what is on air.
    pub(crate) async fn answer(&self, wanted: Wanted<'_>, head: &Parts, body: Incoming) -> Response<Own> {
        let mut answer = match head.method {
            Method::OPTIONS => answer(StatusCode::NO_CONTENT, ("text/plain", ALIVE), whole("")),
            _ => self.find(wanted, head, body).await,
        };
        allow_all(&mut answer);
        if head.method == Method::HEAD {
            *answer.body_mut() = whole("");
        }
        answer
    }

    async fn find(&self, wanted: Wanted<'_>, head: &Parts, body: Incoming) -> Response<Own> {
        let base = head.extensions.get::<Base>().map_or("", |base| &base.0);
        let word = match &wanted {
            Wanted::Nothing => return nothing(),
            Wanted::Status => return listing::status(&self.rooms.shown(), base),
            Wanted::Leave(session) if head.method == Method::DELETE => return join::leave(&self.stage, session).await,
            Wanted::Leave(_) => {
                return problem(StatusCode::METHOD_NOT_ALLOWED, "method", "Only DELETE is served here.");
            }
            Wanted::Mount(word, _)
            | Wanted::Entry(word, _, _)
            | Wanted::Playlists(word)
            | Wanted::Playlist(word, _)
            | Wanted::File(word, _, _)
            | Wanted::Events(word)
            | Wanted::Join(word, _) => *word,
        };
        let Some(room) = self.rooms.find(word) else { return nothing() };
        match wanted {
            Wanted::Mount(_, mount) => listen(room, mount, head),
            Wanted::Entry(_, mount, form) => listing::entry(&room, (mount, form), base),
            Wanted::Playlists(_) => playlists(&room),
            Wanted::Playlist(_, rendition) => playlist(&room, rendition, head.uri.query().unwrap_or_default()).await,
            Wanted::File(_, rendition, name) => file(&room, rendition, name).await,
            Wanted::Events(_) => watch(room, head),
            Wanted::Join(_, way) => join::join(&self.stage, (&room, way), head, body).await,
            Wanted::Leave(_) | Wanted::Status | Wanted::Nothing => nothing(),
        }
    }
}

fn nothing() -> Response<Own> {
    problem(StatusCode::NOT_FOUND, "room_missing", "Nothing is on air at this address; see the show's page.")
}

/// Players, podcast apps and other sites may use what is on air.
fn allow_all(answer: &mut Response<Own>) {
    const HEADERS: [(HeaderName, &str); 4] = [
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, POST, DELETE, OPTIONS"),
        (ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type, last-event-id"),
        (ACCESS_CONTROL_EXPOSE_HEADERS, "location, retry-after"),
    ];
    for (name, value) in HEADERS {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
}

fn not_yet(room: &OnAir) -> Response<Own> {
    let (status, detail) = match room.standing().state {
        RoomState::Ended => (StatusCode::GONE, "This room has ended; its recording is on the show's page."),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "This room is not on air yet."),
    };
    let mut answer = problem(status, "not_on_air", detail);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("2"));
    }
    answer
}

fn listen(room: Arc<OnAir>, mount: Mount, head: &Parts) -> Response<Own> {
    if room.is_over() || room.standing().state != RoomState::Live {
        return not_yet(&room);
    }
    let body = if head.method == Method::HEAD { whole("") } else { endless(mount::listen(room, mount)) };
    answer(StatusCode::OK, (mount.mime(), ALIVE), body)
}

fn playlists(room: &OnAir) -> Response<Own> {
    if !room.has_sound() {
        return not_yet(room);
    }
    let text = room.windows(|windows| {
        let known: Vec<_> = windows.map(|(rendition, window)| (rendition, Bandwidth::measured(window))).collect();
        let variants: Vec<Variant> = HLS
            .into_iter()
            .map(|rendition| {
                let measured = known.iter().find(|(one, bandwidth)| *one == rendition && bandwidth.average > 0);
                let expected = Variant::live(rendition);
                Variant { bandwidth: measured.map_or(expected.bandwidth, |(_, bandwidth)| *bandwidth), ..expected }
            })
            .collect();
        multivariant(&variants)
    });
    answer(StatusCode::OK, (hls::MIME, PLAYLIST), whole(text))
}

async fn playlist(room: &OnAir, rendition: Rendition, query: &str) -> Response<Own> {
    let query = match Query::parse(query) {
        Ok(query) => query,
        Err(error) => return problem(StatusCode::BAD_REQUEST, "query", &error.to_string()),
    };
    let mut changed = room.watch();
    let waiting = async {
        loop {
            changed.borrow_and_update();
            match room.shelf(rendition, |shelf, _| shelf.window().answer(&query)) {
                Some(Answer::Wait) => {}
                other => return other,
            }
            if changed.changed().await.is_err() {
                return None;
            }
        }
    };
    match timeout(BLOCK_MAX, waiting).await {
        Ok(None) => not_yet(room),
        Ok(Some(Answer::TooFar)) => problem(StatusCode::BAD_REQUEST, "too_far", "This is too far ahead of live."),
        Err(_) => problem(StatusCode::SERVICE_UNAVAILABLE, "stalled", "Nothing new came; try again."),
        Ok(Some(Answer::Now | Answer::Wait)) => {
            let text = room.shelf(rendition, |shelf, others| {
                shelf.window().playlist(&Form { rendition, others, skip: query.skip })
            });
            text.map_or_else(|| not_yet(room), |text| answer(StatusCode::OK, (hls::MIME, PLAYLIST), whole(text)))
        }
    }
}

async fn file(room: &OnAir, rendition: Rendition, name: Name) -> Response<Own> {
    let mut changed = room.watch();
    let waiting = async {
        loop {
            changed.borrow_and_update();
            match room.shelf(rendition, |shelf, _| shelf.find(name)) {
                Some(Found::Bytes(bytes)) => return Some(bytes),
                Some(Found::Wait) => {}
                Some(Found::Missing) | None => return None,
            }
            if changed.changed().await.is_err() {
                return None;
            }
        }
    };
    match timeout(BLOCK_MAX, waiting).await {
        Ok(Some(bytes)) => answer(StatusCode::OK, ("audio/mp4", FOR_EVER), whole(bytes)),
        Ok(None) | Err(_) => problem(StatusCode::NOT_FOUND, "part_missing", "This part is gone or was never made."),
    }
}

fn watch(room: Arc<OnAir>, head: &Parts) -> Response<Own> {
    let last = head.headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
    let body = if head.method == Method::HEAD { whole("") } else { endless(events::stream(room, last)) };
    answer(StatusCode::OK, ("text/event-stream", ALIVE), body)
}
