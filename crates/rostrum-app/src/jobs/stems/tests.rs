//! Three people in a room over a reload and a restart: who spoke which tone when is found at that time in their stem.

use bytes::Bytes;
use rostrum_codec::live::{Decoder, Encoder};
use rostrum_domain::asset::AssetKind;
use rostrum_domain::room::{RoomState, StageRole};
use rostrum_domain::user::Role;
use rostrum_live::event::{self, Coding, Event, Joined, Source, Track, TrackNo};
use rostrum_media::journal::{Kind, Packet, Record, write};
use rostrum_media::testing::strength;
use rostrum_media::{Codec, ogg};

use super::*;
use crate::testing::{House, Talk, work};
use crate::{episodes, files, rooms};

pub(crate) const SECOND: u64 = 48_000;
pub(crate) const LENGTH_S: u64 = 12;

/// The tone of a second: a sound that says when it was made.
pub(crate) fn hz(second: u64) -> f32 {
    300.0 + 100.0 * second as f32
}

/// Packets of 20 ms: each second has a tone of its own.
pub(crate) fn spoken(from_s: u64, until_s: u64) -> Vec<Vec<u8>> {
    let form = rostrum_codec::live::Form { codec: Codec::Opus, channels: 1, bitrate: 32_000 };
    let mut encoder = Encoder::new(form).expect("libopus is there");
    let sample = |n: u64| (n as f32 / 48_000.0 * hz(n / SECOND) * std::f32::consts::TAU).sin() * 0.4;
    let pcm: Vec<f32> = (from_s * SECOND..(until_s + 1) * SECOND).flat_map(|n| [sample(n); 2]).collect();
    let mut packets = Vec::new();
    encoder.push(&pcm, &mut |packet| packets.push(packet.to_vec())).expect("it encodes");
    packets.truncate(usize::try_from(until_s - from_s).expect("short") * 50);
    packets
}

/// A journal in the making.
#[derive(Default)]
struct Tape {
    bytes: Vec<u8>,
    entries: u64,
}

impl Tape {
    fn put(&mut self, record: &Record) {
        write(record, &mut self.bytes).expect("short");
    }

    fn entry(&mut self, (epoch, mono_us): (u32, u64), at: u64, event: Event) {
        self.entries += 1;
        let entry = event::Entry { no: self.entries, at, by: None, request: None, event };
        let (kind, payload) = (entry.event.kind(), entry.to_payload().into());
        self.put(&Record { epoch, track: 0, kind, seq: 0, time: 0, mono_us, wall_us: 0, payload });
    }

    fn join(&mut self, who: u128, name: &str) {
        let role = StageRole::Speaker;
        let (who, name) = (Id::from_bits(who), name.to_owned());
        self.entry((1, 5), 0, Event::Join(Joined { who, name, user: None, invite: None, granted: role, role }));
    }

    /// Somebody speaks from one second to another; every fiftieth packet is lost.
    fn speak(&mut self, (epoch, zero_us): (u32, i64), (track, who): (u32, u128), (from_s, until_s): (u64, u64)) {
        let at_us = |n: u64| (zero_us + (from_s * 1_000_000 + (n + 1) * 20_000).cast_signed()).cast_unsigned();
        let coding = Coding { codec: "opus".into(), rate_hz: 48_000, channels: 1 };
        let no = TrackNo(track);
        let opened = Track { track: no, who: Id::from_bits(who), source: Source::Voice, slot: None, coding };
        self.entry((epoch, at_us(0)), 0, Event::TrackOpened(opened));
        for (n, packet) in (0..).zip(spoken(from_s, until_s)).filter(|(n, _)| n % 50 != 30) {
            let payload = Packet { payload: packet.into(), ..Packet::default() }.to_payload();
            let (seq, time) = (400 + n, 77_000 + n * 960);
            let mono_us = at_us(n);
            self.put(&Record { epoch, track, kind: Kind::Packet, seq, time, mono_us, wall_us: 0, payload });
        }
    }
}

/// Two segments: the second is of the epoch after a restart on a machine that was started anew.
pub(crate) fn journal() -> [Vec<u8>; 2] {
    let mut tape = Tape::default();
    let live = |state| Event::State { state };
    tape.join(1, "Ada");
    tape.join(2, "Grace");
    tape.join(3, "Grace");
    tape.entry((1, 9_000_000), 0, live(RoomState::Live));
    tape.speak((1, 9_000_000), (1, 1), (0, 2));
    tape.speak((1, 9_000_000), (2, 1), (3, 5));
    tape.speak((1, 9_000_000), (3, 2), (1, 4));
    let first = std::mem::take(&mut tape.bytes);
    tape.entry((2, 1_000_000), 7 * SECOND, Event::Restored { epoch: 2 });
    tape.speak((2, -6_000_000), (4, 1), (8, 10));
    tape.speak((2, -6_000_000), (5, 3), (9, 11));
    tape.entry((2, 6_000_000), LENGTH_S * SECOND, live(RoomState::Ended));
    [first, tape.bytes]
}

