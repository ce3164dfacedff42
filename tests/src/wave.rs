//! Small recordings written by hand, each unlike any other: a tone in a WAV file.

/// Samples a second.
const RATE: u32 = 24_000;

/// A tone of `hertz` and `ms` milliseconds: WAV, 24 kHz, mono, 16 bit, peak −12 dBFS.
pub fn wav(hertz: f64, ms: u32) -> Vec<u8> {
    let count = RATE / 1000 * ms;
    let mut file = head(count);
    for at in 0..count {
        let turn = f64::from(at) * hertz / f64::from(RATE) * std::f64::consts::TAU;
        file.extend(((turn.sin() * 8192.0) as i16).to_le_bytes());
    }
    file
}

/// The head of a WAV file that says it holds so many samples.
pub fn head(samples: u32) -> Vec<u8> {
    head_at(RATE, samples)
}

/// The same at another rate.
pub(crate) fn head_at(rate: u32, samples: u32) -> Vec<u8> {
    let bytes = samples.saturating_mul(2);
    let mut file = Vec::with_capacity(44 + bytes.min(1 << 24) as usize);
    file.extend(b"RIFF");
    file.extend(bytes.saturating_add(36).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(rate.to_le_bytes());
    file.extend((rate * 2).to_le_bytes());
    file.extend(b"\x02\0\x10\0data");
    file.extend(bytes.to_le_bytes());
    file
}
