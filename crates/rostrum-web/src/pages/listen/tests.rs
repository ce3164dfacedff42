//! What other programs read of a published episode: the feed and its pages, chapters, cards, codes; each with
//! the headers that caches and other sites' scripts go by.

use http::{Method, StatusCode};
use rostrum_domain::asset::AssetKind;
use rostrum_domain::chapter::Chapter;
use rostrum_domain::episode::EpisodeFacts;
use serde_json::json;

use crate::api::testing::Desk;
use crate::testing::Answer;

const FEED: &str = "/shows/talk/feed.xml";

/// A desk whose episode is out, with chapters and a transcript.
pub(super) async fn published() -> Desk {
    let desk = Desk::new().await;
    desk.complete().await;
    let chapters = vec![chapter(0, "Start"), chapter(9000, "End")];
    let (title, summary) = ("One".into(), "The \"first\" of all.".into());
    let facts = EpisodeFacts { title, summary, chapters, ..EpisodeFacts::default() };
    let changed = desk.program().call(Method::PATCH, &desk.episode_path(), json!({"facts": facts})).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.body);
    step(&desk, "publish").await;
    desk
}

fn chapter(start_ms: i64, title: &str) -> Chapter {
    Chapter { start_ms, title: title.into(), url: None, image: None, hidden: false }
}

async fn step(desk: &Desk, step: &str) {
    let path = format!("{}/{step}", desk.episode_path());
    let answer = desk.program().call(Method::POST, &path, json!(null)).await;
    assert_eq!(answer.status, StatusCode::OK, "{step}: {}", answer.body);
}

async fn get(desk: &Desk, path: &str, tag: &str) -> Answer {
    let visitor = desk.site.visitor();
    let request =
        visitor.request(Method::GET, path).header("if-none-match", tag).header("origin", "https://app.example");
    visitor.send(request.body(axum::body::Body::empty())).await
}

#[tokio::test]
async fn feed_and_chapters_are_open_to_all_sites_and_cost_nothing_when_known() {
    let desk = published().await;
    for path in [FEED, "/shows/talk/one/chapters.json"] {
        let first = get(&desk, path, "\"unknown\"").await;
        assert_eq!((first.status, first.header("access-control-allow-origin")), (StatusCode::OK, "*"), "{path}");
        let tag = first.header("etag").to_owned();
        assert!(tag.len() > 10 && !first.header("last-modified").is_empty(), "{path}: {tag}");
        let again = get(&desk, path, &tag).await;
        assert_eq!((again.status, again.header("etag")), (StatusCode::NOT_MODIFIED, tag.as_str()), "{path}");
        assert!(again.body.is_empty(), "{path}");
    }
    let chapters = get(&desk, "/shows/talk/one/chapters.json", "").await;
    assert_eq!(chapters.header("content-type"), "application/json+chapters");
    let titles: Vec<_> = chapters.json()["chapters"].as_array().into_iter().flatten().cloned().collect();
    assert_eq!((titles.len(), &titles[1]["startTime"], &titles[1]["title"]), (2, &json!(9), &json!("End")));
    let transcript = desk.publish_file(AssetKind::Vtt, b"WEBVTT\n".to_vec()).await;
    let read = get(&desk, &transcript, "").await;
    assert_eq!((read.header("access-control-allow-origin"), read.header("content-type")), ("*", "text/vtt"));
}

#[tokio::test]
async fn a_page_says_what_others_show_of_it() {
    let desk = published().await;
    let page = get(&desk, "/shows/talk/one", "").await.body;
    for part in [
        "<link rel=\"canonical\" href=\"http://127.0.0.1:8080/shows/talk/one\">",
        "<link rel=\"alternate\" type=\"application/rss+xml\" title=\"Talk\" href=\"http://127.0.0.1:8080/shows/talk/\
         feed.xml\">",
        "<link rel=\"alternate\" type=\"application/json+oembed\" title=\"One\"",
        "<meta property=\"og:title\" content=\"One\">",
        "<meta property=\"og:description\" content=\"The &#34;first&#34; of all.\">",
        "<meta property=\"og:type\" content=\"music.song\">",
        "<meta property=\"og:url\" content=\"http://127.0.0.1:8080/shows/talk/one\">",
        "<meta property=\"og:image\" content=\"http://127.0.0.1:8080/media/",
        "<meta property=\"og:audio\" content=\"http://127.0.0.1:8080/media/",
    ] {
        assert!(page.contains(part), "{part} in\n{}", &page[..page.len().min(4000)]);
    }
    let code = get(&desk, "/shows/talk/qr.svg", "").await;
    assert_eq!((code.status, code.header("content-type")), (StatusCode::OK, "image/svg+xml"));
    assert!(code.body.contains("<svg") && code.body.contains("<path"), "{}", code.body);
}

