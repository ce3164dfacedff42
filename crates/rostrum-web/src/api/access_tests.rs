//! Every endpoint of shows, episodes and jobs under other people's tokens: what is not theirs is not there.

use http::{Method, StatusCode};
use rostrum_domain::user::{Membership, Role, Scope};
use serde_json::{Value, json};

use super::ENDPOINTS;
use super::testing::{Desk, token};
use crate::testing::Visitor;

/// A request to every endpoint, with ids of Ada's and a body that would do.
fn requests(desk: &Desk) -> Vec<(Method, String, Value)> {
    let (episode, job) = (desk.episode_path(), desk.job_path());
    let filled = |path: &str| {
        path.replace("/api/v1/episodes/{episode}", &episode)
            .replace("/api/v1/jobs/{job}", &job)
            .replace("{room}", "live-talk")
            .replace("{invite}", &desk.ada.user_id.to_string())
            .replace("{participant}", &desk.ada.user_id.to_string())
            .replace("{message}", &desk.ada.user_id.to_string())
            .replace("{show}", "talk")
            .replace("{room}", "live-talk")
            .replace("{user}", &desk.ada.user_id.to_string())
    };
    // What is the site's or one's own, no show's, is told elsewhere.
    let others = ["/api/v1/audit", "/api/v1/tokens", "/api/v1/users"];
    let ours = ENDPOINTS.iter().filter(|(_, path)| !others.iter().any(|other| path.starts_with(other)));
    ours.map(|(method, path)| {
        let method = method.to_uppercase().parse().expect("it is a method");
        (method, filled(path), body(path))
    })
    .collect()
}

fn body(path: &str) -> Value {
    match path.rsplit('/').next().unwrap_or_default() {
        "shows" | "episodes" => json!({"facts": {"title": "x"}}),
        "rooms" => json!({"show": "talk", "facts": {"title": "x"}}),
        "grants" => json!({"name": "Grace", "role": "speaker"}),
        "invites" => json!({"role": "speaker"}),
        "markers" => json!({"title": "x"}),
        "messages" => json!({"text": "x"}),
        "members" => json!({"email": "ada@example.org", "membership": "viewer"}),
        "artwork" => json!({"url": "http://127.0.0.1:9/a.png"}),
        "schedule" => json!({"at": "2027-01-01T00:00:00Z"}),
        "transcript" => json!({"version": "1.0.0", "segments": [{"startTime": 0, "endTime": 1, "body": "x"}]}),
        _ => json!({}),
    }
}

async fn statuses(desk: &Desk, program: &Visitor<'_>) -> Vec<(Method, String, StatusCode)> {
    let mut found = Vec::new();
    for (method, path, body) in requests(desk) {
        let body = if method == Method::GET { Value::Null } else { body };
        let answer = program.call(method.clone(), &path, body).await;
        if !answer.status.is_success() {
            assert_eq!(answer.header("content-type"), "application/problem+json", "{method} {path}");
        }
        found.push((method, path, answer.status));
    }
    found
}

/// What names nobody's thing: lists of one's own, and making a show.
fn is_own(method: &Method, path: &str) -> bool {
    let list = path == "/api/v1/rooms" && method == Method::GET;
    list || ["/api/v1/shows", "/api/v1/jobs", "/api/v1/uploads"].contains(&path)
}

#[tokio::test]
async fn a_stranger_finds_nothing() {
    let desk = Desk::new().await;
    let bob = desk.site.house.person("Bob", Role::Creator).await;
    let program = token(&desk.site, &bob, &[Scope::Read, Scope::Write]).await;
    let program = desk.site.program(&program);
    for (method, path, status) in statuses(&desk, &program).await {
        let good = if is_own(&method, &path) { status.is_success() } else { status == StatusCode::NOT_FOUND };
        assert!(good, "{method} {path}: {status}");
    }
    assert_eq!(program.get("/api/v1/jobs").await.json()["total"], 0);
    let shows = program.get("/api/v1/shows").await.json();
    assert_eq!((&shows["total"], &shows["items"][0]["slug"]), (&json!(1), &json!("x")), "only the one just made");
}

#[tokio::test]
async fn a_viewer_looks_and_touches_nothing() {
    let desk = Desk::new().await;
    let eve = desk.site.house.person("Eve", Role::Creator).await;
    let eye = ("eve@example.org", Membership::Viewer);
    rostrum_app::people::set_member(&desk.site.house.app, &desk.ada, "talk", eye).await.expect("managers may");
    let program = token(&desk.site, &eve, &[Scope::Read, Scope::Write]).await;
    for (method, path, status) in statuses(&desk, &desk.site.program(&program)).await {
        let good = match method {
            Method::GET => status == StatusCode::OK,
            _ if path == "/api/v1/shows" => status == StatusCode::CREATED,
            _ => status == StatusCode::FORBIDDEN,
        };
        assert!(good, "{method} {path}: {status}");
    }
}

#[tokio::test]
async fn a_reading_token_writes_nothing() {
    let desk = Desk::new().await;
    let program = token(&desk.site, &desk.ada, &[Scope::Read]).await;
    for (method, path, status) in statuses(&desk, &desk.site.program(&program)).await {
        let expected = if method == Method::GET { StatusCode::OK } else { StatusCode::FORBIDDEN };
        assert_eq!(status, expected, "{method} {path}");
    }
}

#[tokio::test]
async fn nobody_gets_in_without_a_token() {
    let desk = Desk::new().await;
    for (method, path, status) in statuses(&desk, &desk.site.visitor()).await {
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path}");
    }
    let visitor = desk.site.visitor();
    let bare = visitor.request(Method::POST, "/api/v1/shows").body(axum::body::Body::empty());
    assert_eq!(visitor.send(bare).await.status, StatusCode::UNAUTHORIZED, "a program that forgot its token");
    for path in ["/api/v1/shows/%00", "/shows/%00/feed.xml", "/search?q=%00"] {
        assert_eq!(visitor.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    for (method, path, status) in statuses(&desk, &desk.site.program("rst_x_y")).await {
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path}");
    }
}
