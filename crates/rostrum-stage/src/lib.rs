//! The stage role: everything a live room needs and nothing else. No database, no plugins, no uploads, no audience.

mod journal;
mod net;
mod peer;
