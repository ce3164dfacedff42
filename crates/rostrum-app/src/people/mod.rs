//! Who has an account, and as what: set-up, invitations, roles, memberships, one-time links.

mod links;
mod members;
mod operator;
mod roles;
#[cfg(test)]
mod tests;

pub use links::{Choice, accept, can_mail, look, request_reset, setup_url};
pub use members::{members, remove_member, set_member};
pub use operator::{add_user, reset_link, set_password, token_add};
pub use roles::{Change, Invited, Person, change, get, invite, link_for, list, remove, rename};
