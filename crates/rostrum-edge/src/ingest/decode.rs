//! From an encoder's bytes to packets of Opus: Ogg is taken apart here, MP3 and AAC are decoded in the sandboxed child.
//! Which of them it is shows by the first bytes, whatever the head says.

use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use rostrum_media::ogg::{Found, Intake};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::pipe;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::body::Body;

/// An encoder that sends nothing for so long has gone.
const SILENT: Duration = Duration::from_secs(20);
/// Bytes read at once.
const READ_BYTES: usize = 8 * 1024;
/// Packets of the child that wait: a second.
const PACKETS: usize = 50;
/// Samples of a packet of the child's.
const CHILD_SAMPLES: u32 = 960;

/// The sound of one request as it comes.
#[derive(Debug)]
pub(super) struct Sound<R> {
    reader: R,
    body: Body,
    out: Vec<u8>,
}

impl<R: AsyncRead + Unpin> Sound<R> {
    pub(super) fn new(reader: R, body: Body) -> Self {
        Self { reader, body, out: Vec::with_capacity(READ_BYTES) }
    }

    /// The next bytes; none at the end, which a broken or silent connection is too.
    async fn next(&mut self) -> Option<&[u8]> {
        self.out.clear();
        let mut buffer = BytesMut::with_capacity(READ_BYTES);
        while self.out.is_empty() && self.body != Body::Over {
            buffer.clear();
            let count = timeout(SILENT, self.reader.read_buf(&mut buffer)).await.ok()?.ok()?;
            if count == 0 || self.body.feed(&buffer, &mut self.out).is_err() {
                return None;
            }
        }
        (!self.out.is_empty()).then_some(&self.out)
    }
}

/// Hands over what is in `sound` until it ends.
///
/// # Errors
/// Why it is not taken, in words for who set the encoder up.
pub(super) async fn decode<R: AsyncRead + Unpin>(
    mut sound: Sound<R>,
    codec: &rostrum_codec::Client,
    to: mpsc::Sender<Found>,
) -> Result<(), String> {
    let mut first = Vec::new();
    while first.len() < 4 {
        match sound.next().await {
            Some(bytes) => first.extend_from_slice(bytes),
            None => return Ok(()),
        }
    }
    if first.starts_with(b"OggS") { ogg(first, sound, to).await } else { child(first, sound, (codec, to)).await }
}

async fn ogg<R: AsyncRead + Unpin>(first: Vec<u8>, mut sound: Sound<R>, to: mpsc::Sender<Found>) -> Result<(), String> {
    let mut intake = Intake::new();
    intake.push(&first);
    loop {
        while let Some(found) = intake.read().map_err(|error| error.to_string())? {
            if to.send(found).await.is_err() {
                return Ok(());
            }
        }
        match sound.next().await {
            Some(bytes) => intake.push(bytes),
            None => return Ok(()),
        }
    }
}

async fn child<R: AsyncRead + Unpin>(
    first: Vec<u8>,
    sound: Sound<R>,
    (codec, to): (&rostrum_codec::Client, mpsc::Sender<Found>),
) -> Result<(), String> {
    let (sender, mut packets) = mpsc::channel(PACKETS);
    let failed = |error: io::Error| {
        tracing::error!(%error, "an encoder's sound cannot be decoded");
        "The server cannot decode this at the moment; send Ogg Opus, or try again.".to_owned()
    };
    let (writer, work) = codec.live(sender).map_err(failed)?;
    let writer = pipe::Sender::from_owned_fd(writer.into()).map_err(failed)?;
    let forward = async move {
        while let Some(packet) = packets.recv().await {
            if to.send(Found::Packet(Bytes::from(packet), CHILD_SAMPLES)).await.is_err() {
                return;
            }
        }
    };
    let (ended, (), ()) = tokio::join!(work, pump(first, sound, writer), forward);
    match ended {
        Ok(()) => Ok(()),
        Err(rostrum_codec::Error::Rejected { reason }) => Err(reason),
        Err(error) => {
            tracing::warn!(%error, "the decoding of an encoder's sound ended");
            Err("This cannot be decoded; check the encoder's settings, or send Ogg Opus.".to_owned())
        }
    }
}

/// Writes all there is to the child; dropping the pipe ends it.
async fn pump<R: AsyncRead + Unpin>(first: Vec<u8>, mut sound: Sound<R>, mut child: pipe::Sender) {
    let mut written = child.write_all(&first).await;
    while written.is_ok() {
        written = match sound.next().await {
            Some(bytes) => child.write_all(bytes).await,
            None => return,
        };
    }
}
