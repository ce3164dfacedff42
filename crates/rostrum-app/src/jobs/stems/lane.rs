//! One lane's file in the making.

use std::io::{BufWriter, Write as _};
use std::path::Path;

use rostrum_codec::live::{Decoder, Flac};
use rostrum_live::program::{Piece, PieceKind};
use rostrum_media::ogg::Writer;
use rostrum_media::{Tags, wav};
use tempfile::{NamedTempFile, TempPath};

use super::Form;
use crate::Error;

type Out = BufWriter<NamedTempFile>;

/// A stem being written.
pub(super) struct File {
    shape: Shape,
    /// Samples of the whole.
    end: u64,
}

enum Shape {
    Opus(Writer<Out>),
    Pcm(Box<Pcm>),
}

/// Decodes as it writes.
struct Pcm {
    out: Out,
    decoder: Decoder,
    channels: usize,
    /// Samples a channel written so far.
    written: u64,
    samples: Vec<f32>,
    bytes: Vec<u8>,
    /// Packs the samples; bare they are WAV.
    flac: Option<Flac>,
}

impl File {
    /// Begins a stem of `end` samples.
    pub(super) fn new(scratch: &Path, (form, stereo): (Form, bool), end: u64, tags: &Tags) -> Result<Self, Error> {
        let mut out = BufWriter::with_capacity(1 << 16, NamedTempFile::new_in(scratch)?);
        let channels = if stereo { 2 } else { 1 };
        let shape = match form {
            Form::Opus => Shape::Opus(Writer::new(out, channels, tags).map_err(Error::internal)?),
            Form::Wav | Form::Flac => {
                let (head, flac) = match form {
                    Form::Flac => {
                        let (flac, head) = Flac::new(channels, end).map_err(Error::internal)?;
                        (head, Some(flac))
                    }
                    _ => (wav::head(channels, end), None),
                };
                out.write_all(&head)?;
                let decoder = Decoder::new(channels).map_err(Error::internal)?;
                let (samples, bytes, channels) = (Vec::new(), Vec::new(), usize::from(channels));
                Shape::Pcm(Box::new(Pcm { out, decoder, channels, written: 0, samples, bytes, flac }))
            }
        };
        Ok(Self { shape, end })
    }

    /// Appends a piece; what lies behind the end is left out.
    pub(super) fn piece(&mut self, piece: &Piece) -> Result<(), Error> {
        if piece.position >= self.end {
            return Ok(());
        }
        match &mut self.shape {
            Shape::Opus(writer) => writer.packet(&piece.payload, piece.samples).map_err(Error::internal),
            Shape::Pcm(pcm) => pcm.piece(piece, self.end),
        }
    }

    /// Ends the file.
    pub(super) fn finish(self) -> Result<TempPath, Error> {
        let mut out = match self.shape {
            Shape::Opus(writer) => writer.finish(self.end).map_err(Error::internal)?,
            Shape::Pcm(pcm) => pcm.finish()?,
        };
        out.flush()?;
        let file = out.into_inner().map_err(|error| Error::internal(error.into_error()))?;
        Ok(file.into_temp_path())
    }
}

impl Pcm {
    fn piece(&mut self, piece: &Piece, end: u64) -> Result<(), Error> {
        self.samples.clear();
        let wanted = piece.samples as usize;
        let decoded = match piece.kind {
            PieceKind::Lost => self.decoder.conceal(wanted, &mut self.samples),
            PieceKind::Packet | PieceKind::Silence => self.decoder.packet(&piece.payload, &mut self.samples),
        };
        if decoded.is_err() {
            // What cannot be decoded is silence: the rest must stay where it belongs.
            self.samples.clear();
        }
        let left = usize::try_from(end - self.written).unwrap_or(usize::MAX);
        self.samples.resize(wanted.min(left) * self.channels, 0.0);
        self.written += wanted.min(left) as u64;
        self.bytes.clear();
        match &mut self.flac {
            None => wav::put(&self.samples, &mut self.bytes),
            Some(flac) => {
                let bytes = &mut self.bytes;
                flac.push(&self.samples, &mut |frame| bytes.extend_from_slice(frame)).map_err(Error::internal)?;
            }
        }
        Ok(self.out.write_all(&self.bytes)?)
    }

    fn finish(mut self) -> Result<Out, Error> {
        if let Some(flac) = self.flac {
            self.bytes.clear();
            let bytes = &mut self.bytes;
            flac.finish(&mut |frame| bytes.extend_from_slice(frame)).map_err(Error::internal)?;
            self.out.write_all(&self.bytes)?;
        }
        Ok(self.out)
    }
}
