//! Checks of the decoder: that it works, and which walls of its sandbox stand on this machine.

use std::io::{Seek, Write};

use super::{Check, Finding};
use crate::roles::codec;

pub(super) async fn decoder() -> Finding {
    let check = Check("media libraries", "Uploads are decoded and encoded with them.");
    let advice = "Install the packages that scripts/setup names, and start the program built against them.";
    let file = match wave() {
        Ok(file) => file,
        Err(error) => {
            return check.bad(format!("no room for a test file: {error}"), "Free space in the temporary folder.");
        }
    };
    match codec().probe(file).await {
        Ok(probe) if !probe.streams.is_empty() => check.good("a test recording was read"),
        Ok(_) => check.bad("a test recording was read as silence", advice),
        Err(error) => check.bad(error.to_string(), advice),
    }
}

/// A tenth of a second of a 16-bit mono WAV file at 8 kHz.
fn wave() -> std::io::Result<std::fs::File> {
    const SAMPLES: u32 = 800;
    let mut bytes = Vec::new();
    bytes.extend(b"RIFF");
    bytes.extend((36 + SAMPLES * 2).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    bytes.extend(8000u32.to_le_bytes());
    bytes.extend(16_000u32.to_le_bytes());
    bytes.extend(b"\x02\0\x10\0data");
    bytes.extend((SAMPLES * 2).to_le_bytes());
    bytes.extend((0..SAMPLES).flat_map(|at| (if at / 8 % 2 == 0 { 8000i16 } else { -8000 }).to_le_bytes()));
    let mut file = tempfile::tempfile()?;
    file.write_all(&bytes)?;
    file.rewind()?;
    Ok(file)
}

pub(super) async fn sandbox() -> Vec<Finding> {
    let why = "What people upload is decoded behind these walls, so that a hostile file harms nothing.";
    let layers = codec().layers().await;
    layers
        .into_iter()
        .map(|layer| {
            let check = Check(layer.name, why);
            if layer.holds {
                return check.good(layer.detail);
            }
            check.odd(
                layer.detail,
                "The other walls still stand; a newer kernel, or a container that allows it, gives this one too.",
            )
        })
        .collect()
}
