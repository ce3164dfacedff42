//! The addresses in playlists, relative to the room's folder. A name carries the epoch, so that a cache never mixes
//! what two epochs made under one number.

use std::fmt;

use crate::program::Rendition;

/// A file of a rendition, in the folder named as the rendition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Name {
    /// The init segment: `init.mp4`.
    Init,
    /// A part: `{epoch}-{chunk}.m4s`.
    Part {
        /// The epoch that made it.
        epoch: u32,
        /// The chunk that it is.
        chunk: u64,
    },
    /// A segment: `{epoch}-s{segment}.m4s`.
    Segment {
        /// The epoch that made it.
        epoch: u32,
        /// Its media sequence number.
        segment: u64,
    },
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Init => f.write_str("init.mp4"),
            Self::Part { epoch, chunk } => write!(f, "{epoch}-{chunk}.m4s"),
            Self::Segment { epoch, segment } => write!(f, "{epoch}-s{segment}.m4s"),
        }
    }
}

impl Name {
    /// Reads a name; none for whatever is not written exactly so.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "init.mp4" {
            return Some(Self::Init);
        }
        let (epoch, number) = text.strip_suffix(".m4s")?.split_once('-')?;
        let epoch = epoch.parse().ok()?;
        let name = match number.strip_prefix('s') {
            Some(segment) => Self::Segment { epoch, segment: segment.parse().ok()? },
            None => Self::Part { epoch, chunk: number.parse().ok()? },
        };
        // One spelling only: a cache must not be filled with others.
        (name.to_string() == text).then_some(name)
    }
}

/// The name of a rendition's media playlist, beside the multivariant one.
pub fn playlist_name(rendition: Rendition) -> String {
    format!("{}.m3u8", rendition.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_in_one_spelling() {
        for name in
            [Name::Init, Name::Part { epoch: 3, chunk: 0 }, Name::Segment { epoch: u32::MAX, segment: u64::MAX }]
        {
            assert_eq!(Name::parse(&name.to_string()), Some(name));
        }
        for bad in ["03-1.m4s", "3-01.m4s", "+3-1.m4s", "3-s+1.m4s", "3-.m4s", "3.m4s", "-1.m4s", "init.mp4 ", ""] {
            assert_eq!(Name::parse(bad), None, "{bad}");
        }
    }
}
