//! Scenes of rooms for the conformance suite: their life, who is invited, what the journal tells.

use rostrum_domain::Id;
use rostrum_domain::episode::State;
use rostrum_domain::room::{Audience, Badge, Room, RoomFacts, RoomState, StageRole};

use crate::episode::Page;
use crate::room::Filter;
use crate::room_log::{Line, Marker, Person};
use crate::suite::{a_show, an_episode, at, on_both};
use crate::{StoreError, Tx, episode, invite, room, room_copy, room_log, show};

fn a_room(number: u128, starts: Option<i64>) -> Room {
    Room {
        id: Id::from_bits(500 + number),
        show_id: a_show().id,
        slug: format!("r{number}").parse().expect("letters and digits are a slug"),
        facts: RoomFacts { title: format!("Room {number}"), starts_at: starts.map(at), ..RoomFacts::default() },
        state: RoomState::Scheduled,
        live_at: None,
        ended_at: None,
        peak: 0,
        episode_id: None,
        created_at: at(1),
        updated_at: at(1),
        version: 1,
    }
}

async fn with_show(tx: &mut Tx) {
    show::insert(tx, &a_show()).await.expect("the table is empty");
}

#[tokio::test]
async fn every_statement_of_rooms_prepares() {
    on_both(|store| async move {
        for sql in [room::STATEMENTS, invite::STATEMENTS, room_log::STATEMENTS, room_copy::STATEMENTS].concat() {
            let mut tx = store.write().await.expect("a transaction begins");
            tx.prepare(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        }
    })
    .await;
}

#[tokio::test]
async fn a_room_is_found_changed_and_listed() {
    on_both(|store| async move {
        let mut tx = store.write().await.expect("a transaction begins");
        with_show(&mut tx).await;
        for (number, starts) in [(1, Some(100)), (2, Some(50)), (3, None)] {
            room::insert(&mut tx, &a_room(number, starts)).await.expect("it is new");
        }
        let mut first = room::find(&mut tx, "r1").await.expect("it reads").expect("it is there");
        assert_eq!(first, a_room(1, Some(100)));
        assert_eq!(room::get(&mut tx, first.id).await.expect("it reads"), Some(first.clone()));
        first.facts.audience = Audience::Unlisted;
        room::update(&mut tx, &first).await.expect("the version fits");
        assert!(matches!(room::update(&mut tx, &first).await, Err(StoreError::Stale)));
        let third = Room { state: RoomState::Live, live_at: Some(at(60)), ..a_room(3, None) };
        room::set_state(&mut tx, &third).await.expect("it is there");
        let ids = |rooms: Vec<Room>| rooms.into_iter().map(|room| room.id.bits() - 500).collect::<Vec<_>>();
        let (rooms, count) =
            room::page(&mut tx, Filter::default(), Page { limit: 9, offset: 0 }).await.expect("it reads");
        assert_eq!((ids(rooms), count), (vec![3, 2, 1], 3), "on air first, then by time");
        let live = Filter { show: Some(a_show().id), state: Some(RoomState::Live), member: None };
        assert_eq!(room::page(&mut tx, live, Page { limit: 9, offset: 0 }).await.expect("it reads").1, 1);
        let strangers = Filter { member: Some(Id::from_bits(9)), ..Filter::default() };
        assert_eq!(room::page(&mut tx, strangers, Page { limit: 9, offset: 0 }).await.expect("it reads").1, 0);
        assert_eq!(ids(room::listed(&mut tx, None, (at(10), 9)).await.expect("it reads")), [3, 2]);
        assert_eq!(ids(room::dated(&mut tx, a_show().id, at(1)).await.expect("it reads")), [2]);
        assert_eq!(ids(room::open(&mut tx).await.expect("it reads")), [3]);
        assert_eq!(room::revision(&mut tx, a_show().id).await.expect("it reads").count, 3);
        drop(tx);
        let mut tx = store.write().await.expect("a transaction begins");
        with_show(&mut tx).await;
        room::insert(&mut tx, &a_room(1, None)).await.expect("it is new");
        let twin = Room { id: Id::from_bits(999), ..a_room(1, None) };
        assert!(matches!(room::insert(&mut tx, &twin).await, Err(StoreError::Taken)));
    })
    .await;
}

#[tokio::test]
async fn a_room_is_finished_once() {
    on_both(|store| async move {
        let mut tx = store.write().await.expect("a transaction begins");
        with_show(&mut tx).await;
        let mut made = a_room(1, None);
        room::insert(&mut tx, &made).await.expect("it is new");
        episode::insert(&mut tx, &an_episode(1, State::Draft, None)).await.expect("it is new");
        let episode = an_episode(1, State::Draft, None).id;
        let finish = (Some(episode), at(9));
        assert!(matches!(room::finish(&mut tx, made.id, finish).await, Err(StoreError::Stale)), "it has not ended");
        made = Room { state: RoomState::Ended, live_at: Some(at(2)), ended_at: Some(at(3)), ..made };
        room::set_state(&mut tx, &made).await.expect("it is there");
        assert_eq!(room::unfinished(&mut tx).await.expect("it reads").len(), 1);
        let over = room::over(&mut tx, a_show().id, at(2)).await.expect("it reads");
        assert_eq!(over.iter().map(|room| room.id).collect::<Vec<_>>(), [made.id]);
        assert_eq!(room::over(&mut tx, a_show().id, at(3)).await.expect("it reads"), []);
        room::finish(&mut tx, made.id, finish).await.expect("it has ended");
        assert!(matches!(room::finish(&mut tx, made.id, finish).await, Err(StoreError::Stale)), "only once");
        let of = room::of_episode(&mut tx, episode).await.expect("it reads").expect("it is there");
        assert_eq!((of.id, of.ended_at), (made.id, Some(at(3))));
        episode::delete(&mut tx, &an_episode(1, State::Draft, None)).await.expect("it is there");
        let left = room::get(&mut tx, made.id).await.expect("it reads").expect("it stays");
        assert_eq!(left.episode_id, None);
        assert_eq!(room::unfinished(&mut tx).await.expect("it reads"), [], "a deleted episode is not made again");
        room::delete(&mut tx, &left).await.expect("the version fits");
    })
    .await;
}

#[tokio::test]
async fn entries_are_taken_in_once_and_in_order() {
    on_both(|store| async move {
        let mut tx = store.write().await.expect("a transaction begins");
        with_show(&mut tx).await;
        let id = a_room(1, None).id;
        room::insert(&mut tx, &a_room(1, None)).await.expect("it is new");
        room::took_in(&mut tx, id, (0, 7)).await.expect("these are the first");
        assert!(matches!(room::took_in(&mut tx, id, (0, 9)).await, Err(StoreError::Stale)));
        assert_eq!(room::entries(&mut tx, id).await.expect("it reads"), Some(7));
        room::raise_peak(&mut tx, id, 5).await.expect("it writes");
        room::raise_peak(&mut tx, id, 3).await.expect("it writes");
        assert_eq!(room::get(&mut tx, id).await.expect("it reads").expect("it is there").peak, 5);
    })
    .await;
}

#[tokio::test]
async fn an_invitation_for_one_is_for_one() {
    on_both(|store| async move {
        let mut tx = store.write().await.expect("a transaction begins");
        with_show(&mut tx).await;
        let room = a_room(1, None);
        room::insert(&mut tx, &room).await.expect("it is new");
        let made = invite::Kept {
            id: Id::from_bits(700),
            room_id: room.id,
            role: StageRole::Speaker,
            label: "Grace".into(),
            once: true,
            used_by: None,
            uses: 0,
            created_at: at(1),
            expires_at: at(100),
            revoked_at: None,
        };
        invite::insert(&mut tx, &made, "digest").await.expect("it is new");
        assert_eq!(invite::by_secret(&mut tx, "digest").await.expect("it reads"), Some(made.clone()));
        let (grace, eve) = (Id::from_bits(1), Id::from_bits(2));
        assert!(invite::used(&mut tx, made.id, grace).await.expect("it writes"));
        assert!(!invite::used(&mut tx, made.id, eve).await.expect("it writes"), "somebody has used it");
        assert!(invite::used(&mut tx, made.id, grace).await.expect("it writes"), "she may come back");
        let now = invite::get(&mut tx, made.id).await.expect("it reads").expect("it is there");
        assert_eq!((now.used_by, now.uses), (Some(grace), 1), "one person");
        invite::revoke(&mut tx, (room.id, made.id), at(5)).await.expect("it stands");
        assert!(matches!(invite::revoke(&mut tx, (room.id, made.id), at(6)).await, Err(StoreError::Stale)));
        assert!(!invite::used(&mut tx, made.id, grace).await.expect("it writes"), "it was taken back");
        assert_eq!(invite::of_room(&mut tx, room.id).await.expect("it reads").len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_was_said_and_marked_is_kept_once() {
    on_both(|store| async move {
        let mut tx = store.write().await.expect("a transaction begins");
        with_show(&mut tx).await;
        let room = a_room(1, None).id;
        room::insert(&mut tx, &a_room(1, None)).await.expect("it is new");
        let (who, role) = (Id::from_bits(1), StageRole::Listener);
        let ada = Person { id: who, user: None, name: "Ada".into(), role, here: true };
        room_log::put_person(&mut tx, room, &ada).await.expect("it is new");
        room_log::set_role(&mut tx, (room, who), StageRole::Speaker).await.expect("it writes");
        room_log::set_here(&mut tx, (room, who), false).await.expect("it writes");
        let known = room_log::person(&mut tx, room, who).await.expect("it reads").expect("she was here");
        assert_eq!((known.role, known.here), (StageRole::Speaker, false));
        room_log::put_person(&mut tx, room, &ada).await.expect("she comes back");
        room_log::empty(&mut tx, room).await.expect("it writes");
        assert!(!room_log::people(&mut tx, room).await.expect("it reads")[0].here);
        let line = |number: u128, text: &str| Line {
            id: Id::from_bits(number),
            at: 48_000,
            who,
            user: None,
            name: "Ada".into(),
            badge: Badge::Guest,
            text: text.into(),
        };
        for (number, text) in [(1, "one"), (2, "two"), (3, "three"), (3, "again")] {
            room_log::put_line(&mut tx, room, &line(number, text)).await.expect("it writes");
        }
        assert!(room_log::remove_line(&mut tx, room, Id::from_bits(2)).await.expect("it writes"));
        assert!(!room_log::remove_line(&mut tx, room, Id::from_bits(2)).await.expect("it writes"), "it is gone");
        room_log::put_line(&mut tx, room, &line(2, "two")).await.expect("it writes nothing");
        let (lines, count) = room_log::lines(&mut tx, room, (None, 9)).await.expect("it reads");
        assert_eq!((lines, count), (vec![line(3, "three"), line(1, "one")], 2));
        let (rest, _) = room_log::lines(&mut tx, room, (Some(Id::from_bits(3)), 9)).await.expect("it reads");
        assert_eq!(rest, [line(1, "one")]);
        let early = Line { at: 0, ..line(9, "before") };
        room_log::put_line(&mut tx, room, &early).await.expect("it is new");
        let replay = room_log::replay(&mut tx, room, (1, 9)).await.expect("it reads");
        assert_eq!(replay, [line(1, "one"), line(3, "three")], "in order, without what was written before");
        let marker = Marker { at: 96_000, title: "News".into() };
        room_log::put_marker(&mut tx, room, &marker).await.expect("it is new");
        room_log::put_marker(&mut tx, room, &marker).await.expect("it writes nothing");
        assert_eq!(room_log::markers(&mut tx, room).await.expect("it reads"), [marker]);
    })
    .await;
}

#[tokio::test]
async fn parts_of_copies_wait_once_until_they_are_used_or_refused() {
    on_both(|store| async move {
        let mut tx = store.write().await.expect("a transaction begins");
        with_show(&mut tx).await;
        let room = a_room(1, None);
        room::insert(&mut tx, &room).await.expect("it is new");
        let part = |n: u128| room_copy::Part { key: format!("part {n}"), who: Id::from_bits(n), bytes: 7 };
        for (n, second) in [(2, 5), (1, 6), (2, 7)] {
            room_copy::insert(&mut tx, room.id, (&part(n), at(second))).await.expect("it fits");
        }
        assert_eq!(room_copy::of_room(&mut tx, room.id).await.expect("it reads"), [part(2), part(1)]);
        room_copy::forget(&mut tx, "part 2").await.expect("it is there");
        assert_eq!(room_copy::of_room(&mut tx, room.id).await.expect("it reads"), [part(1)]);
        assert!(!room_copy::is_closed(&mut tx, room.id).await.expect("it reads"));
        room_copy::close(&mut tx, room.id).await.expect("it is there");
        assert!(room_copy::is_closed(&mut tx, room.id).await.expect("it reads"));
    })
    .await;
}
