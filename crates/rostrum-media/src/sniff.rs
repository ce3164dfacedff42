//! What kind of file bytes are, judged by the bytes alone: never by a name, never by what a sender claims.
//! Playlists and other files that point elsewhere are refused here, before any demuxer sees them.

use crate::mp3;

/// How many first bytes a judgement needs.
pub const HEAD_BYTES: usize = 64 << 10;

/// How far into a file the first MPEG frame may lie.
const SYNC_BYTES_MAX: usize = 32 << 10;

/// A container whose sound we take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Container {
    /// MPEG audio layer III.
    Mp3,
    /// MP4, M4A, M4B, MOV.
    Mp4,
    /// Ogg with Opus, Vorbis or FLAC.
    Ogg,
    /// FLAC.
    Flac,
    /// WAVE, RF64, BW64.
    Wav,
    /// Sony Wave64.
    W64,
    /// AIFF, AIFC.
    Aiff,
    /// Matroska, WebM.
    Matroska,
    /// AAC in ADTS.
    Adts,
    /// Apple Core Audio.
    Caf,
}

impl Container {
    /// What people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mp3 => "MP3",
            Self::Mp4 => "MP4",
            Self::Ogg => "Ogg",
            Self::Flac => "FLAC",
            Self::Wav => "WAV",
            Self::W64 => "Wave64",
            Self::Aiff => "AIFF",
            Self::Matroska => "Matroska",
            Self::Adts => "AAC",
            Self::Caf => "CAF",
        }
    }
}

