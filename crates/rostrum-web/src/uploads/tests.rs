//! The protocol over the router: what every answer carries, every refusal's status, and the whole way.

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use jiff::SignedDuration;
use rostrum_app::auth::{NewToken, make_token};
use rostrum_app::testing::House;
use rostrum_app::{Error as AppError, shows, uploads};
use rostrum_domain::show::ShowFacts;
use rostrum_domain::user::{Role, Scope};
use rostrum_media::sniff::Refusal as NotMedia;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use crate::Error;
use crate::progress::Board;
use crate::router::router;
use crate::state::{Inner, Web};

const STREAM: (&str, &str) = ("content-type", "application/offset+octet-stream");

/// A house with one creator, their show "Friday" and their token.
pub(super) struct Client {
    pub(super) house: House,
    pub(super) token: String,
}

impl Client {
    pub(super) async fn new() -> Self {
        let house = House::with(|parts| parts.limits.upload_bytes_max = 100_000_000).await;
        let ada = house.person("Ada", Role::Creator).await;
        let facts = ShowFacts {
            title: "Friday".into(),
            description: "Talk.".into(),
            language: "en".into(),
            categories: vec!["Arts".into()],
            ..ShowFacts::default()
        };
        shows::create(&house.app, &ada, facts).await.expect("the facts are good");
        let new = NewToken { name: "test".into(), scopes: vec![Scope::Read, Scope::Write], days: None };
        let (_, token) = make_token(&house.app, &ada, new).await.expect("a token is made");
        Self { house, token: token.reveal().clone() }
    }

    pub(super) fn router(&self) -> Router {
        router(Web::new(Inner {
            app: self.house.app.clone(),
            site_name: "Test".into(),
            language: rostrum_words::Lang::ENGLISH,
            progress: Board::default(),
            metrics: None,
            tasks: TaskTracker::new(),
            secure: false,
        }))
    }

    /// A request with the usual version, unless the headers say another, and the creator's token.
    async fn send(&self, (method, path): (&str, &str), headers: &[(&str, &str)], body: &[u8]) -> Response {
        let mut request = Request::builder().method(method).uri(path);
        request = request.header("authorization", format!("Bearer {}", self.token));
        if !headers.iter().any(|(name, _)| *name == "tus-resumable") {
            request = request.header("tus-resumable", "1.0.0");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_vec())).expect("it is a request");
        self.router().oneshot(request).await.expect("the router always answers")
    }

    /// Begins an upload and gives its path.
    async fn begin(&self, length: usize) -> String {
        let metadata = metadata(&[("show", "friday"), ("filename", "talk.flac")]);
        let headers = [("upload-length", &*length.to_string()), ("upload-metadata", &*metadata)];
        let created = self.send(("POST", "/uploads/"), &headers, b"").await;
        assert_eq!(created.status(), StatusCode::CREATED);
        head(&created, "location").to_owned()
    }

    async fn patch(&self, path: &str, offset: usize, body: &[u8]) -> Response {
        self.send(("PATCH", path), &[STREAM, ("upload-offset", &offset.to_string())], body).await
    }
}

pub(super) fn metadata(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<_> = pairs.iter().map(|(key, value)| format!("{key} {}", BASE64_STANDARD.encode(value))).collect();
    pairs.join(",")
}

/// Bytes that pass for a recording.
pub(super) fn recording(length: usize) -> Vec<u8> {
    b"fLaC"
        .iter()
        .copied()
        .chain((0u32..).flat_map(|n| (n.wrapping_mul(2_654_435_761)).to_le_bytes()))
        .take(length)
        .collect()
}

fn head<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers().get(name).map_or("", |value| value.to_str().expect("it is text"))
}

async fn detail(response: Response) -> String {
    let bytes = response.into_body().collect().await.expect("it has a body").to_bytes();
    let problem: serde_json::Value = serde_json::from_slice(&bytes).expect("it is a problem document");
    problem["detail"].as_str().expect("it says what is wrong").to_owned()
}

#[tokio::test]
async fn anybody_may_ask_what_is_spoken() {
    let client = Client::new().await;
    let request = Request::builder().method("OPTIONS").uri("/uploads/").body(Body::empty()).expect("it is a request");
    let response = client.router().oneshot(request).await.expect("the router always answers");
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(head(&response, "tus-version"), "1.0.0");
    assert_eq!(head(&response, "tus-max-size"), "100000000");
    assert_eq!(head(&response, "tus-checksum-algorithm"), "sha1,sha256,sha512");
    for extension in ["creation", "creation-with-upload", "checksum", "termination", "expiration", "concatenation"] {
        assert!(head(&response, "tus-extension").split(',').any(|known| known == extension), "{extension}");
    }
}

