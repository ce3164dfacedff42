//! The media playlist of a live event, and of one that has ended and is still where it was.

use std::fmt::Write;

use rostrum_domain::time::Timestamp;

use super::{Name, PARTS_UNTIL_S, Place, SKIP_UNTIL_S, Seconds, Segment, TARGET_S, Window, playlist_name, within};
use crate::program::Rendition;

/// What is asked of a playlist.
#[derive(Debug, Clone, Copy)]
pub struct Form<'a> {
    /// Whose chunks the window has.
    pub rendition: Rendition,
    /// How far the others are, for those who change over.
    pub others: &'a [(Rendition, Place)],
    /// Whether the client has the older segments already (`_HLS_skip`).
    pub skip: bool,
}

impl Window {
    /// The media playlist at this moment; its addresses are relative to the room's folder.
    pub fn playlist(&self, form: &Form<'_>) -> String {
        let mut out = String::with_capacity(4096);
        let segments: Vec<Segment> = self.segments().collect();
        self.head(form, &mut out);
        let skipped = if form.skip { segments.iter().take_while(|segment| self.is_old(segment)).count() } else { 0 };
        if skipped > 0 {
            put(&mut out, format_args!("#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}"));
        }
        segments[skipped..].iter().for_each(|segment| self.put_segment(form, segment, &mut out));
        if self.ended() {
            put(&mut out, format_args!("#EXT-X-ENDLIST"));
        } else {
            self.outlook(form, &mut out);
        }
        out
    }

    fn head(&self, form: &Form<'_>, out: &mut String) {
        let number = self.first_segment();
        let tag = self.segment(number).is_some_and(|segment| segment.discontinuity);
        // A tag in front of the first segment counts by itself.
        let discontinuities = self.epochs.before(number) - usize::from(tag);
        let hold_back = Seconds(3);
        put(out, format_args!("#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:{TARGET_S}"));
        put(
            out,
            format_args!(
                "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL={SKIP_UNTIL_S}.0,HOLD-BACK={}.0,\
                 PART-HOLD-BACK={hold_back}",
                3 * TARGET_S
            ),
        );
        put(out, format_args!("#EXT-X-PART-INF:PART-TARGET={}", Seconds(1)));
        put(out, format_args!("#EXT-X-MEDIA-SEQUENCE:{number}"));
        put(out, format_args!("#EXT-X-DISCONTINUITY-SEQUENCE:{discontinuities}"));
        put(out, format_args!("#EXT-X-INDEPENDENT-SEGMENTS"));
        put(out, format_args!("#EXT-X-MAP:URI=\"{}/{}\"", form.rendition.name(), Name::Init));
    }

    /// Whether a delta update may leave the segment out.
    fn is_old(&self, segment: &Segment) -> bool {
        segment.whole && !within(self.next_chunk() - segment.chunks.end, SKIP_UNTIL_S)
    }

    fn put_segment(&self, form: &Form<'_>, segment: &Segment, out: &mut String) {
        self.put_marks(segment, out);
        let folder = form.rendition.name();
        if within(self.next_chunk() - segment.chunks.end, PARTS_UNTIL_S) && !self.ended() {
            for (chunk, entry) in self.entries(&segment.chunks) {
                let name = Name::Part { epoch: segment.epoch, chunk };
                let gap = if entry.flags.gap { ",GAP=YES" } else { "" };
                let duration = Seconds(1);
                let line = format_args!("#EXT-X-PART:DURATION={duration},URI=\"{folder}/{name}\",INDEPENDENT=YES{gap}");
                put(out, line);
            }
        }
        if segment.whole {
            let duration = Seconds(segment.chunks.end - segment.chunks.start);
            let name = Name::Segment { epoch: segment.epoch, segment: segment.number };
            put(out, format_args!("#EXTINF:{duration},\n{folder}/{name}"));
        }
    }

    /// What stands in front of a segment: a new epoch, its date, that it has holes.
    pub(super) fn put_marks(&self, segment: &Segment, out: &mut String) {
        if segment.discontinuity {
            put(out, format_args!("#EXT-X-DISCONTINUITY"));
        }
        let first = self.entry(segment.chunks.start);
        if let Some(date) = first.and_then(|entry| Timestamp::from_millisecond(entry.wall_us / 1000).ok()) {
            put(out, format_args!("#EXT-X-PROGRAM-DATE-TIME:{date:.3}"));
        }
        // A player passes over a segment with a hole; without the tag it would fail in it.
        if segment.whole && self.entries(&segment.chunks).any(|(_, entry)| entry.flags.gap) {
            put(out, format_args!("#EXT-X-GAP"));
        }
    }

    /// What comes next, here and in the other renditions.
    fn outlook(&self, form: &Form<'_>, out: &mut String) {
        if let Some(start) = self.epochs.last() {
            let name = Name::Part { epoch: start.epoch, chunk: self.next_chunk() };
            put(out, format_args!("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"{}/{name}\"", form.rendition.name()));
        }
        for (rendition, Place { segment, part }) in form.others {
            let name = playlist_name(*rendition);
            put(out, format_args!("#EXT-X-RENDITION-REPORT:URI=\"{name}\",LAST-MSN={segment},LAST-PART={part}"));
        }
    }
}

/// Appends a line.
pub(super) fn put(out: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(out, "{line}").expect("a string takes everything");
}
