//! Each wall of the sandbox alone stops what it is there to stop; without it the same thing succeeds.

use landlock::{ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr};

use crate::support::client;

/// The names that people find in the doctor's report.
const NAMES: [&str; 13] = [
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
];

/// Whether this kernel has what a layer is made of: Landlock came with 5.13, its rules for the network with 6.7.
fn kernel_has(name: &str) -> bool {
    let strict = || Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
    let ruleset = match name {
        "landlock: files" => strict().handle_access(AccessFs::from_all(ABI::V1)),
        "landlock: network" => strict().handle_access(AccessNet::from_all(ABI::V4)),
        _ => return true,
    };
    ruleset.is_ok_and(|ruleset| ruleset.create().is_ok())
}

#[tokio::test]
async fn each_layer_alone_stops_its_probe_or_is_said_to_be_absent() {
    let layers = client().layers().await;
    assert_eq!(layers.iter().map(|layer| layer.name).collect::<Vec<_>>(), NAMES);
    for layer in layers {
        if kernel_has(layer.name) {
            assert!(layer.holds, "{}: {}", layer.name, layer.detail);
            continue;
        }
        let said = ["does not have it", "not available", "in part"].iter().any(|word| layer.detail.contains(word));
        assert!(!layer.holds && said, "{} is absent, and nobody says so: {}", layer.name, layer.detail);
    }
}

#[tokio::test]
async fn without_walls_the_same_probes_succeed() {
    for (name, succeeded, detail) in rostrum_codec::client::succeeds_without_walls(&client()).await {
        assert!(succeeded, "{name}: {detail}");
    }
}
