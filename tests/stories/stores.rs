//! The same way on the other stores: Postgres and S3 instead of SQLite and a folder, recordings read from the bucket
//! itself, and a whole site moved from SQLite to Postgres.

use rostrum_tests::{Database, Launch, Program, Reply, S3, Server, partytime, speech};

/// A server on a database and a bucket of its own.
fn on_both(database: &Database, s3: &S3) -> Launch {
    let (key, secret) = s3.credentials();
    Launch::new()
        .env("ROSTRUM_DATABASE__URL", database.url())
        .env("ROSTRUM_MEDIA__URL", s3.url())
        .env("ROSTRUM_MEDIA__ACCESS_KEY", key)
        .env("ROSTRUM_MEDIA__SECRET_KEY", secret)
}

/// Uploads some seconds of speech to a show, waits for its renditions and publishes it; gives the episode's id.
async fn publish(server: &Server, program: &Program, show: &str) -> String {
    let recording = std::fs::read(speech(5, server.scratch())).expect("it was spoken");
    let upload = program.announce(show, recording.len()).await;
    program.append(&upload, 0, &recording[..10_000]).await.expect_status(204);
    let last = program.append(&upload, 10_000, &recording[10_000..]).await.expect_status(204);
    let episode = last.header("rostrum-episode").to_owned();
    program.renditions(&episode).await;
    program.call("POST", &format!("/api/v1/episodes/{episode}/publish"), None).await;
    episode
}

/// The enclosure that the feed names.
async fn enclosure(server: &Server, show: &str) -> (String, u64) {
    let feed = server.http().get(&format!("/shows/{show}/feed.xml")).await.expect_status(200).text();
    let party = partytime(&feed);
    assert_eq!(party["items"].as_array().map(Vec::len), Some(1), "{feed}");
    let enclosure = &party["items"][0]["enclosure"];
    let length = enclosure["length"].as_u64().expect("a length is a number");
    (enclosure["url"].as_str().expect("an address").to_owned(), length)
}

/// A GET of some bytes.
async fn part(server: &Server, url: &str, bytes: &str) -> Reply {
    let http = server.http();
    http.send(http.request(&rostrum_tests::Method::GET, url).header("range", format!("bytes={bytes}"))).await
}

// The bucket answers while a command of the program is waited for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recording_is_published_from_postgres_and_a_bucket() {
    let (database, s3) = (Database::create().await, S3::start().await);
    let mut server = Server::start(on_both(&database, &s3)).await;
    let program = Program::new(&server).await;
    let show = program.show(&server).await;
    let episode = publish(&server, &program, &show).await;

    let keys = database.sql(&format!("SELECT key FROM asset WHERE episode_id = '{episode}'"));
    assert!(keys.lines().count() >= 5 && keys.lines().all(|key| s3.holds(key)), "{keys}");
    assert!(!server.data().join("rostrum.db").exists() && !server.data().join("media").exists());
    let (url, length) = enclosure(&server, &show).await;
    let whole = server.http().get(&url).await.expect_status(200).body;
    assert_eq!(whole.len() as u64, length);
    let some = part(&server, &url, "100-299").await.expect_status(206);
    assert_eq!(some.header("content-range"), format!("bytes 100-299/{length}"));
    assert_eq!(some.body, whole[100..300]);
    part(&server, &url, &format!("{length}-")).await.expect_status(416);
    assert_eq!(server.http().head(&url).await.expect_status(200).header("content-length"), length.to_string());
    let found = server.http().get("/search?q=talk").await.expect_status(200).text();
    assert!(found.contains("/shows/"), "{found}");
    let verified = server.command(&["verify"], "");
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    assert!(server.stop().await.success());

    let presigned = on_both(&database, &s3).data(server.data()).env("ROSTRUM_MEDIA__READS", "presigned");
    let sending = Server::start(presigned).await;
    the_bucket_serves_recordings(&sending, (&show, &s3), &whole).await;
}

