//! Uploads from the first announcement to the episode's new source: over broken lines, restarts and kills.

use std::convert::Infallible;
use std::io;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use jiff::SignedDuration;
use proptest::prelude::*;
use rostrum_domain::access::Caller;
use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::episode::EpisodeFacts;
use rostrum_domain::show::{Show, ShowFacts};
use rostrum_domain::user::{Member, Membership, Role, Scope};
use rostrum_store::upload::Upload;
use rostrum_store::{asset, job, member};
use sha2::{Digest as _, Sha256};
use tokio::sync::Notify;

use super::hold::folder;
use super::*;
use crate::testing::House;
use crate::{App, episodes, shows};

/// Bytes that pass for a recording and do not repeat soon.
fn recording(length: usize) -> Vec<u8> {
    let noise = (0u64..).flat_map(|n| Sha256::digest(n.to_le_bytes()));
    b"fLaC".iter().copied().chain(noise).take(length).collect()
}

fn body(bytes: &[u8]) -> impl Stream<Item = Result<Bytes, Infallible>> + Send + use<> {
    let pieces: Vec<_> = bytes.chunks(1000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    stream::iter(pieces)
}

/// The bytes, and then the line breaks.
fn broken(bytes: &[u8]) -> impl Stream<Item = Result<Bytes, io::Error>> + Send + use<> {
    let pieces: Vec<_> = bytes.chunks(1000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    stream::iter(pieces).chain(stream::iter([Err(io::ErrorKind::ConnectionReset.into())]))
}

fn sha256(bytes: &[u8]) -> Checksum {
    Checksum { algorithm: Algorithm::Sha256, digest: Sha256::digest(bytes).to_vec() }
}

struct Stage {
    house: House,
    ada: Caller,
    show: Show,
}

impl Stage {
    async fn new() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut crate::Parts)) -> Self {
        let house = House::with(change).await;
        let ada = house.person("Ada", Role::Creator).await;
        let facts = ShowFacts {
            title: "Friday".into(),
            description: "Talk.".into(),
            language: "en".into(),
            categories: vec!["Arts".into()],
            ..ShowFacts::default()
        };
        let show = shows::create(&house.app, &ada, facts).await.expect("the facts are good");
        Self { house, ada, show }
    }

    fn app(&self) -> &App {
        &self.house.app
    }

    fn target(&self) -> Target {
        let (show, file_name) = (Some(self.show.slug.to_string()), "Our_first talk.flac".to_owned());
        Target { show, episode: None, file_name, metadata: "filename T3Vy".into() }
    }

    fn announcement(&self, length: usize) -> Announcement {
        Announcement { length_bytes: length as u64, partial: false, target: self.target() }
    }

    async fn announce(&self, length: usize) -> Id<Upload> {
        let made = announce(self.app(), &self.ada, self.announcement(length)).await;
        made.expect("it may begin").id
    }

    async fn part(&self, bytes: &[u8]) -> Id<Upload> {
        let announcement = Announcement { partial: true, ..self.announcement(bytes.len()) };
        let made = announce(self.app(), &self.ada, announcement).await.expect("it may begin");
        self.send(made.id, 0, body(bytes)).await.expect("it arrives");
        made.id
    }

    async fn send<S, E>(&self, id: Id<Upload>, offset: u64, bytes: S) -> Result<Progress, Error>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
    {
        receive(self.app(), &self.ada, Chunk { id, offset, length_bytes: None, checksum: None }, bytes).await
    }

    async fn offset(&self, id: Id<Upload>) -> u64 {
        progress(self.app(), &self.ada, id).await.expect("it is known").offset
    }

    /// The show's only source that was ever stored, and that its episode is being transcoded once.
    async fn only_source(&self, expected: &[u8]) -> Asset {
        let mut tx = self.app().store.read().await.expect("it reads");
        let [source] = asset::ever_of_show(&mut tx, self.show.id).await.expect("it reads").try_into().expect("one");
        let source: Asset = source;
        let episode = source.episode_id.expect("a source has an episode");
        assert_eq!(job::of_episode(&mut tx, episode).await.expect("it reads").len(), 1, "one job");
        assert_eq!(source.kind, AssetKind::Source);
        assert_eq!(source.bytes, i64::try_from(expected.len()).expect("small"));
        assert_eq!(source.sha256, hex::encode(Sha256::digest(expected)));
        let kept = self.app().media.bytes(&source.key, 1 << 30).await.expect("it is stored");
        assert!(kept == expected, "the very bytes");
        source
    }

    fn staged_files(&self) -> usize {
        std::fs::read_dir(folder(self.app())).map_or(0, Iterator::count)
    }
}

