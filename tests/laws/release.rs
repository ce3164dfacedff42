//! What a release build must not hold: the points at which tests end a process.

use std::process::Command;

use crate::tree::{absolute, text};

const SOURCE: &str = "crates/rostrum-store/src/failpoint.rs";

#[test]
fn failpoints_are_not_in_release_builds() {
    assert!(has_failpoints("on"), "with debug assertions they are there, or this test looks for the wrong thing");
    assert!(!has_failpoints("off"));
    let manifest: toml::Table = text("Cargo.toml").parse().expect("Cargo.toml is TOML");
    let release = manifest["profile"]["release"].as_table().expect("there is a release profile");
    assert!(!release.contains_key("debug-assertions"), "a release build has no debug assertions");
}

/// Whether the module, built by itself, knows the variable that arms it or a way to end the process.
fn has_failpoints(debug_assertions: &str) -> bool {
    let folder = tempfile::tempdir().expect("the temp folder can be written");
    let object = folder.path().join("failpoint.o");
    let output = Command::new("rustc")
        .args(["--crate-name", "failpoint", "--crate-type", "lib", "--edition", "2024", "--emit", "obj"])
        .args(["--cap-lints", "allow", "-C", "codegen-units=1", "-C"])
        .arg(format!("debug-assertions={debug_assertions}"))
        .arg("-o")
        .arg(&object)
        .arg(absolute(SOURCE))
        .output()
        .expect("rustc built this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let bytes = std::fs::read(object).expect("rustc wrote it");
    let holds = |word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
    assert!(holds(b"reach"), "the function itself is there");
    holds(b"FAILPOINTS") || holds(b"abort")
}
