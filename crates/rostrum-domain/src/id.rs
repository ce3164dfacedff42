//! Identifiers: ULIDs with a type that says what they name.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use crate::time::Timestamp;

/// Crockford's base 32, as the ULID specification uses it.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a ULID in text.
const TEXT_LEN: usize = 26;

/// Where randomness comes from; the one implementation that draws from the system lives at the edge of the program.
pub trait Ids: Send + Sync {
    /// Sixteen fresh random bytes, of which an id uses ten.
    fn bytes(&self) -> [u8; 32];
}

/// A ULID (128 bits: 48 of milliseconds, 80 of chance) that names a `T`.
pub struct Id<T>(u128, PhantomData<fn() -> T>);

impl<T> Id<T> {
    /// A fresh id for something made at `now`.
    pub fn new(now: Timestamp, ids: &dyn Ids) -> Self {
        let millis = u128::from(u64::try_from(now.as_millisecond()).unwrap_or(0));
        let mut random = [0u8; 16];
        random[6..].copy_from_slice(&ids.bytes()[..10]);
        Self((millis << 80) | u128::from_be_bytes(random), PhantomData)
    }

    /// The id with these 128 bits, for tests and fixed demo content.
    pub const fn from_bits(bits: u128) -> Self {
        Self(bits, PhantomData)
    }

    /// Its 128 bits, for formats that hold it as a number.
    pub const fn bits(self) -> u128 {
        self.0
    }
}

/// A text that is not a ULID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id: 26 characters of Crockford base 32 are expected")]
pub struct BadId;

impl<T> FromStr for Id<T> {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        if text.len() != TEXT_LEN || text.as_bytes()[0] > b'7' {
            return Err(BadId);
        }
        text.bytes()
            .try_fold(0u128, |bits, byte| {
                let digit = ALPHABET.iter().position(|known| *known == byte.to_ascii_uppercase()).ok_or(BadId)?;
                Ok((bits << 5) | digit as u128)
            })
            .map(Self::from_bits)
    }
}

impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text: String =
            (0..TEXT_LEN).rev().map(|at| char::from(ALPHABET[((self.0 >> (at * 5)) & 31) as usize])).collect();
        f.write_str(&text)
    }
}

impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<T> serde::Serialize for Id<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de, T> serde::Deserialize<'de> for Id<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn text_round_trips(bits: u128) {
            let id: Id<()> = Id::from_bits(bits);
            prop_assert_eq!(id.to_string().parse::<Id<()>>(), Ok(id));
        }

        #[test]
        fn text_order_is_bit_order(a: u128, b: u128) {
            let (x, y): (Id<()>, Id<()>) = (Id::from_bits(a), Id::from_bits(b));
            prop_assert_eq!(x.to_string().cmp(&y.to_string()), a.cmp(&b));
        }
    }

    #[test]
    fn refuses_what_is_no_ulid() {
        for text in ["", "01ARZ3NDEKTSV4RRFFQ69G5FA", "81ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FAU", "ö"]
        {
            assert_eq!(text.parse::<Id<()>>(), Err(BadId), "{text}");
        }
    }
}
