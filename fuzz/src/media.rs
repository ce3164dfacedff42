//! Files that people upload: their type, their tags, and the containers we take apart.

use std::io::Cursor;

use rostrum_media::sniff::{self as judge, Refusal};
use rostrum_media::{Codec, Tags, id3, mp3, package, unpack};

/// A judgement never takes a list of other files, a picture or a document for a recording.
pub fn sniff(data: &[u8]) {
    let judged = judge::sniff(data);
    for start in ["#EXTM3U", "ffconcat", "v=0", "http://", "concat:", "[playlist]"] {
        if data.starts_with(start.as_bytes()) {
            assert_eq!(judged, Err(Refusal::Playlist));
        }
    }
    // The only container that may begin with any four bytes: the length of the sound before its description.
    let sound_first = data.get(4..8) == Some(b"mdat");
    if data.starts_with(b"\x89PNG") || data.starts_with(b"PK\x03\x04") || data.starts_with(b"%PDF") {
        assert!(judged.is_err() || sound_first);
    }
}

/// Tags are read within their own length, and what was read can be written.
pub fn tags(data: &[u8]) {
    let _ = id3::length(data);
    let Ok(read) = id3::decode(Cursor::new(data)) else { return };
    assert!(read.chapters.windows(2).all(|pair| pair[0].start_ms <= pair[1].start_ms));
    let written = id3::encode(&Tags { artwork: None, ..read }, 3_600_000);
    if let Ok(written) = written {
        let length = id3::length(&written).expect("it is a tag");
        assert_eq!(length, written.len() as u64);
        assert!(id3::decode(Cursor::new(&written)).is_ok());
    }
}

/// Readers of containers end, give out what they say they do, and what they gave out can be packaged again.
pub fn containers(data: &[u8]) {
    for (header, frame) in mp3::frames(data) {
        assert_eq!(header.bytes, frame.len());
        let _ = (mp3::reservoir_bytes(&header, frame), mp3::Info::parse(frame));
    }
    for codec in Codec::ALL {
        let mut packets = Vec::new();
        let Ok(stream) = unpack(codec, Cursor::new(data), &mut packets) else { continue };
        assert_eq!(stream.bytes(), packets.len() as u64, "{codec:?}");
        let mut file = Vec::new();
        if package(&stream, &Tags::default(), &packets[..], &mut file).is_ok() {
            let mut again = Vec::new();
            let read = unpack(codec, Cursor::new(&file), &mut again).expect("we wrote it");
            assert_eq!((read, again), (stream, packets), "{codec:?}");
        }
    }
}
