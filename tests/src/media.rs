//! Real recordings made by real programs, and measurements of what the server made of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// Programme loudness by EBU R128, as FFmpeg's own filter measures it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Loudness {
    /// Integrated loudness, LUFS.
    pub integrated_lufs: f64,
    /// Loudness range, LU.
    pub range_lu: f64,
    /// True peak, dBTP.
    pub true_peak_dbtp: f64,
}

/// Speaks a text of about so many seconds into `FOLDER/speech.wav`: 22,050 Hz, mono, 16 bit.
pub fn speech(seconds: u32, folder: &Path) -> PathBuf {
    const PER_LINE_SECONDS: u32 = 5;
    let lines = (0..seconds.div_ceil(PER_LINE_SECONDS)).map(|turn| LINES[turn as usize % LINES.len()]);
    let (text, file) = (folder.join("speech.txt"), folder.join("speech.wav"));
    fs::write(&text, lines.collect::<Vec<_>>().join("\n\n")).expect("the folder can be written");
    run(Command::new("espeak-ng").args(["-v", "en", "-s", "150", "-w"]).arg(&file).arg("-f").arg(&text));
    file
}

/// Each takes some five seconds to say.
const LINES: [&str; 6] = [
    "Good evening, and welcome to the small hours of the radio house.",
    "Tonight we talk about tides, and about those who listen to them.",
    "The harbour master keeps a book in which every wave has a line.",
    "She says that the sea never repeats itself, though it often tries.",
    "Our guest has recorded one beach on every morning for eleven years.",
    "Stay with us until the end, when the gulls will have the last word.",
];

/// A sine of so many hertz and seconds in `FOLDER/tone-HZ.wav`: 48 kHz, mono, peak −18 dBFS.
pub fn tone(hertz: u32, seconds: u32, folder: &Path) -> PathBuf {
    let file = folder.join(format!("tone-{hertz}.wav"));
    let source = format!("sine=frequency={hertz}:duration={seconds}:sample_rate=48000");
    run(Command::new("ffmpeg").args(QUIET).args(["-f", "lavfi", "-i", &source]).arg(&file));
    file
}

/// A square test picture of so many pixels in `FOLDER/picture.png`.
pub fn picture(side_px: u32, folder: &Path) -> PathBuf {
    let file = folder.join("picture.png");
    let source = format!("testsrc2=size={side_px}x{side_px}");
    run(Command::new("ffmpeg").args(QUIET).args(["-f", "lavfi", "-i", &source, "-frames:v", "1"]).arg(&file));
    file
}

/// Encodes a recording with FFmpeg into the format that the extension names, with more options if need be.
pub fn encode(source: &Path, extension: &str, options: &[&str]) -> PathBuf {
    let file = source.with_extension(extension);
    run(Command::new("ffmpeg").args(QUIET).arg("-i").arg(source).args(options).arg(&file));
    file
}

/// A recording of so many minutes: MP3, 24 kbit/s, 16 kHz, mono; one minute that comes again and again.
pub fn minutes_of_mp3(minutes: u32, folder: &Path) -> Vec<u8> {
    let sound = "sine=frequency=300:duration=60:sample_rate=16000,tremolo=f=0.5";
    let plain = ["-b:a", "24k", "-write_xing", "0", "-id3v2_version", "0"];
    let minute = ffmpeg(&[&["-f", "lavfi", "-i", sound], &plain[..]].concat(), &folder.join("minute.mp3"));
    minute.repeat(minutes as usize)
}

/// Runs FFmpeg with these options, and gives the bytes of the file it writes.
pub(crate) fn ffmpeg(options: &[&str], file: &Path) -> Vec<u8> {
    run(Command::new("ffmpeg").args(QUIET).args(options).arg(file));
    fs::read(file).expect("it was written")
}

/// What ffprobe knows of a file or address: `format`, `streams`, `chapters`.
pub fn ffprobe(source: impl AsRef<Path>) -> Value {
    let options = ["-v", "error", "-of", "json", "-show_format", "-show_streams", "-show_chapters"];
    let output = run(Command::new("ffprobe").args(options).arg(source.as_ref()));
    serde_json::from_slice(&output.stdout).expect("ffprobe was asked for JSON")
}

/// One channel of a file as it is decoded, at 48 kHz.
pub fn decoded(file: &Path, channel: usize) -> Vec<f32> {
    let (side, form) = (format!("pan=mono|c0=c{channel}"), ["-ar", "48000", "-f", "f32le"]);
    let name = file.display().to_string();
    let options = [&["-i", &name, "-af", &side], &form[..]].concat();
    let bytes = ffmpeg(&options, &file.with_extension("raw"));
    bytes.as_chunks().0.iter().map(|four| f32::from_le_bytes(*four)).collect()
}

/// Measures a whole file.
pub fn loudness(file: &Path) -> Loudness {
    let options = ["-af", "ebur128=peak=true:framelog=verbose", "-f", "null", "-"];
    let output = run(Command::new("ffmpeg").args(["-nostdin", "-hide_banner", "-i"]).arg(file).args(options));
    let report = String::from_utf8_lossy(&output.stderr).into_owned();
    let summary = report.rsplit_once("Summary:").expect("the filter ends with a summary").1;
    let field = |name: &str| {
        let line = summary.lines().find_map(|line| line.trim().strip_prefix(name));
        let number = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
        number.unwrap_or_else(|| panic!("no {name} in {summary}"))
    };
    Loudness { integrated_lufs: field("I:"), range_lu: field("LRA:"), true_peak_dbtp: field("Peak:") }
}

const QUIET: [&str; 4] = ["-nostdin", "-y", "-v", "error"];

fn run(command: &mut Command) -> Output {
    let output = command.output();
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}; scripts/setup test installs it"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}
