//! Scenes of rooms: plans and rights alone, and whole lives with a real stage beside the house.

use std::path::Path;
use std::sync::Arc;

use rostrum_domain::access::Caller;
use rostrum_domain::asset::AssetKind;
use rostrum_domain::episode::State;
use rostrum_domain::room::{Audience, ChatLine, Invite, OnEnd, RoomFacts, RoomState, StageRole};
use rostrum_domain::show::ShowFacts;
use rostrum_domain::user::{Member, Membership, Role};
use rostrum_domain::{Clock, Id, Ids, Timestamp};
use rostrum_live::event::Cue;
use rostrum_live::grant::Key;
use rostrum_stage::StageConfig;
use rostrum_store::episode::Page;
use rostrum_store::{asset, member, room};
use rostrum_wire::link::Client;
use rostrum_wire::stage::Told;
use rostrum_wire::{Shutdown, Sockets};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::grants::Asking;
use super::invites::NewInvite;
use super::talk::Bearer;
use super::*;
use crate::testing::{House, facts, work};
use crate::{Stage, episodes, feeds};

struct Wall;
impl Clock for Wall {
    #[expect(clippy::disallowed_methods, reason = "a stage runs in real time")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

struct Counted(std::sync::atomic::AtomicU64);
impl Ids for Counted {
    fn bytes(&self) -> [u8; 32] {
        let mut bytes = [7; 32];
        let next = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        bytes[..8].copy_from_slice(&next.to_le_bytes());
        bytes
    }
}

pub(crate) const KEY: Key = Key::new([9; 32]);

/// A real stage on a folder.
pub(crate) struct Station {
    stop: Shutdown,
    role: JoinHandle<()>,
}

impl Station {
    pub(crate) async fn start(data: &Path) -> Self {
        let config = StageConfig {
            rtc: "127.0.0.1:0".parse().unwrap(),
            public: None,
            shards: 1,
            live: data.join("live"),
            socket: Sockets::open(data).unwrap().stage(),
            key: KEY,
            clock: Arc::new(Wall),
            ids: Arc::new(Counted(0.into())),
        };
        let (stop, (ready, is_ready)) = (Shutdown::default(), tokio::sync::oneshot::channel());
        let stopped = stop.clone();
        let role = tokio::spawn(async move {
            rostrum_stage::run(config, stopped, |info| ready.send(info).unwrap()).await.unwrap();
        });
        is_ready.await.expect("the stage starts");
        Self { stop, role }
    }

    pub(crate) async fn end(self) {
        self.stop.begin();
        self.role.await.unwrap();
    }
}

/// A house whose stage will be in `data`.
pub(crate) async fn house_with_stage(data: &Path) -> House {
    let client = Client::new(Sockets::open(data).unwrap().stage(), "stage");
    House::with(|parts| {
        parts.stage = Some(Stage::new(client, KEY));
        parts.clock = Arc::new(Wall);
    })
    .await
}

/// Ada and her show with artwork, so that nothing blocks its episodes.
pub(crate) async fn ada_with_show(house: &House) -> Caller {
    let app = &*house.app;
    let ada = house.person("Ada", Role::Creator).await;
    let show_facts = ShowFacts { author: "Ada Lovelace".into(), ..facts("Talk") };
    let show = shows::create(app, &ada, show_facts).await.unwrap();
    let mut tx = app.store.write().await.unwrap();
    let new = crate::files::New { show: &show, episode: None, kind: AssetKind::Artwork, file_name: "a.jpg".into() };
    let art = new.put(app, bytes::Bytes::from_static(b"jpeg")).await.unwrap();
    asset::insert(&mut tx, &art).await.unwrap();
    show::update(&mut tx, &Show { artwork_id: Some(art.id), ..show }).await.unwrap();
    tx.commit().await.unwrap();
    ada
}

pub(crate) fn talk() -> RoomFacts {
    RoomFacts { title: "Friday talk".into(), description: "About *rivers*.".into(), ..RoomFacts::default() }
}

/// Waits until `look` gives something.
async fn eventually<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    for _ in 0..600 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("never: {what}")
}

async fn standing(app: &App, id: Id<Room>) -> Option<rostrum_wire::stage::Standing> {
    app.stage().unwrap().standing(id).await.ok()
}

