//! Live rooms at the speed of sound: what is said is heard, recorded and kept, through kills and bad networks.

mod audience;
mod backfilled;
mod browsers;
mod dumped;
mod edited;
mod relayed;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use rostrum_domain::room::StageRole;
use rostrum_live::room::Command as Deed;
use rostrum_tests::{LiveRoom, Process, Relay, RtcPeer, Server, Voice, Weather, eventually};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// FFmpeg listening to an address until it ends.
struct Listener {
    process: Process,
    file: PathBuf,
}

impl Listener {
    fn start(source: &str, file: PathBuf) -> Self {
        let mut command = Command::new("ffmpeg");
        command.args(["-nostdin", "-y", "-v", "error", "-i", source, "-ac", "1", "-ar", "48000", "-f", "f32le"]);
        command.arg(&file);
        Self { process: Process::start(&mut command).expect("FFmpeg is installed"), file }
    }

    /// All it heard, once the address has ended by itself.
    async fn heard(mut self) -> Vec<f32> {
        let status = self.process.gone(PATIENCE).await;
        assert!(status.success(), "the listener was cut off: {status}");
        let bytes = std::fs::read(&self.file).expect("it wrote what it heard");
        bytes.chunks_exact(4).map(|piece| f32::from_le_bytes(piece.try_into().expect("four bytes"))).collect()
    }
}

async fn decoded(file: &Path, server: &Server) -> Vec<f32> {
    let name = file.file_name().expect("a file has a name").to_string_lossy().into_owned();
    Listener::start(&file.to_string_lossy(), server.scratch().join(format!("{name}.pcm"))).heard().await
}

async fn join(server: &Server, (room, grant): (&LiveRoom, &str), said: (Voice, u64)) -> RtcPeer {
    eventually(PATIENCE, "the speaker gets in", async || RtcPeer::join(server, (room, grant), said, None).await.ok())
        .await
}

async fn until(peer: &RtcPeer, second: u64) {
    eventually(PATIENCE, "the seconds are said", async || (peer.second() >= second).then_some(())).await;
}

async fn ended(room: &LiveRoom) {
    room.command("end", Deed::End).await;
}

