//! Addresses that lead inwards, named wherever somebody may name one to be fetched: each is refused in words, and
//! nothing on this machine is ever connected to.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rostrum_fetch::corpus::hostile_literals;
use rostrum_tests::{Http, Program, Reply, Server, eventually};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};

/// Long enough for a hundred small jobs on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// People that one show may name.
const PEOPLE_MAX: usize = 50;

#[tokio::test]
async fn whoever_names_an_inward_address_is_told_so_and_nothing_is_connected_to() {
    let ear = Ear::open().await;
    let server = Server::spawn().await;
    let program = Program::new(&server).await;
    let show = format!("/api/v1/shows/{}", program.show(&server).await);
    let draft = json!({"facts": {"title": "One"}});
    let made = program.call("POST", &format!("{show}/episodes"), Some(draft)).await;
    let episode = format!("/api/v1/episodes/{}", made["id"].as_str().expect("it has one"));
    let addresses = addresses(&ear);
    for owner in [&show, &episode] {
        for url in &addresses {
            let request = program.request("PUT", &format!("{owner}/artwork")).json(&json!({"url": url}));
            let told = refused(&program.send(request).await, "artwork_url");
            assert!(is_clear(&told), "{owner} {url}: “{told}”");
        }
    }
    let visitor = server.http();
    let door = [("email", "ada@example.org"), ("password", "a good long one")];
    visitor.post_form("/sign-in", &door).await.expect_status(303);
    for (owner, page) in [(&show, show.replace("/api/v1", "/admin")), (&episode, episode.replace("/api/v1", "/admin"))]
    {
        let named = named(&program, owner, &addresses).await;
        assert!(named.len() > 60, "most are addresses that a person could name, not {}", named.len());
        for people in named.chunks(PEOPLE_MAX) {
            program.call("PATCH", owner, Some(json!({"facts": {"persons": people}}))).await;
            told_of_each(&visitor, &page, people).await;
        }
    }
    by_forms(&program, &visitor, &addresses).await;
    program.idle().await;
    assert_eq!(ear.heard(), 0, "nobody connected");
    let _stream = TcpStream::connect(ear.addresses[0]).await.expect("it listens");
    eventually(PATIENCE, "it would have heard", async || (ear.heard() == 1).then_some(())).await;
}

/// The same by the pages on which shows and episodes are written, in a show whose people nobody has named before.
async fn by_forms(program: &Program, visitor: &Http, addresses: &BTreeSet<String>) {
    program.call("POST", "/api/v1/shows", Some(json!({"facts": {"title": "By form"}}))).await;
    let draft = json!({"facts": {"title": "One"}});
    let made = program.call("POST", "/api/v1/shows/by-form/episodes", Some(draft)).await;
    let episode = format!("/admin/episodes/{}", made["id"].as_str().expect("it has one"));
    for page in ["/admin/shows/by-form", &episode] {
        let mut taken = Vec::new();
        // A part of a line that says nothing is none.
        for (nth, url) in addresses.iter().filter(|url| !url.trim().is_empty()).enumerate() {
            let person = json!({"name": format!("Person {nth}."), "image": url});
            let reply = save(visitor, page, std::slice::from_ref(&person)).await;
            if reply.status == 303 {
                taken.push(person);
                continue;
            }
            let told = reply.text();
            let told = told.split("id=\"persons-problem\"").nth(1).and_then(|rest| rest.split("<span>").nth(1));
            let told = told.and_then(|rest| rest.split("</span>").next()).unwrap_or_default();
            assert!(reply.status == 422 && is_clear(told), "{page} {url}: {} “{told}”", reply.status);
        }
        assert!(taken.len() > 60, "most are addresses that a person could name, not {}", taken.len());
        for people in taken.chunks(PEOPLE_MAX) {
            save(visitor, page, people).await.expect_status(303);
            told_of_each(visitor, page, people).await;
        }
    }
}

