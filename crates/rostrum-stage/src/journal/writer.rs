//! The journal's thread. Bytes reach the file within 50 ms, the disk within 200 ms (one group commit for the whole
//! room). Until the disk has them they stay in memory too: a segment whose write or sync fails is abandoned, and
//! everything it might have lost is written again to a new one. The system forgets what a failed sync had in hand, so
//! trying the same file again would only look like success.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::disk::Disk;

/// How often the thread does what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// From a record's arrival to its file.
    pub(crate) write: Duration,
    /// From a record's arrival to the disk.
    pub(crate) sync: Duration,
    /// Between two tries of a disk that fails.
    pub(crate) retry: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        let ms = Duration::from_millis;
        Self { write: ms(40), sync: ms(180), retry: ms(500) }
    }
}

/// Records that wait for the thread: a minute of twenty speakers.
const QUEUE: usize = 72_000;
/// Bytes kept in memory while the disk fails: more than a minute of twenty speakers.
const KEPT_BYTES_MAX: usize = 64 << 20;
/// A segment is closed when it has so many bytes.
const SEGMENT_BYTES_MAX: u64 = 64 << 20;
/// How long a room that has ended waits for a disk that fails.
const PATIENCE: Duration = Duration::from_secs(600);

/// One record, written already as bytes.
#[derive(Debug)]
pub(crate) enum Entry {
    /// A packet.
    Packet(Vec<u8>),
    /// Something that happened; kept for the next segment's start until a snapshot covers it.
    Event(Vec<u8>),
    /// The room's state; covers all events before it. Opens a new segment when the old one is full.
    Snapshot(Vec<u8>),
}

impl Entry {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Packet(bytes) | Self::Event(bytes) | Self::Snapshot(bytes) => bytes,
        }
    }
}

/// How far the journal is, for the recording light.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Records taken from the room.
    pub(crate) received: u64,
    /// Records the disk has.
    pub(crate) durable: u64,
    /// Whether the disk fails at the moment.
    pub(crate) failing: bool,
    /// Records that had to be dropped because memory ran out while the disk failed.
    pub(crate) dropped: u64,
}

#[derive(Debug, Default)]
struct Shared {
    received: AtomicU64,
    durable: AtomicU64,
    dropped: AtomicU64,
    failing: AtomicBool,
    /// Whether the end waits for a disk that fails.
    patient: AtomicBool,
}

/// The room's end of the queue.
#[derive(Debug)]
pub(crate) struct Writer {
    queue: Option<SyncSender<Entry>>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread. `header` gives the first bytes of segment n; segments from `first` on are made.
    pub(crate) fn start<D: Disk>(
        disk: D,
        first: u32,
        pace: Pace,
        header: impl Fn(u32) -> Vec<u8> + Send + 'static,
    ) -> io::Result<Self> {
        let (queue, entries) = mpsc::sync_channel(QUEUE);
        let shared = Arc::<Shared>::default();
        let thread = Thread {
            disk,
            header: Box::new(header),
            next: first,
            segment: None,
            written: 0,
            unwritten: Vec::new(),
            unsynced: Vec::new(),
            taken: 0,
            state: Vec::new(),
            dirty: false,
            gives_up_at: None,
            pace,
            shared: Arc::clone(&shared),
        };
        let thread = std::thread::Builder::new().name("journal".into()).spawn(move || thread.run(&entries))?;
        Ok(Self { queue: Some(queue), shared, thread: Some(thread) })
    }

    /// Hands over a record; never waits.
    pub(crate) fn put(&self, entry: Entry) {
        let Some(queue) = &self.queue else { return };
        self.shared.received.fetch_add(1, Ordering::Relaxed);
        if let Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) = queue.try_send(entry) {
            self.shared.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark {
            received: self.shared.received.load(Ordering::Relaxed),
            durable: self.shared.durable.load(Ordering::Acquire),
            failing: self.shared.failing.load(Ordering::Relaxed),
            dropped: self.shared.dropped.load(Ordering::Relaxed),
        }
    }

