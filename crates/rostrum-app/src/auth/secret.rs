//! Secrets that programs carry: made of 256 random bits, kept as a digest.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::App;

/// A fresh secret: 43 characters of base64url.
pub(crate) fn fresh(app: &App) -> String {
    URL_SAFE_NO_PAD.encode(app.ids.bytes())
}

/// What is kept of a secret. It holds 256 random bits, so a plain SHA-256 (hex) cannot be guessed back.
pub(crate) fn digest(secret: &str) -> String {
    hex::encode(Sha256::digest(secret))
}
