//! Scenes of rooms in the API, without a stage: plans, rights, and what is said while it is away.

use http::{Method, StatusCode};
use rostrum_app::Stage;
use rostrum_domain::user::{Role, Scope};
use rostrum_live::grant::Key;
use rostrum_wire::Sockets;
use rostrum_wire::link::Client;
use serde_json::{Value, json};

use crate::api::testing::{Desk, token};
use crate::testing::Site;

#[tokio::test]
async fn a_room_is_planned_changed_listed_and_deleted() {
    let desk = Desk::new().await;
    let program = desk.program();
    let facts = json!({"title": "Friday talk", "starts_at": "2027-01-15T18:00:00Z", "audience": "unlisted"});
    let made = program.call(Method::POST, "/api/v1/rooms", json!({"show": "talk", "facts": facts})).await;
    assert_eq!((made.status, made.header("etag")), (StatusCode::CREATED, "\"1\""), "{}", made.body);
    let room = made.json();
    assert_eq!((&room["state"], &room["slug"]), (&json!("scheduled"), &json!("friday-talk")));
    assert_eq!(room["urls"]["hls"], "http://127.0.0.1:8080/live/friday-talk/index.m3u8");
    assert_eq!(program.get(made.header("location")).await.json(), room);
    let patch = json!({"facts": {"seats": 4, "on_end": "draft"}});
    let changed = program.call(Method::PATCH, "/api/v1/rooms/friday-talk", patch).await;
    assert_eq!((changed.status, &changed.json()["facts"]["seats"]), (StatusCode::OK, &json!(4)), "{}", changed.body);
    for (patch, field) in [
        (json!({"facts": {"seats": 99}}), "seats"),
        (json!({"facts": {"audience": "all"}}), "audience"),
        (json!({"state": "live"}), "state"),
    ] {
        let refused = program.call(Method::PATCH, "/api/v1/rooms/friday-talk", patch).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
        assert_eq!(refused.json()["errors"][0]["field"], field, "{}", refused.body);
    }
    let list = program.get("/api/v1/rooms?show=talk&state=scheduled").await.json();
    assert_eq!((&list["total"], &list["items"][0]["slug"]), (&json!(2), &json!("friday-talk")));
    assert_eq!(program.get("/api/v1/rooms?state=over").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    for path in ["participants", "messages", "markers", "invites"] {
        let found = program.get(&format!("/api/v1/rooms/friday-talk/{path}")).await;
        assert_eq!((found.status, &found.json()["items"]), (StatusCode::OK, &json!([])), "{path}");
    }
    let ada = desk.ada.user_id;
    for (method, path, body, status) in [
        (Method::DELETE, format!("messages/{ada}"), Value::Null, StatusCode::NOT_FOUND),
        (Method::DELETE, "messages/x".to_owned(), Value::Null, StatusCode::NOT_FOUND),
        (Method::PATCH, format!("participants/{ada}"), json!({"muted": true}), StatusCode::CONFLICT),
        (Method::PATCH, format!("participants/{ada}"), json!({"role": "king"}), StatusCode::UNPROCESSABLE_ENTITY),
        (Method::DELETE, format!("participants/{ada}?ban=true"), Value::Null, StatusCode::CONFLICT),
    ] {
        let refused = program.call(method, &format!("/api/v1/rooms/friday-talk/{path}"), body).await;
        assert_eq!(refused.status, status, "{path}: {}", refused.body);
    }
    let gone = program.call(Method::DELETE, "/api/v1/rooms/friday-talk", Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(program.get("/api/v1/rooms/friday-talk").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn grants_and_invitations_are_told_once() {
    let data = tempfile::tempdir().expect("a folder can be made");
    let client = Client::new(Sockets::open(data.path()).expect("a folder can be made").stage(), "stage");
    let site = Site::with(|parts| parts.stage = Some(Stage::new(client, Key::new([1; 32])))).await;
    let ada = site.house.person("Ada", Role::Creator).await;
    let program = site.program(&token(&site, &ada, &[Scope::Read, Scope::Write]).await);
    program.call(Method::POST, "/api/v1/shows", json!({"facts": {"title": "Talk"}})).await;
    let new = json!({"show": "talk", "facts": {"title": "Live"}});
    assert_eq!(program.call(Method::POST, "/api/v1/rooms", new).await.status, StatusCode::CREATED);
    let encoder = json!({"name": "Desk", "role": "speaker", "consented": true});
    let grant = program.call(Method::POST, "/api/v1/rooms/live/grants", encoder).await;
    assert_eq!((grant.status, grant.header("cache-control")), (StatusCode::CREATED, "no-store"), "{}", grant.body);
    assert!(grant.json()["grant"].as_str().is_some_and(|text| text.contains('.')));
    let invite = program.call(Method::POST, "/api/v1/rooms/live/invites", json!({"role": "speaker"})).await;
    let url = invite.json()["url"].as_str().expect("it is told once").to_owned();
    assert!(url.contains("/rooms/live/studio?invite="), "{url}");
    let listed = program.get("/api/v1/rooms/live/invites").await.json();
    assert_eq!((&listed["items"][0]["url"], &listed["items"][0]["once"]), (&Value::Null, &json!(true)));
    let path = format!("/api/v1/rooms/live/invites/{}", invite.json()["id"].as_str().expect("it has one"));
    assert_eq!(program.call(Method::DELETE, &path, Value::Null).await.status, StatusCode::NO_CONTENT);
    assert_eq!(program.call(Method::DELETE, &path, Value::Null).await.status, StatusCode::NOT_FOUND);
    let line = json!({"text": "Hello"});
    let written = program.call(Method::POST, "/api/v1/rooms/live/messages", line).await;
    assert_eq!((written.status, &written.json()["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("stage_away")));
    let empty = program.call(Method::POST, "/api/v1/rooms/live/messages", json!({"text": " "})).await;
    assert_eq!((empty.status, &empty.json()["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("text")));
    let away = program.call(Method::POST, "/api/v1/rooms/live/open", json!({})).await;
    assert_eq!((away.status, away.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "2"));
    assert_eq!(away.json()["code"], "stage_away");
}
