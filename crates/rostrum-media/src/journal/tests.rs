//! Laws of the journal: what is written reads back; whatever happens to the bytes, nothing is invented, nothing that
//! is sound is passed over, and every byte is accounted for.

use bytes::Bytes;
use proptest::prelude::*;

use super::wire::{HEADER_BYTES, MAGIC, PIECE_BYTES_MAX};
use super::{Item, Kind, PAYLOAD_BYTES_MAX, Reader, Record, TooLong, write};

fn payload() -> impl Strategy<Value = Vec<u8>> {
    let plain = prop::collection::vec(any::<u8>(), 0..200);
    let nasty = prop::collection::vec(prop::sample::select(vec![0, MAGIC[0], MAGIC[1], MAGIC[2], MAGIC[3]]), 0..60);
    let long = (PIECE_BYTES_MAX - 2..3 * PIECE_BYTES_MAX, any::<u8>()).prop_map(|(length, byte)| vec![byte; length]);
    let forged = prop::collection::vec(any::<u8>(), 0..20).prop_map(|inner| bytes(&[record(9, inner)]));
    prop_oneof![8 => plain, 2 => nasty, 1 => long, 1 => forged]
}

fn record(seed: u64, payload: Vec<u8>) -> Record {
    Record {
        epoch: seed as u32 % 5,
        track: (seed >> 8) as u32,
        kind: Kind::of(1 + seed as u16 % 30),
        seq: seed,
        time: seed.rotate_left(17),
        mono_us: seed / 3,
        wall_us: (seed >> 4).cast_signed(),
        payload: payload.into(),
    }
}

