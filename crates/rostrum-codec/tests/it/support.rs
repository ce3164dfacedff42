//! Command lines of other programs: what makes inputs and what reads our files.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rostrum_codec::{Analysis, Client, Limits, Probe, Spool, TranscodeRequest, Transcoded};
use rostrum_media::{Codec, Tags, package};
use tempfile::TempDir;

/// A client that is patient with a busy machine.
pub(crate) fn client() -> Client {
    let limits = Limits { wall_min: Duration::from_secs(600), nice: 0, ..Limits::default() };
    Client::new(env!("CARGO_BIN_EXE_rostrum-media-child").into(), limits)
}

/// Runs a program and returns what it printed on both streams; fails the test if the program fails.
pub(crate) fn run(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).output().unwrap_or_else(|error| panic!("{program}: {error}"));
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(output.status.success(), "{program} {args:?}: {text}");
    text
}

/// A file made by ffmpeg from a lavfi source, in a folder of its own.
pub(crate) fn make(dir: &TempDir, name: &str, args: &[&str]) -> PathBuf {
    let path = dir.path().join(name);
    let target = path.to_str().unwrap();
    run("ffmpeg", &[&["-v", "error", "-y"], args, &[target]].concat());
    path
}

/// Stereo speech-like sound at 44.1 kHz: voices with different levels on both sides and pauses.
pub(crate) const TALK: &str = "aevalsrc=exprs='\
    0.2*sin(2*PI*180*t+sin(2*PI*3*t)*6)*(0.3+abs(sin(PI*1.3*t)))*lt(mod(t,4),3.2)|\
    0.1*sin(2*PI*210*t+sin(2*PI*4*t)*5)*(0.2+abs(sin(PI*1.7*t)))*lt(mod(t,5),4.4)':s=44100";

pub(crate) fn open(path: &Path) -> File {
    File::open(path).unwrap()
}

/// What became of one input.
pub(crate) struct Done {
    pub probe: Probe,
    pub analysis: Analysis,
    pub transcoded: Transcoded,
    pub files: Vec<(Codec, PathBuf)>,
}

/// The whole way: probe, analyse, transcode, package with tags.
pub(crate) async fn publish(dir: &TempDir, input: &Path, tags: &Tags) -> Done {
    let client = client();
    let probe = client.probe(open(input)).await.unwrap();
    let analysis = client.analyse(open(input), &probe).await.unwrap();
    let request = TranscodeRequest::new(&probe, &analysis);
    let parts = Codec::ALL.map(|codec| (codec, tempfile::tempfile().unwrap())).into();
    let spool = Spool::new(parts, |done_ms, total_ms| assert!(done_ms <= total_ms));
    let (transcoded, spool) = client.transcode(open(input), &request, spool).await.unwrap();
    let mut files = Vec::new();
    for (stream, data) in spool.finish(&transcoded, analysis.mix.channels()).unwrap() {
        let name = match stream.codec {
            Codec::Mp3 => "out.mp3",
            Codec::Aac => "out.m4a",
            Codec::Opus => "out.opus",
        };
        let path = dir.path().join(name);
        package(&stream, tags, data, File::create(&path).unwrap()).unwrap();
        files.push((stream.codec, path));
    }
    Done { probe, analysis, transcoded, files }
}

/// ffprobe's answer as JSON.
pub(crate) fn ffprobe(path: &Path) -> serde_json::Value {
    let args =
        ["-v", "error", "-of", "json", "-show_format", "-show_streams", "-show_chapters", path.to_str().unwrap()];
    serde_json::from_str(&run("ffprobe", &args)).unwrap()
}

/// Seconds of sound that ffmpeg decodes from a file.
pub(crate) fn decoded_s(path: &Path) -> f64 {
    let args = ["-v", "error", "-i", path.to_str().unwrap(), "-f", "s16le", "-ac", "1", "-ar", "48000", "-"];
    let output = Command::new("ffmpeg").args(args).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout.len() as f64 / 96_000.0
}

/// Integrated loudness and true peak as ffmpeg measures them.
pub(crate) fn ebur128(path: &Path) -> (f64, f64) {
    ebur128_of(&["-i", path.to_str().unwrap()])
}

/// The same of an input that needs more words.
pub(crate) fn ebur128_of(input: &[&str]) -> (f64, f64) {
    let measure = ["-af", "ebur128=peak=true", "-f", "null", "-"];
    let text = run("ffmpeg", &[&["-hide_banner", "-nostats"], input, &measure].concat());
    let summary = text.split("Summary:").nth(1).unwrap();
    let value = |label: &str| -> f64 {
        let rest = summary.split(label).nth(1).unwrap();
        rest.split_whitespace().next().unwrap().parse().unwrap()
    };
    (value("I:"), value("Peak:"))
}
