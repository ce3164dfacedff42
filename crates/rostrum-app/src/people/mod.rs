//! Who has an account, and as what: set-up, invitations, addresses, roles, memberships, one-time links.

mod email;
mod links;
mod members;
mod operator;
mod roles;
#[cfg(test)]
mod tests;

pub use email::{Asked, NewEmail, change_email, confirm_email, forget_email, look_email, waiting_email};
pub use links::{Choice, Looked, accept, can_mail, look, request_reset, setup_url};
pub use members::{members, members_page, remove_member, set_member};
pub use operator::{add_user, add_user_with_password, reset_link, set_password, token_add};
pub use roles::{Change, Invited, Person, change, get, invite, link_for, list, page, remove, rename};
