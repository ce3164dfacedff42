//! What cannot be served is refused in one plain line, before anything is half done.

use std::fs;
use std::net::TcpListener;

use crate::harness::{Server, complaint};

#[test]
fn a_taken_port_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = complaint(folder.path(), &["serve", "--http", &address]);
    assert!(said.contains(&address) && said.contains("taken") && said.contains("--http"), "{said}");
    let server = Server::start();
    let said = complaint(folder.path(), &["serve", "--http", &server.address().to_string()]);
    assert!(said.contains("taken"), "another Rostrum's port is taken too: {said}");
}

#[test]
fn a_folder_in_use_is_named() {
    let server = Server::start();
    let said = complaint(server.folder.path(), &["serve", "--http", "127.0.0.1:0"]);
    assert!(said.contains(&format!("process {}", server.pid())) && said.contains("--data"), "{said}");
    assert_eq!(server.status("/healthz"), 200, "the first server is unharmed");
}

#[test]
fn a_folder_that_is_none_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("data"), "precious").unwrap();
    let said = complaint(folder.path(), &["serve", "--http", "127.0.0.1:0"]);
    assert!(said.contains("data folder") && said.contains("--data"), "{said}");
    assert_eq!(fs::read_to_string(folder.path().join("data")).unwrap(), "precious");
}

#[test]
fn wrong_settings_are_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rostrum.toml"), "[http]\nlisten_on = \"127.0.0.1:0\"\n").unwrap();
    let said = complaint(folder.path(), &["serve"]);
    assert!(said.contains("http.listen_on") && said.contains("did you mean “http.listen”"), "{said}");
    assert!(!folder.path().join("data").exists(), "nothing is made for a server that does not start");
    fs::write(folder.path().join("rostrum.toml"), "[http]\nlisten = \"eighty\"\n").unwrap();
    assert!(complaint(folder.path(), &["config"]).contains("127.0.0.1:8080"));
    assert!(complaint(folder.path(), &["serve", "--config", "missing.toml"]).contains("missing.toml"));
}

#[test]
fn a_wrong_database_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("data")).unwrap();
    fs::write(folder.path().join("data/rostrum.db"), "a text that is no database, long enough to look like one")
        .unwrap();
    let said = complaint(folder.path(), &["serve", "--http", "127.0.0.1:0"]);
    assert!(said.contains("database"), "{said}");
}

#[test]
fn a_role_that_cannot_start_fails_the_server() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("c.pem"), "no certificate").unwrap();
    fs::write(folder.path().join("rostrum.toml"), "[http]\ntls_certificate = \"c.pem\"\ntls_key = \"c.pem\"\n")
        .unwrap();
    let said = complaint(folder.path(), &["serve", "--http", "127.0.0.1:0"]);
    assert!(said.contains("c.pem") && said.contains("edge role did not start"), "{said}");
}

#[test]
fn a_role_alone_is_told_how_to_start() {
    let folder = tempfile::tempdir().unwrap();
    assert!(complaint(folder.path(), &["role", "web"]).contains("rostrum serve"));
}
