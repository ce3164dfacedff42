//! What a client asks of a media playlist by its query (section 6.2.5): to wait for a part, to leave out old segments.

use super::{PARTS_PER_SEGMENT, Place, Window};
use crate::program::CHUNK_US;

/// Parts that a request may be ahead of the playlist: three seconds of them, rounded up (section 6.2.5.2).
const ADVANCE_PARTS_MAX: u64 = 3_000_000u64.div_ceil(CHUNK_US.unsigned_abs());
/// Segments that a request may be ahead.
const ADVANCE_SEGMENTS_MAX: u64 = 2;

/// Directives of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Query {
    /// `_HLS_msn`: the segment that the playlist must have.
    pub segment: Option<u64>,
    /// `_HLS_part`: the part of it that is enough.
    pub part: Option<u64>,
    /// `_HLS_skip`: whether a delta update is wanted.
    pub skip: bool,
}

/// A query that is against the rules; answer 400.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadQuery(&'static str);

/// How to answer a query at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// With the playlist.
    Now,
    /// Later: ask again after the next chunk or the end; give up after [`super::BLOCK_S_MAX`].
    Wait,
    /// With 400: it asks for what is too far ahead.
    TooFar,
}

impl Query {
    /// Reads the directives out of a query string (without `?`); what is not of HLS is passed over.
    ///
    /// # Errors
    /// A directive twice, a value that is none, a part without a segment.
    pub fn parse(query: &str) -> Result<Self, BadQuery> {
        let (mut segment, mut part, mut skip) = (None, None, None);
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let fresh = match name {
                "_HLS_msn" => segment.replace(number(value)?).is_none(),
                "_HLS_part" => part.replace(number(value)?).is_none(),
                "_HLS_skip" if matches!(value, "YES" | "v2") => skip.replace(()).is_none(),
                "_HLS_skip" => return Err(BadQuery("_HLS_skip is YES or v2.")),
                _ => true,
            };
            if !fresh {
                return Err(BadQuery("A directive must be given once."));
            }
        }
        if part.is_some() && segment.is_none() {
            return Err(BadQuery("_HLS_part needs _HLS_msn."));
        }
        Ok(Self { segment, part, skip: skip.is_some() })
    }
}

fn number(text: &str) -> Result<u64, BadQuery> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| digits);
    number.ok_or(BadQuery("_HLS_msn and _HLS_part are numbers."))
}

impl Window {
    /// How to answer `query` at this moment.
    pub fn answer(&self, query: &Query) -> Answer {
        let Some(last) = self.last() else { return if self.ended() { Answer::Now } else { Answer::Wait } };
        let Some(segment) = query.segment.filter(|_| !self.ended()) else { return Answer::Now };
        if self.is_too_far(last, segment, query.part) {
            return Answer::TooFar;
        }
        let ready = match query.part {
            // A part behind the last of its segment is the first of the next.
            Some(part) if part >= PARTS_PER_SEGMENT => last.segment > segment,
            Some(part) => last >= Place { segment, part },
            None => last.segment > segment || self.segment(segment).is_some_and(|segment| segment.whole),
        };
        if ready { Answer::Now } else { Answer::Wait }
    }

    fn is_too_far(&self, last: Place, segment: u64, part: Option<u64>) -> bool {
        let Some((_, chunks)) = self.epochs.span(segment) else { return false };
        let wanted = part.map(|part| chunks.start.saturating_add(part));
        let ahead = wanted.map_or(0, |wanted| (wanted + 1).saturating_sub(self.next_chunk()));
        segment > last.segment.saturating_add(ADVANCE_SEGMENTS_MAX) || ahead > ADVANCE_PARTS_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_follow_the_rules() {
        let query = |segment, part, skip| Ok(Query { segment, part, skip });
        assert_eq!(Query::parse(""), query(None, None, false));
        assert_eq!(Query::parse("a=b&_HLS_msn=7&_HLS_part=3&_HLS_skip=YES"), query(Some(7), Some(3), true));
        assert_eq!(Query::parse("_HLS_skip=v2"), query(None, None, true));
        for bad in ["_HLS_part=1", "_HLS_msn=-1", "_HLS_msn=+1", "_HLS_msn=", "_HLS_msn=1&_HLS_msn=1", "_HLS_skip=no"] {
            assert!(Query::parse(bad).is_err(), "{bad}");
        }
        assert!(Query::parse("_HLS_msn=99999999999999999999").is_err());
    }
}