/// Sends a page's form with these people in it.
async fn save(visitor: &Http, page: &str, people: &[Value]) -> Reply {
    // As a line of the form has it, where a backslash stands before what is meant as itself.
    let text = |value: &Value| value.as_str().unwrap_or_default().replace('\\', "\\\\").replace('|', "\\|");
    let lines =
        people.iter().map(|person| format!("{} | guest |  | {}", text(&person["name"]), text(&person["image"])));
    let lines = lines.collect::<Vec<_>>().join("\r\n");
    let form = [("title", "One"), ("language", "en"), ("medium", "podcast"), ("kind", "full"), ("persons", &lines)];
    visitor.post_form(page, &form).await
}

/// Every hostile address that needs no resolver, with and without encryption, and the ear's in many spellings.
fn addresses(ear: &Ear) -> BTreeSet<String> {
    let mut all: BTreeSet<String> = hostile_literals().map(str::to_owned).collect();
    let plain: Vec<String> = all.iter().filter(|url| url.starts_with("http:")).cloned().collect();
    all.extend(plain.iter().map(|url| url.replacen("http", "https", 1)));
    for address in &ear.addresses {
        let port = address.port();
        for host in ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]"] {
            all.extend([format!("https://{host}:{port}/a.png"), format!("http://{host}:{port}/a.png")]);
        }
    }
    all
}

/// People with pictures at those addresses that a person may be given; the others are refused in words at once.
async fn named(program: &Program, owner: &str, addresses: &BTreeSet<String>) -> Vec<Value> {
    let mut named = Vec::new();
    for (nth, url) in addresses.iter().enumerate() {
        let person = json!({"name": format!("Person {nth}."), "image": url});
        let request = program.request("PATCH", owner).json(&json!({"facts": {"persons": [person]}}));
        let reply = program.send(request).await;
        if reply.status == 200 {
            named.push(person);
        } else {
            assert!(is_clear(&refused(&reply, "persons")), "{url}: {}", reply.text());
        }
    }
    named
}

/// Waits until the page says of everybody why there is no picture.
async fn told_of_each(visitor: &Http, page: &str, people: &[Value]) {
    eventually(PATIENCE, "every picture is refused in words", async || {
        let page = visitor.get(page).await.expect_status(200).text();
        let told = |person: &Value| {
            let name = person["name"].as_str().unwrap_or_default();
            let line = page.split("class=\"problem\"").skip(1).find(|line| line.contains(name));
            let why = line.and_then(|line| line.split("</span>").next()?.split("The reason:").nth(1));
            why.is_some_and(is_clear)
        };
        people.iter().all(told).then_some(())
    })
    .await;
}

/// The words of a refusal of one field.
fn refused(reply: &Reply, field: &str) -> String {
    assert_eq!((reply.status, reply.header("content-type")), (422, "application/problem+json"), "{}", reply.text());
    let first = reply.json()["errors"][0].clone();
    assert_eq!(first["field"], field, "{first}");
    first["message"].as_str().unwrap_or_default().to_owned()
}

/// Whether words are for a person: they say what is wrong, not what the machine tried.
fn is_clear(words: &str) -> bool {
    let inner = ["panicked", "os error", "refused", "Error", "does not answer", "not found"];
    words.contains(' ') && !inner.iter().any(|word| words.contains(word))
}

/// Listens on both loopback addresses and counts who connects.
struct Ear {
    addresses: Vec<SocketAddr>,
    count: Arc<AtomicUsize>,
}

impl Ear {
    async fn open() -> Self {
        let (mut addresses, count) = (Vec::new(), Arc::new(AtomicUsize::new(0)));
        for place in ["127.0.0.1:0", "[::1]:0"] {
            let Ok(listener) = TcpListener::bind(place).await else { continue };
            addresses.push(listener.local_addr().expect("it is bound"));
            let count = Arc::clone(&count);
            tokio::spawn(async move {
                while listener.accept().await.is_ok() {
                    count.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        Self { addresses, count }
    }

    fn heard(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }
}
