//! The right to be relayed to the stage: a name that says until when and for whom, and the password that belongs to it.
//! Web gives them with a grant, the edge checks them; neither keeps them. Knows nothing of sockets or messages.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::Mac as _;
use rostrum_domain::Id;
use rostrum_domain::room::Participant;

use crate::grant;

/// What the password belongs to besides the name (RFC 8489 §9.2).
pub const REALM: &str = "rostrum";
/// Longest name that is looked at, in bytes.
const NAME_MAX: usize = 64;
/// What is signed begins with these, so that neither can pass for the other or for a grant.
const KEY_PURPOSE: &[u8] = b"rostrum relay key 1\n";
const PASSWORD_PURPOSE: &[u8] = b"rostrum relay password 1\n";

/// The key that makes passwords. It is made from the one that signs grants and signs none itself, so that what takes
/// strangers' connections need not hold the other.
#[derive(Debug, Clone)]
pub struct Key(grant::Key);

/// Name and password of one participant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// The name.
    pub username: String,
    /// The password.
    pub password: String,
}

/// What a name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bearer {
    /// When the right ends, in seconds since 1970.
    pub expires: i64,
    /// Whose it is.
    pub participant: Id<Participant>,
}

impl Key {
    /// The key that belongs to the one of grants.
    pub fn of(key: &grant::Key) -> Self {
        Self(grant::Key::new(key.mac(KEY_PURPOSE, &[]).finalize().into_bytes().into()))
    }

    /// The password of `username`, which the caller reads with [`Bearer::of`].
    pub fn password(&self, username: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.0.mac(PASSWORD_PURPOSE, username.as_bytes()).finalize().into_bytes())
    }

    /// Gives `bearer` name and password.
    pub fn pass(&self, bearer: Bearer) -> Pass {
        let username = format!("{}:{}", bearer.expires, bearer.participant);
        Pass { password: self.password(&username), username }
    }
}

impl Bearer {
    /// What `username` says; none when it is no such name.
    pub fn of(username: &str) -> Option<Self> {
        let (expires, participant) = username.split_once(':').filter(|_| username.len() <= NAME_MAX)?;
        Some(Self { expires: expires.parse().ok()?, participant: participant.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEARER: Bearer = Bearer { expires: 1_000, participant: Id::from_bits(7) };

    #[test]
    fn a_name_says_until_when_and_for_whom() {
        let key = Key::of(&grant::Key::new([7; 32]));
        let pass = key.pass(BEARER);
        assert_eq!(Bearer::of(&pass.username), Some(BEARER));
        assert_eq!(key.password(&pass.username), pass.password);
        let later = Bearer { expires: 2_000, ..BEARER };
        assert_ne!(key.pass(later).password, pass.password, "nobody gives themselves more time");
        for text in ["", ":", "1000", "1000:", "soon:7", "1000:7", &format!("{}{}", "0".repeat(60), pass.username)] {
            assert_eq!(Bearer::of(text), None, "{text}");
        }
    }

    #[test]
    fn it_takes_the_key_of_grants_and_gives_nothing_of_it_away() {
        let (one, other) = (grant::Key::new([7; 32]), grant::Key::new([8; 32]));
        let name = Key::of(&one).pass(BEARER).username;
        assert_ne!(Key::of(&one).password(&name), Key::of(&other).password(&name));
        assert_ne!(Key::of(&one).password(&name), Key(one).password(&name));
    }
}
