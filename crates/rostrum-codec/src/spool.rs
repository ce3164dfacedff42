//! Where packets wait between encoder and container: bytes in one file a codec, their sizes in memory.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};

use rostrum_media::{Codec, Stream};

use crate::client::Sink;
use crate::message::Transcoded;

type Progress = Box<dyn FnMut(u64, u64) + Send>;

/// A sink that keeps packets in files it is given, unnamed ones at best.
pub struct Spool {
    parts: Vec<Part>,
    on_progress: Progress,
}

struct Part {
    codec: Codec,
    file: BufWriter<File>,
    sizes: Vec<u32>,
}

impl Spool {
    /// A spool with an empty, readable and writable file for each rendition; progress in milliseconds done and in all
    /// goes to `on_progress`.
    pub fn new(files: Vec<(Codec, File)>, on_progress: impl FnMut(u64, u64) + Send + 'static) -> Self {
        let part = |(codec, file)| Part { codec, file: BufWriter::with_capacity(1 << 16, file), sizes: Vec::new() };
        Self { parts: files.into_iter().map(part).collect(), on_progress: Box::new(on_progress) }
    }

    /// The finished streams, each with a reader of its packets from the first on.
    pub fn finish(self, done: &Transcoded, channels: u8) -> io::Result<Vec<(Stream, impl Read + use<>)>> {
        let mut streams = Vec::new();
        for part in self.parts {
            let Some(facts) = done.renditions.iter().find(|rendition| rendition.codec == part.codec) else { continue };
            let mut file = part.file.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.rewind()?;
            let (codec, delay, config, sizes) = (part.codec, facts.delay, facts.config.clone(), part.sizes);
            let stream = Stream { codec, channels, delay, samples: done.samples, config, sizes };
            streams.push((stream, BufReader::with_capacity(1 << 16, file)));
        }
        Ok(streams)
    }
}

impl Sink for Spool {
    fn progress(&mut self, done_ms: u64, total_ms: u64) {
        (self.on_progress)(done_ms, total_ms);
    }

    fn packet(&mut self, codec: Codec, bytes: &[u8]) -> io::Result<()> {
        let part = self.parts.iter_mut().find(|part| part.codec == codec);
        let part = part.ok_or_else(|| io::Error::other("no file for this rendition"))?;
        part.sizes.push(bytes.len() as u32);
        part.file.write_all(bytes)
    }

    fn restart(&mut self) -> io::Result<()> {
        for part in &mut self.parts {
            part.sizes.clear();
            part.file.flush()?;
            part.file.get_mut().rewind()?;
            part.file.get_mut().set_len(0)?;
        }
        Ok(())
    }
}
