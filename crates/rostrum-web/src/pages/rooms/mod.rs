//! `/rooms/{room}`: the page of a room, its studio, and what both ask for while they are open.

pub mod backfill;
pub mod door;
pub mod page;
pub mod talk;

#[cfg(test)]
mod tests;
