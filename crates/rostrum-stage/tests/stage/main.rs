//! The stage as a whole over real sockets: speakers are str0m clients, the other roles are its link.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by its panic")]

mod apart;
mod full;
mod inspect;
mod ledger;
mod peer;
mod rooms;
mod station;
