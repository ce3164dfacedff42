//! The program itself, started as a person starts it: what it says, what it survives, how it ends.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by its panic")]

mod commands;
mod harness;
mod portraits;
mod refusing;
mod supervising;
