//! Measures a release build from outside: start, idle memory, pages a second, search over many transcripts, and a
//! recording's way to three renditions beside ffmpeg's.
//! Prints a table that says what was to be reached, and keeps the numbers as JSON where `--json FILE` says;
//! `--only PART` measures that alone.

mod aims;
mod audience;
mod library;
mod rooms;
mod search;
mod transcode;

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use rostrum_tests::{Method, Server};
use serde_json::{Map, Value, json};
use tokio::task::JoinSet;

const STARTS: usize = 5;
const VISITORS: usize = 8;
const LOAD_FOR: Duration = Duration::from_secs(5);
const PATHS: [&str; 2] = ["/", "/healthz"];
const MINUTES: u32 = 30;

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let ["--bare", source] = words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        return audience::bare(source);
    }
    tokio::runtime::Runtime::new()?.block_on(bench(&words))
}

async fn bench(words: &[String]) -> anyhow::Result<()> {
    let (file, only) = match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => (None, None),
        ["--only", part @ ("site" | "search" | "rooms" | "audience")] => (None, Some(part.to_owned())),
        ["--json", file] => (Some(file.to_owned()), None),
        _ => bail!("usage: bench [--json FILE] [--only site|search|rooms|audience]"),
    };
    let mut results = Map::new();
    let wanted = |part| only.as_deref().is_none_or(|only| only == part);
    if wanted("site") {
        site(&mut results).await?;
    }
    if wanted("search") {
        search::measure(&mut results).await?;
    }
    if wanted("rooms") {
        rooms::measure(&mut results).await?;
    }
    if wanted("audience") {
        audience::measure(&mut results).await?;
    }
    std::io::stdout().write_all(table(&results).as_bytes())?;
    if let Some(file) = file {
        let text = serde_json::to_string_pretty(&Value::Object(results))?;
        std::fs::write(&file, text).with_context(|| file)?;
    }
    Ok(())
}

/// What one server of its own shows.
async fn site(results: &mut Map<String, Value>) -> anyhow::Result<()> {
    results.insert("start_ms_median".into(), json!(start_ms().await));
    let server = Server::spawn().await;
    server.http().get("/").await.expect_status(200);
    results.insert("idle_memory_mib".into(), json!(server.memory_kib() / 1024));
    for path in PATHS {
        results.insert(format!("requests_per_s {path}"), json!(requests_per_s(&server, path, None).await));
    }
    let published = transcode::measure(&server, MINUTES, results).await?;
    for (what, path) in [("an episode's page", published.page), ("the feed", published.feed)] {
        let path: &'static str = path.leak();
        let tag = server.http().get(path).await.expect_status(200).header("etag").to_owned();
        results.insert(format!("requests_per_s {what}"), json!(requests_per_s(&server, path, None).await));
        if !tag.is_empty() {
            let known = requests_per_s(&server, path, Some(tag)).await;
            results.insert(format!("requests_per_s {what}, known (304)"), json!(known));
        }
    }
    results.insert("loaded_memory_mib".into(), json!(server.memory_kib() / 1024));
    Ok(())
}

/// From the command to the ready line on an empty folder, the middle of some starts; right to 25 ms.
async fn start_ms() -> u128 {
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let begin = Instant::now();
        let mut server = Server::spawn().await;
        times.push(begin.elapsed().as_millis());
        server.stop().await;
    }
    times.sort_unstable();
    times[times.len() / 2]
}

/// Some visitors ask for the same page as fast as it comes, each on a connection of its own, from this very machine;
/// those who have it already, under a tag, are told so and get nothing else.
async fn requests_per_s(server: &Server, path: &'static str, known: Option<String>) -> u64 {
    let begin = Instant::now();
    let mut visitors = JoinSet::new();
    for _ in 0..VISITORS {
        let (http, known) = (server.http(), known.clone());
        visitors.spawn(async move {
            let mut count = 0_u64;
            while begin.elapsed() < LOAD_FOR {
                let request = http.request(&Method::GET, path);
                match &known {
                    Some(tag) => http.send(request.header("if-none-match", tag)).await.expect_status(304),
                    None => http.send(request).await.expect_status(200),
                };
                count += 1;
            }
            count
        });
    }
    let total: u64 = visitors.join_all().await.into_iter().sum();
    total * 1000 / u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX)
}

fn table(results: &Map<String, Value>) -> String {
    results.iter().fold(String::new(), |mut text, (name, value)| {
        let _ = writeln!(text, "{}", format!("{name:<60} {value:>10}  {}", aims::verdict(results, name)).trim_end());
        text
    })
}
