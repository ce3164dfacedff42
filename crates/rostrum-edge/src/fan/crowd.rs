//! The listeners of one worker: each a wire, a place in a stream and a phase. A stream's listeners are spread over the
//! time of a chunk, so that the network sees a flat line; one too slow skips to live at a piece's border, counted.
//! Knows no sockets and no clock.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind, IoSlice};
use std::time::Duration;

use bytes::Bytes;
use slab::Slab;

use super::ring::{Piece, Place, Ring};

/// Between two visits of one stream's phases; 16 of them are one chunk's 0.96 s. Fewer visits wake fewer sleepers, here
/// and in the network; more of them would make the line no flatter than its own buffers do.
pub(crate) const TICK: Duration = Duration::from_millis(60);
/// Phases in the time of one chunk.
const PHASES: usize = 16;
/// Pieces that somebody may be behind before they skip to live: about fifteen seconds.
const LAG_MAX: u64 = 16;
/// One who takes nothing for so long has gone without a word.
const DEAD_S: u32 = 30;
/// Pieces in one write.
const PARTS_MAX: usize = 8;

/// Where bytes go.
pub(crate) trait Wire {
    /// Writes as much as fits at once.
    ///
    /// # Errors
    /// `WouldBlock` when nothing fits; anything else is the wire's end.
    fn write(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize>;
}

/// Names a listener while they listen.
pub(crate) type Key = usize;
/// Names a stream for as long as the process lives.
pub(crate) type StreamId = u32;

/// How a stream is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Manner {
    /// Pieces that a joiner gets at once.
    pub(crate) burst: u64,
    /// Pieces in one write: more of them cost less and come later.
    pub(crate) every: usize,
}

/// Why somebody listens no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// They left, or their connection broke.
    Left,
    /// They took nothing for half a minute.
    Dead,
    /// The stream ended.
    Over,
    /// This edge stops.
    Closed,
}

/// One who listened.
#[derive(Debug)]
pub(crate) struct Gone<T> {
    /// What they held.
    pub(crate) ticket: T,
    pub(crate) why: Why,
    /// Bytes they took.
    pub(crate) bytes: u64,
    /// How often they skipped to live.
    pub(crate) skips: u32,
}

/// One step of a crowd: when it is made, since the worker started, and what came of it.
#[derive(Debug)]
pub(crate) struct Step<T> {
    pub(crate) now: Duration,
    /// Listeners whose wire is full: [`Crowd::writable`] once it is not.
    pub(crate) full: Vec<Key>,
    pub(crate) gone: Vec<Gone<T>>,
    /// How long after its arrival a piece was given to how many.
    pub(crate) given: Vec<(Duration, usize)>,
    /// How often somebody skipped to live.
    pub(crate) skips: u64,
}

impl<T> Step<T> {
    pub(crate) const fn at(now: Duration) -> Self {
        Self { now, full: Vec::new(), gone: Vec::new(), given: Vec::new(), skips: 0 }
    }
}

/// All listeners of one worker.
#[derive(Debug)]
pub(crate) struct Crowd<W, T> {
    streams: BTreeMap<StreamId, Stream>,
    seats: Slab<Listener<W, T>>,
    closing: bool,
}

#[derive(Debug)]
struct Stream {
    ring: Ring,
    greeting: Bytes,
    manner: Manner,
    phases: Vec<Phase>,
    /// The phase that the next tick visits.
    cursor: usize,
    /// The phase of the next joiner.
    joins: usize,
    /// Phases that were visited when there was nothing new; they get the next piece at once.
    dry: Vec<usize>,
    /// When the newest piece came.
    arrived: Duration,
    over: bool,
}

#[derive(Debug, Default)]
struct Phase {
    /// Four bytes each: there are many.
    keys: Vec<u32>,
    /// The ring's next number at the last visit.
    seen: u64,
}

#[derive(Debug)]
struct Listener<W, T> {
    wire: W,
    ticket: T,
    place: Option<Place>,
    bytes: u64,
    stream: StreamId,
    phase: u16,
    seat: u32,
    skips: u32,
    moved_s: u32,
}

/// What one write came to.
enum Fate {
    Even,
    Full,
    Gone(Why),
}

impl<W: Wire, T> Crowd<W, T> {
    pub(crate) fn new() -> Self {
        Self { streams: BTreeMap::new(), seats: Slab::new(), closing: false }
    }

    /// How many listen.
    pub(crate) fn len(&self) -> usize {
        self.seats.len()
    }

    /// Opens a stream; one that is open stays as it is.
    pub(crate) fn open(&mut self, id: StreamId, manner: Manner, greeting: Bytes) {
        let phases = (0..PHASES * manner.every.max(1)).map(|_| Phase::default()).collect();
        self.streams.entry(id).or_insert_with(|| Stream {
            ring: Ring::default(),
            greeting,
            manner,
            phases,
            cursor: 0,
            joins: 0,
            dry: Vec::new(),
            arrived: Duration::ZERO,
            over: false,
        });
    }

