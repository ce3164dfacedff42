//! The writing side of a room's journal: a thread of its own behind a bounded queue, so that the live path never waits
//! for a disk. What a record means is decided elsewhere; here records are bytes.

mod disk;
mod writer;

pub(crate) use disk::Folder;
pub(crate) use writer::{Entry, Mark, Pace, Writer};