#[tokio::test]
async fn a_file_becomes_the_source_of_a_new_draft() {
    let stage = Stage::new().await;
    let sent = recording(150_000);
    let id = stage.announce(sent.len()).await;
    let half = stage.send(id, 0, body(&sent[..70_000])).await.expect("the first half arrives");
    assert_eq!((half.offset, half.upload.finished_at), (70_000, None));
    assert_eq!(arrived(stage.app(), &half.upload).await, 70_000);
    let whole = stage.send(id, 70_000, body(&sent[70_000..])).await.expect("the second half arrives");
    assert_eq!((whole.offset, arrived(stage.app(), &whole.upload).await), (150_000, 150_000));

    let source = stage.only_source(&sent).await;
    assert_eq!(source.file_name, "our-first-talk.flac");
    let episode = whole.upload.episode_id.expect("a draft was made");
    assert_eq!(source.episode_id, Some(episode));
    let detail = episodes::get(stage.app(), &stage.ada, episode).await.expect("it is theirs");
    assert_eq!(detail.episode.facts.title, "Our first talk");
    assert_eq!(stage.offset(id).await, 150_000, "who missed the answer is told");
    assert!(matches!(stage.send(id, 0, body(&sent)).await, Err(Error::Offset { at: 150_000 })));
    assert_eq!(stage.staged_files(), 0);
}

#[tokio::test]
async fn a_new_recording_takes_the_place_of_the_old() {
    let stage = Stage::new().await;
    let facts = EpisodeFacts { title: "One".into(), ..EpisodeFacts::default() };
    let episode = episodes::create(stage.app(), &stage.ada, stage.show.slug.as_str(), facts).await.expect("it is made");
    for length in [5_000, 6_000] {
        let target = Target { show: None, episode: Some(episode.id), ..stage.target() };
        let announcement = Announcement { target, ..stage.announcement(length) };
        let made = announce(stage.app(), &stage.ada, announcement).await.expect("it may begin");
        stage.send(made.id, 0, body(&recording(length))).await.expect("it arrives");
    }
    let mut tx = stage.app().store.read().await.expect("it reads");
    let now = asset::of_episode(&mut tx, episode.id).await.expect("it reads");
    assert_eq!(now.iter().map(|source| source.bytes).collect::<Vec<_>>(), [6_000]);
    assert_eq!(asset::ever_of_episode(&mut tx, episode.id).await.expect("it reads").len(), 2);
}

#[tokio::test]
async fn a_broken_line_loses_nothing_that_came_through() {
    let mut stage = Stage::new().await;
    let sent = recording(90_000);
    let id = stage.announce(sent.len()).await;
    assert!(matches!(stage.send(id, 0, broken(&sent[..30_500])).await, Err(Error::Broken)));
    stage.house.restart();
    assert_eq!(stage.offset(id).await, 30_500);
    assert!(matches!(stage.send(id, 30_000, body(&sent[30_000..])).await, Err(Error::Offset { at: 30_500 })));
    stage.send(id, 30_500, body(&sent[30_500..])).await.expect("the rest arrives");
    stage.only_source(&sent).await;
}

