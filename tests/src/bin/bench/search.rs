//! Search over ten thousand transcripts on both databases, asked through the edge as a listener asks: the page with its
//! ranked episodes and quotations, by kinds of query.

use std::time::Instant;

use anyhow::ensure;
use rostrum_domain::Secret;
use rostrum_store::Store;
use rostrum_tests::{Cluster, Database, Http, Launch, Server};
use serde_json::{Map, Value, json};

use crate::library::{CUES, Language, Numbers, fill};

const EPISODES: usize = 10_000;
/// Different queries of each kind, and how often each is asked.
const QUERIES: usize = 40;
const TIMES: usize = 5;

/// Notes the milliseconds of each kind of query: the middle one, and the one that 95 of 100 are within.
pub(crate) async fn measure(results: &mut Map<String, Value>) -> anyhow::Result<()> {
    let language = Language::new();
    let server = Server::start(Launch::new()).await;
    let own = format!("sqlite:{}", server.data().join("rostrum.db").display());
    fill(&Store::open(&Secret::new(own)).await?, &language, EPISODES).await?;
    ask("sqlite", &server, &language, results).await?;
    drop(server);

    // Of its own, so that nothing else weighs on it.
    let cluster = Cluster::start().await;
    let database = Database::create_in(&cluster);
    let server = Server::start(Launch::new().env("ROSTRUM_DATABASE__URL", database.url())).await;
    // An index over everything is made much faster than one that grows by a row at a time.
    let later = database.sql("SELECT indexdef FROM pg_indexes WHERE tablename = 'document' AND indexdef LIKE '%gin%'");
    for index in ["document_title", "document_main", "document_whole"] {
        database.sql(&format!("DROP INDEX {index}"));
    }
    fill(&Store::open(&Secret::new(database.url().to_owned())).await?, &language, EPISODES).await?;
    later.lines().for_each(|index| drop(database.sql(index)));
    // What the server would do by itself in its next quiet minute.
    database.sql("VACUUM ANALYZE");
    ask("postgres", &server, &language, results).await
}

async fn ask(name: &str, server: &Server, language: &Language, results: &mut Map<String, Value>) -> anyhow::Result<()> {
    let http = server.http();
    for (kind, query) in KINDS {
        let mut times = Vec::new();
        let mut empty = 0;
        search(&http, &query(language, &mut Numbers::new(99))).await;
        for number in 0..QUERIES * TIMES {
            let mut numbers = Numbers::new((number % QUERIES) as u64 + 100);
            let (ms, found) = search(&http, &query(language, &mut numbers)).await;
            times.push(ms);
            empty += usize::from(!found);
        }
        ensure!(empty < QUERIES * TIMES / 4, "{name}: most queries of the kind “{kind}” must find something");
        times.sort_by(f64::total_cmp);
        let at = |percent: usize| json!((times[times.len() * percent / 100] * 10.0).round() / 10.0);
        results.insert(format!("search {name}, {kind}, p50 ms"), at(50));
        results.insert(format!("search {name}, {kind}, p95 ms"), at(95));
    }
    Ok(())
}

async fn search(http: &Http, words: &str) -> (f64, bool) {
    let query: String = words.bytes().fold(String::new(), |text, byte| format!("{text}%{byte:02X}"));
    let begin = Instant::now();
    let page = http.get(&format!("/search?q={query}")).await.expect_status(200);
    (begin.elapsed().as_secs_f64() * 1000.0, page.text().contains("class=\"found\""))
}

type Asking = fn(&Language, &mut Numbers) -> String;

/// What listeners type.
const KINDS: [(&str, Asking); 6] = [
    ("a rare word", |language, numbers| language.words[30_000 + numbers.below(20_000)].clone()),
    ("a common word", |language, numbers| language.words[numbers.below(40)].clone()),
    ("a beginning", |language, numbers| language.words[200 + numbers.below(2000)].chars().take(3).collect()),
    ("two words", |language, numbers| {
        format!("{} {}", language.words[40 + numbers.below(400)], language.words[200 + numbers.below(2000)])
    }),
    ("accents folded", |language, numbers| {
        let accented: Vec<&String> = language.words[..5000].iter().filter(|word| !word.is_ascii()).collect();
        let plain = |letter: char| match letter {
            'é' | 'è' => 'e',
            'ü' => 'u',
            'ö' => 'o',
            'á' => 'a',
            'ñ' => 'n',
            other => other,
        };
        accented[numbers.below(accented.len())].chars().map(plain).collect()
    }),
    ("a phrase", |language, numbers| {
        let cues = language.cues(numbers.below(EPISODES));
        let text = &cues[numbers.below(CUES)].text;
        format!("\"{}\"", text.split(' ').take(3).collect::<Vec<_>>().join(" "))
    }),
];
