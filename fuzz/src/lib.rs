//! What must hold for any bytes, one function for each reader of what strangers send: it returns, or panics where the
//! rule is broken. libFuzzer calls them with bytes it invents, `tests/replay.rs` with those kept in `corpus`.

mod feed;
mod live;
mod media;
mod net;

pub use feed::{chapters, cues, notes, rss};
pub use live::{front, icecast, journal, ogg, signalling};
pub use media::{containers, sniff, tags};
pub use net::{fetch, framing, range, turn, tus};

/// What takes bytes and must neither panic nor break its promise.
pub type Target = fn(&[u8]);

/// Every target by its name, which is also the name of its corpus.
pub const TARGETS: [(&str, Target); 17] = [
    ("notes", notes),
    ("chapters", chapters),
    ("cues", cues),
    ("rss", rss),
    ("sniff", sniff),
    ("tags", tags),
    ("containers", containers),
    ("range", range),
    ("tus", tus),
    ("framing", framing),
    ("fetch", fetch),
    ("ogg", ogg),
    ("icecast", icecast),
    ("front", front),
    ("signalling", signalling),
    ("journal", journal),
    ("turn", turn),
];

/// Bytes as text; what is no text is passed over.
fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}
