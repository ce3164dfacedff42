//! Readiness, restarts, and the end of a running server.

use rustix::process::Signal;

use crate::harness::{Server, alive, children, eventually, send, words};

#[test]
fn the_ready_line_is_true() {
    let server = Server::start();
    assert_eq!(server.ready["pid"].as_i64().unwrap(), i64::from(server.pid()));
    assert_ne!(server.address().port(), 0);
    let setup = server.ready["setup_url"].as_str().expect("nobody owns a new site");
    assert!(setup.starts_with(&format!("http://{}/", server.address())), "{setup}");
    assert_eq!(server.status("/healthz"), 200);
    for role in ["edge", "web", "worker"] {
        assert_eq!(server.roles(role).len(), 1, "{role}");
    }
}

#[test]
fn a_killed_role_comes_back_and_leaves_the_others_alone() {
    let server = Server::start_with(&[], &[("ROSTRUM_EDGE__EDGES", "2")]);
    assert_eq!(server.roles("edge").len(), 2);
    for role in ["web", "worker", "edge"] {
        let others: Vec<i32> = ["web", "worker", "edge"].iter().flat_map(|name| server.roles(name)).collect();
        let victim = server.roles(role)[0];
        let count = server.roles(role).len();
        send(victim, Signal::KILL);
        eventually("it is gone", || !server.roles(role).contains(&victim));
        eventually("it is back", || server.roles(role).len() == count);
        assert!(others.iter().filter(|pid| **pid != victim).all(|pid| alive(*pid)), "{role} took others along");
        eventually("the site serves", || server.status("/healthz") == 200);
    }
}

#[test]
fn a_soft_stop_ends_everything_in_order() {
    let mut server = Server::start();
    let roles = children(server.pid());
    assert_eq!(roles.len(), 4, "edge, web, worker, stage");
    server.signal(Signal::TERM);
    assert!(server.ended().success(), "{}", server.log());
    assert!(roles.iter().all(|pid| !alive(*pid)));
    assert!(!server.log().contains("ERROR"), "{}", server.log());
}

#[test]
fn a_server_killed_outright_takes_its_roles_along_and_frees_the_folder() {
    let mut server = Server::start();
    let roles = children(server.pid());
    server.signal(Signal::KILL);
    server.ended();
    eventually("the roles are gone", || roles.iter().all(|pid| !alive(*pid)));
    let data = server.folder.path().join("data").display().to_string();
    let again = Server::start_with(&["--data", &data], &[]);
    assert_eq!(again.status("/healthz"), 200);
}

#[test]
fn secrets_reach_roles_by_no_public_way() {
    let secrets = [("ROSTRUM_MEDIA__ACCESS_KEY", "canary-a"), ("ROSTRUM_MEDIA__SECRET_KEY", "canary-b")];
    let server = Server::start_with(&[], &secrets);
    for pid in children(server.pid()) {
        let surroundings = std::fs::read_to_string(format!("/proc/{pid}/environ")).unwrap();
        assert!(!surroundings.contains("canary") && !words(pid).contains("canary"), "{}", words(pid));
    }
    assert!(!server.log().contains("canary"), "{}", server.log());
}

#[test]
fn log_lines_carry_role_and_request() {
    let server = Server::start_with(&[], &[("ROSTRUM_LOG__FORMAT", "json")]);
    let setup = server.ready["setup_url"].as_str().unwrap();
    let (_, path) = setup.split_once(&server.address().to_string()).unwrap();
    assert_eq!(server.status(path), 200);
    assert_eq!(server.status("/healthz?token=secret"), 200);
    let mut line = None;
    eventually("the request is logged", || {
        let log = server.log();
        let lines = log.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        line = lines.into_iter().find(|line| line["path"] == "/healthz");
        line.is_some()
    });
    let line = line.unwrap();
    assert_eq!((&line["role"], &line["status"], &line["method"]), (&"edge".into(), &200.into(), &"GET".into()));
    assert_eq!(line["request_id"].as_str().unwrap().len(), 26);
    assert_eq!(line["client"], "127.0.0.0/24");
    let (log, secret) = (server.log(), path.rsplit('/').next().unwrap());
    assert!(!log.contains("token=secret") && !log.contains(secret), "{log}");
}
