//! Words: what each file says first, what nothing is called, and what no file may name.

use crate::tree::{Breach, files, is_vendored, judge, own, text};

const NAMELESS: [&str; 11] =
    ["manager", "managers", "helper", "helpers", "util", "utils", "common", "service", "services", "misc", "stuff"];

#[test]
fn every_file_opens_with_what_it_holds() {
    let silent = own(&["rs"]).into_iter().filter_map(|path| {
        let lines = text(&path).lines().take_while(|line| line.starts_with("//!")).count();
        (!(1..=5).contains(&lines)).then(|| Breach::at(&path, format!("{lines} lines of `//!`, not 1 to 5")))
    });
    judge("heads", &silent.collect::<Vec<_>>());
}

#[test]
fn modules_have_names_that_say_something() {
    let nameless = own(&["rs"]).into_iter().filter(|path| {
        let mut parts = path.trim_end_matches(".rs").split(['/', '-', '_']);
        parts.any(|part| NAMELESS.contains(&part))
    });
    let nameless = nameless.map(|path| Breach::at(&path, "a module is named after what it holds"));
    judge("module-names", &nameless.collect::<Vec<_>>());
}

#[test]
fn lints_are_expected_with_a_reason_never_allowed() {
    judge("allow", &lines(|line| line.starts_with("#[allow(") || line.starts_with("#![allow(") || cfg_allows(line)));
}

#[test]
fn a_test_is_ignored_only_with_a_reason() {
    judge("ignore", &lines(|line| line == "#[ignore]"));
}

#[test]
fn the_project_speaks_of_itself_only() {
    // In two halves, or this file would name them.
    let foreign = [
        ("/wo", "rk/"),
        ("index.crates", ".io"),
        ("static.crates", ".io"),
        ("registry.npm", "js"),
        ("files.python", "hosted"),
        ("deb.deb", "ian.org"),
        ("DESIGN", ".md"),
        ("STYLE", ".md"),
        ("/tmp/bri", "efs"),
    ];
    let foreign = foreign.map(|(first, second)| format!("{first}{second}"));
    let mut breaches = Vec::new();
    for path in files().iter().filter(|path| !is_vendored(path)) {
        let text = text(path);
        for word in foreign.iter().filter(|word| text.contains(word.as_str())) {
            breaches.push(Breach::at(path, format!("names {word}")));
        }
    }
    judge("foreign-words", &breaches);
}

fn cfg_allows(line: &str) -> bool {
    (line.starts_with("#[cfg_attr(") || line.starts_with("#![cfg_attr(")) && line.contains(" allow(")
}

/// Each file's first line of Rust that a law forbids.
fn lines(forbidden: impl Fn(&str) -> bool) -> Vec<Breach> {
    let found = own(&["rs"]).into_iter().filter_map(|path| {
        let number = text(&path).lines().position(|line| forbidden(line.trim()))? + 1;
        Some(Breach::at(&path, format!("line {number}")))
    });
    found.collect()
}
