//! The stage as a whole over real sockets: speakers are str0m clients, the other roles are its link.

mod peer;
mod rooms;
mod station;
