//! What comes to live rooms: encoders' requests and streams, offers and messages of browsers, the journal read again.

use rostrum_domain::Id;
use rostrum_live::grant::{self, Key};
use rostrum_live::ingest;
use rostrum_live::room::Command;
use rostrum_media::frames::Frames;
use rostrum_media::journal::{Item, Kind, Packet, Reader, Record, write};
use rostrum_media::ogg::{Found, Intake};
use rostrum_media::opus;
use str0m::change::SdpOffer;
use str0m::ice::StunMessage;
use str0m::net::DatagramRecv;

use crate::text;

// The modules themselves: their crate shows them to nobody, and would bring half the house along.
#[path = "../../crates/rostrum-edge/src/ingest/body.rs"]
mod body;
#[path = "../../crates/rostrum-edge/src/ingest/head.rs"]
mod head;

const KEY: Key = Key::new([7; 32]);

/// An Ogg stream gives the same however it is cut: packets that say how long they are, of what was pushed and no more.
pub fn ogg(data: &[u8]) {
    let Some((cut, bytes)) = data.split_first() else { return };
    let (mut intake, mut found) = (Intake::new(), Vec::new());
    for piece in bytes.chunks(usize::from(*cut).max(1)) {
        intake.push(piece);
        while let Ok(Some(one)) = intake.read() {
            found.push(one);
        }
    }
    let mut all = 0;
    for one in &found {
        match one {
            Found::Packet(packet, samples) => {
                all += packet.len();
                assert_eq!(opus::samples(packet), Some(*samples));
            }
            Found::Head(channels) => assert!((1..=2).contains(channels)),
            Found::Title(title) => assert!(!title.is_empty() && !title.contains(char::is_control)),
        }
    }
    assert!(all <= bytes.len());
    let (mut frames, mut all) = (Frames::new(), 0);
    for piece in bytes.chunks(usize::from(*cut).max(1)) {
        frames.push(piece);
        all += frames.by_ref().map(|(_, frame)| frame.len()).sum::<usize>();
    }
    assert!(all + frames.skipped() <= bytes.len());
}

/// An encoder's request is ours, another's or malformed, and is so however much follows it.
pub fn icecast(data: &[u8]) {
    let head::Look::Ours(found, length) = head::look(data) else { return };
    assert!(length <= data.len() && length <= head::HEAD_BYTES_MAX);
    assert_eq!(head::look(&data[..length]), head::Look::Ours(found.clone(), length));
    if let Some(room) = found.room() {
        assert!(!room.is_empty() && !room.contains(['/', '.', '%']), "{room}");
    }
    if let Some((_, password)) = found.credentials() {
        assert!(ingest::verify(Id::from_bits(1), &password, &KEY).is_err());
    }
    let _ = (found.song(), found.waits());
    let (mut sound, mut out) = (body::Body::of(&found), Vec::new());
    if sound.feed(&data[length..], &mut out).is_ok() {
        assert!(out.len() <= data.len() - length);
    }
}

/// Whatever comes to the speakers' port is told apart without a fault.
pub fn front(data: &[u8]) {
    let named = StunMessage::parse(data).ok().and_then(|message| {
        let (local, remote) = message.split_username()?;
        Some((local.to_owned(), remote.to_owned()))
    });
    if let Some((local, remote)) = named {
        assert!(local.len() + remote.len() < data.len());
    }
    let _ = DatagramRecv::try_from(data);
}

/// Offers, grants and requests are understood or refused; nothing that was not signed is a grant.
pub fn signalling(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let _ = SdpOffer::from_sdp_string(text);
    assert!(grant::verify(text, &KEY, 1).is_err());
    if let Ok(command) = serde_json::from_str::<Command>(text) {
        let again = serde_json::to_string(&command).expect("commands are plain data");
        assert_eq!(serde_json::from_str::<Command>(&again).expect("it was written here"), command);
    }
}

/// Records that hold these bytes, one of them broken at a place that the bytes name.
fn damaged(data: &[u8]) -> Vec<u8> {
    let mut journal = Vec::new();
    for payload in data.chunks(100) {
        let payload = payload.to_vec().into();
        let record =
            Record { epoch: 1, track: 2, kind: Kind::Packet, seq: 3, time: 4, mono_us: 5, wall_us: 6, payload };
        write(&record, &mut journal).expect("it is short");
    }
    if let Some(place) = data.first_chunk::<2>().map(|two| usize::from(u16::from_be_bytes(*two)))
        && !journal.is_empty()
    {
        let place = place % journal.len();
        journal[place] ^= 0x10;
    }
    journal
}

/// A journal's every byte is accounted for, however it is cut, and what was read can be written.
pub fn journal(data: &[u8]) {
    let Some(([mode, cut], rest)) = data.split_first_chunk::<2>() else { return };
    let bytes = if mode & 1 == 0 { rest.to_vec() } else { damaged(rest) };
    let whole: Vec<Item> = Reader::whole(bytes.clone().into()).collect();
    let (mut reader, mut pieces) = (Reader::new(), Vec::new());
    for piece in bytes.chunks(usize::from(*cut).max(1)) {
        reader.push(piece);
        pieces.extend(reader.by_ref());
    }
    reader.close();
    pieces.extend(reader);
    assert_eq!(whole, pieces);
    for item in whole {
        match item {
            Item::Record(record) => {
                let _ = Packet::from_payload(&record.payload);
                let mut written = Vec::new();
                write(&record, &mut written).expect("what was read is not too long");
                let again: Vec<Item> = Reader::whole(written.into()).collect();
                assert_eq!(again, [Item::Record(record)]);
            }
            Item::Damaged { from, to } | Item::Torn { from, to } => {
                assert!(from < to && to <= bytes.len() as u64);
            }
        }
    }
}
