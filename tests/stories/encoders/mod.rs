//! Other people's encoders broadcast into a room as they do anywhere, and other people's players hear them.

mod clients;
mod refusals;
mod webrtc;

use std::time::Duration;

use rostrum_live::room::Command;
use rostrum_tests::{LiveRoom, Server, eventually};

use clients::{Encoder, Recipe, heard};

/// Long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn encoders_take_turns_in_one_room() {
    let server = Server::spawn().await;
    let room = open(&server).await;
    room.command("live", Command::GoLive).await;
    for recipe in Recipe::ALL {
        let mut encoder = Encoder::start(&server, &room, recipe);
        eventually(PATIENCE, &format!("the audience hears {recipe:?}"), async || {
            // The one before it may not have been let go yet: it is refused, and comes again, as encoders do.
            if !encoder.runs() {
                encoder = Encoder::start(&server, &room, recipe);
            }
            heard(&server, "talk", recipe.hertz()).await.then_some(())
        })
        .await;
    }
    room.command("end", Command::End).await;
    let tracks = room.packets();
    assert!(tracks.len() >= Recipe::ALL.len(), "{tracks:?}");
    assert!(tracks.values().all(|packets| *packets > 50), "each was recorded: {tracks:?}");
}

#[tokio::test]
async fn an_encoder_does_not_notice_that_the_stage_restarts() {
    let server = Server::spawn().await;
    let room = open(&server).await;
    room.command("live", Command::GoLive).await;
    let recipe = Recipe::OPUS;
    let mut encoder = Encoder::start(&server, &room, recipe);
    let hears = async || heard(&server, "talk", recipe.hertz()).await.then_some(());
    eventually(PATIENCE, "the audience hears it", hears).await;
    server.kill9("stage").await;
    eventually(PATIENCE, "the stage is back", async || room.standing().await.filter(|now| now.epoch == 2)).await;
    let chunks = async || room.standing().await.map_or(0, |standing| standing.chunks);
    let since = chunks().await;
    eventually(PATIENCE, "the program goes on", async || (chunks().await > since + 4).then_some(())).await;
    eventually(PATIENCE, "the audience hears it again", hears).await;
    assert!(encoder.runs(), "its connection held: {}", encoder.log());
}

#[tokio::test]
async fn what_plays_is_told() {
    let server = Server::spawn().await;
    let room = open(&server).await;
    room.command("live", Command::GoLive).await;
    let _encoder = Encoder::start(&server, &room, Recipe::MP3);
    eventually(PATIENCE, "it is on the air", async || tells(&server, &room, "Ada - Röte").await.then_some(())).await;
    let status = eventually(PATIENCE, "the status names it", async || {
        let status = server.http().get("/status-json.xsl").await.expect_status(200).json();
        let source = status["icestats"]["source"][0].clone();
        (source["title"] == "Ada - Röte").then_some(source)
    })
    .await;
    let stream = server.url("/live/talk.mp3");
    assert_eq!((&status["listenurl"], &status["server_name"]), (&stream.clone().into(), &"A room of tones".into()));
    let list = server.http().get("/live/talk.m3u").await.expect_status(200).text();
    assert!(list.starts_with("#EXTM3U\n") && list.ends_with(&format!("\n{stream}\n")), "{list}");
    let list = server.http().get("/live/talk.opus.pls").await.expect_status(200).text();
    assert!(list.contains(&format!("File1={}\n", server.url("/live/talk.opus"))), "{list}");
}

/// A room that encoders can find: an edge hears of it a moment after the stage.
async fn open(server: &Server) -> LiveRoom {
    let room = LiveRoom::open(server, "talk").await;
    let known = async || (server.http().get("/live/talk.mp3").await.status == 503).then_some(());
    eventually(PATIENCE, "the edge knows the room", known).await;
    room
}

/// Tells what plays as encoders do; whether it was taken.
async fn tells(server: &Server, room: &LiveRoom, song: &str) -> bool {
    let path = format!("/admin/metadata?mode=updinfo&mount=/ingest/{}&song={song}", room.slug());
    let request = server.http().request(&reqwest::Method::GET, &path);
    let reply = server.http().send(request.basic_auth("source", Some(room.ingest_key()))).await;
    reply.status == 200 && reply.text().contains("<return>1</return>")
}
