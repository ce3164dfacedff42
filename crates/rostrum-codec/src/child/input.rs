//! The file a child was handed: read at any place by any number of threads, through cursors that share no offset.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use rostrum_media::id3;
use rostrum_media::sniff::{self, Container};

use super::Stop;

pub(crate) const DAMAGED: &str = "This file cannot be decoded; it may be damaged. Please check that it plays on your \
    computer, export it again and upload that.";

/// Most ID3 tags skipped before the audio; some programs write one after the other.
const TAGS_MAX: usize = 4;

#[derive(Debug, Clone)]
pub(crate) struct Input {
    file: Arc<File>,
    length: u64,
}

impl Input {
    pub(crate) fn new(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self { file: Arc::new(file), length })
    }

    pub(crate) fn cursor(&self) -> Cursor {
        self.cursor_from(0)
    }

    /// A cursor for which the file begins at `base`.
    pub(crate) fn cursor_from(&self, base: u64) -> Cursor {
        Cursor { input: self.clone(), base, at: 0 }
    }

    /// What it is when it is a pipe: bytes one after the other.
    pub(crate) fn stream(&self) -> &File {
        &self.file
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    pub(crate) fn head(&self, at: u64, bytes: usize) -> io::Result<Vec<u8>> {
        let mut head = Vec::new();
        self.cursor_from(at).take(bytes as u64).read_to_end(&mut head)?;
        Ok(head)
    }

    /// Where ID3v2 tags in front end.
    pub(crate) fn audio_start(&self) -> io::Result<u64> {
        let mut at = 0;
        for _ in 0..TAGS_MAX {
            match id3::length(&self.head(at, 10)?) {
                Some(length) if at + length < self.length => at += length,
                _ => break,
            }
        }
        Ok(at)
    }

    /// What the file is, by its bytes; ID3 tags in front are skipped.
    pub(crate) fn sniff(&self) -> Result<Container, Stop> {
        let head = self.head(self.audio_start()?, sniff::HEAD_BYTES)?;
        sniff::sniff(&head).map_err(|refusal| Stop::refused(refusal.to_string()))
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Cursor {
    input: Input,
    base: u64,
    at: u64,
}

impl Cursor {
    fn length(&self) -> u64 {
        self.input.length.saturating_sub(self.base)
    }
}

impl Read for Cursor {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.file.read_at(buffer, self.base.saturating_add(self.at))?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Cursor {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.length().checked_add_signed(by),
        };
        self.at = place.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

impl ::symphonia::core::io::MediaSource for Cursor {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.length())
    }
}
