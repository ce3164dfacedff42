//! Readers that are not ours, of feeds and of codes that cameras read: each prints what it understood as JSON.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::media::ffmpeg;
use crate::scratch::{package_file, target_folder};

/// What podcast-partytime makes of a feed; null when it cannot read it at all.
pub fn partytime(feed: &str) -> Value {
    read(&mut node("read_feed.mjs"), feed.as_bytes())
}

/// What feedparser makes of a feed: `feed`, `entries`, and `bozo` when it found the XML at fault.
pub fn feedparser(feed: &str) -> Value {
    read(&mut python("read_feed.py"), feed.as_bytes())
}

/// What Python's own XML reader makes of a document: its root with `name`, `attributes`, `text` and `children`.
pub fn elements(document: &str) -> Value {
    read(&mut python("read_elements.py"), document.as_bytes())
}

/// What jsQR reads in a picture of a QR code, as a camera would that is held before it; null when it sees none.
pub fn qr_code(picture: &Path) -> Value {
    const SIDE_PX: u32 = 640;
    let name = picture.display().to_string();
    let near = format!("scale={SIDE_PX}:{SIDE_PX}");
    let options = ["-i", &name, "-vf", &near, "-pix_fmt", "rgba", "-f", "rawvideo"];
    let pixels = ffmpeg(&options, &picture.with_extension("rgba"));
    read(node("read_qr.mjs").args([SIDE_PX.to_string(), SIDE_PX.to_string()]), &pixels)
}

/// A script of ours in the environment that has other people's Python packages.
pub fn python(script: &str) -> Command {
    let mut command = Command::new(target_folder().join("python/bin/python"));
    command.arg(package_file(&format!("python/{script}")));
    command
}

/// A script of ours beside other people's Node packages.
fn node(script: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(package_file(&format!("node/{script}"))).current_dir(target_folder().join("node"));
    command
}

fn read(command: &mut Command, input: &[u8]) -> Value {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().expect("scripts/setup test installs the readers");
    let mut stdin = child.stdin.take().expect("asked for above");
    stdin.write_all(input).expect("the reader reads all before it writes");
    drop(stdin);
    let output = child.wait_with_output().expect("the reader is our child");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    // The answer is the last line; before it a reader may complain of what it reads.
    let text = String::from_utf8(output.stdout).expect("JSON is UTF-8");
    serde_json::from_str(text.lines().last().unwrap_or_default()).expect("the reader prints JSON")
}
