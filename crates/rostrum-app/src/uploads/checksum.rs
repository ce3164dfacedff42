//! Digests that a client may send along with its bytes (tus 1.0.0, *Checksum*).

use sha1::Sha1;
use sha2::digest::DynDigest;
use sha2::{Sha256, Sha512};

/// How a checksum is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// SHA-1, which the protocol asks every server to know.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 3] = [Self::Sha1, Self::Sha256, Self::Sha512];

    /// The word of the protocol.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    /// Bytes of a digest.
    pub const fn digest_bytes(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }

    fn hasher(self) -> Box<dyn DynDigest + Send> {
        match self {
            Self::Sha1 => Box::new(Sha1::default()),
            Self::Sha256 => Box::new(Sha256::default()),
            Self::Sha512 => Box::new(Sha512::default()),
        }
    }
}

/// What the bytes of one request must come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checksum {
    /// How it was made.
    pub algorithm: Algorithm,
    /// The digest, as many bytes as the algorithm makes.
    pub digest: Vec<u8>,
}

/// Bytes on their way to a comparison.
pub(super) struct Check {
    hasher: Box<dyn DynDigest + Send>,
    expected: Vec<u8>,
}

impl Check {
    pub(super) fn new(checksum: Checksum) -> Self {
        Self { hasher: checksum.algorithm.hasher(), expected: checksum.digest }
    }

    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
    }

    pub(super) fn holds(self) -> bool {
        *self.hasher.finalize() == *self.expected
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_digests() {
        // FIPS 180-2, appendix A.1 and B.1: the message "abc".
        for (algorithm, digest) in [
            (Algorithm::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (Algorithm::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ] {
            let digest = hex::decode(digest).expect("it is hex");
            assert_eq!(digest.len(), algorithm.digest_bytes());
            let mut check = Check::new(Checksum { algorithm, digest: digest.clone() });
            check.add(b"a");
            check.add(b"bc");
            assert!(check.holds());
            let mut wrong = Check::new(Checksum { algorithm, digest });
            wrong.add(b"abd");
            assert!(!wrong.holds());
        }
    }
}
