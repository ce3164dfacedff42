//! The program itself, started as a person starts it: what it says, what it survives, how it ends.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by its panic")]
#![expect(clippy::disallowed_methods, reason = "a test is the other side of the server under test")]

mod commands;
mod harness;
mod portraits;
mod refusing;
mod supervising;