/// Each second of a stem holds the tone of that second, or nothing.
fn holds(pcm: &[f32], spoken: &[(u64, u64)], name: &str) {
    assert_eq!(pcm.len() as u64, LENGTH_S * SECOND, "{name}");
    for second in 0..LENGTH_S {
        let speaks = spoken.iter().any(|(from, until)| (*from..*until).contains(&second));
        // The middle of the second, so that 100 ms of error at either end would be heard.
        let from = usize::try_from(second * SECOND).expect("short");
        let part = &pcm[from + 4_800..from + 43_200];
        let heard = strength(part, hz(second));
        if speaks {
            assert!(heard > 0.2, "{name}: second {second} has {heard} of its tone");
            let edge = strength(&pcm[from + 960..from + 4_800], hz(second));
            assert!(edge > 0.15, "{name}: second {second} begins with {edge} of its tone");
        } else {
            // What was heard last is concealed for a while, until it is sure that nothing more comes.
            let loudest = part[9_600..].iter().fold(0.0f32, |most, sample| most.max(sample.abs()));
            assert!(loudest < 0.05, "{name}: second {second} should be silent and has {loudest}");
        }
    }
}

pub(crate) fn decoded(bytes: &[u8]) -> Vec<f32> {
    let (mut decoder, mut pcm) = (Decoder::new(1).expect("libopus is there"), Vec::new());
    let end = ogg::packets(bytes, &mut |packet| {
        if packet.len() > 1 { decoder.packet(packet, &mut pcm) } else { decoder.conceal(960, &mut pcm) }
            .expect("decodes");
    })
    .expect("an Ogg file");
    pcm.truncate(usize::try_from(end).expect("short"));
    pcm
}

fn samples(wav: &[u8]) -> Vec<f32> {
    let body = &wav[usize::try_from(rostrum_media::wav::HEAD_BYTES).expect("short")..];
    body.as_chunks::<2>().0.iter().map(|two| f32::from(i16::from_le_bytes(*two)) / 32_768.0).collect()
}

#[tokio::test]
async fn every_speaker_is_a_file_on_the_programs_clock() {
    let house = House::new().await;
    let app = &*house.app;
    let Talk { ada, show, episode } = house.talk().await;
    let conflict = rooms::stems::ask(app, &ada, episode.id, Form::Wav).await;
    assert!(matches!(conflict, Err(Error::Conflict(_))), "{conflict:?}");
    let of = (&show, &episode);
    let audio = New::of_episode(of, AssetKind::Mp3).put(app, Bytes::from_static(b"mp3")).await.expect("stored");
    let mut tx = app.store.write().await.expect("a transaction");
    let duration_ms = i64::try_from(LENGTH_S * 1000).expect("short");
    asset::insert(&mut tx, &Asset { duration_ms, ..audio }).await.expect("recorded");
    for (n, bytes) in (1..).zip(journal()) {
        let new = New { file_name: format!("{n:06}.journal"), ..New::of_episode(of, AssetKind::Journal) };
        let segment = new.put(app, bytes.into()).await.expect("stored");
        asset::insert(&mut tx, &segment).await.expect("several segments are current");
        drop(segment);
    }
    enqueue(app, &mut tx, &episode, Form::Opus).await.expect("queued");
    tx.commit().await.expect("committed");
    assert_eq!(work(app).await, 1);
    for form in [Form::Wav, Form::Flac] {
        rooms::stems::ask(app, &ada, episode.id, form).await.expect("there is a journal");
    }
    assert_eq!(work(app).await, 2);
    let found = episodes::get(app, &ada, episode.id).await.expect("it is there");
    let stems = rooms::stems::of(&found.assets);
    let names: Vec<&str> = stems.iter().map(|file| file.file_name.as_str()).collect();
    let expected = ["talk-one-ada.opus", "talk-one-grace-2.opus", "talk-one-grace.opus"];
    assert_eq!(names[..3], expected);
    assert_eq!(names.len(), 9, "{names:?}");
    let ada_spoke = &[(0, 2), (3, 5), (8, 10)][..];
    for (file, spoken) in stems.iter().zip([ada_spoke, &[(9, 11)], &[(1, 4)]].iter().cycle()) {
        assert_eq!(file.duration_ms, duration_ms);
        let bytes = app.media.bytes(&file.key, 1 << 26).await.expect("it is stored");
        let pcm = match file.kind {
            AssetKind::Stem => decoded(&bytes),
            AssetKind::StemWav => samples(&bytes),
            _ => crate::jobs::trim::tests::heard(app, file).await,
        };
        if file.kind == AssetKind::StemFlac {
            let wav = stems.iter().find(|one| one.file_name == file.file_name.replace(".flac", ".wav"));
            let wav = app.media.bytes(&wav.expect("it was made too").key, 1 << 26).await.expect("it is stored");
            assert!(pcm == samples(&wav), "what FFmpeg unpacks of {} is the WAV", file.file_name);
            assert!(bytes.len() < wav.len(), "it is packed");
        }
        holds(&pcm, spoken, &file.file_name);
    }
    let stranger = house.person("Eve", Role::Creator).await;
    for file in &found.assets {
        let (id, journal) = (file.id.to_string(), file.kind == AssetKind::Journal);
        let refused = files::open(app, Some(&stranger), &id).await;
        assert!(matches!(refused, Err(Error::Missing(_))), "{:?}", file.kind);
        assert_eq!(files::open(app, Some(&ada), &id).await.is_err(), journal, "{:?}", file.kind);
    }
}
