//! The laws of the house, kept by tests: floors, sizes, words, papers. `ratchet.toml` lists what still exceeds them;
//! its numbers may only shrink.

mod fetching;
mod floors;
mod papers;
mod release;
mod setup;
mod sizes;
mod speech;
mod template;
mod tree;
mod words;