#[tokio::test]
async fn bytes_with_a_checksum_are_kept_only_when_it_holds() {
    let stage = Stage::new().await;
    let sent = recording(8_000);
    let id = stage.announce(sent.len()).await;
    let chunk = |offset: usize, digest: &[u8]| Chunk {
        id,
        offset: offset as u64,
        length_bytes: None,
        checksum: Some(sha256(digest)),
    };
    let (app, ada) = (stage.app(), &stage.ada);
    let damaged = receive(app, ada, chunk(0, &sent[..2_000]), body(&sent[1..2_001])).await;
    assert!(matches!(damaged, Err(Error::Damaged)));
    assert_eq!(stage.offset(id).await, 0);
    receive(app, ada, chunk(0, &sent[..3_000]), body(&sent[..3_000])).await.expect("the digest holds");
    let cut = receive(app, ada, chunk(3_000, &sent[3_000..]), broken(&sent[3_000..7_000])).await;
    assert!(matches!(cut, Err(Error::Broken)));
    assert_eq!(stage.offset(id).await, 3_000, "what could not be compared is not counted");
    receive(app, ada, chunk(3_000, &sent[3_000..]), body(&sent[3_000..])).await.expect("the digest holds");
    stage.only_source(&sent).await;
}

#[tokio::test]
async fn what_is_no_recording_is_refused_with_its_first_piece() {
    let stage = Stage::new().await;
    let list = [b"#EXTM3U\nfile:///etc/passwd\n".to_vec(), vec![b'x'; 100_000]].concat();
    for (length, piece) in [(list.len(), 80_000), (500, 500)] {
        let id = stage.announce(length).await;
        let refused = stage.send(id, 0, body(&list[..piece])).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::Playlist))), "{refused:?}");
        let after = progress(stage.app(), &stage.ada, id).await;
        assert!(matches!(after, Err(Error::App(crate::Error::Missing("upload")))));
        assert_eq!(stage.staged_files(), 0);
    }
}

#[tokio::test]
async fn only_those_who_edit_the_show_reach_its_uploads() {
    let stage = Stage::new().await;
    let id = stage.announce(100).await;
    let eve = stage.house.person("Eve", Role::Creator).await;
    let vic = stage.house.person("Vic", Role::Creator).await;
    let edna = stage.house.person("Edna", Role::Creator).await;
    let mut tx = stage.app().store.write().await.expect("it writes");
    for (user_id, membership) in [(vic.user_id, Membership::Viewer), (edna.user_id, Membership::Editor)] {
        let member = Member { show_id: stage.show.id, user_id, membership };
        member::set(&mut tx, member).await.expect("it is set");
    }
    tx.commit().await.expect("it commits");
    let reader = Caller { scopes: Some(vec![Scope::Read]), ..stage.ada.clone() };
    let missing = |outcome| matches!(outcome, Err(Error::App(crate::Error::Missing(_))));
    for stranger in [&eve, &vic] {
        assert!(missing(progress(stage.app(), stranger, id).await));
        let chunk = Chunk { id, offset: 0, length_bytes: None, checksum: None };
        assert!(missing(receive(stage.app(), stranger, chunk, body(b"fLaC")).await));
        let ended = terminate(stage.app(), stranger, id).await;
        assert!(matches!(ended, Err(Error::App(crate::Error::Missing(_)))));
        assert!(announce(stage.app(), stranger, stage.announcement(100)).await.is_err());
    }
    let denied = progress(stage.app(), &reader, id).await;
    assert!(matches!(denied, Err(Error::App(crate::Error::Denied(_)))));
    assert_eq!(progress(stage.app(), &edna, id).await.expect("an editor may").offset, 0);
    terminate(stage.app(), &edna, id).await.expect("an editor may");
    assert!(missing(progress(stage.app(), &stage.ada, id).await));
}

