//! A live room of ten, three of whom speak: what it costs, how soon a listener hears, how soon a killed stage is back
//! and what was lost, how soon after the end the sealed files are there.

mod janus;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use rostrum_domain::room::StageRole;
use rostrum_live::room::Command;
use rostrum_tests::{LiveRoom, RtcPeer, Server, Voice, eventually};
use serde_json::{Map, Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

pub(crate) const PEOPLE: u64 = 10;
pub(crate) const SPEAKING: u64 = 3;
pub(crate) const WATCH: Duration = Duration::from_secs(20);
const PATIENCE: Duration = Duration::from_secs(30);
const JOINS: usize = 20;
const KILLS: usize = 10;

/// Measures all of it.
pub(crate) async fn measure(results: &mut Map<String, Value>) -> anyhow::Result<()> {
    let server = Server::spawn().await;
    let room = LiveRoom::open(&server, "bench").await;
    let mut people = Vec::new();
    for n in 0..PEOPLE {
        people.push(join(&server, &room, n, 0).await);
    }
    room.command("live", Command::GoLive).await;
    let first = people[0].second();
    until(&people[0], first + 3).await;
    let stage = cpu_percent(server.pid_of("stage").await).await?;
    results.insert("room of 10, 3 speak: stage, % of a core".into(), json!(stage));
    let (bridge, streams) = (janus::measure(false).await?, janus::measure(true).await?);
    results.insert("the same, Janus AudioBridge, % of a core".into(), json!(bridge));
    results.insert("… with the recording of its mix".into(), json!(streams));
    let joins = joins(&server).await?;
    results.insert("listener's first sound, ms, median".into(), json!(part(&joins, 50)));
    results.insert("listener's first sound, ms, p95".into(), json!(part(&joins, 95)));
    let from = people[0].second() + 2;
    drop(people);
    // The last to come is the one whose sound is counted.
    let host = join(&server, &room, 0, from).await;
    kills(&server, &room, host, results).await?;
    let begin = Instant::now();
    room.command("end", Command::End).await;
    room.sealed().await;
    results.insert("end to sealed files, ms".into(), json!(begin.elapsed().as_millis()));
    Ok(())
}

pub(crate) fn voice(n: u64) -> Voice {
    match n {
        0 => Voice::Low,
        n if n < SPEAKING => Voice::High,
        _ => Voice::Quiet,
    }
}

async fn join(server: &Server, room: &LiveRoom, n: u64, from: u64) -> RtcPeer {
    let role = if n == 0 { StageRole::Host } else { StageRole::Speaker };
    let grant = room.grant(u128::from(n) + 1, role);
    eventually(PATIENCE, "the speaker gets in", async || {
        RtcPeer::join(server, (room, &grant), (voice(n), from), None).await.ok()
    })
    .await
}

async fn until(peer: &RtcPeer, second: u64) {
    eventually(PATIENCE, "the seconds are said", async || (peer.second() >= second).then_some(())).await;
}

/// Processor time of a process over a while, as a share of one core.
pub(crate) async fn cpu_percent(pid: u32) -> anyhow::Result<f64> {
    let (from, begin) = (cpu_s(pid)?, Instant::now());
    pass(WATCH).await;
    let percent = (cpu_s(pid)? - from) / begin.elapsed().as_secs_f64() * 100.0;
    Ok((percent * 10.0).round() / 10.0)
}

/// Lets time go by.
#[expect(clippy::disallowed_methods, reason = "a share of time is measured over a time, and no state ends it")]
pub(crate) async fn pass(time: Duration) {
    tokio::time::sleep(time).await;
}

/// `utime` and `stime` of proc(5), in ticks of a hundredth of a second.
pub(crate) fn cpu_s(pid: u32) -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let fields = stat.rsplit_once(')').context("a process has a name")?.1.split_whitespace();
    let ticks = fields.skip(11).take(2).map(str::parse::<f64>).sum::<Result<f64, _>>()?;
    Ok(ticks / 100.0)
}