#[tokio::test]
async fn a_guid_stays_whatever_happens_to_its_episode() {
    let desk = published().await;
    let guid = async || {
        let feed = get(&desk, FEED, "").await.body;
        let from = feed.find("<guid").expect("an item has a guid");
        feed[from..].split("</guid>").next().expect("it ends").to_owned()
    };
    let first = guid().await;
    let change = json!({"slug": "another", "facts": {"title": "Another title"}});
    let renamed = desk.program().call(Method::PATCH, &desk.episode_path(), change).await;
    assert_eq!(renamed.json()["slug"], "another", "{}", renamed.body);
    assert_eq!(guid().await, first, "after a new name");
    step(&desk, "unpublish").await;
    assert!(!get(&desk, FEED, "").await.body.contains("<guid"), "it is not there");
    step(&desk, "publish").await;
    assert_eq!(guid().await, first, "after a pause");
    desk.publish_file(AssetKind::M4a, vec![1; 9]).await;
    assert_eq!(guid().await, first, "with other files");
    let page = get(&desk, "/shows/talk/another", "").await;
    assert_eq!(page.status, StatusCode::OK);
}

#[tokio::test]
async fn a_long_feed_has_pages() {
    let desk = published().await;
    desk.publish_many(300).await;
    let one = get(&desk, FEED, "").await.body;
    assert_eq!((one.matches("<item>").count(), one.contains("rel=\"next\"")), (300, true));
    let two = get(&desk, "/shows/talk/feed.xml?page=2", "").await;
    assert_eq!((two.status, two.body.matches("<item>").count()), (StatusCode::OK, 1));
    assert!(two.body.contains("rel=\"prev\"") && !two.body.contains("rel=\"next\""), "{}", &two.body[..2000]);
    assert_eq!(get(&desk, "/shows/talk/feed.xml?page=3", "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_page_that_somebody_has_is_not_sent_again() {
    let desk = published().await;
    desk.site.house.person("Bob", rostrum_domain::user::Role::Creator).await;
    for path in ["/", "/shows/talk", "/shows/talk/one", "/search?q=one"] {
        let first = get(&desk, path, "").await;
        let tag = first.header("etag").to_owned();
        assert!(tag.starts_with("W/\"") && first.header("cache-control").contains("no-cache"), "{path}: {tag}");
        let again = get(&desk, path, &tag).await;
        assert_eq!((again.status, again.header("etag")), (StatusCode::NOT_MODIFIED, tag.as_str()), "{path}");
        assert!(again.body.is_empty() && again.header("content-security-policy").contains("'none'"), "{path}");
        let bob = desk.site.signed_in("Bob").await;
        let request = bob.request(Method::GET, path).header("if-none-match", &tag);
        let his = bob.send(request.body(axum::body::Body::empty())).await;
        assert_eq!(his.status, StatusCode::OK, "{path} is another for who has signed in");
    }
    let tag = get(&desk, "/shows/talk/one", "").await.header("etag").to_owned();
    let change = json!({"facts": {"summary": "Another."}});
    desk.program().call(Method::PATCH, &desk.episode_path(), change).await;
    assert_eq!(get(&desk, "/shows/talk/one", &tag).await.status, StatusCode::OK, "it has changed");
    assert_eq!(get(&desk, "/shows/none", "*").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_search_says_how_many_it_found_and_when_there_are_more() {
    let desk = published().await;
    let few = get(&desk, "/search?q=one", "").await.body;
    assert!(few.contains("1 episode with “one”") && !few.contains("class=\"pager"), "{few}");
    desk.publish_many(40).await;
    while rostrum_app::search::catch_up(&desk.site.house.app, 100).await.expect("it reads") > 0 {}
    let many = get(&desk, "/search?q=one", "").await.body;
    assert!(many.contains("The 30 best episodes with “one”"), "{many}");
    assert_eq!(many.matches("<h2 dir=\"auto\">").count(), 30);
}