#[tokio::test]
async fn limits_are_told_before_a_byte_is_taken() {
    let stage = Stage::with(|parts| {
        parts.limits.upload_bytes_max = 10_000;
        parts.limits.show_bytes_max = 15_000;
    })
    .await;
    let begin = async |length| announce(stage.app(), &stage.ada, stage.announcement(length)).await;
    assert!(matches!(begin(0).await, Err(Error::Refused(Refusal::Empty))));
    assert!(matches!(begin(10_001).await, Err(Error::App(crate::Error::TooLarge(_)))));
    let id = begin(10_000).await.expect("it fits").id;
    assert!(matches!(begin(5_001).await, Err(Error::App(crate::Error::TooLarge(_)))), "what is pending counts");
    assert!(matches!(stage.send(id, 0, body(&recording(10_001))).await, Err(Error::TooLong { length: 10_000 })));
    assert_eq!(stage.offset(id).await, 0);
    stage.send(id, 0, body(&recording(10_000))).await.expect("it arrives");
    assert!(matches!(begin(5_001).await, Err(Error::App(crate::Error::TooLarge(_)))), "what is stored counts");
    begin(5_000).await.expect("it fits");

    let full = Stage::with(|parts| parts.limits.disk_reserve_bytes = u64::MAX).await;
    let refused = announce(full.app(), &full.ada, full.announcement(100)).await;
    assert!(matches!(refused, Err(Error::NoRoom)));
}

#[tokio::test]
async fn what_others_have_still_to_send_is_no_room() {
    let disk = rustix::fs::statvfs(std::env::temp_dir()).unwrap();
    let half = usize::try_from(disk.f_bavail.saturating_mul(disk.f_frsize) / 5 * 3).unwrap();
    let stage = Stage::with(|parts| {
        (parts.limits.upload_bytes_max, parts.limits.show_bytes_max) = (u64::MAX, u64::MAX);
    })
    .await;
    announce(stage.app(), &stage.ada, stage.announcement(half)).await.expect("one of them fits");
    let second = announce(stage.app(), &stage.ada, stage.announcement(half)).await;
    assert!(matches!(second, Err(Error::NoRoom)), "before a byte is taken: {second:?}");
    stage.house.clock.advance(SignedDuration::from_hours(2));
    announce(stage.app(), &stage.ada, stage.announcement(half)).await.expect("the first was given up, it seems");
}

#[tokio::test]
async fn who_comes_back_gets_the_seat_of_their_lost_line() {
    let stage = Stage::new().await;
    let sent = recording(20_000);
    let id = stage.announce(sent.len()).await;
    let seated = Notify::new();
    let silence = stream::once(async {
        seated.notify_one();
        std::future::pending().await
    });
    let lost = stage.send(id, 0, body(&sent[..4_000]).chain(silence));
    let back = async {
        seated.notified().await;
        let second = stage.send(id, 0, body(&sent)).await;
        assert!(matches!(second, Err(Error::Busy)), "{second:?}");
        stage.offset(id).await
    };
    let (lost, arrived) = tokio::join!(lost, back);
    assert!(matches!(lost, Err(Error::Busy)), "{lost:?}");
    assert_eq!(arrived, 4_000);
    stage.send(id, 4_000, body(&sent[4_000..])).await.expect("the seat is free");
    stage.only_source(&sent).await;
}

#[tokio::test]
async fn an_upload_that_is_left_alone_expires() {
    let stage = Stage::new().await;
    let id = stage.announce(9_000).await;
    stage.house.clock.advance(SignedDuration::from_hours(24 * LIFE_DAYS - 1));
    stage.send(id, 0, body(&recording(1_000))).await.expect("it is alive, and gets another life");
    stage.house.clock.advance(SignedDuration::from_hours(24 * LIFE_DAYS - 1));
    assert_eq!(stage.offset(id).await, 1_000);
    assert_eq!(tidy(stage.app()).await.expect("it tidies"), Tidied::default());
    stage.house.clock.advance(SignedDuration::from_hours(2));
    assert!(matches!(progress(stage.app(), &stage.ada, id).await, Err(Error::Expired)));
    assert!(matches!(stage.send(id, 1_000, body(b"x")).await, Err(Error::Expired)));
    assert_eq!(tidy(stage.app()).await.expect("it tidies"), Tidied { expired: 1, ..Tidied::default() });
    assert!(progress(stage.app(), &stage.ada, id).await.is_err());
    assert_eq!(stage.staged_files(), 0);
}

