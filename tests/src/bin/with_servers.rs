//! Runs a command while a private Postgres and an S3 server are up, named to it by the environment, and ends with the
//! command's exit code. The servers end with this program.

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use rostrum_tests::{Cluster, S3};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<ExitCode> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [program, args @ ..] = words.as_slice() else { bail!("usage: with-servers COMMAND [ARGUMENT]...") };
    let (postgres, s3) = (Cluster::start().await, S3::start().await);
    let (key, secret) = s3.credentials();
    let mut child = tokio::process::Command::new(program)
        .args(args)
        .env("ROSTRUM_TEST_POSTGRES", postgres.url())
        .env("ROSTRUM_TEST_S3", s3.url())
        .env("ROSTRUM_TEST_S3_KEY", key)
        .env("ROSTRUM_TEST_S3_SECRET", secret)
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("{program} cannot be started"))?;
    // At Ctrl-C the command hears the signal too and ends first; waiting for it keeps its servers up until then.
    let _interrupt = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?;
    let code = child.wait().await?.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(1)))
}
