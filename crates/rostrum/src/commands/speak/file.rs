//! A file as packets of Opus: decoded in the sandboxed child, no faster than they are taken.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use rostrum_codec::Client;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Packets that wait: half a second. The child waits for room.
const PACKETS: usize = 25;

/// A file that is being decoded.
pub(super) struct Playing {
    pub(super) packets: mpsc::Receiver<Vec<u8>>,
    /// How long it says it is; zero if it does not.
    pub(super) length: Duration,
    decoding: JoinHandle<Result<(), rostrum_codec::Error>>,
}

impl Playing {
    /// Opens a recording.
    pub(super) async fn open(codec: &Client, path: &Path) -> anyhow::Result<Self> {
        let file = File::open(path).with_context(|| format!("{} cannot be opened", path.display()))?;
        let probe = codec.probe(file.try_clone()?).await.with_context(|| path.display().to_string())?;
        let (to, packets) = mpsc::channel(PACKETS);
        let (client, length) = (codec.clone(), Duration::from_millis(probe.duration_ms));
        let decoding = tokio::spawn(async move { client.play(file, &probe, to).await });
        Ok(Self { packets, length, decoding })
    }

    /// How it ended, once it gives no more packets.
    pub(super) async fn end(self) -> anyhow::Result<()> {
        drop(self.packets);
        Ok(self.decoding.await??)
    }
}
