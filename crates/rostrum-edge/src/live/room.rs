//! One room on air, as the edge holds it: mounts, HLS, events; fed by the follower, read by listeners.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use rostrum_domain::room::RoomState;
use rostrum_live::audience::AudienceEvent;
use rostrum_media::hls::{Place, Window};
use rostrum_media::program::{Mount, Rendition};
use rostrum_wire::stage::Standing;
use tokio::sync::watch;

use super::events::Board;
use super::hls::Shelf;
use super::mount::{Chunk, Mounted};
use super::route::HLS;
use crate::fan::{Ask, Fan, Seat};

/// A room.
#[derive(Debug)]
pub(crate) struct OnAir {
    fan: Arc<Fan>,
    held: Mutex<Held>,
    changed: watch::Sender<u64>,
    listeners: Arc<AtomicU64>,
}

#[derive(Debug)]
struct Held {
    standing: Standing,
    mounts: BTreeMap<Mount, Mounted>,
    shelves: BTreeMap<Rendition, Shelf>,
    board: Board,
    next: u64,
    over: bool,
}

/// Somebody listens as long as this lives.
#[derive(Debug)]
pub(crate) struct Counted(Arc<AtomicU64>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl OnAir {
    pub(super) fn new(standing: Standing, fan: Arc<Fan>) -> Self {
        let held = Held {
            standing,
            mounts: BTreeMap::new(),
            shelves: BTreeMap::new(),
            board: Board::default(),
            next: 0,
            over: false,
        };
        Self { fan, held: Mutex::new(held), changed: watch::channel(0).0, listeners: Arc::default() }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Held)) {
        change(&mut self.held());
        self.changed.send_modify(|count| *count += 1);
    }

    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    pub(super) fn count(&self) -> Counted {
        self.listeners.fetch_add(1, Ordering::Relaxed);
        Counted(Arc::clone(&self.listeners))
    }

    pub(super) fn listeners(&self) -> u64 {
        self.listeners.load(Ordering::Relaxed)
    }

    pub(super) fn standing(&self) -> Standing {
        self.held().standing.clone()
    }

    pub(super) fn stand(&self, standing: Standing) {
        self.change(|held| held.standing = standing);
    }

    /// The chunk that is wanted next.
    pub(super) fn next(&self) -> u64 {
        self.held().next
    }

    /// Takes what decoders of a rendition need first; what is there already stays.
    pub(super) fn start(&self, rendition: Rendition, front: &Bytes, first: u64) {
        self.change(|held| {
            let title = held.standing.slug.clone();
            for mount in Mount::ALL.into_iter().filter(|mount| mount.rendition() == rendition) {
                if let std::collections::btree_map::Entry::Vacant(place) = held.mounts.entry(mount) {
                    match Mounted::new(&self.fan, mount, front, &title) {
                        Ok(mounted) => drop(place.insert(mounted)),
                        Err(error) => tracing::error!(%error, ?mount, "a mount cannot be served"),
                    }
                }
            }
            if HLS.contains(&rendition) && !held.shelves.contains_key(&rendition) {
                let mut epochs = held.standing.epochs.clone();
                epochs.cut(first);
                held.shelves.insert(rendition, Shelf::new(epochs, first, front.clone()));
            }
        });
    }

    pub(super) fn chunk(&self, rendition: Rendition, (n, epoch, at_us): (u64, u32, i64), chunk: &Bytes) {
        self.change(|held| {
            held.next = held.next.max(n + 1);
            held.standing.chunks = held.standing.chunks.max(n + 1);
            let title = held.board.told().0.unwrap_or(&held.standing.slug);
            let framed = Chunk { n, epoch, at_us, bytes: chunk, title };
            for (mount, mounted) in held.mounts.iter_mut().filter(|(mount, _)| mount.rendition() == rendition) {
                if let Err(error) = mounted.push(framed) {
                    tracing::warn!(%error, ?mount, n, "a chunk was left out");
                }
            }
            if let Some(shelf) = held.shelves.get_mut(&rendition) {
                shelf.push(n, (epoch, at_us), chunk);
            }
        });
    }

    pub(super) fn event(&self, at: u64, event: &AudienceEvent) {
        self.change(|held| held.board.take(at, event));
    }

    pub(super) fn end(&self) {
        self.change(|held| {
            held.over = true;
            held.mounts.values().for_each(Mounted::end);
            held.shelves.values_mut().for_each(Shelf::end);
        });
    }

    pub(super) fn is_over(&self) -> bool {
        self.held().over
    }

    /// Whether there is anything to hear.
    pub(super) fn has_sound(&self) -> bool {
        self.held().next > 0
    }

    /// Looks at a mount; also says whether the room is over.
    pub(super) fn mount<T>(&self, mount: Mount, look: impl FnOnce(&Mounted) -> Option<T>) -> (Option<T>, bool) {
        let held = self.held();
        (held.mounts.get(&mount).and_then(look), held.over)
    }

    /// A place in the audience of a mount that is on air.
    pub(super) fn seat(&self, ask: &Ask) -> Option<Seat> {
        let held = self.held();
        let on_air = !held.over && held.standing.state == RoomState::Live;
        let mounted = held.mounts.get(&ask.mount).filter(|_| on_air)?;
        let (stream, buffer) = mounted.stream(ask.titles);
        let path = format!("/live/{}{}", held.standing.slug, ask.mount.suffix());
        Some(Seat { stream, buffer, path: path.into(), counted: self.count() })
    }

    /// Looks at the events; also says whether the room is over.
    pub(super) fn board<T>(&self, look: impl FnOnce(&Board, &Standing) -> Option<T>) -> (Option<T>, bool) {
        let held = self.held();
        (look(&held.board, &held.standing), held.over)
    }

    /// What is said to play, and how many listen: at all edges where pages show that, else here.
    pub(super) fn told(&self) -> (Option<String>, u64) {
        let held = self.held();
        let (playing, listeners) = held.board.told();
        (playing.map(str::to_owned), listeners.unwrap_or_else(|| self.listeners()))
    }

    /// Looks at a rendition's shelf, beside where the others are.
    pub(super) fn shelf<T>(
        &self,
        rendition: Rendition,
        look: impl FnOnce(&Shelf, &[(Rendition, Place)]) -> T,
    ) -> Option<T> {
        let held = self.held();
        let places = held.shelves.iter().filter_map(|(one, shelf)| Some((*one, shelf.window().last()?)));
        let others: Vec<_> = places.filter(|(one, _)| *one != rendition).collect();
        held.shelves.get(&rendition).map(|shelf| look(shelf, &others))
    }

    /// The windows, for the multivariant playlist.
    pub(super) fn windows<T>(&self, look: impl FnOnce(&mut dyn Iterator<Item = (Rendition, &Window)>) -> T) -> T {
        let held = self.held();
        look(&mut held.shelves.iter().map(|(rendition, shelf)| (*rendition, shelf.window())))
    }
}
