//! Every file that fuzzing kept, played again: a fault found once is looked for on every run.

use std::fs;
use std::path::Path;

use rostrum_fuzz::TARGETS;

fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = files.map(|file| file.expect("the folder can be read").path());
    let read = |path: std::path::PathBuf| (path.display().to_string(), fs::read(path).expect("a file can be read"));
    paths.filter(|path| !path.ends_with("README.md")).map(read).collect()
}

#[test]
fn what_was_found_once_is_not_found_again() {
    for (name, target) in TARGETS {
        let kept = corpus(name);
        assert!(kept.len() >= 5, "{name} has something to play");
        for (path, bytes) in kept {
            let fault = std::panic::catch_unwind(|| target(&bytes));
            assert!(fault.is_ok(), "{path}");
        }
    }
}

#[test]
fn every_corpus_has_a_target() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for entry in fs::read_dir(folder).expect("there is one") {
        let entry = entry.expect("the folder can be read");
        let name = entry.file_name().to_string_lossy().into_owned();
        let known = TARGETS.iter().any(|(target, _)| *target == name);
        assert!(known || !entry.path().is_dir(), "{name} is nobody's");
    }
}
