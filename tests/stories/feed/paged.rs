//! A show of more items than a page of a feed holds: whoever follows the links from page to page meets each once.

use std::collections::BTreeSet;

use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::episode::{Episode, EpisodeFacts, State};
use rostrum_domain::{Id, Secret, Timestamp};
use rostrum_store::{Store, asset, episode};
use rostrum_tests::{Program, Server, Stubborn, feedparser, partytime, tone};
use serde_json::Value;

/// Items beside the one that is uploaded: two full pages of 300 and one that is not.
const MORE: u32 = 650;
/// 1 January 2026.
const BEGIN_S: i64 = 1_767_225_600;

#[tokio::test]
async fn a_long_feed_is_walked_page_by_page_and_each_item_met_once() {
    let server = Server::spawn().await;
    let program = Program::new(&server).await;
    let show = program.show(&server).await;
    let recording = std::fs::read(tone(440, 2, server.scratch())).expect("it was made");
    let first = Stubborn::new(&program, &show).publish_recording(&recording).await;
    let mut expected = fill(&server, &first).await;
    expected.push(first["guid"].as_str().expect("every episode has one").to_owned());

    let begin = server.url(&format!("/shows/{show}/feed.xml"));
    let (mut met, mut walked, mut next) = (Vec::new(), Vec::new(), Some(begin.clone()));
    while let Some(address) = next {
        let feed = server.http().get(&address).await.expect_status(200).text();
        let parsed = feedparser(&feed);
        assert_eq!((&parsed["bozo"], link(&parsed, "self")), (&Value::Bool(false), Some(address.clone())));
        let guids: Vec<String> = column(&parsed["entries"], "id");
        assert_eq!(column(&partytime(&feed)["items"], "guid"), guids, "both readers see the same");
        met.extend(guids);
        assert_eq!((link(&parsed, "first"), link(&parsed, "prev")), (Some(begin.clone()), walked.last().cloned()));
        next = link(&parsed, "next");
        assert_eq!(link(&parsed, "last").as_ref() == Some(&address), next.is_none(), "only the last has no next");
        walked.push(address);
        assert!(walked.len() <= 3, "it goes round: {walked:?}");
    }
    assert_eq!(walked, [begin.clone(), format!("{begin}?page=2"), format!("{begin}?page=3")]);
    assert_eq!(met.first(), expected.last(), "the newest first");
    assert_eq!(met.len(), expected.len());
    assert_eq!(met.iter().collect::<BTreeSet<_>>(), expected.iter().collect::<BTreeSet<_>>());
    server.http().get(&format!("{begin}?page=4")).await.expect_status(404);
}

/// Writes older episodes with the recording of the first, several of one and the same second; gives their guids.
async fn fill(server: &Server, first: &Value) -> Vec<String> {
    let id: Id<Episode> = first["id"].as_str().and_then(|id| id.parse().ok()).expect("it has one");
    let database = format!("sqlite:{}", server.data().join("rostrum.db").display());
    let store = Store::open(&Secret::new(database)).await.expect("it is the server's");
    let mut tx = store.write().await.expect("the server is quiet");
    let model = episode::get(&mut tx, id).await.expect("it reads").expect("it is there");
    let files = asset::of_episode(&mut tx, id).await.expect("it reads");
    let sound = files.into_iter().find(|file| file.kind == AssetKind::Mp3).expect("it has one");
    let mut guids = Vec::new();
    for number in 1..=MORE {
        let made = older(&model, number);
        episode::insert(&mut tx, &made).await.expect("nobody else has its guid");
        let file = Asset { id: Id::from_bits(u128::from(number)), episode_id: Some(made.id), ..sound.clone() };
        asset::insert(&mut tx, &file).await.expect("it is the only one");
        guids.push(made.guid);
    }
    tx.commit().await.expect("the disk has room");
    guids
}

fn older(model: &Episode, number: u32) -> Episode {
    let at = Timestamp::from_second(BEGIN_S + i64::from(number / 4) * 3600).expect("a time of our days");
    Episode {
        id: Id::from_bits(u128::from(number)),
        slug: format!("part-{number}").parse().expect("letters and digits are a slug"),
        guid: format!("part {number} & more"),
        state: State::Published,
        published_at: Some(at),
        facts: EpisodeFacts { title: format!("Part {number}"), ..EpisodeFacts::default() },
        ..model.clone()
    }
}

fn column(items: &Value, name: &str) -> Vec<String> {
    let texts = items.as_array().into_iter().flatten().map(|item| item[name].as_str().unwrap_or_default().to_owned());
    texts.collect()
}

fn link(parsed: &Value, rel: &str) -> Option<String> {
    let mut links = parsed["feed"]["links"].as_array().into_iter().flatten();
    Some(links.find(|link| link["rel"] == rel)?["href"].as_str()?.to_owned())
}
