//! Laws of the playlists: numbers never fall, a number keeps its meaning, lengths add up, over growth and restarts.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::program::Rendition;
use crate::program::index::{Entry, Flags};

fn entry(number: u64, epoch: u32) -> Entry {
    let wall_us = 1_700_000_000_000_000 + number.cast_signed() * CHUNK_US;
    Entry { offset: 800 + number * 7000, len: 7000, epoch, wall_us, flags: Flags::default(), crc: 0 }
}

fn form(skip: bool) -> Form<'static> {
    Form { rendition: Rendition::Aac, others: &[(Rendition::Opus, Place { segment: 3, part: 1 })], skip }
}

/// A playlist as a player reads it.
#[derive(Debug, Default)]
struct Read {
    sequence: u64,
    discontinuities: u64,
    skipped: u64,
    /// Of every whole segment: its address, length in hundredths, discontinuity sequence number.
    segments: BTreeMap<u64, (String, u64, u64)>,
    parts: Vec<String>,
    hint: Option<String>,
    ended: bool,
}

fn hundredths(text: &str) -> u64 {
    text.split_once('.')
        .map(|(whole, part)| whole.parse::<u64>().unwrap() * 100 + part.parse::<u64>().unwrap())
        .unwrap()
}

fn attribute(line: &str, name: &str) -> String {
    let value = line.split_once(&format!("{name}=")).unwrap_or_else(|| panic!("{line} has no {name}")).1;
    value.trim_start_matches('"').split(['"', ',']).next().unwrap().to_owned()
}

fn read(text: &str) -> Read {
    let mut read = Read::default();
    let (mut length, mut number, mut discontinuity) = (0, None, 0);
    for line in text.lines() {
        let (tag, value) = line.split_once(':').unwrap_or((line, ""));
        match tag {
            "#EXT-X-MEDIA-SEQUENCE" => read.sequence = value.parse().unwrap(),
            "#EXT-X-DISCONTINUITY-SEQUENCE" => read.discontinuities = value.parse().unwrap(),
            "#EXT-X-SKIP" => read.skipped = attribute(line, "SKIPPED-SEGMENTS").parse().unwrap(),
            "#EXT-X-DISCONTINUITY" => discontinuity += 1,
            "#EXT-X-PART" => read.parts.push(attribute(line, "URI")),
            "#EXT-X-PRELOAD-HINT" => read.hint = Some(attribute(line, "URI")),
            "#EXTINF" => length = hundredths(value.trim_end_matches(',')),
            "#EXT-X-ENDLIST" => read.ended = true,
            _ if !line.starts_with('#') => {
                let at = number.unwrap_or(read.sequence + read.skipped);
                read.segments.insert(at, (line.to_owned(), length, read.discontinuities + discontinuity));
                number = Some(at + 1);
            }
            _ => {}
        }
    }
    read
}

