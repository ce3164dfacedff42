//! Gathers the ready lines of all roles into the one thing the supervisor says: a line of JSON, or words for a person.

use std::collections::BTreeSet;
use std::io::Write;
use std::net::SocketAddr;

use rostrum_wire::ReadyInfo;
use serde::Serialize;
use url::Url;

use crate::cli::ReadyTo;
use crate::roles::Role;

/// Which roles have not yet been ready, and what the others said.
#[derive(Debug, Default)]
pub(super) struct Gathering {
    missing: BTreeSet<(Role, usize)>,
    http: Option<SocketAddr>,
    rtc: Option<SocketAddr>,
    setup_url: Option<String>,
}

/// What is said once all roles are ready.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Said {
    /// The public address; none without an edge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) http: Option<SocketAddr>,
    /// Where listeners find the mounts, which is the same address; none without an edge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) live: Option<SocketAddr>,
    /// Where speakers reach the stage; none without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rtc: Option<SocketAddr>,
    /// The one-time link that makes the first owner; none once there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) setup_url: Option<String>,
    /// The supervisor's process id.
    pub(crate) pid: u32,
}

impl Gathering {
    pub(super) fn expect(&mut self, role: (Role, usize)) {
        self.missing.insert(role);
    }

    /// Whether some role has never been ready.
    pub(super) fn waits(&self) -> bool {
        !self.missing.is_empty()
    }

    /// Notes that a role is ready; when it was the last one missing, what to say.
    pub(super) fn ready(&mut self, role: (Role, usize), info: ReadyInfo) -> Option<Said> {
        self.http = info.http.or(self.http);
        self.rtc = info.rtc.or(self.rtc);
        if role.0 == Role::Web {
            self.setup_url = info.setup_url;
        }
        let last = self.missing.remove(&role) && self.missing.is_empty();
        let Self { http, rtc, .. } = *self;
        last.then(|| Said { http, live: http, rtc, setup_url: self.setup_url.clone(), pid: std::process::id() })
    }
}

impl Said {
    /// Says it on standard output.
    pub(super) fn tell(&self, to: Option<ReadyTo>, site: &Url) -> anyhow::Result<()> {
        let text = match to {
            Some(ReadyTo::Stdout) => serde_json::to_string(self)? + "\n",
            None => self.words(site),
        };
        let mut out = std::io::stdout().lock();
        out.write_all(text.as_bytes())?;
        Ok(out.flush()?)
    }

    fn words(&self, site: &Url) -> String {
        let site = site.as_str().trim_end_matches('/');
        let setup = self.setup_url.as_ref().map_or_else(String::new, |link| {
            format!("\nNobody owns this site yet. Open this link to become its owner; it works once:\n  {link}\n")
        });
        format!("Rostrum serves {site}\n{setup}\nCtrl+C stops it.\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(http: Option<&str>, setup_url: Option<&str>) -> ReadyInfo {
        let http = http.map(|http| http.parse().unwrap());
        ReadyInfo { http, setup_url: setup_url.map(str::to_owned), ..ReadyInfo::default() }
    }

    #[test]
    fn speaks_once_when_the_last_role_is_ready() {
        let mut gathering = Gathering::default();
        for role in [(Role::Edge, 0), (Role::Edge, 1), (Role::Web, 0)] {
            gathering.expect(role);
        }
        assert_eq!(gathering.ready((Role::Web, 0), info(None, Some("http://h/setup"))), None);
        assert_eq!(gathering.ready((Role::Edge, 1), info(Some("127.0.0.1:80"), None)), None);
        assert!(gathering.waits());
        let said = gathering.ready((Role::Edge, 0), info(Some("127.0.0.1:80"), None)).unwrap();
        assert_eq!(said.setup_url.as_deref(), Some("http://h/setup"));
        assert!(!gathering.waits());
        assert_eq!(gathering.ready((Role::Web, 0), info(None, None)), None, "a restarted role is no news");
    }

    #[test]
    fn the_line_holds_what_programs_rely_on() {
        let http = Some("127.0.0.1:8080".parse().unwrap());
        let said = Said { http, live: http, rtc: None, setup_url: None, pid: 7 };
        let line = serde_json::to_string(&said).unwrap();
        assert_eq!(line, r#"{"http":"127.0.0.1:8080","live":"127.0.0.1:8080","pid":7}"#);
        let said = Said { setup_url: Some("http://127.0.0.1:8080/s".into()), ..said };
        let words = said.words(&"http://127.0.0.1:8080/".parse().unwrap());
        assert!(words.starts_with("Rostrum serves http://127.0.0.1:8080\n") && words.contains("8080/s\n"), "{words}");
    }
}