fn records(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Record>> {
    prop::collection::vec((any::<u64>(), payload()).prop_map(|(seed, payload)| record(seed, payload)), count)
}

fn bytes(records: &[Record]) -> Vec<u8> {
    let mut out = Vec::new();
    records.iter().for_each(|record| write(record, &mut out).unwrap());
    out
}

/// All items of a whole segment, after checking that they cover every byte once and in order.
fn read(bytes: &[u8]) -> Vec<Item> {
    let mut reader = Reader::whole(Bytes::copy_from_slice(bytes));
    let (mut items, mut at) = (Vec::new(), 0);
    while let Some(item) = reader.next() {
        match &item {
            Item::Record(_) => assert!(reader.offset() >= at + HEADER_BYTES as u64),
            Item::Damaged { from, to } | Item::Torn { from, to } => assert!(*from == at && *to > at),
        }
        at = reader.offset();
        items.push(item);
    }
    assert_eq!(at, bytes.len() as u64);
    items
}

fn sound(items: &[Item]) -> Vec<Record> {
    items.iter().filter_map(|item| if let Item::Record(record) = item { Some(record.clone()) } else { None }).collect()
}

/// Bytes of which records begin, more often than others.
fn byte() -> impl Strategy<Value = u8> {
    prop_oneof![any::<u8>(), prop::sample::select(MAGIC.to_vec()), Just(0)]
}

/// What may happen to a file.
#[derive(Debug, Clone)]
enum Harm {
    Flip(prop::sample::Index, u8),
    Zero(prop::sample::Index, usize),
    Cut(prop::sample::Index, usize),
    Repeat(prop::sample::Index, usize),
    Insert(prop::sample::Index, Vec<u8>),
    Truncate(prop::sample::Index),
}

impl Harm {
    fn any() -> impl Strategy<Value = Self> {
        let at = any::<prop::sample::Index>;
        prop_oneof![
            (at(), 1u8..).prop_map(|(at, bits)| Self::Flip(at, bits)),
            (at(), 1usize..300).prop_map(|(at, length)| Self::Zero(at, length)),
            (at(), 1usize..300).prop_map(|(at, length)| Self::Cut(at, length)),
            (at(), 1usize..70_000).prop_map(|(at, length)| Self::Repeat(at, length)),
            (at(), prop::collection::vec(any::<u8>(), 1..80)).prop_map(|(at, bytes)| Self::Insert(at, bytes)),
            at().prop_map(Self::Truncate),
        ]
    }

    fn befall(self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let all = bytes.len();
        let span = |at: prop::sample::Index, length: usize| at.index(all)..all.min(at.index(all) + length);
        match self {
            Self::Flip(at, bits) => *at.get_mut(bytes) ^= bits,
            Self::Zero(at, length) => bytes[span(at, length)].fill(0),
            Self::Cut(at, length) => drop(bytes.drain(span(at, length))),
            Self::Repeat(at, length) => {
                let again = bytes[span(at, length)].to_vec();
                let at = at.index(bytes.len());
                drop(bytes.splice(at..at, again));
            }
            Self::Insert(at, more) => {
                let at = at.index(bytes.len());
                drop(bytes.splice(at..at, more));
            }
            Self::Truncate(at) => bytes.truncate(at.index(bytes.len())),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn what_is_written_reads_back(records in records(0..20)) {
        let expected: Vec<Item> = records.iter().cloned().map(Item::Record).collect();
        prop_assert_eq!(read(&bytes(&records)), expected);
    }

    #[test]
    fn pieces_read_as_the_whole(
        records in records(0..8),
        harm in Harm::any(),
        steps in prop::collection::vec(1usize..5000, 1..9),
    ) {
        let mut bytes = bytes(&records);
        harm.befall(&mut bytes);
        let mut reader = Reader::new();
        let (mut items, mut rest, mut step) = (Vec::new(), &bytes[..], steps.iter().cycle());
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.len().min(*step.next().unwrap()));
            reader.push(piece);
            items.extend(&mut reader);
            rest = after;
        }
        reader.close();
        items.extend(&mut reader);
        prop_assert_eq!(items, read(&bytes));
    }

    #[test]
    fn harm_loses_only_what_it_touched_and_invents_nothing(
        records in records(1..20),
        harms in prop::collection::vec(Harm::any(), 1..4),
    ) {
        let mut bytes = bytes(&records);
        harms.into_iter().for_each(|harm| harm.befall(&mut bytes));
        for found in sound(&read(&bytes)) {
            prop_assert!(records.contains(&found), "invented {found:?}");
        }
    }

    #[test]
    fn a_flipped_bit_costs_one_record_and_is_reported(
        records in records(1..20),
        at in any::<prop::sample::Index>(),
        bit in 0u32..8,
    ) {
        let mut bytes = bytes(&records);
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let items = read(&bytes);
        prop_assert_eq!(sound(&items).len(), records.len() - 1);
        let hit = items.iter().any(|item| match item {
            Item::Damaged { from, to } | Item::Torn { from, to } => (*from..*to).contains(&(at as u64)),
            Item::Record(_) => false,
        });
        prop_assert!(hit);
    }

    #[test]
    fn a_cut_end_is_torn_and_never_damage(
        records in records(1..8),
        at in any::<prop::sample::Index>(),
        zeros in 0usize..5000,
    ) {
        let whole = bytes(&records);
        let items = read(&whole[..at.index(whole.len())]);
        let count = sound(&items).len();
        prop_assert_eq!(sound(&items), &records[..count]);
        let damaged = matches!(items.last(), Some(Item::Damaged { .. }));
        prop_assert!(items.len() <= count + 1 && !damaged);

        let mut preallocated = whole.clone();
        preallocated.resize(whole.len() + zeros, 0);
        let items = read(&preallocated);
        let torn = Item::Torn { from: whole.len() as u64, to: preallocated.len() as u64 };
        prop_assert_eq!(items.get(records.len()), (zeros > 0).then_some(&torn));
    }

    #[test]
    fn any_bytes_are_accounted_for(
        bytes in prop::collection::vec(byte(), 0..3000),
    ) {
        prop_assert!(sound(&read(&bytes)).is_empty());
    }
}

#[test]
fn a_record_inside_a_payload_is_never_taken_for_one() {
    let forged = bytes(&[record(1, b"let me in".to_vec())]);
    let mut bytes = bytes(&[record(2, forged.clone()), record(3, vec![])]);
    assert_eq!(sound(&read(&bytes))[0].payload, forged);
    bytes[30] ^= 1;
    assert_eq!(sound(&read(&bytes)), [record(3, vec![])]);
}

#[test]
fn what_is_too_long_is_not_written() {
    let mut out = Vec::new();
    let longest = record(4, vec![MAGIC[0]; PAYLOAD_BYTES_MAX]);
    write(&longest, &mut out).unwrap();
    assert_eq!(read(&out), [Item::Record(longest)]);
    out.clear();
    assert_eq!(write(&record(4, vec![1; PAYLOAD_BYTES_MAX + 1]), &mut out), Err(TooLong(PAYLOAD_BYTES_MAX + 1)));
    assert!(out.is_empty());
}

#[test]
fn many_beginnings_are_left_quickly() {
    let mut bytes = Vec::new();
    while bytes.len() < 4 << 20 {
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&60_000u32.to_le_bytes());
    }
    assert_eq!(read(&bytes), [Item::Damaged { from: 0, to: bytes.len() as u64 }]);
}
