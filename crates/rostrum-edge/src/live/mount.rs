//! One mount: chunks framed once for all who listen, handed to the audience engine and kept for those whom the front
//! serves. With titles between the sound for players that ask for them, where the bit rate is constant.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::{Stream, stream};
use rostrum_media::program::{Framer, Mount};
use rostrum_media::{FormatError, Tags};

use super::room::OnAir;
use crate::fan::{Fan, Manner, Piece, Place, Ring, StreamId};

/// Chunks a joiner gets at once: about three seconds, so that players start without waiting.
const BURST: u64 = 3;
/// Bytes between two titles: a chunk of MP3, which is always as long, so that a title stands at its end.
const TITLE_EVERY: usize = 15_360;
/// Longest title, in bytes.
const TITLE_MAX: usize = 1_024;
/// What the system holds at least of what was written to a listener, in bytes.
const BUFFER_MIN: usize = 16 * 1024;

/// One mount of a room.
#[derive(Debug)]
pub(super) struct Mounted {
    mount: Mount,
    framer: Framer,
    ring: Ring,
    epoch: u32,
    fan: Arc<Fan>,
    plain: StreamId,
    /// The same with titles.
    titled: Option<StreamId>,
}

/// A chunk as the stage sends it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chunk<'a> {
    pub(super) n: u64,
    pub(super) epoch: u32,
    /// When it was made, in microseconds since 1970.
    pub(super) at_us: i64,
    pub(super) bytes: &'a Bytes,
    /// What plays.
    pub(super) title: &'a str,
}

impl Mounted {
    pub(super) fn new(fan: &Arc<Fan>, mount: Mount, front: &Bytes, title: &str) -> Result<Self, FormatError> {
        let tags = Tags { title: title.to_owned(), ..Tags::default() };
        let framer = Framer::new(mount, front, 1, tags)?;
        let manner = Manner { burst: BURST, every: 1 };
        let open = |titled| fan.open(manner, greeting(mount, titled, 0, &framer.head()));
        let (plain, titled) = (open(false), (mount == Mount::Mp3).then(|| open(true)));
        Ok(Self { mount, framer, ring: Ring::default(), epoch: 0, fan: Arc::clone(fan), plain, titled })
    }

    pub(super) fn push(&mut self, chunk: Chunk<'_>) -> Result<(), FormatError> {
        let Chunk { n, epoch, at_us, .. } = chunk;
        let mut link = Bytes::new();
        if epoch != self.epoch {
            if self.epoch != 0 {
                link = self.framer.chain(epoch)?;
            }
            self.epoch = epoch;
        }
        let mut bytes = self.framer.chunk(n, chunk.bytes)?;
        if !link.is_empty() {
            bytes = [&link[..], &bytes].concat().into();
        }
        let piece = Piece { n, epoch, bytes, link: u32::try_from(link.len()).unwrap_or(u32::MAX) };
        let head = self.framer.head();
        if let Some(titled) = self.titled.filter(|_| piece.bytes.len() == TITLE_EVERY) {
            let piece = Piece { bytes: with_title(&piece.bytes, chunk.title), ..piece.clone() };
            self.fan.push(titled, piece, greeting(self.mount, true, at_us, &head));
        }
        self.ring.push(piece.clone());
        self.fan.push(self.plain, piece, greeting(self.mount, false, at_us, &head));
        Ok(())
    }

    pub(super) fn end(&self) {
        [Some(self.plain), self.titled].into_iter().flatten().for_each(|stream| self.fan.end(stream));
    }

    /// The engine's stream, and what the system is to hold of what is written to one listener, in bytes.
    pub(super) fn stream(&self, titles: bool) -> (StreamId, usize) {
        let second = self.mount.rendition().bitrate() as usize / 8;
        let burst = second * usize::try_from(BURST + 2).unwrap_or(0);
        (self.titled.filter(|_| titles).unwrap_or(self.plain), burst.max(BUFFER_MIN))
    }