    /// From now on joiners get `greeting` before the first piece.
    pub(crate) fn greet(&mut self, id: StreamId, greeting: Bytes) {
        if let Some(stream) = self.streams.get_mut(&id) {
            stream.greeting = greeting;
        }
    }

    /// Takes a piece that came just now.
    pub(crate) fn push(&mut self, id: StreamId, piece: Piece, step: &mut Step<T>) {
        let Some(stream) = self.streams.get_mut(&id) else { return };
        stream.ring.push(piece);
        stream.arrived = step.now;
        for phase in std::mem::take(&mut stream.dry) {
            self.visit(id, phase, step);
        }
    }

    /// Seats somebody and gives them the greeting and a burst; gives back who finds no stream, or one that is over.
    ///
    /// # Errors
    /// The wire and the ticket of one who cannot listen.
    pub(crate) fn join(&mut self, id: StreamId, (wire, ticket): (W, T), now: Duration) -> Result<(Key, bool), (W, T)> {
        let Some(stream) = self.streams.get_mut(&id).filter(|stream| !stream.over && !self.closing) else {
            return Err((wire, ticket));
        };
        let phase = stream.joins % stream.phases.len();
        stream.joins = phase + 1;
        let mut listener = Listener {
            wire,
            ticket,
            place: stream.ring.join(stream.manner.burst),
            bytes: 0,
            stream: id,
            phase: u16::try_from(phase).unwrap_or(0),
            seat: u32::try_from(stream.phases[phase].keys.len()).unwrap_or(u32::MAX),
            skips: 0,
            moved_s: seconds(now),
        };
        let full = match listener.greet(stream) {
            Fate::Even => false,
            Fate::Full => true,
            Fate::Gone(_) => return Err((listener.wire, listener.ticket)),
        };
        let key = self.seats.insert(listener);
        stream.phases[phase].keys.push(key as u32);
        Ok((key, full))
    }

    /// The wire of a listener.
    pub(crate) fn wire(&self, key: Key) -> Option<&W> {
        self.seats.get(key).map(|listener| &listener.wire)
    }

    /// Visits the phases whose turn it is.
    pub(crate) fn tick(&mut self, step: &mut Step<T>) {
        let turns: Vec<_> = self.streams.iter_mut().map(|(id, stream)| (*id, stream.turn())).collect();
        for (id, phase) in turns {
            self.visit(id, phase, step);
            if self.closing {
                self.clear(id, phase, step);
            }
        }
    }

    /// Goes on with one whose wire was full.
    pub(crate) fn writable(&mut self, key: Key, step: &mut Step<T>) {
        let Some(listener) = self.seats.get_mut(key) else { return };
        let Some(stream) = self.streams.get(&listener.stream) else { return };
        let skips = listener.skips;
        let fate = listener.serve(stream, step.now);
        step.skips += u64::from(listener.skips - skips);
        if let Fate::Gone(why) = fate {
            self.leave(key, why, step);
        }
    }

    /// Lets somebody go.
    pub(crate) fn leave(&mut self, key: Key, why: Why, step: &mut Step<T>) {
        let Some(listener) = self.seats.try_remove(key) else { return };
        if let Some(stream) = self.streams.get_mut(&listener.stream) {
            let keys = &mut stream.phases[usize::from(listener.phase)].keys;
            keys.swap_remove(listener.seat as usize);
            if let Some(moved) = keys.get(listener.seat as usize).and_then(|key| self.seats.get_mut(*key as usize)) {
                moved.seat = listener.seat;
            }
        }
        step.gone.push(Gone { ticket: listener.ticket, why, bytes: listener.bytes, skips: listener.skips });
    }

    /// Ends a stream: everybody still gets what there is.
    pub(crate) fn end(&mut self, id: StreamId, step: &mut Step<T>) {
        let Some(stream) = self.streams.get_mut(&id) else { return };
        stream.over = true;
        let phases = stream.phases.len();
        for phase in 0..phases {
            self.keys(id, phase).into_iter().for_each(|key| self.writable(key, step));
        }
        self.streams.retain(|_, stream| !stream.over || stream.phases.iter().any(|phase| !phase.keys.is_empty()));
    }

    /// From now on nobody joins, and each tick lets the listeners of its phase go.
    pub(crate) fn close(&mut self) {
        self.closing = true;
    }

    fn keys(&self, id: StreamId, phase: usize) -> Vec<Key> {
        let keys = self.streams.get(&id).map(|stream| &stream.phases[phase].keys);
        keys.into_iter().flatten().map(|key| *key as usize).collect()
    }

    fn clear(&mut self, id: StreamId, phase: usize, step: &mut Step<T>) {
        self.keys(id, phase).into_iter().for_each(|key| self.leave(key, Why::Closed, step));
    }

