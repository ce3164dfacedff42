//! Scenes of the pages of rooms: who sees them, who gets which grant, what is said while the stage is away.

use http::{Method, StatusCode};
use rostrum_app::Stage;
use rostrum_app::rooms;
use rostrum_app::shows;
use rostrum_app::testing::facts;
use rostrum_domain::access::Caller;
use rostrum_domain::room::{Audience, RoomFacts};
use rostrum_domain::user::Role;
use rostrum_live::grant::Key;
use rostrum_wire::Sockets;
use rostrum_wire::link::Client;
use serde_json::{Value, json};

use crate::testing::{Site, Visitor};

struct Scene {
    site: Site,
    ada: Caller,
    _data: tempfile::TempDir,
}

/// Ada's show with the room `live`.
async fn scene(audience: Audience) -> Scene {
    let data = tempfile::tempdir().expect("a folder can be made");
    let client = Client::new(Sockets::open(data.path()).expect("a folder can be made").stage(), "stage");
    let site = Site::with(|parts| parts.stage = Some(Stage::new(client, Key::new([1; 32])))).await;
    let ada = site.house.person("Ada", Role::Creator).await;
    let app = &site.house.app;
    shows::create(app, &ada, facts("Talk")).await.expect("creators may");
    let starts_at = Some("2027-01-15T18:00:00Z".parse().expect("a time"));
    let room = RoomFacts { title: "Live".into(), audience, starts_at, ..RoomFacts::default() };
    rooms::create(app, &ada, "talk", room).await.expect("managers may");
    Scene { site, ada, _data: data }
}

async fn post(visitor: &Visitor<'_>, path: &str, (body, grant): (Value, Option<&str>)) -> (StatusCode, Value) {
    let bearer = grant.map(|grant| format!("Bearer {grant}"));
    let mut headers = vec![("accept", "application/json")];
    headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
    let answer = visitor.call_with(Method::POST, path, (body, &headers[..])).await;
    (answer.status, serde_json::from_str(&answer.body).unwrap_or(Value::Null))
}

