//! `rostrum doctor`: every check says what it found, why it matters, and what to do; one that fails fails the command.

mod machine;
mod media;
mod network;
mod rooms;
mod stores;

use std::fmt::Write;
use std::process::ExitCode;

use super::{print, wait_for};
use crate::cli::Common;
use crate::config::Config;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Good,
    /// It works, with something a person should know.
    Odd,
    Bad,
}

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    what: &'static str,
    why: &'static str,
    state: State,
    found: String,
    advice: String,
}

/// A check about to be made: its name and why it matters.
#[derive(Debug, Clone, Copy)]
struct Check(&'static str, &'static str);

impl Check {
    fn good(self, found: impl Into<String>) -> Finding {
        self.finding(State::Good, found.into(), String::new())
    }

    fn odd(self, found: impl Into<String>, advice: impl Into<String>) -> Finding {
        self.finding(State::Odd, found.into(), advice.into())
    }

    fn bad(self, found: impl Into<String>, advice: impl Into<String>) -> Finding {
        self.finding(State::Bad, found.into(), advice.into())
    }

    const fn finding(self, state: State, found: String, advice: String) -> Finding {
        Finding { what: self.0, why: self.1, state, found, advice }
    }
}

pub(super) fn run(common: &Common) -> anyhow::Result<ExitCode> {
    let config = common.load()?;
    let findings = wait_for(async { Ok(examine(&config).await) })?;
    print(&report(&findings))?;
    let sound = findings.iter().all(|finding| finding.state != State::Bad);
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn examine(config: &Config) -> Vec<Finding> {
    let mut findings = vec![
        machine::data_folder(config),
        machine::free_space(config),
        stores::database(config).await,
        stores::media(config).await,
        network::address(config),
        network::public_url(config),
        network::certificate(config),
        network::mail(config),
        rooms::port(config),
        rooms::reach(config),
        rooms::relay(config),
        rooms::priority(),
        machine::descriptors(config),
        machine::clock(config),
    ];
    findings.push(media::decoder().await);
    findings.extend(media::sandbox().await);
    findings
}

fn report(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let mark = match finding.state {
            State::Good => "ok  ",
            State::Odd => "note",
            State::Bad => "BAD ",
        };
        writeln!(text, "{mark}  {:<18}  {}", finding.what, finding.found).expect("writing to text cannot fail");
        if finding.state != State::Good {
            writeln!(text, "      why it matters: {}\n      what to do: {}", finding.why, finding.advice)
                .expect("writing to text cannot fail");
        }
    }
    let bad = findings.iter().filter(|finding| finding.state == State::Bad).count();
    let end = if bad == 0 { "Rostrum can serve here.".to_owned() } else { format!("{bad} of these must be mended.") };
    text + "\n" + &end + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;

    /// The configuration of a folder that does not exist yet, on any port.
    pub(super) fn config(data: &std::path::Path, more: &[(&str, &str)]) -> Config {
        let mut settings = Settings::defaults();
        let data = data.display().to_string();
        for (path, text) in [("data.dir", data.as_str()), ("http.listen", "127.0.0.1:0")].iter().chain(more) {
            settings.set_flag("--test", path, (*text).to_owned()).unwrap();
        }
        Config::build(&settings).unwrap()
    }

    #[test]
    fn what_is_bad_says_why_and_what_to_do() {
        let check = Check("disk", "Recordings need room.");
        let text = report(&[check.good("12 GiB free"), check.bad("full", "Free some space.")]);
        assert!(text.contains("ok    disk                12 GiB free\n"), "{text}");
        assert!(text.contains("why it matters: Recordings need room.\n      what to do: Free some space."), "{text}");
        assert!(text.ends_with("1 of these must be mended.\n"));
    }

    #[tokio::test]
    async fn a_fresh_folder_is_fit_to_serve_from() {
        let parent = tempfile::tempdir().unwrap();
        let config = config(&parent.path().join("data"), &[]);
        for finding in [machine::data_folder(&config), stores::database(&config).await, stores::media(&config).await] {
            assert_ne!(finding.state, State::Bad, "{finding:?}");
        }
        assert!(!parent.path().join("data").exists(), "a check leaves no trace");
    }
}