    fn visit(&mut self, id: StreamId, phase: usize, step: &mut Step<T>) {
        let Some(stream) = self.streams.get_mut(&id) else { return };
        let next = stream.ring.next();
        if stream.phases[phase].seen == next {
            if !stream.dry.contains(&phase) {
                stream.dry.push(phase);
            }
            return;
        }
        stream.phases[phase].seen = next;
        let keys = std::mem::take(&mut stream.phases[phase].keys);
        step.given.push((step.now.saturating_sub(stream.arrived), keys.len()));
        let mut gone = Vec::new();
        for key in keys.iter().map(|key| *key as usize) {
            let Some(listener) = self.seats.get_mut(key) else { continue };
            let skips = listener.skips;
            match listener.serve(stream, step.now) {
                Fate::Even => {}
                Fate::Full => step.full.push(key),
                Fate::Gone(why) => gone.push((key, why)),
            }
            step.skips += u64::from(listener.skips - skips);
        }
        stream.phases[phase].keys = keys;
        gone.into_iter().for_each(|(key, why)| self.leave(key, why, step));
    }
}

#[cfg(test)]
impl<W, T> Crowd<W, T> {
    /// What a listener takes here: a seat, and their number in a phase.
    pub(crate) const SEAT_BYTES: usize = size_of::<Option<Listener<W, T>>>() + size_of::<u32>();
}

fn seconds(now: Duration) -> u32 {
    u32::try_from(now.as_secs()).unwrap_or(u32::MAX)
}

impl Stream {
    fn turn(&mut self) -> usize {
        let phase = self.cursor % self.phases.len();
        self.cursor = phase + 1;
        phase
    }
}

impl<W: Wire, T> Listener<W, T> {
    /// The greeting and the burst in one write. A new wire has room for the greeting; one that has not is no wire.
    fn greet(&mut self, stream: &Stream) -> Fate {
        let mut parts = [IoSlice::new(&[]); PARTS_MAX];
        parts[0] = IoSlice::new(&stream.greeting);
        let mut count = 1;
        if let Some(place) = self.place {
            for (part, piece) in parts[1..].iter_mut().zip(stream.ring.after(place)) {
                *part = IoSlice::new(rest(piece, place));
                count += 1;
            }
        }
        let Ok(written) = self.wire.write(&parts[..count]) else { return Fate::Gone(Why::Left) };
        let Some(taken) = written.checked_sub(stream.greeting.len()) else { return Fate::Gone(Why::Left) };
        self.bytes = written as u64;
        if self.advance(&stream.ring, taken) { Fate::Even } else { Fate::Full }
    }

    /// Gives what they have not had.
    fn serve(&mut self, stream: &Stream, now: Duration) -> Fate {
        loop {
            let Some(place) = self.place.or_else(|| stream.ring.join(stream.manner.burst)) else {
                return self.idle(stream);
            };
            let late = stream.ring.next().saturating_sub(place.n) > LAG_MAX;
            if !stream.ring.holds(place) {
                return Fate::Gone(Why::Dead);
            }
            let live =
                stream.ring.skip(place, stream.manner.burst).filter(|live| late && place.offset == 0 && *live != place);
            if live.is_some() {
                self.place = live;
                self.skips += 1;
                continue;
            }
            self.place = Some(place);
            let mut parts = [IoSlice::new(&[]); PARTS_MAX];
            let most = if late { 1 } else { PARTS_MAX };
            let mut count = 0;
            for (part, piece) in parts[..most].iter_mut().zip(stream.ring.after(place)) {
                *part = IoSlice::new(rest(piece, place));
                count += 1;
            }
            if count == 0 {
                return self.idle(stream);
            }
            match self.write(&parts[..count], &stream.ring, now) {
                Fate::Even => {}
                other => return other,
            }
        }
    }

    fn write(&mut self, parts: &[IoSlice<'_>], ring: &Ring, now: Duration) -> Fate {
        match self.wire.write(parts) {
            Ok(0) => Fate::Gone(Why::Left),
            Ok(taken) => {
                let whole = taken == parts.iter().map(|part| part.len()).sum::<usize>();
                self.bytes += taken as u64;
                self.moved_s = seconds(now);
                self.advance(ring, taken);
                if whole { Fate::Even } else { Fate::Full }
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Fate::Even,
            Err(error) if error.kind() != ErrorKind::WouldBlock => Fate::Gone(Why::Left),
            Err(_) if seconds(now).saturating_sub(self.moved_s) > DEAD_S => Fate::Gone(Why::Dead),
            Err(_) => Fate::Full,
        }
    }

    /// Moves the place on by `taken` bytes; says whether it is at the newest piece's end.
    fn advance(&mut self, ring: &Ring, mut taken: usize) -> bool {
        let Some(mut place) = self.place else { return true };
        let mut done = true;
        for piece in ring.after(place) {
            let left = rest(piece, place).len();
            if taken < left {
                let offset = piece.bytes.len() - left + taken;
                place = Place { n: piece.n, offset: u32::try_from(offset).unwrap_or(u32::MAX) };
                done = false;
                break;
            }
            taken -= left;
            place = Place { n: piece.n + 1, offset: 0 };
        }
        self.place = Some(place);
        done
    }

    fn idle(&self, stream: &Stream) -> Fate {
        if stream.over { Fate::Gone(Why::Over) } else { Fate::Even }
    }
}

/// What of a piece comes after a place.
fn rest(piece: &Piece, place: Place) -> &[u8] {
    let from = if piece.n == place.n { place.offset as usize } else { 0 };
    piece.bytes.get(from..).unwrap_or_default()
}