/// From the first byte asked to the first two frames of MP3, in milliseconds, sorted.
async fn joins(server: &Server) -> anyhow::Result<Vec<u128>> {
    let mut all = Vec::new();
    for _ in 0..JOINS {
        let begin = Instant::now();
        let mut listener = listen(server).await?;
        read_sound(&mut listener, 2 * 384).await?;
        all.push(begin.elapsed().as_millis());
    }
    all.sort_unstable();
    Ok(all)
}

async fn listen(server: &Server) -> anyhow::Result<TcpStream> {
    let mut listener = TcpStream::connect(&server.ready().http).await?;
    listener.write_all(b"GET /live/bench.mp3 HTTP/1.1\r\nhost: rostrum\r\n\r\n").await?;
    Ok(listener)
}

/// Reads the head and so many bytes after it.
async fn read_sound(listener: &mut TcpStream, bytes: usize) -> anyhow::Result<()> {
    let mut all = Vec::new();
    loop {
        let before = all.len();
        listener.read_buf(&mut all).await?;
        anyhow::ensure!(all.len() > before, "the listener was cut off");
        let head = all.windows(4).position(|four| four == b"\r\n\r\n");
        if head.is_some_and(|head| all.len() >= head + 4 + bytes) {
            return Ok(());
        }
    }
}

/// Kills the stage again and again: the host comes back as soon as they can, and a listener stays.
async fn kills(
    server: &Server,
    room: &LiveRoom,
    mut host: RtcPeer,
    results: &mut Map<String, Value>,
) -> anyhow::Result<()> {
    let ear = Ear::open(server).await?;
    let (mut back, mut pauses, mut lost) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..KILLS {
        until(&host, host.second() + 4).await;
        let sent = host.sent();
        server.kill9("stage").await;
        let (begin, kept) = (Instant::now(), room.last_said());
        lost.push(u128::from(sent.saturating_sub(kept)) * 20);
        let from = host.second() + 2;
        drop(host);
        host = join(server, room, 0, from).await;
        eventually(PATIENCE, "the speaker is on air", async || (host.sent() > from * 50).then_some(())).await;
        back.push(begin.elapsed().as_millis());
        until(&host, from + 4).await;
        pauses.push(ear.longest_pause_ms(begin)?);
    }
    for (name, mut all) in [
        ("killed stage: speaker on air again, ms", back),
        ("killed stage: listener's pause, ms", pauses),
        ("killed stage: sent sound lost, ms", lost),
    ] {
        all.sort_unstable();
        results.insert(format!("{name}, median"), json!(part(&all, 50)));
        results.insert(format!("{name}, worst"), json!(all.last()));
    }
    Ok(())
}

/// A listener who notes when sound comes.
struct Ear {
    came: Arc<Mutex<Vec<Instant>>>,
    task: JoinHandle<()>,
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Ear {
    async fn open(server: &Server) -> anyhow::Result<Self> {
        let mut listener = listen(server).await?;
        let came = Arc::<Mutex<Vec<Instant>>>::default();
        let notes = Arc::clone(&came);
        let task = tokio::spawn(async move {
            let mut bytes = vec![0; 1 << 16];
            while listener.read(&mut bytes).await.is_ok_and(|count| count > 0) {
                notes.lock().expect("no holder panics").push(Instant::now());
            }
        });
        Ok(Self { came, task })
    }

    /// The longest time since `begin` in which nothing came; an error when the listener was cut off.
    fn longest_pause_ms(&self, begin: Instant) -> anyhow::Result<u128> {
        anyhow::ensure!(!self.task.is_finished(), "the listener was cut off");
        let came = self.came.lock().expect("no holder panics");
        let since = came.partition_point(|at| *at < begin).saturating_sub(1);
        let until_now = came[since..].iter().copied().chain([Instant::now()]).collect::<Vec<_>>();
        Ok(until_now.windows(2).map(|two| (two[1] - two[0]).as_millis()).max().unwrap_or(0))
    }
}

fn part(sorted: &[u128], percent: usize) -> Option<u128> {
    sorted.get((sorted.len() * percent / 100).min(sorted.len().saturating_sub(1))).copied()
}