fn code(error: Error) -> String {
    match error {
        Error::Refused { code, .. } => code,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_becomes_an_episode_whoever_was_away_meanwhile() {
    let data = tempfile::tempdir().unwrap();
    let mut house = house_with_stage(data.path()).await;
    let station = Station::start(data.path()).await;
    let ada = ada_with_show(&house).await;
    let made = create(&house.app, &ada, "talk", talk()).await.unwrap();
    let opened = life::open(&house.app, &ada, "friday-talk").await.unwrap();
    assert_eq!(opened.state, RoomState::GreenRoom);
    let live = life::go_live(&house.app, &ada, "friday-talk").await.unwrap();
    assert!(live.state == RoomState::Live && live.live_at.is_some());
    life::mark(&house.app, &ada, "friday-talk", ("Beginning".into(), Some(0))).await.unwrap();
    assert!(feed(&house.app).await.contains(r#"<podcast:liveItem status="live""#));
    let asking = Asking { guest: "secret", name: Some("Grace"), ..Asking::default() };
    let grace = grants::renew(&house.app, "friday-talk", &asking).await.unwrap();
    let bearer = Bearer { room: "friday-talk", grant: &grace.grant, from: "192.0.2.1" };
    let line = talk::say(&house.app, bearer, ("Hello", Some("k1"))).await.unwrap();
    let again = talk::say(&house.app, bearer, ("Hello", Some("k1"))).await.unwrap();
    assert_eq!(again, line, "sent again by one who heard no answer");
    assert!(matches!(talk::say(&house.app, bearer, ("Hello", Some(""))).await, Err(Error::Invalid(_))));
    let gone = talk::say(&house.app, bearer, ("Rude", None)).await.unwrap();
    let stage = house.app.stage().unwrap();
    moderate::remove_line(&house.app, &ada, ("friday-talk", gone)).await.unwrap();
    let own = talk::say_as(&house.app, (&ada, "Ada"), ("friday-talk", "Welcome")).await.unwrap();
    let words = Cue { who: None, from: 0, to: 96_000, text: "Good evening.".into() };
    stage.tell(made.id, Told::Cue(words)).await.unwrap();
    eventually("three chunks", async || standing(&house.app, made.id).await.filter(|now| now.chunks >= 3)).await;
    let ended = life::end(&house.app, &ada, "friday-talk").await.unwrap();
    assert_eq!(ended.state, RoomState::Ended);
    // Nobody followed until now, and the stage starts anew in between.
    station.end().await;
    let station = Station::start(data.path()).await;
    let stop = CancellationToken::new();
    let following = tokio::spawn(follow::run(Arc::clone(&house.app), stop.clone()));
    let (app, ada_ref) = (Arc::clone(&house.app), &ada);
    let id = eventually("an episode", async || get(&app, ada_ref, "friday-talk").await.unwrap().room.episode_id).await;
    let detail = episodes::get(&app, &ada, id).await.unwrap();
    assert_eq!((detail.episode.state, detail.episode.guid.as_str()), (State::Published, &*made.id.to_string()));
    assert_eq!(detail.episode.facts.notes, "About *rivers*.");
    let chapter = &detail.episode.facts.chapters[0];
    assert_eq!((chapter.start_ms, chapter.title.as_str()), (0, "Beginning"));
    let (lines, _) = messages(&app, &ada, "friday-talk", (None, 9)).await.unwrap();
    let seen: Vec<_> = lines.iter().map(|line| (line.id, line.text.as_str())).collect();
    assert_eq!(seen, [(own, "Welcome"), (line, "Hello")]);
    let cues = crate::transcripts::cues(&app, &detail.assets).await.unwrap();
    assert_eq!(cues.iter().map(|cue| (cue.end_ms, cue.text.as_str())).collect::<Vec<_>>(), [(2000, "Good evening.")]);
    chat_beside(&app, &ada, line).await;
    for file in &detail.assets {
        let stored = app.media.size(&file.key).await.unwrap();
        assert_eq!(i64::try_from(stored), Ok(file.bytes), "{:?}", file.kind);
    }
    eventually("it is forgotten", async || standing(&app, made.id).await.is_none().then_some(())).await;
    stop.cancel();
    following.await.unwrap();
    let feed = feed(&app).await;
    assert!(feed.contains("<item>") && feed.contains("Friday talk") && !feed.contains("liveItem"), "{feed}");
    let playlist = replay::playlist(&app, ("talk", "friday-talk"), "index.m3u8").await.unwrap();
    assert!(playlist.contains("mp4a.40.2") && playlist.contains("aac.m3u8"), "{playlist}");
    let aac = replay::playlist(&app, ("talk", "friday-talk"), "aac.m3u8").await.unwrap();
    let fragments = detail.assets.iter().find(|file| file.kind == AssetKind::AacFragments).unwrap();
    assert!(
        aac.contains(&fragments.path())
            && aac.ends_with(
                "#EXT-X-ENDLIST
"
            ),
        "{aac}"
    );
    finer_files(&mut house, &ada, id).await;
    station.end().await;
}

/// What was written comes again beside the episode, until somebody who may takes it out.
async fn chat_beside(app: &App, ada: &Caller, line: Id<ChatLine>) {
    let texts = async || {
        let lines = replay::chat(app, ("talk", "friday-talk")).await.unwrap();
        lines.into_iter().map(|line| line.text).collect::<Vec<_>>()
    };
    assert_eq!(texts().await, ["Hello", "Welcome"]);
    let eve = Caller { user_id: Id::from_bits(1), ..ada.clone() };
    let refused = moderate::remove_line(app, &eve, ("friday-talk", line)).await;
    assert!(matches!(refused, Err(Error::Missing("room"))), "{refused:?}");
    moderate::remove_line(app, ada, ("friday-talk", line)).await.unwrap();
    assert_eq!(texts().await, ["Welcome"]);
    let again = moderate::remove_line(app, ada, ("friday-talk", line)).await;
    assert!(matches!(again, Err(Error::Missing("line"))), "{again:?}");
    let mute = moderate::Standing { muted: Some(true), ..moderate::Standing::default() };
    let over = moderate::change(app, ada, ("friday-talk", Id::from_bits(1)), mute).await;
    assert!(matches!(over, Err(Error::Conflict(_))), "{over:?}");
}

async fn feed(app: &App) -> String {
    let page = feeds::page(app, "talk", 1, "/s.css").await.unwrap();
    String::from_utf8_lossy(&page.xml).into_owned()
}

/// The worker's part: an M4A and an Ogg Opus that decode to the same length, and digests of everything.
async fn finer_files(house: &mut House, ada: &Caller, id: Id<rostrum_domain::episode::Episode>) {
    let before = episodes::get(&house.app, ada, id).await.unwrap().assets;
    assert!(work(&house.app).await > 0);
    let after = episodes::get(&house.app, ada, id).await.unwrap().assets;
    assert!(after.iter().all(|file| file.sha256.len() == 64), "{after:?}");
    let of = |assets: &[rostrum_domain::asset::Asset], kind| assets.iter().find(|file| file.kind == kind).cloned();
    let fragments = of(&after, AssetKind::AacFragments).unwrap();
    assert_eq!(of(&before, AssetKind::M4a).unwrap().key, fragments.key);
    for (kind, codec) in [
        (AssetKind::Mp3, rostrum_media::Codec::Mp3),
        (AssetKind::M4a, rostrum_media::Codec::Aac),
        (AssetKind::Opus, rostrum_media::Codec::Opus),
    ] {
        let file = of(&after, kind).unwrap();
        assert_ne!(file.key, fragments.key);
        let unpacked = crate::renditions::unpack(&house.app, codec, &file.key).await.unwrap();
        assert_eq!(i64::try_from(unpacked.stream.duration_ms()), Ok(fragments.duration_ms), "{kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_is_finished_once_however_often_that_is_tried() {
    let data = tempfile::tempdir().unwrap();
    let house = house_with_stage(data.path()).await;
    let station = Station::start(data.path()).await;
    let (app, ada) = (&*house.app, ada_with_show(&house).await);
    let facts = RoomFacts { on_end: OnEnd::Draft, ..talk() };
    let id = create(app, &ada, "talk", facts).await.unwrap().id;
    life::go_live(app, &ada, "friday-talk").await.unwrap();
    eventually("a chunk", async || standing(app, id).await.filter(|now| now.chunks >= 1)).await;
    life::end(app, &ada, "friday-talk").await.unwrap();
    let over = eventually("its files are closed", async || {
        let now = standing(app, id).await?;
        app.stage().unwrap().seal(id, bytes::Bytes::new()).await.ok().map(|_| now)
    })
    .await;
    let (one, other) = tokio::join!(finish::finish(app, &over), finish::finish(app, &over));
    assert!(one.is_ok() || other.is_ok(), "{one:?} {other:?}");
    let again = finish::finish(app, &over).await.unwrap();
    let (_, all, count) = listed_episodes(app, &ada).await;
    assert_eq!((count, again), (1, Some(all[0].id)));
    assert_eq!(all[0].state, State::Draft);
    episodes::delete(app, &ada, all[0].id).await.unwrap();
    assert_eq!(finish::finish(app, &over).await.unwrap(), None, "what was deleted is not made again");
    assert_eq!(listed_episodes(app, &ada).await.2, 0);
    station.end().await;
}

async fn listed_episodes(app: &App, ada: &Caller) -> (Show, Vec<rostrum_domain::episode::Episode>, i64) {
    episodes::list(app, ada, "talk", Page { limit: 9, offset: 0 }).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_green_room_that_never_went_on_air_leaves_no_episode() {
    let data = tempfile::tempdir().unwrap();
    let house = house_with_stage(data.path()).await;
    let (app, ada) = (Arc::clone(&house.app), ada_with_show(&house).await);
    let id = create(&app, &ada, "talk", talk()).await.unwrap().id;
    let away = life::open(&app, &ada, "friday-talk").await.unwrap_err();
    assert!(matches!(away, Error::Away(..)), "{away:?}");
    let station = Station::start(data.path()).await;
    life::open(&app, &ada, "friday-talk").await.unwrap();
    life::open(&app, &ada, "friday-talk").await.expect("it is open already");
    assert!(matches!(delete(&app, &ada, "friday-talk").await, Err(Error::Conflict(_))));
    let wider = Change { facts: RoomFacts { seats: 20, ..talk() }, slug: None, version: None };
    assert!(matches!(update(&app, &ada, "friday-talk", wider).await, Err(Error::Conflict(_))));
    life::end(&app, &ada, "friday-talk").await.unwrap();
    let stop = CancellationToken::new();
    let following = tokio::spawn(follow::run(Arc::clone(&app), stop.clone()));
    eventually("it is finished", async || {
        let mut tx = app.store.read().await.unwrap();
        room::is_finished(&mut tx, id).await.unwrap().then_some(())
    })
    .await;
    assert_eq!(listed_episodes(&app, &ada).await.2, 0);
    delete(&app, &ada, "friday-talk").await.expect("it is over");
    stop.cancel();
    following.await.unwrap();
    station.end().await;
}

#[tokio::test]
async fn grants_follow_the_show_the_invitation_and_the_name() {
    let data = tempfile::tempdir().unwrap();
    let house = house_with_stage(data.path()).await;
    let (app, ada) = (&*house.app, ada_with_show(&house).await);
    create(app, &ada, "talk", RoomFacts { audience: Audience::Private, ..talk() }).await.unwrap();
    let bob = house.person("Bob", Role::Creator).await;
    let ask = async |asking: Asking<'_>| grants::renew(app, "friday-talk", &asking).await;
    let host = ask(Asking { signed: Some((&ada, "Ada")), ..Asking::default() }).await.unwrap();
    assert_eq!((host.role, host.name.as_str()), (StageRole::Host, "Ada"));
    let again = ask(Asking { signed: Some((&ada, "Ada")), ..Asking::default() }).await.unwrap();
    assert_eq!(host.participant, again.participant, "the same person over renewals");
    let stranger = ask(Asking { signed: Some((&bob, "Bob")), ..Asking::default() }).await;
    assert!(matches!(stranger, Err(Error::Missing("room"))));
    let show = shows::get(app, &ada, "talk").await.unwrap();
    let mut tx = app.store.write().await.unwrap();
    let looks = Member { show_id: show.id, user_id: bob.user_id, membership: Membership::Viewer };
    member::set(&mut tx, looks).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(ask(Asking { signed: Some((&bob, "Bob")), ..Asking::default() }).await.unwrap().role, StageRole::CoHost);
    let guest = |secret, name, invite| Asking { guest: secret, name: Some(name), invite, ..Asking::default() };
    assert!(matches!(ask(guest("g", "Grace", None)).await, Err(Error::Missing("room"))));
    let new = NewInvite { role: StageRole::Speaker, label: "Grace".into(), once: true, hours: 2 };
    let (kept, link) = invites::make(app, &ada, "friday-talk", new).await.unwrap();
    let secret = link.reveal().split_once("?invite=").unwrap().1.to_owned();
    assert!(link.reveal().starts_with("http://127.0.0.1:8080/rooms/friday-talk/studio?invite="));
    let like_ada = ask(guest("g", "Ada L0velace", Some(&secret))).await.unwrap_err();
    assert!(matches!(like_ada, Error::Invalid(_)), "{like_ada:?}");
    let grace = ask(guest("g", "Grace", Some(&secret))).await.unwrap();
    assert_eq!(grace.role, StageRole::Speaker);
    assert_eq!(ask(guest("g", "Grace", Some(&secret))).await.unwrap().participant, grace.participant);
    assert_eq!(code(ask(guest("other", "Eve", Some(&secret))).await.unwrap_err()), "invite_used");
    assert_eq!(code(ask(guest("g", "Grace", Some("x"))).await.unwrap_err()), "invite_unknown");
    let nobody: Id<Invite> = Id::from_bits(1);
    assert!(matches!(invites::revoke(app, &ada, "friday-talk", nobody).await, Err(Error::Missing(_))));
    invites::revoke(app, &ada, "friday-talk", kept.id).await.unwrap();
    assert_eq!(code(ask(guest("g", "Grace", Some(&secret))).await.unwrap_err()), "invite_revoked");
    let host = NewInvite { role: StageRole::Host, label: String::new(), once: true, hours: 2 };
    assert!(matches!(invites::make(app, &ada, "friday-talk", host).await, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn who_does_not_edit_the_show_plans_nothing() {
    let house = House::new().await;
    let (app, ada) = (&*house.app, ada_with_show(&house).await);
    let eve = house.person("Eve", Role::Creator).await;
    assert!(matches!(create(app, &eve, "talk", talk()).await, Err(Error::Missing("show"))));
    let first = create(app, &ada, "talk", talk()).await.unwrap();
    let second = create(app, &ada, "talk", talk()).await.unwrap();
    assert_eq!((first.slug.as_str(), second.slug.as_str()), ("friday-talk", "friday-talk-2"));
    for refused in [
        get(app, &eve, "friday-talk").await.map(drop),
        delete(app, &eve, "friday-talk").await,
        life::open(app, &eve, "friday-talk").await.map(drop),
        invites::list(app, &eve, "friday-talk").await.map(drop),
        participants(app, &eve, "friday-talk").await.map(drop),
    ] {
        assert!(matches!(refused, Err(Error::Missing("room"))), "{refused:?}");
    }
    let change = Change { facts: talk(), slug: Some(second.slug.clone()), version: None };
    assert!(matches!(update(app, &ada, "friday-talk", change).await, Err(Error::Invalid(_))));
    let stale = Change { facts: RoomFacts { seats: 3, ..talk() }, slug: None, version: Some(9) };
    assert!(matches!(update(app, &ada, "friday-talk", stale).await, Err(Error::Conflict(_))));
    let wanted = Wanted { show: None, state: Some(RoomState::Scheduled) };
    assert_eq!(page(app, &ada, &wanted, Page { limit: 1, offset: 0 }).await.unwrap().1, 2);
    assert_eq!(page(app, &eve, &wanted, Page { limit: 1, offset: 0 }).await.unwrap().1, 0);
    delete(app, &ada, "friday-talk").await.unwrap();
    assert!(matches!(get(app, &ada, "friday-talk").await, Err(Error::Missing("room"))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_encoder_with_the_key_opens_its_planned_room() {
    let data = tempfile::tempdir().unwrap();
    let house = house_with_stage(data.path()).await;
    let station = Station::start(data.path()).await;
    let (app, ada) = (&*house.app, ada_with_show(&house).await);
    let id = create(app, &ada, "talk", talk()).await.unwrap().id;
    let setup = ingest::show(app, &ada, "friday-talk").await.unwrap();
    assert_eq!((setup.mount.as_str(), setup.user), ("/ingest/friday-talk", "source"));
    let stranger = house.person("Eve", Role::Creator).await;
    assert!(matches!(ingest::show(app, &stranger, "friday-talk").await, Err(Error::Missing("room"))));
    let wrong = ingest::open(app, "friday-talk", "hackme").await;
    assert!(matches!(wrong, Err(Error::Unauthenticated(_))), "{wrong:?}");
    assert!(matches!(ingest::open(app, "nowhere", "hackme").await, Err(Error::Missing("room"))));
    let key = setup.key.reveal();
    assert_eq!(ingest::open(app, "friday-talk", key).await.unwrap(), id);
    assert_eq!(standing(app, id).await.unwrap().state, RoomState::Live);
    assert_eq!(ingest::open(app, "friday-talk", key).await.unwrap(), id, "it is open already");
    life::end(app, &ada, "friday-talk").await.unwrap();
    assert!(matches!(ingest::open(app, "friday-talk", key).await, Err(Error::Conflict(_))));
    station.end().await;
}
