//! Feed readers that are not ours: each prints what it understood as JSON.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::scratch::{package_file, target_folder};

/// What podcast-partytime makes of a feed; null when it cannot read it at all.
pub fn partytime(feed: &str) -> Value {
    let mut command = Command::new("node");
    command.arg(package_file("node/read_feed.mjs")).current_dir(target_folder().join("node"));
    read(&mut command, feed)
}

/// What feedparser makes of a feed: `feed`, `entries`, and `bozo` when it found the XML at fault.
pub fn feedparser(feed: &str) -> Value {
    read(&mut python("read_feed.py"), feed)
}

/// A script of ours in the environment that has other people's Python packages.
pub fn python(script: &str) -> Command {
    let mut command = Command::new(target_folder().join("python/bin/python"));
    command.arg(package_file(&format!("python/{script}")));
    command
}

fn read(command: &mut Command, feed: &str) -> Value {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().expect("scripts/setup test installs the readers");
    let mut stdin = child.stdin.take().expect("asked for above");
    stdin.write_all(feed.as_bytes()).expect("the reader reads all before it writes");
    drop(stdin);
    let output = child.wait_with_output().expect("the reader is our child");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    // The answer is the last line; before it a reader may complain of what it reads.
    let text = String::from_utf8(output.stdout).expect("JSON is UTF-8");
    serde_json::from_str(text.lines().last().unwrap_or_default()).expect("the reader prints JSON")
}
