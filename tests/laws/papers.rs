//! Papers: links that lead somewhere, binaries with an origin, migrations in order and in the common SQL.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::tree::{Breach, absolute, files, is_vendored, judge, own, text};

#[test]
fn links_in_documents_lead_somewhere() {
    let mut breaches = Vec::new();
    for path in own(&["md"]) {
        let folder = Path::new(&path).parent().unwrap_or_else(|| Path::new(""));
        for link in links(&text(&path)) {
            if !absolute(&folder.join(&link).display().to_string()).exists() {
                breaches.push(Breach::at(&path, format!("leads to {link}, which is not there")));
            }
        }
    }
    judge("links", &breaches);
}

#[test]
fn the_map_of_the_house_stays_short() {
    let lines = text("ARCHITECTURE.md").lines().count();
    assert!(lines <= 200, "ARCHITECTURE.md has {lines} lines; a map is read in one go");
}

#[test]
fn binary_files_have_an_origin() {
    let all = files();
    let known: BTreeSet<&str> = all.iter().filter(|path| origin(path)).filter_map(|path| folder(path)).collect();
    let strange = all.iter().filter(|path| binary(path) && !folder(path).is_some_and(|folder| known.contains(folder)));
    let strange = strange.map(|path| Breach::at(path, "a binary file needs a LICENSE or README.md beside it"));
    judge("binaries", &strange.collect::<Vec<_>>());
}

#[test]
fn migrations_are_numbered_without_gaps_and_built_in() {
    let steps = own(&["sql"]).into_iter().filter(|path| path.starts_with("migrations/"));
    let steps: Vec<(String, String)> = steps.filter_map(|path| step(&path)).collect();
    let built_in = text("crates/rostrum-store/src/migrate.rs");
    judge("migrations", &misplaced(&steps, &built_in));
}

#[test]
fn shared_migrations_speak_the_common_sql() {
    let mut breaches = Vec::new();
    for path in own(&["sql"]).iter().filter(|path| step(path).is_some_and(|(folder, _)| folder.is_empty())) {
        for word in foreign_sql(&text(path)) {
            breaches.push(Breach::at(&format!("{path} {word}"), "means another thing on the other database"));
        }
    }
    judge("common-sql", &breaches);
}

/// Types and functions that differ between the databases; `crates/rostrum-store/README.md` says what to use instead.
const DIALECT: [&str; 22] = [
    "INT",
    "INTEGER",
    "SMALLINT",
    "SERIAL",
    "BIGSERIAL",
    "REAL",
    "FLOAT",
    "NUMERIC",
    "DECIMAL",
    "VARCHAR",
    "CHAR",
    "BLOB",
    "BYTEA",
    "JSON",
    "JSONB",
    "UUID",
    "TIMESTAMP",
    "TIMESTAMPTZ",
    "DATETIME",
    "AUTOINCREMENT",
    "NOW",
    "ILIKE",
];

fn foreign_sql(sql: &str) -> Vec<&'static str> {
    let code: Vec<&str> = sql.lines().map(|line| line.split("--").next().unwrap_or_default()).collect();
    let code = code.join("\n").to_ascii_uppercase();
    let words: BTreeSet<&str> = code.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    DIALECT.into_iter().filter(|word| words.contains(word)).collect()
}

/// The folder under `migrations/` (empty when both databases share it) and the name of a migration.
fn step(path: &str) -> Option<(String, String)> {
    let name = path.strip_prefix("migrations/")?.strip_suffix(".sql")?;
    let (folder, name) = name.rsplit_once('/').unwrap_or(("", name));
    Some((folder.to_owned(), name.to_owned()))
}

fn misplaced(steps: &[(String, String)], built_in: &str) -> Vec<Breach> {
    let mut places = BTreeMap::<&str, Vec<&str>>::new();
    for (folder, name) in steps {
        places.entry(name).or_default().push(folder);
    }
    let mut breaches = Vec::new();
    for (position, (name, mut folders)) in places.into_iter().enumerate() {
        folders.sort_unstable();
        if folders != [""] && folders != ["postgres", "sqlite"] {
            breaches.push(Breach::at(name, format!("is in {folders:?}; it is shared, or written for both databases")));
        }
        if !name.starts_with(&format!("{:04}_", position + 1)) {
            breaches.push(Breach::at(name, format!("is number {} of the list", position + 1)));
        }
        if !built_in.contains(&format!("\"{name}\"")) {
            breaches.push(Breach::at(name, "is not built into the store"));
        }
    }
    breaches
}

/// Relative targets of links and pictures outside code, without their anchors.
fn links(markdown: &str) -> Vec<String> {
    let mut in_code = false;
    let mut found = Vec::new();
    for line in markdown.lines() {
        in_code ^= line.trim_start().starts_with("```");
        if in_code {
            continue;
        }
        let ends = [("](", ')'), ("src=\"", '"'), ("href=\"", '"')];
        for (start, end) in ends {
            let targets = line.split(start).skip(1).filter_map(|rest| rest.split(end).next());
            let targets = targets.map(|target| target.split('#').next().unwrap_or_default());
            let relative = |target: &&str| !target.is_empty() && !target.contains(':') && !target.starts_with('/');
            found.extend(targets.filter(relative).map(str::to_owned));
        }
    }
    found
}

fn origin(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name == "README.md" || name.starts_with("LICENSE")
}

fn folder(path: &str) -> Option<&str> {
    path.rsplit_once('/').map(|(folder, _)| folder)
}

fn binary(path: &str) -> bool {
    let mut head = Vec::new();
    let file = File::open(absolute(path)).and_then(|file| file.take(8000).read_to_end(&mut head));
    file.is_ok() && head.contains(&0)
}

#[test]
fn vendored_files_have_a_licence_beside_them() {
    let all = files();
    let licensed: BTreeSet<&str> = all.iter().filter(|path| origin(path)).filter_map(|path| folder(path)).collect();
    let strange = all.iter().filter(|path| is_vendored(path) && !folder(path).is_some_and(|at| licensed.contains(at)));
    judge("vendored", &strange.map(|path| Breach::at(path, "no LICENSE beside it")).collect::<Vec<_>>());
}

#[test]
fn a_link_is_found_where_a_reader_would_click() {
    let page = "[a](b.md#c) ![d](e.png) [f](https://g) [h](#i)\n```\n[no](no.md)\n```\n<img src=\"j.png\">";
    assert_eq!(links(page), ["b.md", "e.png", "j.png"]);
}

#[test]
fn a_gap_a_half_and_an_orphan_are_found() {
    let step = |folder: &str, name: &str| (folder.to_owned(), name.to_owned());
    let steps = [step("", "0001_a"), step("sqlite", "0003_b")];
    let notes: Vec<_> = misplaced(&steps, "\"0001_a\"").into_iter().map(|breach| breach.place).collect();
    assert_eq!(notes, ["0003_b", "0003_b", "0003_b"]);
    assert_eq!(misplaced(&[step("", "0001_a")], "\"0001_a\""), []);
    assert_eq!(foreign_sql("a TEXT, -- INT\nb integer, at BIGINT"), ["INTEGER"]);
}
