//! A recording's way from the last byte uploaded to three renditions, beside ffmpeg's command line doing the same:
//! two-pass loudnorm, then three encodes in one command.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use rostrum_tests::{Http, Program, Server, encode, loudness, speech};
use serde_json::{Map, Value, json};

/// What both sides aim at.
const TARGET: &str = "loudnorm=I=-16:TP=-1:LRA=11";
/// A voice a little nearer to the left ear: two channels that say the same would be taken for mono, and be less work.
const STEREO: &str = "pan=stereo|c0=c0|c1=0.8*c0,adelay=0|5";
/// How far our files may be from the aim, in LU.
const MISS_MAX: f64 = 1.0;
/// The peer's files: the filter's output each is made of, its coder, its rate, its name.
const PEER: [(&str, &str, &str, &str); 3] = [
    ("[a]", "libmp3lame", "128k", "peer.mp3"),
    ("[b]", "aac", "96k", "peer.m4a"),
    ("[c]", "libopus", "64k", "peer.opus"),
];

/// What came of the measured recording.
pub(crate) struct Published {
    /// The path of the feed it is in.
    pub(crate) feed: String,
    /// The path of its page.
    pub(crate) page: String,
}

/// Notes the seconds of both sides, their ratio, and how loud the files of both are.
pub(crate) async fn measure(
    server: &Server,
    minutes: u32,
    results: &mut Map<String, Value>,
) -> anyhow::Result<Published> {
    let spoken = speech(minutes * 60, server.scratch());
    let recording = encode(&spoken, "mp3", &["-af", STEREO, "-ar", "44100", "-b:a", "128k"]);
    let program = Program::new(server).await;
    let show = program.show(server).await;
    let (ours, episode) = ours(&program, &show, &recording).await?;
    let theirs = theirs(&recording, server.scratch())?;
    results.insert(format!("transcode_{minutes}_min_s"), json!(ours));
    results.insert(format!("transcode_{minutes}_min_ffmpeg_s"), json!(theirs));
    results.insert("transcode_times_faster".into(), json!((theirs / ours * 100.0).round() / 100.0));
    let http = server.http();
    for file in episode["renditions"].as_array().context("it has renditions")? {
        let (kind, url) = (file["kind"].as_str().context("of a kind")?, file["url"].as_str().context("at a place")?);
        let lufs = loudness_at(&http, url, server.scratch()).await?;
        ensure!((lufs + 16.0).abs() <= MISS_MAX, "the {kind} is at {lufs} LUFS");
        results.insert(format!("loudness {kind}, LUFS"), json!(lufs));
    }
    for (.., name) in PEER {
        let measured = loudness(&server.scratch().join(name)).integrated_lufs;
        results.insert(format!("loudness ffmpeg's {name}, LUFS"), json!(measured));
    }
    let page = episode["urls"]["page"].as_str().context("a published episode has a page")?;
    let page = page.strip_prefix(server.url("").as_str()).context("on this server")?.to_owned();
    Ok(Published { feed: format!("/shows/{show}/feed.xml"), page })
}

async fn loudness_at(http: &Http, url: &str, folder: &Path) -> anyhow::Result<f64> {
    let file = folder.join("measured");
    std::fs::write(&file, http.get(url).await.expect_status(200).body)?;
    Ok(loudness(&file).integrated_lufs)
}

/// The seconds from the last byte to the three files, and the published episode.
async fn ours(program: &Program, show: &str, recording: &Path) -> anyhow::Result<(f64, Value)> {
    let bytes = std::fs::read(recording)?;
    let upload = program.announce(show, bytes.len()).await;
    let begin = Instant::now();
    let last = program.append(&upload, 0, &bytes).await.expect_status(204);
    let episode = last.header("rostrum-episode").to_owned();
    program.renditions(&episode).await;
    let seconds = begin.elapsed().as_secs_f64();
    program.call("POST", &format!("/api/v1/episodes/{episode}/publish"), None).await;
    Ok((seconds, program.call("GET", &format!("/api/v1/episodes/{episode}"), None).await))
}

fn theirs(recording: &Path, folder: &Path) -> anyhow::Result<f64> {
    let begin = Instant::now();
    let measured = run(Command::new("ffmpeg").args(["-hide_banner", "-nostdin", "-i"]).arg(recording).args([
        "-af",
        &format!("{TARGET}:print_format=json"),
        "-f",
        "null",
        "-",
    ]))?;
    let found: Value = serde_json::from_str(&measured[measured.rfind('{').context("loudnorm prints JSON")?..])?;
    let value = |name: &str| found[name].as_str().unwrap_or_default().to_owned();
    let second = format!(
        "{TARGET}:measured_I={}:measured_TP={}:measured_LRA={}:measured_thresh={}:offset={}:linear=true",
        value("input_i"),
        value("input_tp"),
        value("input_lra"),
        value("input_thresh"),
        value("target_offset"),
    );
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-nostdin", "-y", "-i"]).arg(recording);
    command.args(["-filter_complex", &format!("[0:a]{second},asplit=3[a][b][c]")]);
    for (pad, codec, rate, name) in PEER {
        command.args(["-map", pad, "-c:a", codec, "-b:a", rate, "-ar", "48000"]).arg(folder.join(name));
    }
    run(&mut command)?;
    Ok(begin.elapsed().as_secs_f64())
}

/// Runs a command and gives what it said on its error stream.
fn run(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.success(), "{said}");
    // loudnorm's JSON ends with its brace; whatever follows is not part of it.
    Ok(said.rfind('}').map_or(said.clone(), |end| said[..=end].to_owned()))
}
