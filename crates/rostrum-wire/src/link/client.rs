//! The side that asks. One connection carries all requests; when it breaks they fail at once and the next one dials
//! again, so that a role which restarts is found again without anybody's help.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use super::frame::{Frame, Kind};
use super::{CREDIT, LinkError, Refused, VERSION};
use crate::Socket;

/// Frames that wait to be written.
const WRITES_MAX: usize = 64;

/// Asks the role behind one socket.
#[derive(Debug, Clone)]
pub struct Client {
    socket: Socket,
    role: &'static str,
    connection: Arc<tokio::sync::Mutex<Option<Connection>>>,
}

impl Client {
    /// A client of `role`, which listens on `socket` now or later.
    pub fn new(socket: Socket, role: &'static str) -> Self {
        Self { socket, role, connection: Arc::default() }
    }

    /// Asks `call` and waits at most `deadline` for the answer.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn ask<R: DeserializeOwned>(
        &self,
        call: &impl Serialize,
        body: Bytes,
        deadline: Duration,
    ) -> Result<(R, Bytes), LinkError> {
        let asking = async {
            let mut follow = self.follow(call, body).await?;
            loop {
                if let Next::End(head, body) = follow.next_frame().await? {
                    return follow.understood(&head).map(|head| (head, body));
                }
            }
        };
        tokio::time::timeout(deadline, asking).await.map_err(|_| LinkError::Late(self.role))?
    }

    /// Asks `call` and gives the stream of items it answers with.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn follow(&self, call: &impl Serialize, body: Bytes) -> Result<Follow, LinkError> {
        let connection = self.connection().await?;
        let id = connection.ids.fetch_add(1, Ordering::Relaxed);
        let (sender, frames) = mpsc::channel(CREDIT as usize + 2);
        connection.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(id, sender);
        let follow = Follow { id, role: self.role, connection, frames, taken: 0, ended: false };
        let frame = Frame::new(Kind::Ask, id, call).map_err(|error| self.foreign(&error))?.with(body);
        follow.connection.writes.send(frame).await.map_err(|_| LinkError::Away(self.role))?;
        Ok(follow)
    }

    async fn connection(&self) -> Result<Connection, LinkError> {
        let mut held = self.connection.lock().await;
        if let Some(connection) = held.as_ref().filter(|connection| !connection.writes.is_closed()) {
            return Ok(connection.clone());
        }
        let stream = self.socket.connect().await.map_err(|_| LinkError::Away(self.role))?;
        let connection = Connection::start(stream).await.map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => self.foreign(&error),
            _ => LinkError::Away(self.role),
        })?;
        *held = Some(connection.clone());
        Ok(connection)
    }

    fn foreign(&self, error: &io::Error) -> LinkError {
        LinkError::Foreign(self.role, error.to_string())
    }
}

type Waiting = Arc<Mutex<HashMap<u64, mpsc::Sender<Frame>>>>;

#[derive(Debug, Clone)]
struct Connection {
    writes: mpsc::Sender<Frame>,
    waiting: Waiting,
    ids: Arc<AtomicU64>,
    _task: Arc<AbortOnDropHandle<()>>,
}

impl Connection {
    async fn start(stream: impl AsyncRead + AsyncWrite + Send + 'static) -> io::Result<Self> {
        let (mut reader, mut writer) = tokio::io::split(stream);
        Frame::new(Kind::Hello, 0, &VERSION)?.write(&mut writer).await?;
        let hello = Frame::read(&mut reader).await?.ok_or(io::ErrorKind::UnexpectedEof)?;
        if hello.kind != Kind::Hello || hello.head::<u32>()? != VERSION {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "it has another version; update both sides"));
        }
        let (writes, mut queue) = mpsc::channel::<Frame>(WRITES_MAX);
        let waiting = Waiting::default();
        let held = Arc::clone(&waiting);
        // One task is both ends: when reading ends, the queue closes, and whoever asks next dials anew.
        let task = tokio::spawn(async move {
            let writing = async {
                while let Some(frame) = queue.recv().await {
                    if frame.write(&mut writer).await.is_err() {
                        break;
                    }
                }
            };
            tokio::select! {
                () = writing => {}
                () = hand_out(&mut reader, &held) => {}
            }
            // In this order: who is in time to write is still told that nothing will come; a later one cannot write.
            queue.close();
            held.lock().unwrap_or_else(PoisonError::into_inner).clear();
        });
        let task = Arc::new(AbortOnDropHandle::new(task));
        Ok(Self { writes, waiting, ids: Arc::new(AtomicU64::new(1)), _task: task })
    }
}