#[tokio::test]
async fn parts_are_joined_once() {
    let stage = Stage::new().await;
    let sent = recording(100_001);
    let parts = vec![
        stage.part(&sent[..40_000]).await,
        stage.part(&sent[40_000..40_001]).await,
        stage.part(&sent[40_001..]).await,
    ];
    let joining = Joining { parts: parts.clone(), target: stage.target() };
    let whole = join(stage.app(), &stage.ada, joining.clone()).await.expect("all is there");
    assert_eq!((whole.offset, whole.upload.parts.clone()), (100_001, parts.clone()));
    stage.only_source(&sent).await;
    let again = join(stage.app(), &stage.ada, joining).await.expect("it is done already");
    assert_eq!(again.upload.id, whole.upload.id);
    assert_eq!(stage.offset(parts[1]).await, 1, "who resumes after the last answer was lost finds the parts sent");
    let other = Joining { parts: parts[..2].to_vec(), target: stage.target() };
    assert!(join(stage.app(), &stage.ada, other).await.is_err(), "a part goes into one whole");
    assert!(matches!(stage.send(whole.upload.id, 100_001, body(b"x")).await, Err(Error::Final)));
    stage.only_source(&sent).await;
    assert_eq!(stage.staged_files(), 0);
}

#[tokio::test]
async fn parts_that_do_not_fit_together_are_not_joined() {
    let stage = Stage::new().await;
    let whole = stage.announce(100).await;
    let part = stage.part(&recording(100)).await;
    let partial = Announcement { partial: true, ..stage.announcement(100) };
    let unsent = announce(stage.app(), &stage.ada, partial).await.expect("it may begin").id;
    for parts in [vec![], vec![part, part], vec![part, unsent], vec![part, whole], vec![Id::from_bits(9)]] {
        let joining = Joining { parts, target: stage.target() };
        assert!(join(stage.app(), &stage.ada, joining).await.is_err());
    }
    let edna = stage.house.person("Edna", Role::Admin).await;
    let joining = Joining { parts: vec![part], target: stage.target() };
    assert!(join(stage.app(), &edna, joining).await.is_err(), "parts are their sender's own");
    assert_eq!(stage.offset(part).await, 100, "nothing was taken");
}

#[tokio::test]
async fn a_kill_between_the_last_byte_and_the_end_is_made_good() {
    let sent = recording(30_000);
    // The bytes are all there; the kill comes before, or after, the media store has them.
    for adopted in [false, true] {
        for tidied in [false, true] {
            let mut stage = Stage::new().await;
            let id = stage.announce(sent.len()).await;
            let staged = folder(stage.app()).join(id.to_string());
            std::fs::write(&staged, &sent).expect("the folder is ours");
            if adopted {
                stage.app().media.adopt(&complete::key(id), &staged).await.expect("it moves");
            }
            stage.house.restart();
            if tidied {
                assert_eq!(tidy(stage.app()).await.expect("it tidies"), Tidied { finished: 1, ..Tidied::default() });
            }
            let end = progress(stage.app(), &stage.ada, id).await.expect("it is finished");
            assert!(end.upload.finished_at.is_some() && end.upload.episode_id.is_some());
            stage.only_source(&sent).await;
            assert_eq!(tidy(stage.app()).await.expect("it tidies"), Tidied::default());
            assert_eq!(stage.staged_files(), 0);
        }
    }
}

