//! What a role is told: the configuration and the bound address, one line of JSON on its standard input, so that no
//! secret stands in arguments or environment.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::config::{Config, Settings};

/// The line.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Order {
    /// Every setting that has a value, with its secrets.
    settings: BTreeMap<String, String>,
    /// The public address that the supervisor holds.
    pub(crate) http: Option<SocketAddr>,
    /// The speakers' address that the supervisor holds.
    pub(crate) rtc: Option<SocketAddr>,
    /// The supervisor's process id.
    pub(crate) supervisor: u32,
}

impl Order {
    pub(super) fn new(settings: &Settings, (http, rtc): (Option<SocketAddr>, Option<SocketAddr>)) -> Self {
        Self { settings: settings.plain(), http, rtc, supervisor: std::process::id() }
    }

    pub(super) fn to_line(&self) -> anyhow::Result<String> {
        Ok(serde_json::to_string(self)? + "\n")
    }

    /// Reads the line from `input`.
    pub(crate) fn read(mut input: impl std::io::BufRead) -> anyhow::Result<Self> {
        let mut line = String::new();
        input.read_line(&mut line)?;
        serde_json::from_str(&line).context("a role is started by `rostrum serve`, which tells it its configuration")
    }

    /// The configuration in it.
    pub(crate) fn config(&self) -> anyhow::Result<Config> {
        Ok(Config::build(&Settings::from_plain(self.settings.clone())?)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_reads_what_the_supervisor_wrote() {
        let mut settings = Settings::defaults();
        settings.set_flag("--test", "database.url", "postgres://u:p@h/d".into()).unwrap();
        let order = Order::new(&settings, (Some("127.0.0.1:7".parse().unwrap()), None));
        let read = Order::read(order.to_line().unwrap().as_bytes()).unwrap();
        assert_eq!(read.http, order.http);
        assert_eq!(read.config().unwrap().database_url.reveal(), "postgres://u:p@h/d");
        assert!(Order::read(&b""[..]).is_err() && Order::read(&b"{}\n"[..]).is_err());
    }
}
