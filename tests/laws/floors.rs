//! Which crate may use which: the floors, read from `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

use crate::tree::{Breach, judge, own, root, text};

/// The floors from the ground up; a crate may use what lies below its own.
const FLOORS: [&[&str]; 5] = [
    &["rostrum-words", "rostrum-domain", "rostrum-media", "rostrum-live", "rostrum-feed"],
    &["rostrum-store", "rostrum-plugins", "rostrum-codec", "rostrum-wire", "rostrum-fetch"],
    &["rostrum-app"],
    &["rostrum-web", "rostrum-stage", "rostrum-edge", "rostrum-worker"],
    &["rostrum"],
];

/// The only edges inside the ground floor.
const GROUND: [(&str, &str); 4] = [
    ("rostrum-media", "rostrum-domain"),
    ("rostrum-live", "rostrum-domain"),
    ("rostrum-live", "rostrum-media"),
    ("rostrum-feed", "rostrum-domain"),
];

/// What stands beside the house and looks at all of it.
const TESTS: [&str; 2] = ["rostrum-tests", "rostrum-fuzz"];

/// Edges that only tests use: the end of a room is tried with the real stage, whose files nothing else makes.
const TESTED_WITH: [(&str, &str); 1] = [("rostrum-app", "rostrum-stage")];

/// Crates that touch the outside world or chance; the ground floor uses none, directly or through others.
const IMPURE: [&str; 12] =
    ["tokio", "hyper", "reqwest", "axum", "sqlx", "mio", "socket2", "async-std", "smol", "rustls", "rand", "fastrand"];

/// The same in the standard library.
const IMPURE_PATHS: [&str; 9] = [
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "std::env",
    "std::os",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
];

#[test]
fn a_crate_uses_only_what_lies_below_it() {
    let mut breaches = Vec::new();
    for (name, package) in packages(&metadata(&["--no-deps"])) {
        if TESTS.contains(&name.as_str()) {
            continue;
        }
        let Some(own_floor) = floor(&name) else {
            breaches.push(Breach::at(&name, "stands on no floor; give it one in tests/laws/floors.rs"));
            continue;
        };
        for used in names(&package["dependencies"]).into_iter().filter(|used| used.starts_with("rostrum")) {
            let below = floor(&used).is_some_and(|floor| floor < own_floor);
            let edge = (name.as_str(), used.as_str());
            let only_in_tests = TESTED_WITH.contains(&edge) && is_dev(&package["dependencies"], &used);
            if !below && !GROUND.contains(&edge) && !only_in_tests {
                breaches.push(Breach::at(&format!("{name} {used}"), "goes up or sideways"));
            }
        }
    }
    judge("floors", &breaches);
}

/// What fetches for a person. `crates/rostrum-app/src/fetching.rs` and the story `inward` lead hostile addresses
/// through each; whoever adds one here adds it there.
const FETCHING: [&str; 2] = ["crates/rostrum-app/src/artwork.rs", "crates/rostrum-app/src/jobs/portrait.rs"];

#[test]
fn every_place_that_fetches_is_tried_with_hostile_addresses() {
    let calls = ["get", "download", "post"].map(|verb| format!("fetcher.{verb}("));
    let fetching = own(&["rs"]).into_iter().filter(|path| {
        let ours = path.starts_with("crates/rostrum-fetch/") || path.starts_with("tests/");
        !ours && calls.iter().any(|call| text(path).contains(call))
    });
    let found: Vec<String> = fetching.collect();
    assert_eq!(found, FETCHING);
}

#[test]
fn a_crate_is_named_as_its_folder() {
    let metadata = metadata(&["--no-deps"]);
    let misnamed = packages(&metadata).into_iter().filter_map(|(name, package)| {
        let manifest = package["manifest_path"].as_str().expect("metadata names manifests").to_owned();
        let fits = manifest.ends_with(&format!("/{name}/Cargo.toml")) || TESTS.contains(&name.as_str());
        (!fits).then(|| Breach::at(&name, manifest))
    });
    judge("folders", &misnamed.collect::<Vec<_>>());
}

#[test]
fn the_ground_floor_depends_on_nothing_impure() {
    let host = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let metadata = metadata(&["--filter-platform", &host]);
    let graph = graph(&metadata);
    let mut breaches = Vec::new();
    for ground in FLOORS[0].iter().filter(|name| graph.contains_key(**name)) {
        for used in reachable(&graph, ground).intersection(&IMPURE.map(str::to_owned).into()) {
            breaches.push(Breach::at(&format!("{ground} {used}"), "is not pure"));
        }
    }
    judge("purity", &breaches);
}

#[test]
fn the_ground_floor_names_nothing_impure() {
    let mut breaches = Vec::new();
    let ground = |path: &&String| FLOORS[0].iter().any(|name| path.contains(&format!("/{name}/src/")));
    for path in own(&["rs"]).iter().filter(ground).filter(|path| !path.ends_with("/tests.rs")) {
        let text = text(path);
        // Tests stand at the foot of a file, or in a `tests.rs` of their own, and may do what the code may not.
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        for impure in IMPURE_PATHS.iter().filter(|impure| code.contains(**impure)) {
            breaches.push(Breach::at(&format!("{path} {impure}"), "is not pure"));
        }
    }
    judge("purity-of-text", &breaches);
}

fn is_dev(dependencies: &Value, name: &str) -> bool {
    let all = dependencies.as_array().into_iter().flatten();
    all.filter(|one| one["name"] == name).all(|one| one["kind"] == "dev")
}

fn floor(name: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&name))
}

fn metadata(options: &[&str]) -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline"])
        .args(options)
        .current_dir(root())
        .output()
        .expect("cargo runs the tests, so it is there");
    assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo prints JSON")
}

fn packages(metadata: &Value) -> Vec<(String, &Value)> {
    let packages = metadata["packages"].as_array().expect("metadata lists packages");
    packages
        .iter()
        .map(|package| (package["name"].as_str().expect("packages have names").to_owned(), package))
        .collect()
}

fn names(dependencies: &Value) -> BTreeSet<String> {
    let list = dependencies.as_array().into_iter().flatten();
    list.filter_map(|dependency| dependency["name"].as_str().map(str::to_owned)).collect()
}

/// What each package links, by name; what only builds or tests use is left out.
fn graph(metadata: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let by_id: BTreeMap<&str, String> = packages(metadata)
        .into_iter()
        .map(|(name, package)| (package["id"].as_str().expect("packages have ids"), name))
        .collect();
    let mut graph = BTreeMap::<String, BTreeSet<String>>::new();
    for node in metadata["resolve"]["nodes"].as_array().expect("metadata was resolved") {
        let linked = node["deps"].as_array().into_iter().flatten().filter(|dependency| {
            dependency["dep_kinds"].as_array().into_iter().flatten().any(|kind| kind["kind"].is_null())
        });
        let linked = linked.filter_map(|dependency| by_id.get(dependency["pkg"].as_str()?).cloned());
        let name = by_id[node["id"].as_str().expect("nodes have ids")].clone();
        graph.entry(name).or_default().extend(linked);
    }
    graph
}

fn reachable(graph: &BTreeMap<String, BTreeSet<String>>, from: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut next = vec![from.to_owned()];
    while let Some(name) = next.pop() {
        let used = graph.get(&name).into_iter().flatten().cloned();
        next.extend(used.filter(|used| seen.insert(used.clone())));
    }
    seen
}
