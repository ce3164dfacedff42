//! What comes along: chapters inside an uploaded file, a picture for one episode, and a feed that people walk through.

use std::path::Path;
use std::time::Duration;

use rostrum_tests::{Browser, Program, Server, Stubborn, encode, eventually, ffprobe, picture, tone};
use serde_json::{Value, json};

/// Long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_file_s_chapters_and_an_episode_s_picture_reach_the_feed_that_people_click_through() {
    let server = Server::spawn().await;
    let program = Program::new(&server).await;
    let show = program.show(&server).await;
    let client = Stubborn::new(&program, &show);
    let episode = client.upload(&with_chapters(server.scratch())).await;
    let path = format!("/api/v1/episodes/{episode}");
    let encoded = client.encoded(&episode).await;
    assert_eq!(titles(&encoded["file_chapters"]), ["Casting off", "The crossing"]);
    assert_eq!(encoded["facts"]["chapters"], json!([]), "nobody has asked for them");

    let adopted = program.call("POST", &format!("{path}/adopt-chapters"), None).await;
    assert_eq!((titles(&adopted["facts"]["chapters"]).len(), &adopted["file_chapters"]), (2, &json!([])));
    let again = program.send(program.request("POST", &format!("{path}/adopt-chapters"))).await;
    assert_eq!(again.status, 409, "{}", again.text());

    let drawn = std::fs::read(picture(1400, server.scratch())).expect("it was drawn");
    let put = program.request("PUT", &format!("{path}/artwork")).header("content-type", "image/png").body(drawn);
    let pictured = program.send(put).await.expect_status(200).json();
    let artwork = pictured["urls"]["artwork"].as_str().expect("it has a picture of its own").to_owned();
    client.publish(&episode).await;
    let feed = format!("/shows/{show}/feed.xml");
    let written = server.http().get(&feed).await.text();
    let item = &written[written.find("<item>").expect("it is in the feed")..];
    assert!(item.contains(&format!("<itunes:image href=\"{artwork}\"/>")), "{item}");
    eventually(PATIENCE, "the files carry chapters and picture", async || {
        let enclosure = program.call("GET", &path, None).await["urls"]["enclosure"].as_str()?.to_owned();
        let found = ffprobe(&enclosure);
        let pictures = found["streams"].as_array()?.iter().filter(|one| one["codec_type"] == "video").count();
        (found["chapters"].as_array()?.len() == 2 && pictures == 1).then_some(())
    })
    .await;

    walk(&server, &feed).await;
}

async fn walk(server: &Server, feed: &str) {
    let browser = Browser::launch().await;
    let tab = browser.open(&server.url(feed)).await;
    tab.eventually(PATIENCE, "the episode is a link", "!!document.querySelector('li a')?.href").await;
    tab.screenshot("feed").await;
    tab.click("li a").await;
    tab.eventually(PATIENCE, "its page opens", "!!document.querySelector('article.episode')").await;
    tab.close().await;
    browser.close().await;
}

fn titles(chapters: &Value) -> Vec<&str> {
    chapters.as_array().into_iter().flatten().filter_map(|chapter| chapter["title"].as_str()).collect()
}

/// Four seconds of sound with two chapters, as editing programs write them.
fn with_chapters(folder: &Path) -> Vec<u8> {
    let marks = folder.join("marks.txt");
    let chapter = |from: u32, to: u32, title: &str| {
        format!("[CHAPTER]\nTIMEBASE=1/1000\nSTART={from}\nEND={to}\ntitle={title}\n")
    };
    let text = format!(";FFMETADATA1\n{}{}", chapter(0, 1500, "Casting off"), chapter(1500, 4000, "The crossing"));
    std::fs::write(&marks, text).expect("the folder is ours");
    let marks = marks.display().to_string();
    let file = encode(&tone(440, 4, folder), "m4a", &["-i", &marks, "-map_metadata", "1", "-c:a", "aac"]);
    std::fs::read(file).expect("it was encoded")
}
