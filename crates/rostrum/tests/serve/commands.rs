//! The commands beside a running server and without one.

use std::io::Write;
use std::process::Stdio;

use crate::harness::{Server, complaint, rostrum, run};

#[test]
fn people_and_tokens_are_made_beside_a_running_server() {
    let server = Server::start();
    let folder = server.folder.path();
    let made = run(folder, &["user", "add", "ada@radio.example", "--role", "owner"]);
    let link = String::from_utf8(made.stdout).unwrap();
    assert!(made.status.success() && link.starts_with(&format!("http://{}/", server.address())), "{link}");
    assert_eq!(link.lines().count(), 1);
    let token = run(folder, &["token", "add", "ada@radio.example", "--scope", "read"]);
    let text = String::from_utf8(token.stdout).unwrap();
    assert!(token.status.success() && text.trim_end().len() > 32 && text.lines().count() == 1, "{text}");
    assert!(complaint(folder, &["token", "add", "nobody@radio.example"]).starts_with("rostrum: "));
}

#[test]
fn a_password_comes_by_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let add = |password: &[u8]| {
        let mut command = rostrum(folder.path());
        command.args(["user", "add", "ada@radio.example", "--role", "creator", "--password-stdin"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(password).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.stdout.is_empty(), "there is no link to print");
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    let (made, said) = add(b"short\n");
    assert!(!made && said.contains("password"), "{said}");
    let (made, said) = add(b"correct horse battery\n");
    assert!(made, "the refused password has left nothing: {said}");
    let (made, said) = add(b"correct horse battery\n");
    assert!(!made && said.matches("has this address already").count() == 1, "once is enough: {said}");
    let link = run(folder.path(), &["user", "link", "ada@radio.example"]);
    let text = String::from_utf8(link.stdout).unwrap();
    assert!(link.status.success() && text.contains("/link/reset/") && text.lines().count() == 1, "{text}");
}

#[test]
fn the_settings_in_force_are_shown_with_their_origins() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rostrum.toml"), "[site]\nname = \"Radio\"\n").unwrap();
    let mut command = rostrum(folder.path());
    command.args(["config", "--data", "here"]).env("ROSTRUM_DATABASE__URL", "postgres://u:canary@h/d");
    let text = String::from_utf8(command.output().unwrap().stdout).unwrap();
    for line in
        ["name = \"Radio\"  # rostrum.toml", "dir = \"here\"  # --data", "url = \"•••\"  # ROSTRUM_DATABASE__URL"]
    {
        assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
    }
    assert!(!text.contains("canary"));
}

#[test]
fn the_doctor_examines_and_a_sound_site_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let migrated = run(folder.path(), &["migrate"]);
    assert!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
    let verified = run(folder.path(), &["verify"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    let mut command = rostrum(folder.path());
    let examined = command.arg("doctor").env("ROSTRUM_HTTP__LISTEN", "127.0.0.1:0").output().unwrap();
    let text = String::from_utf8(examined.stdout).unwrap();
    for what in ["data folder", "database", "media store", "clock", "media libraries"] {
        assert!(text.contains(what), "{what} in\n{text}");
    }
    for wall in [
        "memory limit",
        "processor limit",
        "file size limit",
        "descriptor limit",
        "no new privileges",
        "not dumpable",
        "dies with its parent",
        "landlock: files",
        "landlock: network",
        "seccomp: files",
        "seccomp: network",
        "seccomp: programs",
        "wall clock",
    ] {
        assert!(text.contains(wall), "{wall} in\n{text}");
    }
    assert!(examined.status.success() && text.ends_with("Rostrum can serve here.\n"), "{text}");
}
