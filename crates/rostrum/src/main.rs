//! Entry point of the one binary.

mod cli;
mod commands;
mod config;
mod roles;
mod supervise;
mod system;
mod trace;

fn main() -> std::process::ExitCode {
    commands::run(cli::parse())
}
