//! The edge before a small real server on a unix socket: what it lets through, what it refuses, how it stops.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by its panic")]
#![expect(clippy::disallowed_methods, reason = "a test is the other side of the server under test")]

mod encoders;
mod harness;
mod limits;
mod passing;
mod relay;
mod smuggling;
mod stopping;
mod tls;
