//! The commands: each does one thing and returns; what went wrong is said once, here, in plain words.

mod config;
mod doctor;
mod load;
mod migrate;
mod people;
mod serve;
mod speak;
mod verify;

use std::io::Write;
use std::process::ExitCode;

use crate::cli::{Cli, Command};
use crate::roles;

/// Does what was asked; the exit code says whether it worked.
pub(crate) fn run(cli: Cli) -> ExitCode {
    let done = match cli.command {
        Command::Serve(serve) => serve::run(serve),
        Command::Config(common) => config::run(&common),
        Command::Doctor(common) => return doctor::run(&common).unwrap_or_else(|error| failed(&error)),
        Command::Migrate(migrate) => migrate::run(migrate),
        Command::User(user) => people::user(user),
        Command::Token(token) => people::token(token),
        Command::Speak(speak) => return speak::run(&speak),
        Command::Load(load) => return load::run(&load),
        Command::Verify(common) => return verify::run(&common).unwrap_or_else(|error| failed(&error)),
        Command::Role { role } => roles::run(role),
        Command::MediaChild { words } => return rostrum_codec::child_main(words.into_iter()),
    };
    done.map_or_else(|error| failed(&error), |()| ExitCode::SUCCESS)
}

fn failed(error: &anyhow::Error) -> ExitCode {
    // Without standard error there is nobody to tell; the exit code still does.
    let _ = writeln!(std::io::stderr(), "rostrum: {error:#}");
    ExitCode::FAILURE
}

/// Prints a command's result.
fn print(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// A runtime for commands that only wait.
fn wait_for<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}
