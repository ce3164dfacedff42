//! The way in on a machine that has nothing yet: what `scripts/setup` says where it cannot go on.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::tree::{absolute, text};

/// A folder with programs that say what a test wants to be said, and a few of the system's own.
struct Tools(TempDir);

impl Tools {
    fn new(own: &[&str]) -> Self {
        let tools = Self(tempfile::tempdir().expect("a temporary folder can be made"));
        for name in own {
            tools.add(name, &format!("exec /usr/bin/{name} \"$@\""));
        }
        tools
    }

    fn add(&self, name: &str, script: &str) {
        let path = self.0.path().join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("the folder is ours");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("the file is ours");
    }

    /// Whether the script was content with these tools alone, and all it said.
    fn setup(&self, goal: &str, target: &Path) -> (bool, String) {
        let mut command = Command::new("/bin/bash");
        command.arg(absolute("scripts/setup")).arg(goal).env_clear();
        let ran = command.env("PATH", self.0.path()).env("CARGO_TARGET_DIR", target).output().expect("bash is there");
        (ran.status.success(), String::from_utf8_lossy(&[ran.stdout, ran.stderr].concat()).into_owned())
    }
}

/// What a goal needs and why, as the script's own table has it.
fn table(goal: &str) -> Vec<(String, String)> {
    let script = text("scripts/setup");
    let rows = script.split("TABLE'\n").nth(1).and_then(|rest| rest.split("\nTABLE").next()).unwrap_or_default();
    let rows = rows.lines().filter_map(|line| line.split('|').map(str::trim).collect::<Vec<_>>().try_into().ok());
    let rows = rows.filter(|[_, goals, _, _]: &[&str; 4]| goals.split(' ').any(|word| word == goal));
    rows.map(|[package, _, why, _]| (package.to_owned(), why.to_owned())).collect()
}

#[test]
fn another_system_is_told_every_package_and_why() {
    let (tools, target) =
        (Tools::new(&["dirname", "cat"]), tempfile::tempdir().expect("a temporary folder can be made"));
    for (goal, least) in [("run", 9), ("test", 15), ("bench", 12)] {
        let (content, said) = tools.setup(goal, target.path());
        assert!(!content && said.contains("this is not Debian or Ubuntu"), "{said}");
        let needed = table(goal);
        assert!(needed.len() >= least, "{needed:?}");
        for (package, why) in needed {
            let told = said.lines().any(|line| line.contains(&package) && line.contains(&why));
            assert!(told, "{package}, {why}: not in\n{said}");
        }
    }
}

#[test]
fn an_old_compiler_and_a_full_disk_are_said_before_anything_is_built() {
    let (tools, target) = (
        Tools::new(&["dirname", "cat", "sed", "tr", "awk", "mkdir"]),
        tempfile::tempdir().expect("a temporary folder can be made"),
    );
    let installed: String = table("run").iter().map(|(package, _)| format!("echo '{package}|installed'\n")).collect();
    tools.add("dpkg-query", &installed);
    for name in ["apt-get", "cc", "cargo"] {
        tools.add(name, "exit 1");
    }
    tools.add("rustc", "echo 'rustc 1.80.1 (x)'");
    let (content, said) = tools.setup("run", target.path());
    assert!(!content && said.contains("Rust 1.95 or newer is needed, this is rustc 1.80.1"), "{said}");
    tools.add("rustc", "echo 'rustc 1.95.0 (x)'");
    tools.add("df", "printf 'Filesystem\\nx 9 9 1048576 9 /\\n'");
    let (content, said) = tools.setup("run", target.path());
    assert!(!content && said.contains("free here: 1 GB") && said.contains("free 5 GB"), "{said}");
    tools.add("df", "printf 'Filesystem\\nx 9 9 99999999 9 /\\n'");
    let (content, said) = tools.setup("run", target.path());
    assert!(content && said.contains("12 minutes"), "{said}");
}