/// Gives every frame to who waits for it. A follower has room for all its credit, so nobody holds up the others.
async fn hand_out(reader: &mut (impl AsyncRead + Unpin), waiting: &Waiting) {
    while let Ok(Some(frame)) = Frame::read(reader).await {
        let ends = frame.kind != Kind::Item;
        let mut held = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let id = frame.id;
        let taken = held.get(&id).is_none_or(|sender| sender.try_send(frame).is_ok());
        if ends || !taken {
            held.remove(&id);
        }
    }
}

enum Next {
    Item(Bytes, Bytes),
    End(Bytes, Bytes),
}

/// A stream of items; dropping it tells the other side to stop.
#[derive(Debug)]
pub struct Follow {
    id: u64,
    role: &'static str,
    connection: Connection,
    frames: mpsc::Receiver<Frame>,
    taken: u32,
    ended: bool,
}

impl Follow {
    /// The next item; none when the other side ended the stream.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn next<T: DeserializeOwned>(&mut self) -> Result<Option<(T, Bytes)>, LinkError> {
        match self.next_frame().await? {
            Next::Item(head, body) => self.understood(&head).map(|head| Some((head, body))),
            Next::End(..) => Ok(None),
        }
    }

    async fn next_frame(&mut self) -> Result<Next, LinkError> {
        let frame = self.frames.recv().await.ok_or(LinkError::Away(self.role))?;
        match frame.kind {
            Kind::Item => {
                self.give_credit().await;
                Ok(Next::Item(frame.head, frame.body))
            }
            Kind::Answer => {
                self.ended = true;
                Ok(Next::End(frame.head, frame.body))
            }
            Kind::Refuse => {
                self.ended = true;
                Err(LinkError::Refused(self.understood::<Refused>(&frame.head)?))
            }
            other => Err(LinkError::Foreign(self.role, format!("{other:?} for an answer"))),
        }
    }

    async fn give_credit(&mut self) {
        self.taken += 1;
        if self.taken >= CREDIT / 2
            && let Ok(frame) = Frame::new(Kind::Credit, self.id, &self.taken)
        {
            self.connection.writes.send(frame).await.ok();
            self.taken = 0;
        }
    }

    fn understood<T: DeserializeOwned>(&self, head: &[u8]) -> Result<T, LinkError> {
        serde_json::from_slice(head).map_err(|error| LinkError::Foreign(self.role, error.to_string()))
    }
}

