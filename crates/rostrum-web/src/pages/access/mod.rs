//! The way in and out: signing in, one-time links, asking for one.

pub mod email;
pub mod forgot;
pub mod link;
pub mod sign_in;
pub mod sign_out;
