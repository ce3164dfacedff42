//! A grant: the signed, expiring right to take part in one room in one role. Knows the key and the time it is given,
//! nothing of where grants are kept or who is in the room.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use rostrum_domain::room::{Invite, Participant, Room, StageRole};
use rostrum_domain::user::User;
use rostrum_domain::{Id, Secret};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::names;

/// Longest text of a grant, in bytes.
pub const GRANT_MAX: usize = 2048;
/// Bytes of a signature.
const MAC_BYTES: usize = 32;
/// What is signed begins with this, so that no other text signed with the key can pass for a grant.
const PURPOSE: &[u8] = b"rostrum grant 1\n";

/// The key that signs and checks grants; it never prints.
#[derive(Debug, Clone)]
pub struct Key(Secret<[u8; 32]>);

impl Key {
    /// A key of 256 random bits.
    pub const fn new(bits: [u8; 32]) -> Self {
        Self(Secret::new(bits))
    }

    /// What signs `payload` for `purpose`, a text that no other use of the key begins with.
    pub(crate) fn mac(&self, purpose: &[u8], payload: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.reveal()).expect("HMAC takes a key of any length");
        mac.update(purpose);
        mac.update(payload);
        mac
    }
}

/// What a grant says of its bearer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// The room it is for.
    pub room: Id<Room>,
    /// Who its bearer is in the room; the same over reconnections.
    pub participant: Id<Participant>,
    /// The bearer's account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<Id<User>>,
    /// The name shown, as [`names::clean`] leaves it.
    pub name: String,
    /// The role to begin with; what the room decides later stands over it.
    pub role: StageRole,
    /// The invitation it was made from, when that may be used by one person only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite: Option<Id<Invite>>,
    /// Whether the bearer agreed to be recorded when the grant was made, as with an encoder's key.
    #[serde(default)]
    pub consented: bool,
    /// When it ends, in seconds since 1970.
    pub expires: i64,
}

/// Why a grant opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GrantError {
    /// It was good once.
    #[error("This invitation has expired; ask the host for a new one.")]
    Expired,
    /// The signature is not of this site.
    #[error("This invitation was not made by this site; ask the host for a new one.")]
    Forged,
    /// It is no grant at all.
    #[error("This is not an invitation; open the whole link that you were sent.")]
    Malformed,
}

impl GrantError {
    /// The word that programs go by.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Expired => "grant_expired",
            Self::Forged => "grant_forged",
            Self::Malformed => "grant_malformed",
        }
    }
}

/// The text of a grant: claims in JSON as base64url, a dot, HMAC-SHA256 as base64url.
pub fn sign(claims: &Claims, key: &Key) -> String {
    let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(claims).expect("claims are plain data"));
    let signature = URL_SAFE_NO_PAD.encode(key.mac(PURPOSE, payload.as_bytes()).finalize().into_bytes());
    format!("{payload}.{signature}")
}

/// What `text` grants at `now_s` (seconds since 1970); the signature is compared in constant time and before all else.
pub fn verify(text: &str, key: &Key, now_s: i64) -> Result<Claims, GrantError> {
    if text.len() > GRANT_MAX {
        return Err(GrantError::Malformed);
    }
    let (payload, signature) = text.split_once('.').ok_or(GrantError::Malformed)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| GrantError::Malformed)?;
    if signature.len() != MAC_BYTES {
        return Err(GrantError::Malformed);
    }
    key.mac(PURPOSE, payload.as_bytes()).verify_slice(&signature).map_err(|_| GrantError::Forged)?;
    let json = URL_SAFE_NO_PAD.decode(payload).map_err(|_| GrantError::Malformed)?;
    let claims: Claims = serde_json::from_slice(&json).map_err(|_| GrantError::Malformed)?;
    if names::clean(&claims.name).as_deref() != Ok(claims.name.as_str()) {
        return Err(GrantError::Malformed);
    }
    if claims.expires <= now_s { Err(GrantError::Expired) } else { Ok(claims) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: Key = Key::new([7; 32]);

    fn claims() -> Claims {
        Claims {
            room: Id::from_bits(1),
            participant: Id::from_bits(2),
            user: Some(Id::from_bits(3)),
            name: "Ada Lovelace".into(),
            role: StageRole::Speaker,
            invite: Some(Id::from_bits(4)),
            consented: false,
            expires: 1_000,
        }
    }

    #[test]
    fn a_grant_says_what_was_signed_until_it_ends() {
        let text = sign(&claims(), &KEY);
        assert!(text.len() < GRANT_MAX);
        assert_eq!(verify(&text, &KEY, 999), Ok(claims()));
        assert_eq!(verify(&text, &KEY, 1_000), Err(GrantError::Expired));
    }

    #[test]
    fn another_key_or_another_claim_is_forged() {
        let text = sign(&claims(), &KEY);
        assert_eq!(verify(&text, &Key::new([8; 32]), 1), Err(GrantError::Forged));
        let host = sign(&Claims { role: StageRole::Host, ..claims() }, &Key::new([0; 32]));
        let (payload, _) = host.split_once('.').expect("two parts");
        let (_, signature) = text.split_once('.').expect("two parts");
        assert_eq!(verify(&format!("{payload}.{signature}"), &KEY, 1), Err(GrantError::Forged));
        assert_eq!(verify(&text[..text.len() - 3], &KEY, 1), Err(GrantError::Malformed), "a link cut short");
    }

    #[test]
    fn what_is_no_grant_says_so() {
        for text in ["", ".", "abc", "a.%%%", &"x".repeat(GRANT_MAX + 1)] {
            let error = verify(text, &KEY, 1).expect_err("no grant");
            assert!(matches!(error, GrantError::Malformed | GrantError::Forged), "{text}");
        }
        let hidden = sign(&Claims { name: "A\u{202e}da".into(), ..claims() }, &KEY);
        assert_eq!(verify(&hidden, &KEY, 1), Err(GrantError::Malformed));
    }

    #[test]
    fn the_key_does_not_print() {
        assert!(!format!("{KEY:?}").contains('7'));
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in ".{0,200}") {
            prop_assert!(verify(&text, &KEY, 1).is_err());
        }

        #[test]
        fn any_flipped_bit_is_found(at in 0usize..200, bit in 0u8..7) {
            let mut bytes = sign(&claims(), &KEY).into_bytes();
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            if let Ok(text) = String::from_utf8(bytes) {
                prop_assert!(verify(&text, &KEY, 1).is_err());
            }
        }
    }
}