impl Drop for Follow {
    fn drop(&mut self) {
        self.connection.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
        if !self.ended
            && let Ok(frame) = Frame::new(Kind::Cancel, self.id, &())
        {
            // A full queue means the connection is in trouble; then it is dropped as a whole soon.
            self.connection.writes.try_send(frame).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Sockets;
    use crate::link::{Answer, Answered, Asked, serve};
    use tokio::sync::Notify;

    #[derive(serde::Serialize, serde::Deserialize)]
    enum Call {
        Echo(String),
        Count(u32),
        Never,
        Refuse,
    }

    #[derive(Default)]
    struct Desk {
        gone: Arc<Notify>,
    }

    struct Tell(Arc<Notify>);
    impl Drop for Tell {
        fn drop(&mut self) {
            self.0.notify_one();
        }
    }

    impl Answer for Desk {
        type Call = Call;

        async fn answer(&self, asked: Asked<Call>) -> Result<Answered, Refused> {
            match asked.call {
                Call::Echo(text) => Ok(Answered::new(text).with(asked.body)),
                Call::Count(most) => {
                    for number in 0..most {
                        asked.items.send(&number, Bytes::new()).await;
                    }
                    Ok(Answered::new(()))
                }
                Call::Never => {
                    let _tell = Tell(Arc::clone(&self.gone));
                    std::future::pending().await
                }
                Call::Refuse => Err(Refused::new("no", "Not today.")),
            }
        }
    }

    struct House {
        _data: tempfile::TempDir,
        socket: Socket,
        desk: Arc<Desk>,
    }

    fn house() -> House {
        let data = tempfile::tempdir().unwrap();
        let socket = Sockets::open(data.path()).unwrap().stage();
        House { _data: data, socket, desk: Arc::default() }
    }

    impl House {
        fn open(&self) -> tokio::task::JoinHandle<()> {
            let (listener, desk) = (self.socket.listen().unwrap(), Arc::clone(&self.desk));
            tokio::spawn(async move {
                let mut open = tokio::task::JoinSet::new();
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    open.spawn(serve(stream, Arc::clone(&desk)));
                }
            })
        }
    }

    const SOON: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn answers_streams_and_refusals_share_a_connection() {
        let house = house();
        let _open = house.open();
        let client = Client::new(house.socket.clone(), "stage");
        let mut counted = client.follow(&Call::Count(1000), Bytes::new()).await.unwrap();
        let (text, body): (String, _) =
            client.ask(&Call::Echo("hi".into()), Bytes::from_static(b"there"), SOON).await.unwrap();
        assert_eq!((text.as_str(), &body[..]), ("hi", &b"there"[..]));
        let refused = client.ask::<()>(&Call::Refuse, Bytes::new(), SOON).await.unwrap_err();
        assert_eq!(refused.to_string(), "Not today.");
        for expected in 0..1000 {
            assert_eq!(counted.next::<u32>().await.unwrap().unwrap().0, expected);
        }
        assert!(counted.next::<u32>().await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_deadline_ends_the_work_on_the_other_side() {
        let house = house();
        let _open = house.open();
        let client = Client::new(house.socket.clone(), "stage");
        let late = client.ask::<()>(&Call::Never, Bytes::new(), Duration::from_millis(50)).await;
        assert_eq!(late, Err(LinkError::Late("stage")));
        house.desk.gone.notified().await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn who_asks_while_the_connection_breaks_is_told_at_once() {
        let house = house();
        let listener = house.socket.listen().unwrap();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (mut reader, mut writer) = tokio::io::split(stream);
                Frame::new(Kind::Hello, 0, &VERSION).unwrap().write(&mut writer).await.unwrap();
                for _ in 0..2 {
                    Frame::read(&mut reader).await.unwrap();
                }
            }
        });
        let client = Client::new(house.socket.clone(), "stage");
        let asking = (0..4).map(|_| {
            let client = client.clone();
            tokio::spawn(async move {
                for _ in 0..5000 {
                    let asked = client.ask::<()>(&Call::Never, Bytes::new(), SOON).await;
                    assert_eq!(asked, Err(LinkError::Away("stage")));
                }
            })
        });
        for task in asking.collect::<Vec<_>>() {
            task.await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_role_that_comes_back_is_found_again() {
        let house = house();
        let client = Client::new(house.socket.clone(), "stage");
        let call = Call::Echo("you".into());
        let ask = || client.ask::<String>(&call, Bytes::new(), SOON);
        assert_eq!(ask().await, Err(LinkError::Away("stage")));
        let open = house.open();
        let mut waiting = client.follow(&Call::Never, Bytes::new()).await.unwrap();
        assert!(ask().await.is_ok());
        open.abort();
        open.await.ok();
        assert_eq!(waiting.next::<()>().await, Err(LinkError::Away("stage")));
        let _again = house.open();
        assert!(ask().await.is_ok());
    }
}