/// What happens to a room, chunk by chunk: whether the stage was killed before it.
fn life() -> impl Strategy<Value = Vec<bool>> {
    prop::collection::vec(prop::bool::weighted(0.15), 1..140)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn numbers_never_fall_and_keep_their_meaning(life in life(), keep in 12usize..80) {
        let mut window = Window::new(Epochs::default(), 0, keep);
        let mut known: BTreeMap<u64, (String, u64, u64)> = BTreeMap::new();
        let (mut epoch, mut last) = (1, Read::default());
        for (number, killed) in life.iter().enumerate() {
            epoch += u32::from(*killed && number > 0);
            window.push(number as u64, entry(number as u64, epoch)).unwrap();
            let now = read(&window.playlist(&form(false)));
            prop_assert!(now.sequence >= last.sequence && now.discontinuities >= last.discontinuities);
            for (segment, facts) in &now.segments {
                prop_assert!((1..=480).contains(&facts.1));
                prop_assert_eq!(known.entry(*segment).or_insert_with(|| facts.clone()), facts);
            }
            let hint = format!("aac/{epoch}-{}.m4s", number + 1);
            prop_assert_eq!(now.hint.as_ref(), Some(&hint));
            let part = format!("aac/{epoch}-{number}.m4s");
            prop_assert_eq!(now.parts.last(), Some(&part));
            last = now;
        }
        // The whole segments in the window and the parts behind them last as long as the chunks that are kept.
        let first = window.segments().next().unwrap().chunks.start;
        let growing = window.segments().last().filter(|segment| !segment.whole);
        let grown = growing.map_or(0, |segment| segment.chunks.end - segment.chunks.start);
        let listed: u64 = last.segments.values().map(|facts| facts.1).sum();
        prop_assert_eq!(listed, (window.next_chunk() - first - grown) * 96);
        prop_assert!(listed + grown * 96 >= 96 * (keep.min(life.len()) as u64));

        window.end();
        let ended = read(&window.playlist(&form(false)));
        prop_assert!(ended.ended && ended.hint.is_none());
        prop_assert_eq!(ended.segments.values().map(|facts| facts.1).sum::<u64>(), (window.next_chunk() - first) * 96);
    }

    #[test]
    fn a_delta_and_what_was_known_make_the_whole(life in life()) {
        let mut window = Window::new(Epochs::default(), 0, DVR_CHUNKS_MIN);
        let mut epoch = 1;
        for (number, killed) in life.iter().enumerate() {
            epoch += u32::from(*killed && number > 0);
            window.push(number as u64, entry(number as u64, epoch)).unwrap();
        }
        let (whole, delta) = (window.playlist(&form(false)), window.playlist(&form(true)));
        let (read, skipped) = (read(&whole), read(&delta).skipped);
        prop_assert_eq!(delta.contains("EXT-X-SKIP"), skipped > 0);
        let kept: Vec<_> = read.segments.values().skip(skipped as usize).map(|facts| &facts.0).collect();
        let listed: Vec<_> = delta.lines().filter(|line| !line.starts_with('#')).collect();
        prop_assert_eq!(listed, kept);
        let left: u64 = read.segments.values().skip(skipped as usize).map(|facts| facts.1).sum();
        prop_assert!(skipped == 0 || left >= 3000 - 480);
    }

    #[test]
    fn a_window_that_begins_later_lists_the_same(life in life(), from in any::<prop::sample::Index>()) {
        let from = from.index(life.len());
        let epochs: Vec<u32> = life.iter().enumerate().scan(1, |epoch, (number, killed)| {
            *epoch += u32::from(*killed && number > 0);
            Some(*epoch)
        }).collect();
        let mut whole = Window::new(Epochs::default(), 0, usize::MAX);
        let mut late: Option<Window> = None;
        for (number, epoch) in (0..).zip(&epochs) {
            if number == from as u64 {
                late = Some(Window::new(whole.epochs().clone(), number, usize::MAX));
            }
            whole.push(number, entry(number, *epoch)).unwrap();
            late.iter_mut().for_each(|late| late.push(number, entry(number, *epoch)).unwrap());
        }
        let late = late.unwrap();
        let first = late.segments().next().map_or(u64::MAX, |segment| segment.number);
        let (whole, late) = (read(&whole.playlist(&form(false))), read(&late.playlist(&form(false))));
        let later: BTreeMap<_, _> = whole.segments.into_iter().filter(|(number, _)| *number >= first).collect();
        prop_assert_eq!(late.segments, later);
    }

    #[test]
    fn what_is_waited_for_is_what_is_listed_next(life in life(), ahead in 0u64..3, part in prop::option::of(0u64..7)) {
        let mut window = Window::new(Epochs::default(), 0, DVR_CHUNKS_MIN);
        let (mut epoch, mut waiting) = (1, None);
        for (number, killed) in (0..).zip(&life) {
            epoch += u32::from(*killed && number > 0);
            window.push(number, entry(number, epoch)).unwrap();
            let last = window.last().unwrap();
            let query = waiting.unwrap_or(Query { segment: Some(last.segment + ahead), part, skip: false });
            let answer = window.answer(&query);
            if waiting.is_some() {
                prop_assert_ne!(answer, Answer::TooFar);
            }
            waiting = (answer == Answer::Wait).then_some(query);
            if answer == Answer::Now {
                let (segment, part) = (query.segment.unwrap(), query.part.unwrap_or(0));
                prop_assert!(last.segment > segment || last.segment == segment && last.part >= part);
            }
        }
        window.end();
        prop_assert_eq!(window.answer(&Query { segment: Some(u64::MAX), part: Some(9), skip: false }), Answer::Now);
    }
}

fn window(chunks: u64) -> Window {
    let mut window = Window::new(Epochs::default(), 0, DVR_CHUNKS_MIN);
    (0..chunks).for_each(|number| window.push(number, entry(number, 1)).unwrap());
    window
}

#[test]
fn a_live_playlist_reads_as_the_draft_has_it() {
    let expected = "\
#EXTM3U
#EXT-X-VERSION:9
#EXT-X-TARGETDURATION:5
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=30.0,HOLD-BACK=15.0,PART-HOLD-BACK=2.88
#EXT-X-PART-INF:PART-TARGET=0.96
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI=\"aac/init.mp4\"
#EXT-X-PROGRAM-DATE-TIME:2023-11-14T22:13:20.000Z
#EXT-X-PART:DURATION=0.96,URI=\"aac/1-0.m4s\",INDEPENDENT=YES
#EXTINF:0.96,
aac/1-s0.m4s
#EXT-X-PROGRAM-DATE-TIME:2023-11-14T22:13:20.960Z
#EXT-X-PART:DURATION=0.96,URI=\"aac/1-1.m4s\",INDEPENDENT=YES
#EXTINF:0.96,
aac/1-s1.m4s
#EXT-X-DISCONTINUITY
#EXT-X-PROGRAM-DATE-TIME:2023-11-14T22:13:21.920Z
#EXT-X-GAP
#EXT-X-PART:DURATION=0.96,URI=\"aac/2-2.m4s\",INDEPENDENT=YES,GAP=YES
#EXTINF:0.96,
aac/2-s2.m4s
#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"aac/2-3.m4s\"
#EXT-X-RENDITION-REPORT:URI=\"opus.m3u8\",LAST-MSN=3,LAST-PART=1
";
    let mut window = window(2);
    let gap = Entry { flags: Flags { gap: true, ..Flags::default() }, ..entry(2, 2) };
    window.push(2, gap).unwrap();
    assert_eq!(window.playlist(&form(false)), expected);
}

