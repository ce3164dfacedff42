//! The ingest key of a room: what an encoder of the Icecast family gives as its password. It is made from the site's
//! key for grants, so that the stage checks it alone, and is good for one room as long as that lasts.

use hmac::Mac as _;
use rostrum_domain::Id;
use rostrum_domain::room::{Room, StageRole};

use crate::event::Who;
use crate::grant::{Claims, GrantError, Key};

/// The name that the user of a source has in the protocol.
pub const USER: &str = "source";
/// How an encoder is called on the stage.
const NAME: &str = "Encoder";
/// What is signed begins with these, so that neither can pass for the other or for a grant.
const KEY_PURPOSE: &[u8] = b"rostrum ingest key 1\n";
const WHO_PURPOSE: &[u8] = b"rostrum ingest source 1\n";
/// Bytes of a key: 128 bits.
const KEY_BYTES: usize = 16;

/// Names a key; only ids carry this type.
struct Mark;

fn bits(purpose: &[u8], room: Id<Room>, key: &Key) -> u128 {
    let sum = key.mac(purpose, &room.bits().to_be_bytes()).finalize().into_bytes();
    u128::from_be_bytes(std::array::from_fn(|at| sum[at]))
}

/// The ingest key of `room`, as its hosts read it: 26 letters and digits.
pub fn key_of(room: Id<Room>, key: &Key) -> String {
    Id::<Mark>::from_bits(bits(KEY_PURPOSE, room, key)).to_string()
}

/// Who the encoder of `room` is: the same over reconnections, and nobody else's to claim.
pub fn source_of(room: Id<Room>, key: &Key) -> Who {
    Id::from_bits(bits(WHO_PURPOSE, room, key))
}

/// What an encoder with the password `text` may do in `room`: speak, and be recorded. Compared in constant time.
pub fn verify(room: Id<Room>, text: &str, key: &Key) -> Result<Claims, GrantError> {
    let given: Id<Mark> = text.trim().parse().map_err(|_| GrantError::Malformed)?;
    let given: [u8; KEY_BYTES] = given.bits().to_be_bytes();
    let mac = key.mac(KEY_PURPOSE, &room.bits().to_be_bytes());
    mac.verify_truncated_left(&given).map_err(|_| GrantError::Forged)?;
    Ok(Claims {
        room,
        participant: source_of(room, key),
        user: None,
        name: NAME.to_owned(),
        role: StageRole::Speaker,
        invite: None,
        consented: true,
        expires: i64::MAX,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: Key = Key::new([7; 32]);

    #[test]
    fn a_key_opens_its_own_room_and_no_other() {
        let (room, other) = (Id::from_bits(1), Id::from_bits(2));
        let text = key_of(room, &KEY);
        assert_eq!(text.len(), 26);
        let claims = verify(room, &text, &KEY).unwrap();
        assert_eq!((claims.room, claims.participant, claims.consented), (room, source_of(room, &KEY), true));
        assert_eq!(verify(room, &text.to_lowercase(), &KEY).unwrap(), claims, "people retype keys");
        assert_eq!(verify(other, &text, &KEY), Err(GrantError::Forged));
        assert_eq!(verify(room, &text, &Key::new([8; 32])), Err(GrantError::Forged));
        assert_eq!(verify(room, "hackme", &KEY), Err(GrantError::Malformed));
        assert_ne!(source_of(room, &KEY), source_of(other, &KEY));
        assert_ne!(text, source_of(room, &KEY).to_string());
    }
}
