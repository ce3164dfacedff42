//! The fetcher's behaviour as its callers meet it: one binary, a scripted network in virtual time, and real loopback.

#![expect(clippy::unwrap_used, reason = "a helper of a test that fails should fail the test there")]

mod answers;
mod limits;
mod loopback;
mod never_banned;
mod redirects;
mod script;
mod secure;
