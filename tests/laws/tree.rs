//! The files of the project as git knows them, and the verdict on what breaks a law.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Something that exceeds a law: where, and by which number; 1 when the law has no number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Breach {
    pub(crate) place: String,
    pub(crate) amount: usize,
    pub(crate) note: String,
}

impl Breach {
    /// A breach of a law without numbers.
    pub(crate) fn at(path: &str, note: impl Into<String>) -> Self {
        Self { place: path.to_owned(), amount: 1, note: note.into() }
    }

    /// A breach of a law with a number.
    pub(crate) fn of(place: impl Into<String>, amount: usize) -> Self {
        Self { place: place.into(), amount, note: amount.to_string() }
    }
}

/// The folder of the workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this package is a folder of the workspace")
}

/// Every file that is or could be committed, as paths from the root.
pub(crate) fn files() -> Vec<String> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git is installed");
    assert!(listed.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listed.stderr));
    let paths = String::from_utf8(listed.stdout).expect("paths are plain text");
    let mut paths: Vec<String> = paths.split_terminator('\0').map(str::to_owned).collect();
    // A file that someone deletes while the laws look is gone, not broken.
    paths.retain(|path| absolute(path).is_file());
    assert!(!paths.is_empty(), "a tree without files cannot be judged");
    paths.sort();
    paths
}

/// Files with one of these extensions that were written here, not vendored.
pub(crate) fn own(extensions: &[&str]) -> Vec<String> {
    let wanted = |path: &String| {
        let extension = Path::new(path).extension().and_then(|extension| extension.to_str());
        extension.is_some_and(|extension| extensions.contains(&extension)) && !is_vendored(path)
    };
    files().into_iter().filter(wanted).collect()
}

/// Whether others wrote it: scripts and fonts of the browser, kept as they came.
pub(crate) fn is_vendored(path: &str) -> bool {
    path.starts_with("vendor/") || path.contains("/vendor/")
}

/// A path from the root as the system wants it.
pub(crate) fn absolute(path: &str) -> PathBuf {
    root().join(path)
}

/// The text of a file; empty for one that is not text or has just been removed.
pub(crate) fn text(path: &str) -> String {
    fs::read_to_string(absolute(path)).unwrap_or_default()
}

/// Fails with every breach that the ratchet does not excuse, and with every excuse that could be tighter.
#[track_caller]
pub(crate) fn judge(law: &str, breaches: &[Breach]) {
    let ratchet: toml::Table = text("tests/laws/ratchet.toml").parse().expect("ratchet.toml is TOML");
    let excuses = ratchet.get(law).and_then(toml::Value::as_table).cloned().unwrap_or_default();
    let excuses = excuses.iter().map(|(place, number)| {
        let number = number.as_integer().and_then(|number| usize::try_from(number).ok());
        (place.clone(), number.expect("the ratchet holds whole numbers"))
    });
    let faults = faults(&excuses.collect(), breaches);
    assert!(faults.is_empty(), "{law}: {} to mend\n{}", faults.len(), faults.join("\n"));
}

fn faults(excuses: &BTreeMap<String, usize>, breaches: &[Breach]) -> Vec<String> {
    let mut excuses = excuses.clone();
    let mut faults = Vec::new();
    for Breach { place, amount, note } in breaches {
        match excuses.remove(place) {
            Some(excused) if *amount == excused => {}
            Some(excused) if *amount < excused => faults.push(format!("  ratchet: {place}: lower it to {amount}")),
            _ => faults.push(format!("  {place}: {note}")),
        }
    }
    faults.extend(excuses.keys().map(|place| format!("  ratchet: {place}: not needed any more, remove it")));
    faults
}

#[test]
fn the_ratchet_only_tightens() {
    let excuses = BTreeMap::from([("a".to_owned(), 80), ("b".to_owned(), 90), ("c".to_owned(), 100)]);
    let breaches = [Breach::of("a", 80), Breach::of("b", 85), Breach::of("d", 75)];
    let faults = faults(&excuses, &breaches);
    assert_eq!(faults, ["  ratchet: b: lower it to 85", "  d: 75", "  ratchet: c: not needed any more, remove it"]);
}
