//! People with an account: their role on the site, memberships of shows, sessions, tokens and one-time links.

use crate::id::Id;
use crate::show::Show;
use crate::time::Timestamp;
use crate::{Problems, Secret};

/// Shortest password accepted, in characters (NIST SP 800-63B asks for at least 8 and favours length over rules).
pub const PASSWORD_MIN: usize = 10;
/// Longest password accepted, in characters; hashing cost must not depend on a stranger.
pub const PASSWORD_MAX: usize = 200;

/// What somebody may do on the whole site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Makes shows of their own and works on those they are a member of.
    Creator,
    /// Manages people, plugins and every show.
    Admin,
    /// An admin who also manages admins; there is always at least one.
    Owner,
}

/// What somebody may do in one show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Membership {
    /// Sees drafts and numbers.
    Viewer,
    /// Makes, changes and publishes episodes.
    Editor,
    /// Changes the show itself and its members.
    Manager,
}

macro_rules! words {
    ($type:ty, $($variant:ident => $word:literal),+) => {
        impl $type {
            /// The word of the database, the API and the command line.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
        impl std::str::FromStr for $type {
            type Err = Problems;
            fn from_str(text: &str) -> Result<Self, Problems> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(Problems::one("role", format!("“{text}” is none of: {}.", [$($word),+].join(", ")))),
                }
            }
        }
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
words!(Role, Creator => "creator", Admin => "admin", Owner => "owner");
words!(Membership, Viewer => "viewer", Editor => "editor", Manager => "manager");

/// Somebody who can sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Names the user.
    pub id: Id<User>,
    /// Lower-cased address; unique.
    pub email: String,
    /// What pages show.
    pub name: String,
    /// Rights on the site.
    pub role: Role,
    /// The password's argon2id hash in PHC form; none until the first link is used.
    pub password: Option<Secret<String>>,
    /// No sign-in while set.
    pub disabled: bool,
    /// When the account was made.
    pub created_at: Timestamp,
    /// Counts changes, for the optimistic lock.
    pub version: i64,
}

/// A browser that is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Names the session in lists; not the cookie.
    pub id: Id<Session>,
    /// Whose it is.
    pub user_id: Id<User>,
    /// The browser's own words, cut to 200 characters.
    pub agent: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used, to a minute.
    pub seen_at: Timestamp,
}

/// What a one-time link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LinkKind {
    /// Makes the owner of an empty site.
    Setup,
    /// Lets somebody invited choose a name and password.
    Invite,
    /// Sets a new password.
    Reset,
}
words!(LinkKind, Setup => "setup", Invite => "invite", Reset => "reset");

/// A link that works once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Names the link.
    pub id: Id<Link>,
    /// What it does.
    pub kind: LinkKind,
    /// The account it belongs to; none for set-up.
    pub user_id: Option<Id<User>>,
    /// No use after this.
    pub expires_at: Timestamp,
}

/// An API token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Names the token; the middle part of its text.
    pub id: Id<Token>,
    /// On whose behalf it acts.
    pub user_id: Id<User>,
    /// What its owner calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: Timestamp,
    /// No use after this.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to a minute.
    pub used_at: Option<Timestamp>,
}

/// What an API token may do; never more than its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Read everything its user can read.
    Read,
    /// Make and change shows, episodes and uploads.
    Write,
    /// Manage people, tokens and the site.
    Admin,
}
words!(Scope, Read => "read", Write => "write", Admin => "admin");

/// The right of one user in one show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// Where.
    pub show_id: Id<Show>,
    /// Who.
    pub user_id: Id<User>,
    /// What.
    pub membership: Membership,
}

/// The form in which an address is kept and compared; refuses what cannot be one.
pub fn email(text: &str) -> Result<String, Problems> {
    let text = text.trim().to_lowercase();
    let parts = text.split_once('@');
    let good = parts.is_some_and(|(local, host)| {
        !local.is_empty() && host.len() > 2 && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
    }) && text.len() <= 254
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>()[],;:\\\"".contains(c))
        && text.matches('@').count() == 1;
    if good { Ok(text) } else { Err(Problems::one("email", "This is not an e-mail address, as in ada@example.org.")) }
}

/// Refuses passwords that are too short or too long.
pub fn check_password(password: &Secret<String>) -> Result<(), Problems> {
    let length = password.reveal().chars().count();
    let mut problems = Problems::default();
    problems.require(length >= PASSWORD_MIN, "password", format!("Please use at least {PASSWORD_MIN} characters."));
    problems.require(length <= PASSWORD_MAX, "password", format!("Please use at most {PASSWORD_MAX} characters."));
    problems.into_result()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        assert_eq!(email(" Ada@Example.ORG ").as_deref(), Ok("ada@example.org"));
        for bad in ["", "ada", "@x.org", "a@b", "a@b@c.org", "a b@c.org", "a@.org", "a@c.org\r\nBcc: x@y.org"] {
            assert!(email(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn words_round_trip() {
        for role in [Role::Creator, Role::Admin, Role::Owner] {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        assert!("root".parse::<Role>().is_err());
    }
}