#[tokio::test]
async fn what_belongs_to_nothing_is_swept() {
    let stage = Stage::new().await;
    let id = stage.announce(5_000).await;
    let staged = folder(stage.app()).join(id.to_string());
    std::fs::write(&staged, recording(5_000)).expect("the folder is ours");
    stage.app().media.adopt(&complete::key(id), &staged).await.expect("it moves");
    shows::delete(stage.app(), &stage.ada, stage.show.slug.as_str()).await.expect("it is theirs");
    assert_eq!(tidy(stage.app()).await.expect("it tidies"), Tidied { orphans: 1, ..Tidied::default() });
    assert!(stage.app().media.size(&complete::key(id)).await.is_err());
    assert_eq!(stage.staged_files(), 0);
}

/// What may happen to an upload.
#[derive(Debug, Clone)]
enum Step {
    Send(usize),
    SendChecked(usize),
    SendDamaged(usize),
    Break(usize),
    BreakChecked(usize),
    SendElsewhere(usize),
    Restart,
    Tidy,
}

fn step() -> impl Strategy<Value = Step> {
    let length = 1usize..40_000;
    prop_oneof![
        length.clone().prop_map(Step::Send),
        length.clone().prop_map(Step::SendChecked),
        length.clone().prop_map(Step::SendDamaged),
        length.clone().prop_map(Step::Break),
        length.clone().prop_map(Step::BreakChecked),
        length.prop_map(Step::SendElsewhere),
        Just(Step::Restart),
        Just(Step::Tidy),
    ]
}

async fn take_step(stage: &mut Stage, id: Id<Upload>, sent: &[u8], step: &Step) {
    let at = usize::try_from(stage.offset(id).await).expect("small");
    let until = |length: usize| sent.len().min(at + length);
    let plain = Chunk { id, offset: at as u64, length_bytes: None, checksum: None };
    let checked = |bytes: &[u8]| Chunk { checksum: Some(sha256(bytes)), ..plain.clone() };
    let (app, ada) = (stage.app(), &stage.ada);
    let kept = match *step {
        Step::Send(length) => {
            let sending = receive(app, ada, plain, body(&sent[at..until(length)])).await;
            sending.is_ok().then(|| until(length))
        }
        Step::SendChecked(length) => {
            let bytes = &sent[at..until(length)];
            receive(app, ada, checked(bytes), body(bytes)).await.is_ok().then(|| until(length))
        }
        Step::SendDamaged(length) => {
            let damaged = receive(app, ada, checked(b"other bytes"), body(&sent[at..until(length)])).await;
            damaged.is_err().then_some(at)
        }
        Step::Break(length) => {
            receive(app, ada, plain, broken(&sent[at..until(length)])).await.is_err().then(|| until(length))
        }
        Step::BreakChecked(length) => {
            let bytes = &sent[at..until(length)];
            receive(app, ada, checked(bytes), broken(bytes)).await.is_err().then_some(at)
        }
        Step::SendElsewhere(away) => {
            let elsewhere = Chunk { offset: (at + away) as u64, ..plain };
            receive(app, ada, elsewhere, body(b"x")).await.is_err().then_some(at)
        }
        Step::Restart => {
            stage.house.restart();
            Some(at)
        }
        Step::Tidy => tidy(app).await.is_ok().then_some(at),
    };
    let kept = kept.unwrap_or_else(|| panic!("{step:?} at {at} did not go as it should"));
    assert_eq!(stage.offset(id).await, kept as u64, "{step:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn whatever_happens_the_very_bytes_arrive(length in 1usize..120_000, steps in prop::collection::vec(step(), 0..8)) {
        let sent = recording(length.max(4));
        let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
        runtime.block_on(async {
            let mut stage = Stage::new().await;
            let id = stage.announce(sent.len()).await;
            for step in &steps {
                if stage.offset(id).await == sent.len() as u64 {
                    break;
                }
                take_step(&mut stage, id, &sent, step).await;
            }
            let at = usize::try_from(stage.offset(id).await).expect("small");
            if at < sent.len() {
                stage.send(id, at as u64, body(&sent[at..])).await.expect("the rest arrives");
            }
            stage.only_source(&sent).await;
        });
    }
}