    /// What follows `place`, which one who comes has none of, and where they are then; none while there is nothing.
    fn after(&self, place: Option<Place>) -> Option<(Bytes, Place)> {
        let mut out = BytesMut::new();
        let place = match place {
            Some(place) if self.ring.after(place).next().is_none() => return None,
            Some(place) if self.ring.oldest() <= place.n => place,
            late => {
                let joined = match late {
                    Some(place) => self.ring.skip(place, BURST)?,
                    None => self.ring.join(BURST)?,
                };
                if late.is_none() {
                    out.put(self.framer.head());
                }
                joined
            }
        };
        for piece in self.ring.after(place) {
            let from = if piece.n == place.n { place.offset as usize } else { 0 };
            out.put(piece.bytes.slice(from..));
        }
        Some((out.freeze(), Place { n: self.ring.next(), offset: 0 }))
    }
}

/// What one who joins gets before the first chunk: the answer's head and the container's.
fn greeting(mount: Mount, titled: bool, at_us: i64, head: &[u8]) -> Bytes {
    let at = UNIX_EPOCH + Duration::from_micros(u64::try_from(at_us).unwrap_or(0));
    let titles = if titled { format!("icy-metaint: {TITLE_EVERY}\r\n") } else { String::new() };
    let answer = format!(
        "HTTP/1.1 200 OK\r\nconnection: close\r\ndate: {}\r\ncontent-type: {}\r\ncache-control: no-store\r\n\
         x-content-type-options: nosniff\r\naccess-control-allow-origin: *\r\nicy-br: {}\r\n{titles}\r\n",
        httpdate::fmt_http_date(at),
        mount.mime(),
        mount.rendition().bitrate() / 1_000,
    );
    [answer.as_bytes(), head].concat().into()
}

/// A piece with the title behind it, as players of the SHOUTcast family read it: a count of sixteens, then text.
fn with_title(piece: &[u8], title: &str) -> Bytes {
    // The text ends with the first `';`.
    let title: String = title.chars().map(|c| if c == '\'' || c.is_control() { '’' } else { c }).collect();
    let text = format!("StreamTitle='{}';", &title[..title.floor_char_boundary(TITLE_MAX)]);
    let sixteens = text.len().div_ceil(16);
    let mut out = BytesMut::with_capacity(piece.len() + 1 + sixteens * 16);
    out.put(piece);
    out.put_u8(u8::try_from(sixteens).unwrap_or(u8::MAX));
    out.put(text.as_bytes());
    out.put_bytes(0, sixteens * 16 - text.len());
    out.freeze()
}

/// The endless body of one whom the front serves.
pub(super) fn listen(room: Arc<OnAir>, mount: Mount) -> impl Stream<Item = Bytes> + Send {
    let changed = room.watch();
    let counted = room.count();
    stream::unfold((room, changed, None, counted), move |(room, mut changed, place, counted)| async move {
        loop {
            changed.borrow_and_update();
            let (taken, over) = room.mount(mount, |mounted| mounted.after(place));
            if let Some((bytes, next)) = taken {
                return Some((bytes, (room, changed, Some(next), counted)));
            }
            if over || changed.changed().await.is_err() {
                return None;
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rostrum_media::program::Rendition;

    #[test]
    fn a_title_stands_in_whole_sixteens_and_cannot_end_itself() {
        let bytes = with_title(b"sound", "It's '; here");
        let (count, text) = (usize::from(bytes[5]), &bytes[6..]);
        assert_eq!(text.len(), count * 16);
        let text = std::str::from_utf8(text).unwrap().trim_end_matches('\0');
        assert_eq!(text, "StreamTitle='It’s ’; here';");
        let long = with_title(b"", &"ü".repeat(5_000));
        assert!(long.len() < 16 * 255 && std::str::from_utf8(&long[1..]).is_ok());
    }

    #[test]
    fn the_rendition_with_titles_is_as_even_as_they_need() {
        let mp3 = Rendition::Mp3;
        let frame_bytes = 144 * mp3.bitrate() as usize / 48_000;
        assert_eq!(TITLE_EVERY, frame_bytes * mp3.frames_per_chunk());
    }
}
