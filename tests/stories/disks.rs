//! Full disks: under the data folder while bytes arrive and while they are encoded, and under a media folder elsewhere.
//! What cannot be done says what to do; what was there stays; once there is room, all goes on.

use std::path::Path;
use std::time::Duration;

use futures_util::stream;
use rostrum_tests::{Launch, Program, Reply, Scratch, Server, eventually, partytime, speech};
use serde_json::Value;
use tokio::sync::mpsc;

/// Long enough for a busy machine and a job that waits before it is tried again.
const PATIENCE: Duration = Duration::from_secs(90);
const MIB: u64 = 1 << 20;
const KIB: usize = 1 << 10;

/// Says that a disk is full and what to do about it.
#[track_caller]
fn says_full(reply: &Reply) {
    assert_eq!(reply.status, 507, "{}", reply.text());
    let detail = reply.json()["detail"].as_str().unwrap_or_default().to_owned();
    assert!(detail.contains("disk is full") && detail.contains("try again"), "{detail}");
}

#[tokio::test]
async fn a_full_data_folder_stops_what_needs_room_and_nothing_else() {
    let home = Scratch::new("small");
    let data = home.join("data");
    let launch = Launch::new().data(&data).disk(&data, 96);
    let server = Server::start(launch.env("ROSTRUM_LIMITS__DISK_RESERVE_BYTES", "0")).await;
    let program = Program::new(&server).await;
    let show = program.show(&server).await;
    let recording = std::fs::read(speech(40, server.scratch())).expect("it was spoken");
    let (kept, scratch) = (server.small_disk().join("media"), server.small_disk().join("scratch"));
    let before = (files(&kept), files(&scratch));

    let upload = program.announce(&show, recording.len()).await;
    program.append(&upload, 0, &recording[..200 * KIB]).await.expect_status(204);
    let arrived = the_disk_fills_while_bytes_arrive(&server, &program, (&upload, &recording)).await;
    assert!((200 * KIB..recording.len()).contains(&arrived), "{arrived}");
    says_full(&program.append(&upload, arrived, &recording[arrived..]).await);
    says_full(&program.send(program.announcement(&show, 10 * KIB * KIB)).await);
    let picture = std::fs::read(server.scratch().join("picture.png")).expect("the show has one");
    let put = program.request("PUT", &format!("/api/v1/shows/{show}/artwork")).header("content-type", "image/png");
    says_full(&program.send(put.body(picture)).await);
    assert_eq!(files(&kept), before.0, "nothing is half written");
    for path in ["/", &format!("/shows/{show}"), &format!("/shows/{show}/feed.xml"), "/readyz"] {
        server.http().get(path).await.expect_status(200);
    }

    let episode = no_room_for_the_renditions(&server, &program, (&upload, &recording)).await;
    server.leave_free(40 * MIB);
    program.renditions(&episode).await;
    program.call("POST", &format!("/api/v1/episodes/{episode}/publish"), None).await;
    let feed = server.http().get(&format!("/shows/{show}/feed.xml")).await.expect_status(200).text();
    assert_eq!(partytime(&feed)["items"].as_array().map(Vec::len), Some(1), "{feed}");
    let verified = server.command(&["verify"], "");
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    assert_eq!(files(&scratch), before.1, "nothing is left lying about");
}

/// The request begins with room for all of it, then the disk fills. Gives how much has arrived.
async fn the_disk_fills_while_bytes_arrive(server: &Server, program: &Program, what: (&str, &[u8])) -> usize {
    let (upload, recording) = what;
    let at = 200 * KIB;
    let (line, mut end) = mpsc::channel::<Result<Vec<u8>, std::io::Error>>(1);
    let body = reqwest::Body::wrap_stream(stream::poll_fn(move |cx| end.poll_recv(cx)));
    let sending = program.send(program.patch(upload, at, &[]).body(body));
    let filling = async {
        line.send(Ok(recording[at..2 * at].to_vec())).await.expect("the server reads");
        // Seen on the disk itself, so the request has been let in.
        let folder = server.small_disk().join("scratch");
        eventually(PATIENCE, "the bytes are on the disk", async || (bytes(&folder) >= 2 * at as u64).then_some(()))
            .await;
        server.leave_free(100 * KIB as u64);
        for piece in recording[2 * at..].chunks(64 * KIB) {
            if line.send(Ok(piece.to_vec())).await.is_err() {
                break;
            }
        }
        drop(line);
    };
    let (refused, ()) = tokio::join!(sending, filling);
    says_full(&refused);
    program.arrived(upload).await
}

/// The last bytes still fit, the renditions do not: the job says why. Gives the episode.
async fn no_room_for_the_renditions(server: &Server, program: &Program, what: (&str, &[u8])) -> String {
    let (upload, recording) = what;
    server.leave_free(20 * MIB);
    let last = recording.len() - 1;
    let arrived = program.arrived(upload).await;
    program.append(upload, arrived, &recording[arrived..last]).await.expect_status(204);
    server.leave_free(300 * KIB as u64);
    let done = program.append(upload, last, &recording[last..]).await.expect_status(204);
    let episode = done.header("rostrum-episode").to_owned();
    let error = eventually(PATIENCE, "the job says what is wrong", async || {
        let jobs = program.call("GET", "/api/v1/jobs", None).await;
        let job = jobs["items"].as_array()?.iter().find(|job| job["episode_id"] == episode.as_str())?.clone();
        job["error"].as_str().map(str::to_owned)
    })
    .await;
    assert!(error.contains("disk is full") && error.contains("try again"), "{error}");
    let found = program.call("GET", &format!("/api/v1/episodes/{episode}"), None).await;
    assert_eq!(found["renditions"].as_array().map(Vec::len), Some(0), "none is half there: {found}");
    episode
}

#[tokio::test]
async fn a_media_folder_on_a_full_disk_of_its_own_refuses_before_bytes_are_sent() {
    let home = Scratch::new("small");
    let media = home.join("media");
    let launch = Launch::new().disk(&media, 8).env("ROSTRUM_MEDIA__URL", media.display().to_string());
    let server = Server::start(launch.env("ROSTRUM_LIMITS__DISK_RESERVE_BYTES", "1 MiB")).await;
    let program = Program::new(&server).await;
    let show = program.show(&server).await;
    let refused = program.send(program.announcement(&show, 8 << 20)).await;
    says_full(&refused);
    let recording = std::fs::read(speech(5, server.scratch())).expect("it was spoken");
    let upload = program.announce(&show, recording.len()).await;
    server.leave_free(MIB / 2);
    says_full(&program.append(&upload, 0, &recording).await);
    assert_eq!(program.arrived(&upload).await, 0, "no byte was taken");
    server.leave_free(4 * MIB);
    let done = program.append(&upload, 0, &recording).await.expect_status(204);
    let whole: Value = program.renditions(done.header("rostrum-episode")).await;
    assert_eq!(whole["renditions"].as_array().map(Vec::len), Some(3), "{whole}");
}

/// Names of all files below a folder.
fn files(folder: &Path) -> Vec<String> {
    let mut found: Vec<String> = below(folder).iter().map(|file| file.display().to_string()).collect();
    found.sort();
    found
}

/// Bytes of all files below a folder.
fn bytes(folder: &Path) -> u64 {
    below(folder).iter().filter_map(|file| Some(file.metadata().ok()?.len())).sum()
}

fn below(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { below(&path) } else { vec![path] }).collect()
}