/// Why a file is not taken, in words for the person who sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No bytes at all.
    #[error("This file is empty. Please check it on your computer and upload it again.")]
    Empty,
    /// A list of other files or addresses.
    #[error("This is a playlist, not a recording. Please upload the audio file it points to.")]
    Playlist,
    /// Text of some kind.
    #[error("This is a text file, not a recording.")]
    Text,
    /// A picture or a document.
    #[error("This is {0}, not a recording.")]
    NotMedia(&'static str),
    /// Media in a container we do not take.
    #[error("{0} files are not accepted. Please convert it to MP3, M4A, WAV, FLAC or Opus and upload that.")]
    Unaccepted(&'static str),
    /// Nothing we know.
    #[error("This does not look like a recording. Accepted are MP3, M4A, WAV, FLAC, AIFF, Ogg, Opus, MKV and WebM.")]
    Unknown,
}

/// Judges a file by its first bytes (`HEAD_BYTES` of them or all there are), after a leading ID3v2 tag if it has one.
pub fn sniff(head: &[u8]) -> Result<Container, Refusal> {
    if head.is_empty() {
        return Err(Refusal::Empty);
    }
    if let Some(container) = by_signature(head) {
        return Ok(container);
    }
    refuse_known(head)?;
    if is_mpeg_audio(head) {
        return Ok(Container::Mp3);
    }
    if is_text(head) { Err(Refusal::Text) } else { Err(Refusal::Unknown) }
}

fn by_signature(head: &[u8]) -> Option<Container> {
    let form = head.get(8..12).unwrap_or_default();
    let container = match head {
        [b'f', b'L', b'a', b'C', ..] => Container::Flac,
        [b'O', b'g', b'g', b'S', 0, ..] => Container::Ogg,
        [0x1a, 0x45, 0xdf, 0xa3, ..] => Container::Matroska,
        [b'R', b'I', b'F', b'F', ..] | [b'R', b'F', b'6', b'4', ..] | [b'B', b'W', b'6', b'4', ..]
            if form == b"WAVE" =>
        {
            Container::Wav
        }
        [b'r', b'i', b'f', b'f', 0x2e, 0x91, 0xcf, 0x11, ..] => Container::W64,
        [b'F', b'O', b'R', b'M', ..] if form == b"AIFF" || form == b"AIFC" => Container::Aiff,
        [b'c', b'a', b'f', b'f', 0, 1, ..] => Container::Caf,
        [0xff, second, ..] if second & 0xf6 == 0xf0 && is_adts(head) => Container::Adts,
        _ if is_mp4(head) => Container::Mp4,
        _ => return None,
    };
    Some(container)
}

/// The first box is one that MP4 and QuickTime files begin with, of a believable size.
fn is_mp4(head: &[u8]) -> bool {
    let Some((size, kind)) = head.first_chunk::<4>().zip(head.get(4..8)) else { return false };
    let size = u32::from_be_bytes(*size);
    match kind {
        b"ftyp" => (8..=1024).contains(&size),
        b"mdat" => size == 1 || size >= 8,
        // The sound itself may be large; what describes it is not, and other files' first letters are large numbers.
        b"moov" | b"wide" | b"free" | b"skip" | b"pnot" => (8..=1 << 28).contains(&size),
        _ => false,
    }
}

/// Two ADTS frames follow each other.
fn is_adts(head: &[u8]) -> bool {
    let length = |at: usize| -> Option<usize> {
        let frame = head.get(at..at + 7)?;
        let synced = frame[0] == 0xff && frame[1] & 0xf6 == 0xf0;
        let length = usize::from(frame[3] & 3) << 11 | usize::from(frame[4]) << 3 | usize::from(frame[5]) >> 5;
        (synced && length > 7).then_some(length)
    };
    length(0).is_some_and(|first| first == head.len() || length(first).is_some())
}

/// Three MPEG frames of one kind follow each other, not far from the start.
fn is_mpeg_audio(head: &[u8]) -> bool {
    let kind = |header: &mp3::Header| (header.version, header.sample_rate, header.channels);
    (0..head.len().min(SYNC_BYTES_MAX)).filter(|at| head[*at] == 0xff).any(|at| {
        let mut frames = mp3::frames(&head[at..]).map(|(header, _)| kind(&header));
        frames.next().is_some_and(|first| frames.take(2).filter(|next| *next == first).count() == 2)
    })
}

fn refuse_known(head: &[u8]) -> Result<(), Refusal> {
    let form = head.get(8..12).unwrap_or_default();
    match head {
        [0x89, b'P', b'N', b'G', ..] | [0xff, 0xd8, 0xff, ..] | [b'G', b'I', b'F', b'8', ..] => {
            Err(Refusal::NotMedia("a picture"))
        }
        [b'R', b'I', b'F', b'F', ..] if form == b"WEBP" => Err(Refusal::NotMedia("a picture")),
        [b'%', b'P', b'D', b'F', ..] => Err(Refusal::NotMedia("a PDF document")),
        [b'P', b'K', 3, 4, ..] | [0x1f, 0x8b, ..] | [b'7', b'z', 0xbc, 0xaf, ..] | [b'R', b'a', b'r', b'!', ..] => {
            Err(Refusal::NotMedia("an archive"))
        }
        [0x7f, b'E', b'L', b'F', ..] | [b'M', b'Z', ..] => Err(Refusal::NotMedia("a program")),
        [b'R', b'I', b'F', b'F', ..] if form == b"AVI " => Err(Refusal::Unaccepted("AVI")),
        [0x30, 0x26, 0xb2, 0x75, ..] => Err(Refusal::Unaccepted("Windows Media")),
        [b'F', b'L', b'V', 1, ..] => Err(Refusal::Unaccepted("Flash video")),
        [b'#', b'!', b'A', b'M', b'R', ..] => Err(Refusal::Unaccepted("AMR")),
        [0x47, ..] if head.get(188) == Some(&0x47) && head.get(376) == Some(&0x47) => {
            Err(Refusal::Unaccepted("MPEG transport stream"))
        }
        _ if is_playlist(head) => Err(Refusal::Playlist),
        _ => Ok(()),
    }
}

fn is_playlist(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(&head[..head.len().min(4096)]).to_lowercase();
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let starts =
        ["#extm3u", "ffconcat", "[playlist]", "v=0", "[reference]", "http://", "https://", "file://", "concat:"];
    let inside =
        ["<mpd", "<smil", "<asx", "<playlist", "<smoothstreamingmedia", "#ext-x-", "rtsptext", "<rss", "<tracklist"];
    starts.iter().any(|start| text.starts_with(start)) || inside.iter().any(|part| text.contains(part))
}

fn is_text(head: &[u8]) -> bool {
    let control = |byte: &u8| *byte < 0x20 && !b"\t\n\r\x0c\x1b".contains(byte);
    !head.iter().take(1024).any(control)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn mpeg_frames(count: usize) -> Vec<u8> {
        let mut frame = vec![0; 384];
        frame[..4].copy_from_slice(&[0xff, 0xfb, 0x94, 0x44]);
        frame.repeat(count)
    }

    #[test]
    fn what_is_taken() {
        for (head, container) in [
            (&b"fLaC\0\0"[..], Container::Flac),
            (b"OggS\0\x02", Container::Ogg),
            (b"RIFF\0\0\0\0WAVEfmt ", Container::Wav),
            (b"RF64\xff\xff\xff\xffWAVEds64", Container::Wav),
            (b"FORM\0\0\0\0AIFC", Container::Aiff),
            (b"\0\0\0\x20ftypM4A ", Container::Mp4),
            (b"\0\0\0\x08wide\0\0\0\0mdat", Container::Mp4),
            (b"\x1a\x45\xdf\xa3\x01", Container::Matroska),
            (b"caff\0\x01\0\0", Container::Caf),
        ] {
            assert_eq!(sniff(head), Ok(container));
        }
        assert_eq!(sniff(&mpeg_frames(3)), Ok(Container::Mp3));
        assert_eq!(sniff(&[vec![0; 300], mpeg_frames(4)].concat()), Ok(Container::Mp3));
    }

    #[test]
    fn what_is_refused() {
        for (head, refusal) in [
            (&b""[..], Refusal::Empty),
            (b"#EXTM3U\n#EXT-X-VERSION:3\nfile:///etc/passwd", Refusal::Playlist),
            (b"ffconcat version 1.0\nfile secret.wav", Refusal::Playlist),
            (b"\xef\xbb\xbf\n v=0\r\no=- 0 0 IN IP4 127.0.0.1", Refusal::Playlist),
            (b"<?xml version=\"1.0\"?><MPD xmlns=", Refusal::Playlist),
            (b"concat:/etc/passwd", Refusal::Playlist),
            (b"Dear diary", Refusal::Text),
            (b"<svg xmlns=", Refusal::Text),
            (b"\x89PNG\r\n", Refusal::NotMedia("a picture")),
            (b"RIFF\0\0\0\0AVI LIST", Refusal::Unaccepted("AVI")),
            (b"\0\x01\x02\x03garbage", Refusal::Unknown),
            (b"%PDFmoov", Refusal::NotMedia("a PDF document")),
        ] {
            assert_eq!(sniff(head), Err(refusal), "{}", String::from_utf8_lossy(head));
        }
        assert_eq!(sniff(&mpeg_frames(2)), Err(Refusal::Unknown));
    }

    proptest! {
        #[test]
        fn any_bytes_are_judged(head in prop::collection::vec(any::<u8>(), 0..3000)) {
            let _ = sniff(&head);
        }

        #[test]
        fn text_is_never_taken(head in "[ -~\n]{1,2000}") {
            prop_assert!(sniff(head.as_bytes()).is_err());
        }
    }
}
