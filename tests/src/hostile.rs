//! Files that lie, point elsewhere, break off or ask for too much, all made here.

use std::path::Path;

use crate::media::ffmpeg;
use crate::wave::{head, wav};

/// What should come of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The server tells the sender what is wrong, with these words among others.
    Refused(&'static str),
    /// It has good sound in it, and becomes an episode.
    Taken,
    /// Either is right, as long as nothing breaks.
    Either,
}

/// A file somebody may send, under the name they give it.
#[derive(Debug)]
pub struct Parcel {
    /// The sender's name for it.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What should come of it.
    pub fate: Fate,
}

fn parcel(name: &str, bytes: impl Into<Vec<u8>>, fate: Fate) -> Parcel {
    Parcel { name: name.to_owned(), bytes: bytes.into(), fate }
}

/// Files that are no recordings, whatever they call themselves.
pub fn impostors() -> Vec<Parcel> {
    const LIST: Fate = Fate::Refused("playlist");
    let xml = "<?xml version=\"1.0\"?>\n";
    vec![
        parcel("talk.mp4", "#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:1,\nfile:///etc/passwd\n", LIST),
        parcel("talk.wav", "ffconcat version 1.0\nfile /etc/passwd\n", LIST),
        parcel("talk.m4a", "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nm=audio 5004 RTP/AVP 0\r\n", LIST),
        parcel("talk.mpd", format!("{xml}<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"></MPD>"), LIST),
        parcel("feed.mp3", format!("{xml}<rss version=\"2.0\"><channel/></rss>"), LIST),
        parcel("concat.mp3", "concat:/etc/passwd|/etc/hosts", LIST),
        parcel("notes.mp3", "Dear diary, today I recorded nothing.\n".repeat(4000), Fate::Refused("text file")),
        parcel("page.mp3", "<!doctype html><script>alert(1)</script>", Fate::Refused("text file")),
        parcel("talk.zip", b"PK\x03\x04".repeat(100), Fate::Refused("archive")),
        parcel("talk.exe", b"MZ\x90\0".repeat(100), Fate::Refused("program")),
        parcel("cover.mp3", b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", Fate::Refused("picture")),
        parcel("noise.mp3", noise(200_000), Fate::Refused("does not look like a recording")),
        parcel("zeros.mp3", vec![0; 200_000], Fate::Refused("does not look like a recording")),
    ]
}

/// Recordings that end too early, or were never there.
pub fn fragments(folder: &Path) -> Vec<Parcel> {
    let sound = ["-f", "lavfi", "-i", "sine=duration=8:sample_rate=48000"];
    let make = |name: &str, options: &[&str]| ffmpeg(&[&sound, options].concat(), &folder.join(name));
    let half = |bytes: Vec<u8>| bytes[..bytes.len() / 2].to_vec();
    let silent = ["-f", "lavfi", "-i", "testsrc=size=64x64:rate=5:duration=1", "-c:v", "mpeg4", "-an"];
    let empty = ["-f", "lavfi", "-i", "anullsrc", "-t", "0"];
    vec![
        parcel("half.mp3", half(make("half.mp3", &["-b:a", "64k"])), Fate::Taken),
        parcel("half.wav", half(wav(440.0, 8_000)), Fate::Taken),
        parcel("half.m4a", half(make("half.m4a", &["-c:a", "aac"])), Fate::Refused("damaged")),
        parcel("half.flac", half(make("half.flac", &[])), Fate::Taken),
        parcel("photo.png", make("whole.mp3", &["-b:a", "64k"]), Fate::Taken),
        parcel("silent.mp4", ffmpeg(&silent, &folder.join("silent.mp4")), Fate::Refused("no sound")),
        parcel("none.wav", ffmpeg(&empty, &folder.join("none.wav")), Fate::Refused("0 seconds")),
        parcel("head.wav", head(0), Fate::Refused("0 seconds")),
        parcel("promise.wav", head(u32::MAX / 4), Fate::Refused("0 seconds")),
        parcel("endless.wav", [head(u32::MAX / 2), wav(440.0, 500)[44..].to_vec()].concat(), Fate::Either),
    ]
}

/// Files that ask a reader for more than they hold, or are two things at once.
pub fn traps(folder: &Path) -> Vec<Parcel> {
    let sound = ["-f", "lavfi", "-i", "sine=duration=2:sample_rate=48000"];
    let mp3 = ffmpeg(&[&sound[..], &["-b:a", "64k"]].concat(), &folder.join("good.mp3"));
    let mkv = ffmpeg(&[&sound[..], &["-c:a", "libopus"]].concat(), &folder.join("good.mkv"));
    let mut parcels = vec![
        parcel("huge.mkv", huge_block(&mkv), Fate::Refused("check that it plays")),
        parcel("deep.mp4", deep_boxes(), Fate::Refused("damaged")),
        parcel("table.mp4", long_table(), Fate::Refused("damaged")),
        parcel(
            "page-and-mp3.html",
            [b"<!doctype html><script>alert(1)</script>".to_vec(), mp3.clone()].concat(),
            POLYGLOT,
        ),
        parcel("zip-and-mp3.zip", [mp3.clone(), b"PK\x05\x06".to_vec(), vec![0; 18]].concat(), Fate::Taken),
        parcel("playlist-and-mp3.mp3", [b"#EXTM3U\nfile:///etc/passwd\n".to_vec(), mp3.clone()].concat(), POLYGLOT),
        parcel("wav-and-pdf.wav", [wav(440.0, 500), b"%PDF-1.4 1 0 obj".to_vec()].concat(), Fate::Taken),
    ];
    for (nth, tag) in tags().into_iter().enumerate() {
        parcels.push(parcel(&format!("tag-{nth}.mp3"), tag.clone(), Fate::Refused("recording")));
        parcels.push(parcel(&format!("tag-{nth}-and-sound.mp3"), [tag, mp3.clone()].concat(), Fate::Either));
    }
    parcels
}

/// Sound behind something else: the sniff may call it either.
const POLYGLOT: Fate = Fate::Either;

/// Pictures that are no artwork, and the words of the refusal.
pub fn pictures() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let svg = r#"<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><image href="file:///etc/passwd"/></svg>"#;
    vec![
        ("50,000 by 50,000", png(50_000, 50_000), "too many pixels"),
        ("15,000 by 15,000", png(15_000, 15_000), "too many pixels"),
        ("2,000 by 2,000 without rows", png(2_000, 2_000), "damaged"),
        ("SVG", svg.into(), "JPEG, PNG and WebP"),
        ("SVG as a file with a head", format!("<?xml version=\"1.0\"?>{svg}").into(), "JPEG, PNG and WebP"),
        ("GIF", b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(), "JPEG, PNG and WebP"),
        ("nothing", Vec::new(), "empty"),
        ("an MP3's name", b"ID3\x03\0\0\0\0\0\0".to_vec(), "JPEG, PNG and WebP"),
        ("half a JPEG", b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01".to_vec(), "damaged"),
        ("a WebP that is none", b"RIFF\xff\xff\xff\xffWEBPVP8X\x0a\0\0\0".to_vec(), "damaged"),
    ]
}

/// A PNG of a few bytes that says how large it is and holds no row.
fn png(width_px: u32, height_px: u32) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let size = [width_px.to_be_bytes(), height_px.to_be_bytes()].concat();
    chunk(&mut file, b"IHDR", &[&size[..], &[8, 2, 0, 0, 0]].concat());
    // zlib of nothing.
    chunk(&mut file, b"IDAT", b"\x78\x9c\x03\0\0\0\0\x01");
    chunk(&mut file, b"IEND", b"");
    file
}

fn chunk(file: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    let named = [&name[..], data].concat();
    file.extend(u32::try_from(data.len()).expect("chunks here are small").to_be_bytes());
    file.extend(&named);
    file.extend(crc32(&named).to_be_bytes());
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        let mixed = crc ^ u32::from(*byte);
        (0..8).fold(mixed, |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    };
    !bytes.iter().fold(!0, step)
}

/// A Matroska file whose first block claims 34 GB.
fn huge_block(good: &[u8]) -> Vec<u8> {
    let cluster = good.windows(4).position(|four| four == [0x1f, 0x43, 0xb6, 0x75]).expect("it has a cluster");
    let mut bytes = good[..cluster + 4].to_vec();
    bytes.extend([0x01, 0, 0, 0x08, 0, 0, 0, 0, 0xe7, 0x81, 0, 0xa3, 0x01, 0, 0, 0x07, 0xff, 0xff, 0xff, 0xff, 0x81]);
    bytes
}

/// Boxes in boxes, ten thousand deep.
fn deep_boxes() -> Vec<u8> {
    let mut bytes = b"\0\0\0\x14ftypM4A \0\0\0\0M4A ".to_vec();
    for depth in (1..=10_000u32).rev() {
        bytes.extend((depth * 8).to_be_bytes());
        bytes.extend(b"moov");
    }
    bytes
}

/// A sample table that claims four thousand million entries.
fn long_table() -> Vec<u8> {
    let mut table = b"stsz\0\0\0\0\0\0\0\0".to_vec();
    table.extend(u32::MAX.to_be_bytes());
    let mut inner = boxed(table);
    for name in [b"stbl", b"minf", b"mdia", b"trak", b"moov"] {
        inner = boxed([&name[..], &inner].concat());
    }
    [b"\0\0\0\x14ftypM4A \0\0\0\0M4A ".to_vec(), inner].concat()
}

fn boxed(named: Vec<u8>) -> Vec<u8> {
    let length = u32::try_from(named.len() + 4).expect("boxes here are small");
    [length.to_be_bytes().to_vec(), named].concat()
}

/// ID3v2 tags of 33 bytes with every kind of flag and an extended head that makes no sense.
fn tags() -> Vec<Vec<u8>> {
    let tag = |major: u8, flags: u8, extended: [u8; 4]| {
        let mut bytes = b"ID3".to_vec();
        bytes.extend([major, 0, flags, 0, 0, 0, 23]);
        bytes.extend(extended);
        bytes.resize(33, 0xff);
        bytes
    };
    let mut tags = Vec::new();
    for major in [2, 3, 4, 5] {
        tags.push(tag(major, 0x40, [0, 0, 0, 6]));
        tags.push(tag(major, 0xf0, [0x7f, 0x7f, 0x7f, 0x7f]));
    }
    tags
}

fn noise(count: u32) -> Vec<u8> {
    (0..count).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}