#[test]
fn half_an_hour_and_more_can_be_heard_again() {
    let listed = read(&window(4000).playlist(&form(false)));
    assert!(listed.segments.values().map(|facts| facts.1).sum::<u64>() >= 30 * 60 * 100);
    assert!(listed.segments.len() < 385 && listed.sequence > 400);
    assert!((15..25).contains(&listed.parts.len()));
}

#[test]
fn chunks_come_in_order_or_not_at_all() {
    let mut window = window(7);
    for (number, epoch) in [(6, 1), (8, 1), (7, 0)] {
        assert_eq!(window.push(number, entry(number, epoch)), Err(OutOfOrder { expected: 7, number, epoch }));
    }
    window.end();
    assert!(window.push(7, entry(7, 1)).is_err());
}

#[test]
fn requests_too_far_ahead_are_refused() {
    let window = window(7);
    let answer = |segment, part| window.answer(&Query { segment: Some(segment), part, skip: false });
    assert_eq!(
        [answer(0, None), answer(2, None), answer(4, None), answer(5, None)].map(|a| a == Answer::TooFar),
        [false, false, false, true]
    );
    assert_eq!(
        [answer(2, Some(0)), answer(2, Some(1)), answer(2, Some(4)), answer(2, Some(5))],
        [Answer::Now, Answer::Wait, Answer::Wait, Answer::TooFar]
    );
    assert_eq!(window.answer(&Query::default()), Answer::Now);
    let first = self::window(1).answer(&Query { segment: Some(1), part: Some(0), skip: true });
    assert_eq!(first, Answer::Wait, "the next part after an epoch's first is not far");
}

#[test]
fn names_lead_to_chunks() {
    let mut window = window(7);
    window.push(7, entry(7, 2)).unwrap();
    let part = |epoch, chunk| window.find(Name::Part { epoch, chunk });
    assert_eq!([part(1, 6), part(2, 7), part(2, 8)], [Find::Chunks(6..7), Find::Chunks(7..8), Find::Next]);
    assert_eq!([part(1, 7), part(1, 8), part(2, 9)], [Find::Missing, Find::Missing, Find::Missing]);
    let segment = |epoch, segment| window.find(Name::Segment { epoch, segment });
    assert_eq!([segment(1, 2), segment(2, 3), segment(2, 2)], [Find::Chunks(6..7), Find::Chunks(7..8), Find::Missing]);
}

#[test]
fn a_replay_is_byte_ranges_of_one_file() {
    let entries: Vec<Entry> = (0..7).map(|number| entry(number, 1 + u32::from(number > 2))).collect();
    let replay = Replay { file: "/media/1/aac.mp4", front_bytes: 800, first: 0, entries: &entries, short_ms: 0 };
    let (text, bandwidth) = replay.playlist().unwrap();
    let expected = "\
#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:5
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI=\"/media/1/aac.mp4\",BYTERANGE=\"800@0\"
#EXT-X-PROGRAM-DATE-TIME:2023-11-14T22:13:20.000Z
#EXTINF:0.96,
#EXT-X-BYTERANGE:7000@800
/media/1/aac.mp4
#EXT-X-PROGRAM-DATE-TIME:2023-11-14T22:13:20.960Z
#EXTINF:1.92,
#EXT-X-BYTERANGE:14000@7800
/media/1/aac.mp4
#EXT-X-DISCONTINUITY
#EXT-X-PROGRAM-DATE-TIME:2023-11-14T22:13:22.880Z
#EXTINF:0.96,
#EXT-X-BYTERANGE:7000@21800
/media/1/aac.mp4
#EXT-X-PROGRAM-DATE-TIME:2023-11-14T22:13:23.840Z
#EXTINF:2.88,
#EXT-X-BYTERANGE:21000@28800
/media/1/aac.mp4
#EXT-X-ENDLIST
";
    assert_eq!(text, expected);
    assert_eq!(bandwidth, Bandwidth { peak: 58_333, average: 58_333 });
    let back = [entry(0, 2), entry(1, 1)];
    assert!(Replay { entries: &back, ..replay }.playlist().is_err());
}
