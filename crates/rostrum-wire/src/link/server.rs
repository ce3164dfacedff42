//! The side that answers. Each request runs as a task of its own, so that a slow one holds up nobody; a connection that
//! asks too much at once waits.

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::{AbortHandle, JoinSet};

use super::frame::{Frame, Kind};
use super::{CREDIT, Refused, VERSION};

/// Frames that wait to be written on one connection.
const WRITES_MAX: usize = 64;
/// Requests of one connection that run at once.
const RUNNING_MAX: usize = 256;

/// What answers.
pub trait Answer: Send + Sync + 'static {
    /// What is asked.
    type Call: DeserializeOwned + Send + 'static;

    /// Answers one request; a stream's items go through [`Asked::items`] before the answer, which ends it.
    fn answer(&self, asked: Asked<Self::Call>) -> impl Future<Output = Result<Answered, Refused>> + Send;
}

/// An answer: JSON and bytes.
#[derive(Debug, Clone, Default)]
pub struct Answered {
    head: serde_json::Value,
    body: Bytes,
}

impl Answered {
    /// The answer `head`.
    ///
    /// # Panics
    /// Never for types that are plain data.
    pub fn new(head: impl Serialize) -> Self {
        Self { head: serde_json::to_value(head).unwrap_or_default(), body: Bytes::new() }
    }

    /// With bytes beside it.
    #[must_use]
    pub fn with(self, body: Bytes) -> Self {
        Self { body, ..self }
    }
}

/// One request.
#[derive(Debug)]
pub struct Asked<C> {
    /// What is asked.
    pub call: C,
    /// Bytes that came with it.
    pub body: Bytes,
    /// Where a stream's items go.
    pub items: Items,
}

/// The sending end of a stream.
#[derive(Debug, Clone)]
pub struct Items {
    id: u64,
    writes: mpsc::Sender<Frame>,
    credit: Arc<Semaphore>,
}

impl Items {
    /// Sends one item, waiting until the follower has room for it. False when the follower is gone.
    pub async fn send(&self, head: &impl Serialize, body: Bytes) -> bool {
        let Ok(credit) = self.credit.acquire().await else { return false };
        credit.forget();
        let Ok(frame) = Frame::new(Kind::Item, self.id, head) else { return false };
        self.writes.send(frame.with(body)).await.is_ok()
    }
}

/// Answers one connection until it closes or breaks the rules.
///
/// # Errors
/// What the connection died of.
pub async fn serve<A: Answer>(stream: impl AsyncRead + AsyncWrite + Send + 'static, answers: Arc<A>) -> io::Result<()> {
    let (mut reader, mut writer) = tokio::io::split(stream);
    Frame::new(Kind::Hello, 0, &VERSION)?.write(&mut writer).await?;
    let (writes, mut queue) = mpsc::channel::<Frame>(WRITES_MAX);
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        while let Some(frame) = queue.recv().await {
            if frame.write(&mut writer).await.is_err() {
                break;
            }
        }
    });
    let mut connection = Connection { answers, writes, running: HashMap::new(), tasks };
    while let Some(frame) = Frame::read(&mut reader).await? {
        connection.take(&frame)?;
    }
    Ok(())
}

struct Connection<A> {
    answers: Arc<A>,
    writes: mpsc::Sender<Frame>,
    running: HashMap<u64, (AbortHandle, Arc<Semaphore>)>,
    /// Dropped with the connection, which ends what still runs.
    tasks: JoinSet<()>,
}

impl<A: Answer> Connection<A> {
    fn take(&mut self, frame: &Frame) -> io::Result<()> {
        while self.tasks.try_join_next().is_some() {}
        match frame.kind {
            Kind::Hello if frame.head::<u32>()? == VERSION => Ok(()),
            Kind::Hello => Err(io::Error::new(io::ErrorKind::InvalidData, "the other side has another version")),
            Kind::Ask => self.start(frame),
            Kind::Credit => {
                let taken = frame.head::<u32>()?.min(CREDIT);
                if let Some((_, credit)) = self.running.get(&frame.id) {
                    credit.add_permits(taken as usize);
                }
                Ok(())
            }
            Kind::Cancel => {
                if let Some((task, _)) = self.running.remove(&frame.id) {
                    task.abort();
                }
                Ok(())
            }
            Kind::Answer | Kind::Refuse | Kind::Item => {
                Err(io::Error::new(io::ErrorKind::InvalidData, "an answer to nothing"))
            }
        }
    }

    fn start(&mut self, frame: &Frame) -> io::Result<()> {
        self.running.retain(|_, (task, _)| !task.is_finished());
        let (id, writes) = (frame.id, self.writes.clone());
        let credit = Arc::new(Semaphore::new(CREDIT as usize));
        let items = Items { id, writes: writes.clone(), credit: Arc::clone(&credit) };
        let call = match frame.head() {
            Ok(call) if self.running.len() < RUNNING_MAX => Ok(Asked { call, body: frame.body.clone(), items }),
            Ok(_) => Err(Refused::new("busy", "Too much is asked at once; try again in a moment.")),
            Err(error) => Err(Refused::new("not_understood", format!("This is not understood here: {error}."))),
        };
        let answers = Arc::clone(&self.answers);
        let task = self.tasks.spawn(async move {
            let answer = match call {
                Ok(asked) => answers.answer(asked).await,
                Err(refused) => Err(refused),
            };
            let frame = match answer {
                Ok(answered) => Frame::new(Kind::Answer, id, &answered.head).map(|frame| frame.with(answered.body)),
                Err(refused) => Frame::new(Kind::Refuse, id, &refused),
            };
            if let Ok(frame) = frame {
                writes.send(frame).await.ok();
            }
        });
        self.running.insert(id, (task, credit));
        Ok(())
    }
}