    /// Closes the queue and waits until all is on the disk, for minutes if need be.
    pub(crate) fn close(mut self) {
        self.shared.patient.store(true, Ordering::Relaxed);
        self.join();
    }

    /// Closes the queue and waits until all is on the disk or the disk has refused it.
    #[cfg(test)]
    pub(crate) fn finish(mut self) -> Mark {
        self.join();
        self.mark()
    }

    fn join(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            thread.join().ok();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.join();
    }
}

struct Thread<D: Disk> {
    disk: D,
    header: Box<dyn Fn(u32) -> Vec<u8> + Send>,
    /// The number the next segment gets.
    next: u32,
    segment: Option<D::Segment>,
    /// Bytes in the open segment.
    written: u64,
    /// Records not handed to the file yet.
    unwritten: Vec<u8>,
    /// Records handed to the file but not yet synced.
    unsynced: Vec<u8>,
    /// Records in `unwritten` and `unsynced` and before.
    taken: u64,
    /// What a new segment opens with: the last snapshot and the events since.
    state: Vec<u8>,
    dirty: bool,
    /// When the end no longer waits; set at the end.
    gives_up_at: Option<Instant>,
    pace: Pace,
    shared: Arc<Shared>,
}

impl<D: Disk> Thread<D> {
    fn run(mut self, entries: &Receiver<Entry>) {
        let (mut write_at, mut sync_at) = (None::<Instant>, None::<Instant>);
        // While the disk fails it is tried now and then, with everything at once.
        let mut failed = false;
        loop {
            let open = self.gather(entries, [write_at, sync_at].into_iter().flatten().min());
            let now = Instant::now();
            if !self.unwritten.is_empty() {
                if !failed {
                    write_at.get_or_insert(now + self.pace.write);
                }
                sync_at.get_or_insert(now + self.pace.sync);
            }
            if write_at.is_some_and(|at| now >= at) || !open {
                write_at = None;
                failed = !self.commit(Self::write);
                sync_at = if failed { Some(now + self.pace.retry) } else { sync_at };
            }
            if sync_at.is_some_and(|at| now >= at) || !open {
                failed = !self.commit(Self::sync);
                sync_at = failed.then_some(now + self.pace.retry);
            }
            if !open && !self.waits(failed, now) {
                return;
            }
        }
    }