#[tokio::test]
async fn a_guest_gives_a_name_and_stays_the_same() {
    let scene = scene(Audience::Public).await;
    let guest = scene.site.visitor();
    assert_eq!(guest.get("/rooms/live").await.status, StatusCode::OK);
    let nameless = post(&guest, "/rooms/live/grant", (json!({}), None)).await;
    assert_eq!((nameless.0, &nameless.1["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("name")));
    let (status, first) = post(&guest, "/rooms/live/grant", (json!({"name": "Grace"}), None)).await;
    assert_eq!((status, &first["role"]), (StatusCode::OK, &json!("listener")), "{first}");
    let (_, again) = post(&guest, "/rooms/live/grant", (json!({"name": "Grace"}), None)).await;
    assert_eq!(first["participant"], again["participant"]);
    let stranger = scene.site.visitor();
    let (_, other) = post(&stranger, "/rooms/live/grant", (json!({"name": "Grace"}), None)).await;
    assert_ne!(first["participant"], other["participant"]);
    let as_ada = post(&guest, "/rooms/live/grant", (json!({"name": "Ada"}), None)).await;
    assert_eq!(as_ada.0, StatusCode::UNPROCESSABLE_ENTITY, "{}", as_ada.1);
}

#[tokio::test]
async fn what_is_said_needs_a_grant_and_a_stage() {
    let scene = scene(Audience::Public).await;
    let guest = scene.site.visitor();
    let bare = post(&guest, "/rooms/live/chat", (json!({"text": "Hi"}), None)).await;
    assert_eq!(bare.0, StatusCode::UNAUTHORIZED);
    let wrong = post(&guest, "/rooms/live/chat", (json!({"text": "Hi"}), Some("a.b"))).await;
    assert_eq!((wrong.0, &wrong.1["code"]), (StatusCode::UNAUTHORIZED, &json!("grant_malformed")), "{}", wrong.1);
    let (_, granted) = post(&guest, "/rooms/live/grant", (json!({"name": "Grace"}), None)).await;
    let grant = granted["grant"].as_str();
    let long = post(&guest, "/rooms/live/chat", (json!({"text": "x".repeat(501)}), grant)).await;
    assert_eq!(long.0, StatusCode::UNPROCESSABLE_ENTITY);
    for (path, body) in [
        ("chat", json!({"text": "Hi"})),
        ("reactions", json!({"reaction": "clap"})),
        ("control", json!({"request": "1", "do": "raise_hand"})),
        ("control", json!({"request": "2", "do": "mute", "who": granted["participant"]})),
    ] {
        let away = post(&guest, &format!("/rooms/live/{path}"), (body, grant)).await;
        assert_eq!((away.0, &away.1["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("stage_away")), "{path}");
    }
    for _ in 0..4 {
        post(&guest, "/rooms/live/chat", (json!({"text": "Hi"}), grant)).await;
    }
    let flood = post(&guest, "/rooms/live/chat", (json!({"text": "Hi"}), grant)).await;
    assert_eq!((flood.0, &flood.1["code"]), (StatusCode::TOO_MANY_REQUESTS, &json!("too_fast")));
}

#[tokio::test]
async fn a_private_room_is_for_those_who_were_asked() {
    let scene = scene(Audience::Private).await;
    let (guest, app) = (scene.site.visitor(), &scene.site.house.app);
    assert_eq!(guest.get("/rooms/live").await.status, StatusCode::NOT_FOUND);
    let refused = post(&guest, "/rooms/live/grant", (json!({"name": "Grace"}), None)).await;
    assert_eq!(refused.0, StatusCode::NOT_FOUND);
    let new = rooms::invites::NewInvite {
        role: rostrum_domain::room::StageRole::Speaker,
        label: String::new(),
        once: false,
        hours: 1,
    };
    let (_, link) = rooms::invites::make(app, &scene.ada, "live", new).await.expect("editors may");
    let path = link.reveal().strip_prefix("http://127.0.0.1:8080").expect("it is ours").to_owned();
    let studio = guest.get(&path).await;
    assert_eq!((studio.status, studio.header("cache-control")), (StatusCode::OK, "no-store"));
    let secret = path.split_once("?invite=").expect("it holds the secret").1;
    let body = json!({"name": "Grace", "invite": secret});
    assert_eq!(post(&guest, "/rooms/live/grant", (body, None)).await.1["role"], "speaker");
    let ada = scene.site.signed_in("Ada").await;
    assert_eq!(ada.get("/rooms/live/studio").await.status, StatusCode::OK);
    assert_eq!(post(&ada, "/rooms/live/grant", (json!({}), None)).await.1["role"], "host");
}

#[tokio::test]
async fn the_calendar_tells_what_is_public() {
    let open = scene(Audience::Public).await;
    let calendar = open.site.visitor().get("/shows/talk/calendar.ics").await;
    assert_eq!(calendar.header("content-type"), "text/calendar; charset=utf-8");
    assert!(calendar.body.contains("DTSTART:20270115T180000Z\r\n"), "{}", calendar.body);
    let closed = scene(Audience::Unlisted).await;
    let calendar = closed.site.visitor().get("/shows/talk/calendar.ics").await;
    assert!(!calendar.body.contains("VEVENT"), "{}", calendar.body);
}

#[tokio::test]
async fn a_room_is_planned_and_people_are_invited_in_the_studio() {
    let scene = scene(Audience::Public).await;
    let ada = scene.site.signed_in("Ada").await;
    let form = [("show", "talk"), ("title", "Second"), ("seats", "4"), ("starts_at", "2027-01-16T18:00")];
    let made = ada.post("/admin/rooms/new", &form).await;
    assert_eq!((made.status, made.header("location")), (StatusCode::SEE_OTHER, "/admin/rooms/second?said=saved"));
    let list = ada.get("/admin/rooms").await.body;
    assert!(list.contains("/admin/rooms/second") && list.contains("/admin/rooms/live"), "{list}");
    let wrong = ada.post("/admin/rooms/second", &[("title", ""), ("seats", "99")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let saved = ada.post("/admin/rooms/second", &[("title", "Third"), ("seats", "5"), ("version", "1")]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let late = ada.post("/admin/rooms/second", &[("title", "Fourth"), ("seats", "5"), ("version", "1")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    let invited = ada.post("/admin/rooms/second/invites", &[("role", "co_host"), ("once", "on")]).await;
    assert_eq!((invited.status, invited.header("cache-control")), (StatusCode::OK, "no-store"));
    assert!(invited.body.contains("/rooms/second/studio?invite="), "{}", invited.body);
    assert!(!ada.get("/admin/rooms/second").await.body.contains("?invite="), "it is shown once");
    let away = ada.post("/admin/rooms/second/open", &[]).await;
    assert_eq!(away.status, StatusCode::SERVICE_UNAVAILABLE);
    let gone = ada.post("/admin/rooms/second/delete", &[]).await;
    assert_eq!(gone.header("location"), "/admin/rooms?said=deleted");
    assert_eq!(ada.get("/admin/rooms/second").await.status, StatusCode::NOT_FOUND);
    scene.site.house.person("Eve", Role::Creator).await;
    let eve = scene.site.signed_in("Eve").await;
    assert_eq!(eve.get("/admin/rooms/live").await.status, StatusCode::NOT_FOUND);
    let front = scene.site.visitor().get("/shows/talk").await.body;
    assert!(front.contains("/rooms/live") && front.contains("/shows/talk/calendar.ics"), "{front}");
}
