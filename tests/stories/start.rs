//! Starting, refusing to start, and what every page owes a stranger.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rostrum_tests::{Database, Launch, Refusal, Scratch, Server};

#[tokio::test]
async fn it_starts_on_an_empty_folder_and_offers_a_set_up_link() {
    let server = Server::spawn().await;
    server.http().get("/readyz").await.expect_status(200);
    server.http().get("/healthz").await.expect_status(200);
    let link = server.ready().setup_url.clone().expect("nobody owns the house yet");
    server.http().get(&link).await.expect_status(200);
    assert!(server.data().is_dir());
}

#[tokio::test]
async fn it_stops_when_asked_and_starts_again_on_the_same_data() {
    let mut server = Server::spawn().await;
    let link = server.ready().setup_url.clone();
    assert!(server.stop().await.success());
    server.restart().await;
    server.http().get("/readyz").await.expect_status(200);
    assert!(link.is_some() && server.ready().setup_url.is_some(), "the house still has no owner");
}

#[tokio::test]
async fn an_unknown_setting_is_named_and_refused() {
    let refusal = Launch::new().config("colour = \"teal\"\n").refused().await;
    says(&refusal, &["colour"]);
    let refusal = Launch::new().env("ROSTRUM_SITE__COLOUR", "teal").refused().await;
    says(&refusal, &["ROSTRUM_SITE__COLOUR"]);
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refusal = Launch::new().arg("--http").arg(&address).refused().await;
    says(&refusal, &[&address]);
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_written_is_named() {
    let home = Scratch::new("data");
    // A file where the folder should be stops even root.
    let blocked = home.join("file");
    std::fs::write(&blocked, "not a folder").unwrap();
    let refusal = Launch::new().data(blocked.join("data")).refused().await;
    says(&refusal, &[&blocked.display().to_string()]);
    assert_eq!(std::fs::read_to_string(&blocked).unwrap(), "not a folder");
}

#[tokio::test]
async fn a_disk_that_is_full_or_cannot_be_written_is_named() {
    let home = Scratch::new("small");
    let data = home.join("data");
    let small = || Launch::new().data(&data).disk(&data, 16);
    says(&small().refused().await, &[&data.display().to_string(), "is full; free at least 64 MiB", "--data"]);
    says(&small().read_only().refused().await, &[&data.display().to_string(), "read-only disk", "--data"]);
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused_and_stays_as_it_is() {
    let database = Database::create().await;
    let later = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'later', TRUE, '', 0)";
    let words = ["schema 9999", "use the newer program or a backup"];
    let launch = || Launch::new().env("ROSTRUM_DATABASE__URL", database.url());
    assert!(Server::start(launch()).await.stop().await.success());
    database.sql(later);
    says(&launch().refused().await, &words);
    assert_eq!(database.sql("SELECT MAX(version) FROM _sqlx_migrations"), "9999");

    let mut server = Server::spawn().await;
    assert!(server.stop().await.success());
    let file = server.data().join("rostrum.db");
    sqlite(&file, later);
    let before = std::fs::read(&file).expect("it is there");
    says(&Launch::new().data(server.data()).refused().await, &words);
    assert_eq!(std::fs::read(&file).expect("it is there"), before);
}

/// Runs SQL on a file by a program that is not ours.
fn sqlite(file: &Path, sql: &str) {
    let script = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit(); c.close()";
    let done = Command::new("python3").args(["-c", script]).arg(file).arg(sql).status();
    assert!(done.expect("scripts/setup test installs it").success());
}

#[tokio::test]
async fn a_token_that_could_be_guessed_is_refused() {
    let refusal = Launch::new().env("ROSTRUM_METRICS__TOKEN", "secret").refused().await;
    says(&refusal, &["ROSTRUM_METRICS__TOKEN", "16 or more", "write it like"]);
}

#[tokio::test]
async fn a_second_server_on_the_same_data_is_refused() {
    let server = Server::spawn().await;
    let refusal = Launch::new().data(server.data()).refused().await;
    says(&refusal, &[&server.data().display().to_string()]);
    server.http().get("/readyz").await.expect_status(200);
}

#[tokio::test]
async fn a_page_that_is_not_there_says_so_to_people_and_to_programs() {
    let server = Server::spawn().await;
    let page = server.http().get("/no/such/page").await.expect_status(404);
    assert!(page.header("content-type").starts_with("text/html"), "{:?}", page.headers);
    assert!(page.text().contains("<h1"), "{}", page.text());
    let problem = server.http().get("/api/v1/no/such/thing").await.expect_status(404);
    assert_eq!(problem.header("content-type"), "application/problem+json");
    assert_eq!(problem.json()["status"], 404);
}

#[tokio::test]
async fn every_page_carries_its_guards() {
    let server = Server::spawn().await;
    for path in ["/", "/sign-in", "/admin", "/no/such/page", "/healthz", "/api/openapi.json"] {
        let reply = server.http().get(path).await;
        let policy = reply.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") || policy.contains("default-src 'self'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe-"), "{path}: {policy}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert!(!reply.header("referrer-policy").is_empty(), "{path}: {:?}", reply.headers);
        assert!(policy.contains("frame-ancestors"), "{path}: {policy}");
        assert!(!reply.header("x-request-id").is_empty(), "{path}: {:?}", reply.headers);
    }
}

#[tokio::test]
async fn a_role_that_dies_comes_back_without_the_others() {
    let server = Server::spawn().await;
    let (edge, worker) = (server.pid_of("edge").await, server.pid_of("worker").await);
    let dead = server.kill9("web").await;
    rostrum_tests::eventually(Duration::from_secs(10), "web serves again", async || {
        let reply = server.http().get("/readyz").await;
        (reply.status == 200 && server.pid_of("web").await != dead).then_some(())
    })
    .await;
    assert_eq!((server.pid_of("edge").await, server.pid_of("worker").await), (edge, worker));
}

/// The refusal ends with an error, claims nothing, names what is wrong, and shows no innards.
#[track_caller]
fn says(refusal: &Refusal, words: &[&str]) {
    assert!(!refusal.status.success(), "it started: {refusal:?}");
    assert_eq!(refusal.stdout, "");
    for word in words {
        assert!(refusal.stderr.contains(word), "nothing of {word} in: {}", refusal.stderr);
    }
    assert!(!refusal.stderr.contains("panicked at"), "{}", refusal.stderr);
}
