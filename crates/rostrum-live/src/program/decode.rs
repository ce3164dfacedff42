//! The seam to a native decoder: a track's packets become samples behind it.

/// Decodes one Opus track to interleaved samples at 48 kHz, with the number of channels it was made for.
pub trait Decode {
    /// Why it cannot.
    type Error;

    /// Appends the samples of `payload` to `out`.
    ///
    /// # Errors
    /// The packet is damaged; `out` is as it was.
    fn packet(&mut self, payload: &[u8], out: &mut Vec<f32>) -> Result<(), Self::Error>;

    /// Appends the `samples` (a channel) before `next`, from the copy it carries or by concealment.
    ///
    /// # Errors
    /// The packet is damaged; `out` is as it was.
    fn fec(&mut self, next: &[u8], samples: usize, out: &mut Vec<f32>) -> Result<(), Self::Error>;

    /// Appends `samples` (a channel, a multiple of 120) made from what was heard before.
    ///
    /// # Errors
    /// Nothing can be made up; `out` is as it was.
    fn conceal(&mut self, samples: usize, out: &mut Vec<f32>) -> Result<(), Self::Error>;
}