async fn the_bucket_serves_recordings(server: &Server, of: (&str, &S3), whole: &[u8]) {
    let (show, s3) = of;
    let (url, length) = enclosure(server, show).await;
    assert!(url.starts_with(&server.url("/media/")), "the feed names our address, not the bucket's: {url}");
    let sent = server.http().get(&url).await.expect_status(302);
    assert!(sent.location().starts_with(&format!("{}/{}/", s3.endpoint(), s3.bucket())), "{}", sent.location());
    assert_eq!(sent.header("cache-control"), "no-store");
    let served = server.http().get(sent.location()).await.expect_status(200);
    assert_eq!((served.header("content-type"), &*served.body), ("audio/mpeg", whole));
    let some = part(server, sent.location(), "100-299").await.expect_status(206);
    assert_eq!(some.header("content-range"), format!("bytes 100-299/{length}"));
    assert_eq!(some.body, whole[100..300]);
    let headed = server.http().head(&url).await.expect_status(302);
    let head = server.http().head(headed.location()).await.expect_status(200);
    assert_eq!(head.header("content-length"), length.to_string());
    server.http().head(&headed.location().replace(".mp3?", ".m4a?")).await.expect_status(403);

    let page = server.http().get(&format!("/shows/{show}")).await.expect_status(200);
    let policy = page.header("content-security-policy");
    let media = policy.split(';').find(|part| part.trim().starts_with("media-src")).unwrap_or_default().trim();
    assert_eq!(media, format!("media-src 'self' {} blob:", s3.endpoint()));
    assert_eq!(policy.matches(&s3.endpoint()).count(), 1, "nothing else comes from there: {policy}");
    let picture = page.text().split('"').find(|text| text.ends_with("/artwork.jpg")).expect("a picture").to_owned();
    server.http().get(&picture).await.expect_status(200);
}

#[tokio::test]
async fn a_site_moves_from_sqlite_to_postgres_and_nobody_notices() {
    let database = Database::create().await;
    let public = ("ROSTRUM_HTTP__PUBLIC_URL", "http://radio.example");
    let mut old = Server::start(Launch::new().env(public.0, public.1)).await;
    let program = Program::new(&old).await;
    let show = program.show(&old).await;
    publish(&old, &program, &show).await;
    let before = read(&old, &show).await;
    let busy = old.command(&["migrate", "--to", database.url()], "");
    assert!(!busy.status.success(), "not while a server writes");
    assert!(old.stop().await.success());

    let moved = old.command(&["migrate", "--to", database.url()], "");
    let said = String::from_utf8_lossy(&moved.stdout).into_owned();
    assert!(moved.status.success(), "{}", String::from_utf8_lossy(&moved.stderr));
    assert!(said.contains("rows of") && said.contains("database.url"), "{said}");
    let again = old.command(&["migrate", "--to", database.url()], "");
    let complaint = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(!again.status.success() && complaint.contains("empty database"), "{complaint}");

    let address = database.url();
    let launch = Launch::new().data(old.data()).env(public.0, public.1).env("ROSTRUM_DATABASE__URL", address);
    let mut new = Server::start(launch).await;
    assert_eq!(new.ready().setup_url, None, "its owner came along");
    assert_eq!(read(&new, &show).await, before);
    assert!(new.command(&["verify"], "").status.success());
    let mut program = program;
    program.follow(&new);
    let facts = program.call("GET", &format!("/api/v1/shows/{show}"), None).await;
    assert_eq!(facts["slug"], show.as_str(), "so did the token");
    assert!(new.stop().await.success());

    let back = old.data().join("back.db");
    let back = format!("sqlite:{}", back.display());
    let moved = new.command(&["migrate", "--to", &back], "");
    assert!(moved.status.success(), "{}", String::from_utf8_lossy(&moved.stderr));
    let launch = Launch::new().data(old.data()).env(public.0, public.1).env("ROSTRUM_DATABASE__URL", back);
    assert_eq!(read(&Server::start(launch).await, &show).await, before);
}

/// What listeners and their programs see: pages and the feed, byte for byte.
async fn read(server: &Server, show: &str) -> Vec<String> {
    let mut seen = Vec::new();
    let feed = format!("/shows/{show}/feed.xml");
    for path in ["/", &format!("/shows/{show}"), &feed, "/search?q=talk"] {
        seen.push(server.http().get(path).await.expect_status(200).text());
    }
    let page = partytime(&seen[2])["items"][0]["link"].as_str().expect("the item has a page").to_owned();
    let path = page.strip_prefix("http://radio.example").expect("the public address").to_owned();
    seen.push(server.http().get(&path).await.expect_status(200).text());
    seen
}
