//! Lines of chat that must not be written twice: who heard no answer may send one again with the same key, and it gets
//! the id that it had before. The stage takes a line by its chance once, also where this process has forgotten it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use rostrum_domain::room::ChatLine;
use rostrum_domain::{Id, Timestamp};
use sha2::{Digest as _, Sha256};

/// Keys remembered; beyond it all are forgotten.
const KEYS_MAX: usize = 10_000;
/// Bits of an id that are chance.
const CHANCE: u32 = 80;

/// When lines with a key were written first.
#[derive(Debug, Default)]
pub(crate) struct Keyed(Mutex<HashMap<u128, Timestamp>>);

impl Keyed {
    /// The id of the line to which `writer` gave `key`.
    pub(super) fn id(&self, (writer, key): (&str, &str), now: Timestamp) -> Id<ChatLine> {
        let digest = Sha256::digest(format!("line\n{writer}\n{key}"));
        let chance = u128::from_be_bytes(std::array::from_fn(|at| digest[at])) >> (u128::BITS - CHANCE);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEYS_MAX && !known.contains_key(&chance) {
            known.clear();
        }
        let first = *known.entry(chance).or_insert(now);
        let millis = u128::from(u64::try_from(first.as_millisecond()).unwrap_or(0));
        Id::from_bits((millis << CHANCE) | chance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_one_line_of_its_writer() {
        let (keyed, at) = (Keyed::default(), |s| Timestamp::from_second(s).expect("small numbers are times"));
        let first = keyed.id(("ada", "k"), at(5));
        assert_eq!(keyed.id(("ada", "k"), at(9)), first);
        assert_ne!(keyed.id(("bob", "k"), at(5)), first);
        assert_ne!(keyed.id(("ada", "l"), at(5)), first);
        let forgotten = Keyed::default().id(("ada", "k"), at(9));
        assert_eq!(forgotten.bits() << 48, first.bits() << 48, "the same chance, by which the stage knows it");
        assert_eq!(forgotten.bits() >> CHANCE, 9000);
    }

    #[test]
    fn memory_is_bounded() {
        let (keyed, now) = (Keyed::default(), Timestamp::UNIX_EPOCH);
        for key in 0..=KEYS_MAX {
            keyed.id(("ada", &key.to_string()), now);
        }
        assert!(keyed.0.lock().expect("nobody panicked").len() <= KEYS_MAX);
    }
}
