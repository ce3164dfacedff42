//! One's own account, the people of the site, and what they did.

pub mod account;
pub mod audit;
pub mod invite;
pub mod link;
pub mod list;
pub mod password;
pub mod role;
pub mod sessions;
pub mod tokens;

mod browser;
pub mod email;