fn contains(voice: Voice, pcm: &[f32], seconds: std::ops::Range<u64>, place: &str) {
    let heard = voice.seconds_in(pcm);
    let missing: Vec<u64> = seconds.filter(|second| !heard.contains(second)).collect();
    assert!(missing.is_empty(), "{place} lacks {missing:?} of {voice:?}; it has {heard:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_two_say_is_in_the_mount_and_in_the_files() {
    let server = Server::spawn().await;
    let room = LiveRoom::open(&server, "tones").await;
    let host = join(&server, (&room, &room.grant(1, StageRole::Host)), (Voice::Low, 0)).await;
    let guest = join(&server, (&room, &room.grant(2, StageRole::Speaker)), (Voice::High, 0)).await;
    eventually(PATIENCE, "they hear each other", async || {
        (host.received() > 20 && guest.received() > 20).then_some(())
    })
    .await;
    room.command("live", Deed::GoLive).await;
    let (low, high) = (host.second() + 2, guest.second() + 2);
    let mount = Listener::start(&server.url("/live/tones.mp3"), server.scratch().join("mount.pcm"));
    until(&host, low + 6).await;
    eventually(PATIENCE, "both are told what is durable", async || {
        (host.durable().len() == 2 && guest.durable().len() == 2).then_some(())
    })
    .await;
    let (low_end, high_end) = (host.second().min(30), guest.second().min(30));
    until(&host, low_end + 2).await;
    let durable = host.durable();
    ended(&room).await;
    let heard = mount.heard().await;
    contains(Voice::Low, &heard, low..low_end, "the mount");
    contains(Voice::High, &heard, high..high_end, "the mount");
    let journal = room.journal();
    for (track, seq) in durable {
        assert!(journal[&track].contains(&seq), "track {track} lacks {seq}, which was said to be durable");
    }
    let sealed = room.sealed().await;
    let sound = sealed.files.iter().filter(|file| file.rendition.is_some());
    let mut files = 0;
    for file in sound {
        let pcm = decoded(&file.path, &server).await;
        contains(Voice::Low, &pcm, low..low_end, &file.name);
        contains(Voice::High, &pcm, high..high_end, &file.name);
        files += 1;
    }
    assert!(files >= 3, "{:?}", sealed.files);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_stage_comes_back_and_its_listeners_stay() {
    let server = Server::spawn().await;
    let room = LiveRoom::open(&server, "tones").await;
    let grant = room.grant(1, StageRole::Host);
    let host = join(&server, (&room, &grant), (Voice::Low, 0)).await;
    until(&host, 1).await;
    room.command("live", Deed::GoLive).await;
    let first = host.second() + 2;
    let mount = Listener::start(&server.url("/live/tones.mp3"), server.scratch().join("mount.pcm"));
    until(&host, first + 5).await;
    let (durable, said) = (host.durable(), host.second());
    assert!(!durable.is_empty(), "the speaker was told what is durable");
    let before = room.standing().await.expect("the stage is there");
    server.kill9("stage").await;
    let gone = Instant::now();
    drop(host);
    let host = join(&server, (&room, &grant), (Voice::Low, said + 2)).await;
    until(&host, said + 3).await;
    let away = gone.elapsed();
    assert!(away < Duration::from_secs(10), "back on air after {away:?}");
    until(&host, said + 7).await;
    let after = room.standing().await.expect("the stage is there");
    assert_eq!((before.epoch, after.epoch), (1, 2));
    assert!(after.chunks > before.chunks, "{} chunks after {}", after.chunks, before.chunks);
    ended(&room).await;
    let heard = mount.heard().await;
    contains(Voice::Low, &heard, said + 4..said + 6, "the mount after the kill");
    let journal = room.journal();
    for (track, seq) in durable {
        let first = *journal[&track].first().expect("the track has packets");
        let lost = (first..=seq).filter(|seq| !journal[&track].contains(seq)).count();
        assert!(lost == 0 && journal[&track].contains(&seq), "{lost} durable packets of track {track} are lost");
    }
    let sealed = room.sealed().await;
    let file = sealed.files.iter().find(|file| file.name.ends_with(".mp3")).expect("there is an MP3");
    contains(Voice::Low, &decoded(&file.path, &server).await, first..said - 1, "the file before the kill");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_of_the_other_roles_are_not_heard() {
    let server = Server::spawn().await;
    let room = LiveRoom::open(&server, "tones").await;
    let host = join(&server, (&room, &room.grant(1, StageRole::Host)), (Voice::Low, 0)).await;
    until(&host, 1).await;
    room.command("live", Deed::GoLive).await;
    let first = host.second() + 2;
    until(&host, first).await;
    let mount = Listener::start(&server.url("/live/tones.mp3"), server.scratch().join("mount.pcm"));
    for (second, role) in [(first + 3, "web"), (first + 6, "worker")] {
        until(&host, second).await;
        server.kill9(role).await;
    }
    until(&host, first + 10).await;
    ended(&room).await;
    let heard = mount.heard().await;
    contains(Voice::Low, &heard, first + 1..first + 8, "the mount");
    assert_eq!(Voice::Low.longest_hole_ms(&heard), 0, "nothing is heard of the kills");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_network_leaves_no_hole() {
    let weather = Weather { loss_permille: 50, double_permille: 10, jitter_ms: 60, seed: 7 };
    let server = Server::spawn().await;
    let room = LiveRoom::open(&server, "tones").await;
    let relay = Relay::start(server.rtc(), weather).await;
    let grant = room.grant(1, StageRole::Host);
    let host = eventually(PATIENCE, "the speaker gets in", async || {
        RtcPeer::join(&server, (&room, &grant), (Voice::Low, 0), Some(relay.address())).await.ok()
    })
    .await;
    until(&host, 2).await;
    room.command("live", Deed::GoLive).await;
    let first = host.second() + 2;
    until(&host, first).await;
    let mount = Listener::start(&server.url("/live/tones.mp3"), server.scratch().join("mount.pcm"));
    until(&host, first + 12).await;
    ended(&room).await;
    let heard = mount.heard().await;
    contains(Voice::Low, &heard, first + 1..first + 10, "the mount");
    let hole_ms = Voice::Low.longest_hole_ms(&heard);
    assert!(hole_ms <= 40, "a hole of {hole_ms} ms");
    for (track, seqs) in room.journal() {
        let (first, last) = (seqs.first().expect("not empty"), seqs.last().expect("not empty"));
        let sent = last - first + 1;
        assert!(seqs.len() as u64 * 1000 >= sent * 995, "track {track} has {} of {sent} packets", seqs.len());
    }
}