#[tokio::test]
async fn the_whole_way() {
    let client = Client::new().await;
    let sent = recording(3_000);
    let path = client.begin(sent.len()).await;
    let fresh = client.send(("HEAD", &path), &[], b"").await;
    assert_eq!((head(&fresh, "upload-offset"), head(&fresh, "upload-length")), ("0", "3000"));
    assert_eq!(head(&fresh, "upload-metadata"), metadata(&[("show", "friday"), ("filename", "talk.flac")]));
    assert_eq!(head(&fresh, "upload-expires"), "Mon, 23 Nov 2026 18:00:00 GMT");
    assert_eq!((head(&fresh, "tus-resumable"), head(&fresh, "cache-control")), ("1.0.0", "no-store"));

    let half = client.patch(&path, 0, &sent[..1_000]).await;
    assert_eq!((half.status(), head(&half, "upload-offset")), (StatusCode::NO_CONTENT, "1000"));
    assert_eq!(head(&half, "rostrum-episode"), "");
    let whole = client.patch(&path, 1_000, &sent[1_000..]).await;
    assert_eq!((whole.status(), head(&whole, "upload-offset")), (StatusCode::NO_CONTENT, "3000"));
    let after = client.send(("HEAD", &path), &[], b"").await;
    assert_eq!(head(&after, "rostrum-episode"), head(&whole, "rostrum-episode"));
    assert_eq!(head(&whole, "rostrum-episode").len(), 26);
    let ended = client.send(("DELETE", &path), &[], b"").await;
    assert_eq!(ended.status(), StatusCode::NO_CONTENT);
    assert_eq!(client.send(("HEAD", &path), &[], b"").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn first_bytes_may_come_with_the_creation_and_verbs_in_disguise() {
    let client = Client::new().await;
    let sent = recording(2_000);
    let metadata = metadata(&[("show", "friday")]);
    let headers = [STREAM, ("upload-length", "2000"), ("upload-metadata", &*metadata)];
    let created = client.send(("POST", "/uploads/"), &headers, &sent[..500]).await;
    assert_eq!((created.status(), head(&created, "upload-offset")), (StatusCode::CREATED, "500"));
    let path = head(&created, "location").to_owned();
    let as_patch = [STREAM, ("upload-offset", "500"), ("x-http-method-override", "PATCH")];
    let moved = client.send(("POST", &path), &as_patch, &sent[500..900]).await;
    assert_eq!((moved.status(), head(&moved, "upload-offset")), (StatusCode::NO_CONTENT, "900"));
    let ended = client.send(("POST", &path), &[("x-http-method-override", "DELETE")], b"").await;
    assert_eq!(ended.status(), StatusCode::NO_CONTENT);
    assert_eq!(client.send(("POST", &path), &[], b"").await.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn parts_become_one() {
    let client = Client::new().await;
    let sent = recording(2_000);
    let metadata = metadata(&[("show", "friday")]);
    let mut list = "final;".to_owned();
    for bytes in [&sent[..700], &sent[700..]] {
        let length = bytes.len().to_string();
        let headers =
            [STREAM, ("upload-concat", "partial"), ("upload-length", &length), ("upload-metadata", &metadata)];
        let part = client.send(("POST", "/uploads/"), &headers, bytes).await;
        let path = head(&part, "location").to_owned();
        assert_eq!(head(&client.send(("HEAD", &path), &[], b"").await, "upload-concat"), "partial");
        list += &format!("http://127.0.0.1:8080{path} ");
    }
    let headers = [("upload-concat", list.trim()), ("upload-metadata", &metadata)];
    let joined = client.send(("POST", "/uploads/"), &headers, b"").await;
    assert_eq!(joined.status(), StatusCode::CREATED);
    let path = head(&joined, "location").to_owned();
    let seen = client.send(("HEAD", &path), &[], b"").await;
    assert_eq!((head(&seen, "upload-offset"), head(&seen, "upload-length")), ("2000", "2000"));
    assert_eq!(head(&seen, "upload-concat"), list.trim().replace("http://127.0.0.1:8080", ""));
    assert_eq!(head(&seen, "rostrum-episode").len(), 26);
    assert_eq!(client.patch(&path, 2_000, b"x").await.status(), StatusCode::FORBIDDEN);
}

/// Method, path, headers, body, and the status of the answer.
type Case<'c> = (&'c str, &'c str, &'c [(&'c str, &'c str)], &'c [u8], u16);

#[tokio::test]
async fn each_refusal_has_its_status_and_words() {
    let client = Client::new().await;
    let path = client.begin(10).await;
    let friday = metadata(&[("show", "friday")]);
    let elsewhere = metadata(&[("show", "nobody-s")]);
    let sha1 = format!("sha1 {}", BASE64_STANDARD.encode([0; 20]));
    let at = |offset: &'static str| ("upload-offset", offset);
    let long = ("upload-length", "100000001");
    let gone = "/uploads/01ARZ3NDEKTSV4RRFFQ69G5FAV";
    let cases: &[Case<'_>] = &[
        ("PATCH", &path, &[STREAM, at("0"), ("tus-resumable", "2.0.0")], b"x", 412),
        ("PATCH", &path, &[at("0")], b"x", 415),
        ("PATCH", &path, &[STREAM], b"x", 400),
        ("PATCH", &path, &[STREAM, at("4")], b"x", 409),
        ("PATCH", &path, &[STREAM, at("0")], b"much too long for this", 413),
        ("PATCH", &path, &[STREAM, at("0"), ("content-length", "900")], b"x", 413),
        ("PATCH", &path, &[STREAM, at("0"), ("upload-checksum", "crc32 AAAAAA==")], b"x", 400),
        ("PATCH", &path, &[STREAM, at("0"), ("upload-checksum", &sha1)], b"x", 460),
        ("PATCH", gone, &[STREAM, at("0")], b"x", 404),
        ("HEAD", gone, &[], b"", 404),
        ("HEAD", "/uploads/..%2f..%2fetc", &[], b"", 404),
        ("DELETE", gone, &[], b"", 404),
        ("GET", &path, &[], b"", 405),
        ("POST", "/uploads/", &[("upload-metadata", &friday)], b"", 400),
        ("POST", "/uploads/", &[("upload-length", "5")], b"", 422),
        ("POST", "/uploads/", &[("upload-length", "5"), ("upload-metadata", &elsewhere)], b"", 404),
        ("POST", "/uploads/", &[long, ("upload-metadata", &friday)], b"", 413),
        ("POST", "/uploads/", &[("upload-length", "0"), ("upload-metadata", &friday)], b"", 415),
        ("PATCH", &path, &[STREAM, at("0")], b"no record.", 415),
    ];
    for (method, path, headers, body, status) in cases {
        let response = client.send((method, path), headers, body).await;
        assert_eq!(response.status().as_u16(), *status, "{method} {path} {headers:?}");
        assert_eq!(head(&response, "tus-resumable"), "1.0.0");
        assert_eq!(head(&response, "tus-version"), if *status == 412 { "1.0.0" } else { "" });
        if *method != "HEAD" && *status != 405 {
            assert!(!detail(response).await.is_empty());
        }
    }
    assert_eq!(client.send(("HEAD", &path), &[], b"").await.status(), StatusCode::NOT_FOUND, "the wrong file is gone");
}

#[tokio::test]
async fn nobody_uploads_without_signing_in() {
    let client = Client::new().await;
    let path = client.begin(10).await;
    let anonymous = [("tus-resumable", "1.0.0")];
    for method in ["HEAD", "PATCH", "DELETE"] {
        let mut request = Request::builder().method(method).uri(&path).header("sec-fetch-site", "same-origin");
        for (name, value) in anonymous {
            request = request.header(name, value);
        }
        let response = client.router().oneshot(request.body(Body::empty()).expect("it is a request")).await;
        assert_eq!(response.expect("the router always answers").status(), StatusCode::UNAUTHORIZED, "{method}");
    }
}

#[tokio::test]
async fn an_upload_left_alone_is_gone() {
    let client = Client::new().await;
    let path = client.begin(10).await;
    client.house.clock.advance(SignedDuration::from_hours(24 * 3 + 1));
    let late = client.send(("HEAD", &path), &[], b"").await;
    assert_eq!(late.status(), StatusCode::GONE);
    assert!(detail(client.patch(&path, 0, b"x").await).await.contains("expired"));
}

#[test]
fn the_statuses_of_what_cannot_be_brought_about_here() {
    use uploads::Error as Upload;
    for (error, status) in [
        (Upload::Expired, 410),
        (Upload::Busy, 423),
        (Upload::Damaged, 460),
        (Upload::NoRoom, 507),
        (Upload::Broken, 503),
        (Upload::Refused(NotMedia::Playlist), 415),
        (Upload::App(AppError::Missing("upload")), 404),
        (Upload::App(AppError::Busy("wait", 60)), 429),
    ] {
        let words = error.to_string();
        assert_eq!(Error::from(error).status().as_u16(), status, "{words}");
    }
}