    /// Takes what has come by the time that something is due; false when no more will come. Only a first record wakes
    /// the thread: waking it for each would cost those who speak more than their packets do.
    fn gather(&mut self, entries: &Receiver<Entry>, due: Option<Instant>) -> bool {
        match due {
            Some(due) => std::thread::park_timeout(due.saturating_duration_since(Instant::now())),
            None => match entries.recv_timeout(self.pace.sync) {
                Ok(entry) => self.take(&entry),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return false,
            },
        }
        loop {
            match entries.try_recv() {
                Ok(entry) => self.take(&entry),
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
    }

    /// Whether the end is to be tried again, after a while.
    fn waits(&mut self, failed: bool, now: Instant) -> bool {
        let gives_up_at = *self.gives_up_at.get_or_insert(now + PATIENCE);
        let waits = failed && self.shared.patient.load(Ordering::Relaxed) && now < gives_up_at;
        if waits {
            std::thread::park_timeout(self.pace.retry);
        }
        waits
    }

    fn take(&mut self, entry: &Entry) {
        if self.unwritten.len() + self.unsynced.len() > KEPT_BYTES_MAX && matches!(entry, Entry::Packet(_)) {
            self.shared.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let full = self.written >= SEGMENT_BYTES_MAX;
        match entry {
            Entry::Packet(_) => {}
            Entry::Event(bytes) => self.state.extend_from_slice(bytes),
            Entry::Snapshot(bytes) => {
                if full && self.commit(Self::sync) {
                    self.segment = None;
                }
                self.state.clear();
                self.state.extend_from_slice(bytes);
            }
        }
        self.unwritten.extend_from_slice(entry.bytes());
        self.taken += 1;
    }

    /// Does one step; on failure abandons the segment, so that the next step starts a new one.
    fn commit(&mut self, step: impl FnOnce(&mut Self) -> io::Result<()>) -> bool {
        let done = step(self);
        if let Err(error) = &done {
            self.shared.failing.store(true, Ordering::Relaxed);
            tracing::error!(%error, "the journal cannot be written; it goes on in memory and tries another file");
            self.segment = None;
            let mut again = std::mem::take(&mut self.unsynced);
            again.append(&mut self.unwritten);
            self.unwritten = again;
        }
        done.is_ok()
    }

    fn write(&mut self) -> io::Result<()> {
        if self.unwritten.is_empty() {
            return Ok(());
        }
        if self.segment.is_none() {
            self.open()?;
        }
        let segment = self.segment.as_mut().ok_or(io::ErrorKind::NotFound)?;
        self.disk.write(segment, &self.unwritten)?;
        self.written += self.unwritten.len() as u64;
        self.unsynced.append(&mut self.unwritten);
        self.dirty = true;
        Ok(())
    }

    fn open(&mut self) -> io::Result<()> {
        let number = self.next;
        // The number is used up even when this fails: a file of that name may be there by then.
        self.next += 1;
        let mut segment = self.disk.create(number)?;
        let mut start = (self.header)(number);
        start.extend_from_slice(&self.state);
        if let Err(error) = self.disk.write(&mut segment, &start) {
            // A full disk is not to be littered with beginnings.
            self.disk.discard(number);
            return Err(error);
        }
        self.written = start.len() as u64;
        self.segment = Some(segment);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        self.write()?;
        if self.dirty {
            let segment = self.segment.as_mut().ok_or(io::ErrorKind::NotFound)?;
            self.disk.sync(segment)?;
            self.dirty = false;
            self.unsynced.clear();
        }
        self.shared.failing.store(false, Ordering::Relaxed);
        self.shared.durable.store(self.taken, Ordering::Release);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Folder;
    use std::collections::BTreeMap;
    use std::sync::Mutex;

    /// A segment's bytes, and how many of them are synced.
    type Segments = BTreeMap<u32, (Vec<u8>, usize)>;

    /// Segments in memory; the n-th verb fails.
    #[derive(Clone, Default)]
    struct Faulty {
        segments: Arc<Mutex<Segments>>,
        verbs: u32,
        fails: Vec<u32>,
    }

    impl Faulty {
        fn failing(fails: Vec<u32>) -> Self {
            Self { fails, ..Self::default() }
        }

        fn verb(&mut self) -> io::Result<()> {
            self.verbs += 1;
            if self.fails.contains(&self.verbs) { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
        }

        /// What the disk would still have after the power went: the synced part of every segment.
        fn durable(&self) -> Vec<Vec<u8>> {
            let segments = self.segments.lock().unwrap();
            segments.values().map(|(bytes, synced)| bytes[..*synced].to_vec()).collect()
        }
    }

    impl Disk for Faulty {
        type Segment = u32;

        fn create(&mut self, number: u32) -> io::Result<u32> {
            self.verb()?;
            let taken = self.segments.lock().unwrap().insert(number, Default::default());
            assert!(taken.is_none(), "segment {number} was there already");
            Ok(number)
        }

        fn discard(&mut self, number: u32) {
            let gone = self.segments.lock().unwrap().remove(&number);
            assert_eq!(gone, Some((Vec::new(), 0)), "segment {number} held something");
        }

        fn write(&mut self, segment: &mut u32, bytes: &[u8]) -> io::Result<()> {
            self.verb()?;
            self.segments.lock().unwrap().get_mut(segment).unwrap().0.extend_from_slice(bytes);
            Ok(())
        }

        fn sync(&mut self, segment: &mut u32) -> io::Result<()> {
            self.verb()?;
            let mut segments = self.segments.lock().unwrap();
            let (bytes, synced) = segments.get_mut(segment).unwrap();
            *synced = bytes.len();
            Ok(())
        }
    }

    const FAST: Pace =
        Pace { write: Duration::from_millis(1), sync: Duration::from_millis(2), retry: Duration::from_millis(2) };

    fn header(number: u32) -> Vec<u8> {
        format!("[{number}]").into_bytes()
    }

    fn settled(writer: &Writer, until: impl Fn(Mark) -> bool) -> Mark {
        let start = Instant::now();
        while !until(writer.mark()) {
            assert!(start.elapsed() < Duration::from_secs(20), "the journal never got there: {:?}", writer.mark());
            std::thread::yield_now();
        }
        writer.mark()
    }

    #[test]
    fn everything_is_durable_soon_without_being_asked() {
        let disk = Faulty::default();
        let writer = Writer::start(disk.clone(), 1, FAST, header).unwrap();
        writer.put(Entry::Snapshot(b"S".to_vec()));
        writer.put(Entry::Packet(b"p".to_vec()));
        settled(&writer, |mark| mark.durable == 2);
        assert_eq!(disk.durable(), [b"[1]SSp"]);
        drop(writer);
    }

    #[test]
    fn no_failing_verb_loses_a_record_that_memory_still_holds() {
        for fails in 1..12 {
            let disk = Faulty::failing(vec![fails]);
            let writer = Writer::start(disk.clone(), 1, FAST, header).unwrap();
            writer.put(Entry::Snapshot(b"S".to_vec()));
            for (expected, packet) in (2..).zip(b'a'..=b'f') {
                writer.put(Entry::Packet(vec![packet]));
                settled(&writer, |mark| mark.durable == expected);
            }
            let mark = writer.finish();
            assert_eq!((mark.durable, mark.dropped, mark.failing), (7, 0, false), "verb {fails}");
            let all: Vec<u8> = disk.durable().concat();
            for packet in b'a'..=b'f' {
                assert!(all.contains(&packet), "verb {fails} lost {}", char::from(packet));
            }
        }
    }

    #[test]
    fn a_full_disk_keeps_everything_in_memory_and_is_not_littered() {
        let disk = Faulty::failing((3..60).collect());
        let writer = Writer::start(disk.clone(), 1, FAST, header).unwrap();
        writer.put(Entry::Snapshot(b"S".to_vec()));
        settled(&writer, |mark| mark.failing);
        (b'a'..=b'z').for_each(|packet| writer.put(Entry::Packet(vec![packet])));
        let mark = settled(&writer, |mark| mark.durable == 27);
        assert_eq!((mark.dropped, mark.failing), (0, false));
        drop(writer);
        let segments = disk.durable();
        assert!(segments.len() <= 3, "{} segments", segments.len());
        assert!(segments.last().unwrap().ends_with(b"abcdefghijklmnopqrstuvwxyz"));
    }

    #[test]
    fn an_end_waits_for_a_disk_that_fails() {
        let disk = Faulty::failing((1..20).collect());
        let writer = Writer::start(disk.clone(), 1, FAST, header).unwrap();
        writer.put(Entry::Packet(b"p".to_vec()));
        writer.close();
        assert!(disk.durable().concat().ends_with(b"p"));
    }

    #[test]
    fn a_new_segment_opens_with_the_state() {
        let disk = Faulty::failing(vec![5]);
        let writer = Writer::start(disk.clone(), 7, FAST, header).unwrap();
        writer.put(Entry::Snapshot(b"S".to_vec()));
        settled(&writer, |mark| mark.durable == 1);
        writer.put(Entry::Event(b"e".to_vec()));
        writer.put(Entry::Packet(b"p".to_vec()));
        settled(&writer, |mark| mark.durable == 3);
        drop(writer);
        let last = disk.durable().pop().unwrap();
        assert!(last.starts_with(b"[8]Se"), "{}", String::from_utf8_lossy(&last));
    }

    #[test]
    fn a_folder_keeps_segments_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let writer = Writer::start(Folder::new(path.clone()), 3, Pace::default(), header).unwrap();
        writer.put(Entry::Packet(b"p".to_vec()));
        writer.finish();
        std::fs::write(path.join("notes.txt"), "not a segment").unwrap();
        let segments = Folder::new(path).segments().unwrap();
        assert_eq!(segments.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [3]);
        assert_eq!(std::fs::read(&segments[0].1).unwrap(), b"[3]p");
    }
}
