//! `/api/v1/users`: people with an account.

pub mod link;
pub mod list;
pub mod one;

use http::header;
use jiff::Timestamp;
use rostrum_app::people::{Invited, Person};
use rostrum_domain::user::{Role, User};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Somebody with an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserBody {
    /// The user's id.
    id: String,
    /// The address, unique and lower-case.
    email: String,
    /// What pages call them.
    name: String,
    /// `creator`, `admin` or `owner`.
    #[schema(value_type = String)]
    role: Role,
    /// Whether they are kept out.
    disabled: bool,
    /// Whether they have not chosen a password yet.
    invited: bool,
    /// When the account was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When they were last here, to a minute; only in lists.
    #[schema(value_type = Option<String>, format = DateTime)]
    seen_at: Option<Timestamp>,
}

impl From<User> for UserBody {
    fn from(user: User) -> Self {
        Self {
            id: user.id.to_string(),
            email: user.email,
            name: user.name,
            role: user.role,
            disabled: user.disabled,
            invited: user.password.is_none(),
            created_at: user.created_at,
            seen_at: None,
        }
    }
}

impl From<Person> for UserBody {
    fn from(person: Person) -> Self {
        Self { seen_at: person.seen_at, ..person.user.into() }
    }
}

/// Somebody to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// Their address.
    email: String,
    /// `creator`, `admin` or `owner`.
    #[schema(value_type = String)]
    role: Role,
}

/// A change to an account; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserChange {
    /// What pages call them.
    name: Option<String>,
    /// `creator`, `admin` or `owner`.
    #[schema(value_type = Option<String>)]
    role: Option<Role>,
    /// Whether they are kept out.
    disabled: Option<bool>,
}

/// An account with a one-time link by which its holder chooses a password. The link is shown only here.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkBody {
    /// The account.
    user: UserBody,
    /// The link.
    link: String,
    /// No use of it after this.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// Whether it was sent by mail; null when the site sends none.
    mailed: Option<bool>,
}

impl From<Invited> for LinkBody {
    fn from(invited: Invited) -> Self {
        let Invited { user, link, expires_at, mailed } = invited;
        Self { user: user.into(), link, expires_at, mailed }
    }
}

/// What answers with a secret carry: nobody on the way, nor our own memory of answers, may keep them.
pub(crate) const SECRET: (header::HeaderName, &str) = (header::CACHE_CONTROL, "no-store");
