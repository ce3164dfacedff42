//! The events that the audience sees, one line each: checksum, program time, kind, JSON. The number of an event is the
//! number of its line; a line that is damaged keeps its number.

/// One event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event<'a> {
    /// When, in samples of program time.
    pub at: u64,
    /// What it is: a word of `a`–`z` and `_`, the event's name for a browser.
    pub kind: &'a str,
    /// What it says: JSON without line breaks.
    pub json: &'a str,
}

/// A kind or JSON that one line cannot hold; nothing was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an event must fit on one line, and its kind must be a word")]
pub struct NotALine;

impl Event<'_> {
    /// Appends the event's line to `out`.
    ///
    /// # Errors
    /// The kind is no word, or the JSON has line breaks.
    pub fn write(&self, out: &mut Vec<u8>) -> Result<(), NotALine> {
        let word = !self.kind.is_empty() && self.kind.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'_'));
        if !word || self.json.contains(['\n', '\r']) {
            return Err(NotALine);
        }
        let said = format!("{} {} {}", self.at, self.kind, self.json);
        out.extend_from_slice(format!("{} {said}\n", checksum(&said)).as_bytes());
        Ok(())
    }
}

impl<'a> Event<'a> {
    /// Reads a line, without its end; none if it is damaged.
    pub fn read(line: &'a [u8]) -> Option<Self> {
        let (sum, said) = std::str::from_utf8(line).ok()?.split_once(' ')?;
        if sum != checksum(said) {
            return None;
        }
        let (at, rest) = said.split_once(' ')?;
        let (kind, json) = rest.split_once(' ')?;
        Some(Self { at: at.parse().ok()?, kind, json })
    }
}

fn checksum(said: &str) -> String {
    format!("{:08x}", crc32c::crc32c(said.as_bytes()))
}

/// The events from number `from` on, with their numbers; none in place of a damaged one. What lies behind the last line
/// break is left out: it is still being written, or was cut ([`sound_bytes`]).
pub fn read(bytes: &[u8], from: u64) -> impl Iterator<Item = (u64, Option<Event<'_>>)> {
    let lines = bytes[..sound_bytes(bytes)].split_inclusive(|byte| *byte == b'\n').map(|line| &line[..line.len() - 1]);
    let lines = (0..).zip(lines).skip_while(move |(number, _)| *number < from);
    lines.map(|(number, line)| (number, Event::read(line)))
}

/// Bytes of the whole lines; the rest is to be cut off before another is appended.
pub fn sound_bytes(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(events: &[(u64, String)]) -> Vec<u8> {
        let mut out = Vec::new();
        for (at, json) in events {
            Event { at: *at, kind: "chat_removed", json }.write(&mut out).unwrap();
        }
        out
    }

    proptest! {
        #[test]
        fn events_read_back_from_any_number_and_whatever_the_end(
            events in prop::collection::vec((any::<u64>(), "[^\r\n]{0,40}"), 1..20),
            from in 0u64..25,
            cut in any::<prop::sample::Index>(),
        ) {
            let whole = lines(&events);
            let bytes = &whole[..=cut.index(whole.len())];
            let count = bytes.iter().filter(|byte| **byte == b'\n').count();
            let read: Vec<_> = read(bytes, from).collect();
            prop_assert_eq!(read.len(), count.saturating_sub(from as usize));
            for (number, event) in read {
                let (at, json) = &events[number as usize];
                prop_assert_eq!(event, Some(Event { at: *at, kind: "chat_removed", json }));
            }
        }

        #[test]
        fn a_damaged_line_does_not_move_the_next(at in 0usize..26, bits in 1u8..0x80) {
            let events = [(1, "{}".to_owned()), (2, "{}".to_owned())];
            let mut bytes = lines(&events);
            if bytes[at] ^ bits != b'\n' && bytes[at] != b'\n' {
                bytes[at] ^= bits;
                let read: Vec<_> = read(&bytes, 0).collect();
                prop_assert_eq!(read.len(), 2);
                prop_assert_eq!(read[0], (0, None));
                prop_assert_eq!(read[1], (1, Some(Event { at: 2, kind: "chat_removed", json: "{}" })));
            }
        }
    }

    #[test]
    fn what_no_line_can_hold_is_refused() {
        let mut out = Vec::new();
        for (kind, json) in [("chat", "a\nb"), ("Chat", "{}"), ("", "{}"), ("two words", "{}")] {
            assert_eq!(Event { at: 0, kind, json }.write(&mut out), Err(NotALine));
        }
        assert!(out.is_empty());
    }
}
