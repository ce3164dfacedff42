//! Receiving bytes: appended as they come, kept when the line drops, verified when they came with a checksum.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use rostrum_domain::Id;
use rostrum_domain::access::Caller;
use rostrum_media::sniff;
use rostrum_store::upload::{self, Part, Upload};
use tokio_util::sync::CancellationToken;

use super::announce::room;
use super::checksum::{Check, Checksum};
use super::complete::{complete, judge};
use super::hold::{Held, Progress, Reached, alive, allowed, end_of_life, length, reach};
use super::staging::Staged;
use super::{Error, blocking};
use crate::App;

/// How long a sender may be silent before its seat is given up.
const SILENCE: Duration = Duration::from_secs(60);

/// What a client says of the bytes it is about to send.
#[derive(Debug, Clone)]
pub struct Chunk {
    /// The upload they belong to.
    pub id: Id<Upload>,
    /// Where they begin; must be where the upload stands.
    pub offset: u64,
    /// How many they are, if that is known beforehand.
    pub length_bytes: Option<u64>,
    /// What they must come to.
    pub checksum: Option<Checksum>,
}

/// Takes bytes into an upload and finishes it when they were the last. Whatever ends it early, the bytes that arrived
/// are kept, except those whose checksum could not be compared.
pub async fn receive<S, E>(app: &App, caller: &Caller, chunk: Chunk, body: S) -> Result<Progress, Error>
where
    S: Stream<Item = Result<Bytes, E>> + Send,
{
    let found = allowed(&mut app.store.read().await?, caller, chunk.id).await?;
    if found.part == Part::Final {
        return Err(Error::Final);
    }
    alive(app, found)?;
    let held = match reach(app, chunk.id).await? {
        Reached::Open(held) => *held,
        Reached::Finished(upload) => return Err(Error::Offset { at: length(&upload) }),
        Reached::Gone => return Err(crate::Error::Missing("upload").into()),
    };
    fits(app, &held, &chunk).await?;
    let held = take(held, chunk.checksum, body).await?;
    after(app, held, chunk.offset).await
}

async fn fits(app: &App, held: &Held, chunk: &Chunk) -> Result<(), Error> {
    if chunk.offset != held.offset() {
        return Err(Error::Offset { at: held.offset() });
    }
    let left = length(&held.upload) - held.offset();
    match chunk.length_bytes {
        Some(sent) if sent > left => Err(Error::TooLong { length: length(&held.upload) }),
        sent => room(app, sent.unwrap_or(left)).await,
    }
}

/// What follows when a request's bytes are in: another life, or the end.
async fn after(app: &App, mut held: Held, began_at: u64) -> Result<Progress, Error> {
    if held.is_due() {
        return complete(app, held).await;
    }
    // A wrong file is refused with its first piece rather than after its last.
    let judged = began_at < sniff::HEAD_BYTES as u64 && held.offset() >= sniff::HEAD_BYTES as u64;
    if judged && held.upload.part == Part::Whole {
        held = judge(app, held).await?;
    }
    let until = end_of_life(app.now());
    let mut tx = app.store.write().await?;
    upload::extend(&mut tx, held.upload.id, until).await?;
    tx.commit().await?;
    held.upload.expires_at = until;
    Ok(held.progress())
}

async fn take<S, E>(held: Held, checksum: Option<Checksum>, body: S) -> Result<Held, Error>
where
    S: Stream<Item = Result<Bytes, E>> + Send,
{
    let Held { upload, staged, leave, adopted } = held;
    let inlet = Inlet { staged, check: checksum.map(Check::new), left: length(&upload) };
    let (staged, end) = inlet.run(body, &leave).await?;
    match end {
        End::Whole => Ok(Held { upload, staged, leave, adopted }),
        End::Damaged => Err(Error::Damaged),
        End::TooLong => Err(Error::TooLong { length: length(&upload) }),
        End::Silent => Err(Error::Broken),
        End::Asked => Err(Error::Busy),
        End::Disk(error) => Err(error.into()),
    }
}

/// How a request's bytes ended.
enum End {
    /// All are in.
    Whole,
    /// They do not have their checksum.
    Damaged,
    /// There are more than were announced.
    TooLong,
    /// The line broke or fell silent.
    Silent,
    /// Another request of the same upload waits.
    Asked,
    /// The disk refused them.
    Disk(std::io::Error),
}

/// A staged file with the bytes that run into it. It moves into each blocking write and back, so that a request that is
/// dropped in the middle of one keeps its lock until the write has ended.
struct Inlet {
    staged: Staged,
    check: Option<Check>,
    left: u64,
}

impl Inlet {
    async fn run<S, E>(mut self, body: S, leave: &CancellationToken) -> std::io::Result<(Staged, End)>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
    {
        self.left -= self.staged.length();
        self = blocking(move || self.begin()).await??;
        let mut body = std::pin::pin!(body);
        let end = loop {
            let next = tokio::select! {
                biased;
                () = leave.cancelled() => break End::Asked,
                next = tokio::time::timeout(SILENCE, body.next()) => next,
            };
            let bytes = match next {
                Ok(Some(Ok(bytes))) => bytes,
                Ok(None) => break End::Whole,
                Ok(Some(Err(_))) | Err(_) => break End::Silent,
            };
            let Some(left) = self.left.checked_sub(bytes.len() as u64) else { break End::TooLong };
            self.left = left;
            let written;
            (self, written) = blocking(move || self.write(&bytes)).await?;
            if let Err(error) = written {
                break End::Disk(error);
            }
        };
        blocking(move || self.end(end)).await
    }

    fn begin(mut self) -> std::io::Result<Self> {
        if self.check.is_some() {
            self.staged.doubt()?;
        }
        Ok(self)
    }

    fn write(mut self, bytes: &[u8]) -> (Self, std::io::Result<()>) {
        if let Some(check) = &mut self.check {
            check.add(bytes);
        }
        let written = self.staged.append(bytes);
        (self, written)
    }

    fn end(mut self, end: End) -> (Staged, End) {
        let (keep, end) = match (end, self.check) {
            (End::TooLong, _) => (false, End::TooLong),
            (End::Whole, Some(check)) => {
                let holds = check.holds();
                (holds, if holds { End::Whole } else { End::Damaged })
            }
            (early, Some(_)) => (false, early),
            (end, None) => (true, end),
        };
        let settled = if keep { self.staged.keep() } else { self.staged.discard() };
        let end = match settled {
            Err(error) if !matches!(end, End::Disk(_)) => End::Disk(error),
            _ => end,
        };
        (self.staged, end)
    }
}
