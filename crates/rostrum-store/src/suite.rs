//! The conformance suite: every statement is prepared, and the same scenes are played, on both databases.
//! Postgres takes part when `ROSTRUM_TEST_POSTGRES` holds the address of a server on which databases may be made.

use std::future::Future;

use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::episode::{Episode, EpisodeFacts, State};
use rostrum_domain::job::{Job, JobState};
use rostrum_domain::show::{Show, ShowFacts};
use rostrum_domain::{Id, Secret, Timestamp};

use crate::{Store, StoreError, asset, db, encoding, episode, finding, job, member, portrait, show, upload};

/// Plays a scene on a fresh, migrated SQLite database and, if there is a server, on a fresh Postgres one.
pub(crate) async fn on_both<F: Future<Output = ()>>(scene: impl Fn(Store) -> F) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let url = Secret::new(format!("sqlite:{}", folder.path().join("test.db").display()));
    let store = Store::open(&url).await.expect("the file can be made");
    store.migrate().await.expect("the migrations fit SQLite");
    scene(store.clone()).await;
    store.close().await;
    if let Ok(server) = std::env::var("ROSTRUM_TEST_POSTGRES") {
        let url = db::fresh_database(&server).await;
        let store = Store::open(&url).await.expect("the server answers");
        store.migrate().await.expect("the migrations fit Postgres");
        scene(store.clone()).await;
        store.close().await;
    } else {
        whole();
    }
}

/// Where all servers are promised, none may be missing.
pub(crate) fn whole() {
    assert!(std::env::var_os("ROSTRUM_TEST_WHOLE").is_none(), "a server that this run needs is not there");
}

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("small numbers are times")
}

pub(crate) fn a_show() -> Show {
    Show {
        id: Id::from_bits(10),
        slug: "friday".parse().expect("a plain word is a slug"),
        guid: "9b024349-ccf0-5f69-a609-6b82873eab3c".into(),
        facts: ShowFacts { title: "Friday".into(), ..ShowFacts::default() },
        artwork_id: None,
        created_at: at(1),
        updated_at: at(1),
        version: 1,
    }
}

pub(crate) fn an_episode(number: u128, state: State, published: Option<i64>) -> Episode {
    Episode {
        id: Id::from_bits(100 + number),
        show_id: a_show().id,
        slug: format!("e{number}").parse().expect("letters and digits are a slug"),
        guid: format!("guid-{number}"),
        state,
        published_at: published.map(at),
        facts: EpisodeFacts { title: format!("Episode {number}"), ..EpisodeFacts::default() },
        created_at: at(number as i64),
        updated_at: at(2),
        version: 1,
    }
}

/// A file of a show that belongs to no episode.
pub(crate) fn a_picture(number: u128) -> Asset {
    Asset {
        id: Id::from_bits(2000 + number),
        show_id: a_show().id,
        episode_id: None,
        kind: AssetKind::Portrait,
        key: format!("p{number}"),
        file_name: "portrait.jpg".into(),
        bytes: 7,
        sha256: "00".into(),
        duration_ms: 0,
        bitrate: 0,
        loudness_lufs: None,
        created_at: at(1),
    }
}

fn a_job(number: u128, priority: i64, run_at: i64) -> Job {
    Job {
        id: Id::from_bits(1000 + number),
        kind: "transcode".into(),
        payload: "{}".into(),
        show_id: None,
        episode_id: None,
        state: JobState::Ready,
        priority,
        attempts: 0,
        run_at: at(run_at),
        lease_until: None,
        error: None,
        created_at: at(1),
        finished_at: None,
    }
}

#[tokio::test]
async fn every_statement_prepares() {
    on_both(|store| async move {
        let modules = [show::STATEMENTS, member::STATEMENTS, episode::STATEMENTS, asset::STATEMENTS, job::STATEMENTS];
        let more = [upload::STATEMENTS, encoding::STATEMENTS, portrait::STATEMENTS, finding::STATEMENTS];
        let edits = [crate::edit::STATEMENTS, crate::former::STATEMENTS];
        let search = [crate::search::statements(store.dialect())];
        for sql in modules.iter().chain(&more).chain(&edits).chain(&search).copied().flatten() {
            let mut tx = store.write().await.expect("a transaction begins");
            tx.prepare(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        }
    })
    .await;
}

#[tokio::test]
async fn migrating_twice_changes_nothing_and_newer_is_refused() {
    on_both(|store| async move {
        store.migrate().await.expect("nothing is left to do");
        db::pretend_newer(&store).await;
        assert!(matches!(store.migrate().await, Err(StoreError::Newer { found: 9999, .. })));
    })
    .await;
}

#[tokio::test]
async fn a_show_is_kept_and_guarded_by_its_version() {
    on_both(|store| async move {
        let mut tx = store.write().await.expect("a transaction begins");
        let mut friday = a_show();
        show::insert(&mut tx, &friday).await.expect("the table is empty");
        assert_eq!(show::find(&mut tx, "friday").await.expect("it reads"), Some(friday.clone()));
        tx.commit().await.expect("it commits");

        let mut tx = store.write().await.expect("a transaction begins");
        friday.facts.title = "Saturday".into();
        show::update(&mut tx, &friday).await.expect("the version fits");
        assert!(matches!(show::update(&mut tx, &friday).await, Err(StoreError::Stale)));
        tx.commit().await.expect("it commits");

        let mut tx = store.write().await.expect("a transaction begins");
        let twin = Show { id: Id::from_bits(11), guid: "other".into(), ..a_show() };
        assert!(matches!(show::insert(&mut tx, &twin).await, Err(StoreError::Taken)));
    })
    .await;
}

#[tokio::test]
async fn a_dropped_transaction_leaves_no_trace() {
    on_both(|store| async move {
        let mut tx = store.write().await.expect("a transaction begins");
        show::insert(&mut tx, &a_show()).await.expect("the table is empty");
        drop(tx);
        let mut tx = store.read().await.expect("a transaction begins");
        assert_eq!(show::list(&mut tx).await.expect("it reads"), vec![]);
    })
    .await;
}

#[tokio::test]
async fn episodes_are_listed_by_state_and_date() {
    on_both(|store| async move {
        let mut tx = store.write().await.expect("a transaction begins");
        show::insert(&mut tx, &a_show()).await.expect("the table is empty");
        for (number, state, published) in [
            (1, State::Published, Some(10)),
            (2, State::Draft, None),
            (3, State::Published, Some(30)),
            (4, State::Scheduled, Some(50)),
            (5, State::Scheduled, Some(70)),
        ] {
            episode::insert(&mut tx, &an_episode(number, state, published)).await.expect("each is new");
        }
        let page = episode::Page { limit: 10, offset: 0 };
        let published = episode::published(&mut tx, a_show().id, page).await.expect("it reads");
        assert_eq!(published.iter().map(|e| e.slug.as_str()).collect::<Vec<_>>(), ["e3", "e1"]);
        assert_eq!(episode::count(&mut tx, a_show().id).await.expect("it counts"), 5);
        assert_eq!(episode::next_due(&mut tx, at(49)).await.expect("it reads"), Some(at(50)));
        assert_eq!(episode::next_due(&mut tx, at(50)).await.expect("it reads"), Some(at(70)));
        let due = episode::due(&mut tx, at(60), 0).await.expect("it reads");
        assert_eq!(due, [Id::from_bits(104)]);
        let due = episode::due(&mut tx, at(70), 1).await.expect("it reads");
        assert_eq!(due, [Id::from_bits(105)]);
        let revision = episode::revision(&mut tx, a_show().id).await.expect("it reads");
        for _ in 0..2 {
            let before = episode::revision(&mut tx, a_show().id).await.expect("it reads");
            episode::touch(&mut tx, published[0].id, at(1)).await.expect("it is there");
            let after = episode::revision(&mut tx, a_show().id).await.expect("it reads");
            assert_ne!(after, before, "other files, though the clock was set back");
        }
        assert_eq!(revision.count, 2);
        let twin = Episode { id: Id::from_bits(999), slug: "new".parse().expect("a slug"), ..published[0].clone() };
        assert!(matches!(episode::insert(&mut tx, &twin).await, Err(StoreError::Taken)), "the guid is taken");
    })
    .await;
}

#[tokio::test]
async fn an_episode_has_one_current_file_of_a_kind() {
    on_both(|store| async move {
        let mut tx = store.write().await.expect("a transaction begins");
        show::insert(&mut tx, &a_show()).await.expect("the table is empty");
        let owner = an_episode(1, State::Draft, None);
        episode::insert(&mut tx, &owner).await.expect("it is new");
        let file = |number: u128| Asset {
            id: Id::from_bits(number),
            show_id: a_show().id,
            episode_id: Some(owner.id),
            kind: AssetKind::Mp3,
            key: format!("k{number}"),
            file_name: "friday.mp3".into(),
            bytes: 7,
            sha256: "00".into(),
            duration_ms: 1000,
            bitrate: 128_000,
            loudness_lufs: Some(-16.0),
            created_at: at(1),
        };
        asset::insert(&mut tx, &file(1)).await.expect("the first");
        asset::retire(&mut tx, owner.id, AssetKind::Mp3, at(2)).await.expect("it retires");
        asset::insert(&mut tx, &file(2)).await.expect("the second, after the first retired");
        assert_eq!(asset::of_episode(&mut tx, owner.id).await.expect("it reads"), vec![file(2)]);
        assert_eq!(asset::get(&mut tx, Id::from_bits(1)).await.expect("it reads"), Some(file(1)));
        assert_eq!(
            asset::bytes_of_show(&mut tx, a_show().id).await.expect("it sums"),
            7,
            "a retired file does not count"
        );
        assert_eq!(asset::retired(&mut tx, at(2), 9).await.expect("it reads"), vec![]);
        assert_eq!(asset::retired(&mut tx, at(3), 9).await.expect("it reads"), vec![file(1)]);
        asset::forget(&mut tx, file(1).id).await.expect("it is retired");
        assert!(matches!(asset::forget(&mut tx, file(2).id).await, Err(StoreError::Stale)), "it is in use");
        let (whole, shelf) = (file(4), asset::Shelf::Whole);
        asset::insert_aside(&mut tx, &whole, shelf).await.expect("what is kept aside is not current");
        asset::insert_aside(&mut tx, &file(5), asset::Shelf::Live).await.expect("there are two shelves");
        assert_eq!(asset::of_episode(&mut tx, owner.id).await.expect("it reads"), vec![file(2)]);
        assert_eq!(asset::aside(&mut tx, owner.id, shelf).await.expect("it reads"), vec![whole.clone()]);
        assert_eq!(asset::get(&mut tx, whole.id).await.expect("it reads"), None, "it is served to nobody");
        assert_eq!(asset::get_aside(&mut tx, whole.id).await.expect("it reads"), Some(whole.clone()));
        asset::retire_aside(&mut tx, (owner.id, shelf), AssetKind::Mp3, at(4)).await.expect("it retires");
        assert_eq!(asset::get_aside(&mut tx, whole.id).await.expect("it reads"), None);
        assert_eq!(asset::of_episode(&mut tx, owner.id).await.expect("it reads").len(), 1);

        let late = asset::replace(&mut tx, file(1).id, at(5)).await;
        assert!(matches!(late, Err(StoreError::Stale)), "nothing comes in the place of what is not there");

        let mut kept = crate::edit::Kept::default();
        assert_eq!(crate::edit::get(&mut tx, owner.id).await.expect("it reads"), kept);
        kept.edit.trim.head_ms = 5;
        for remaster in [None, Some("{}".to_owned())] {
            kept.remaster = remaster;
            crate::edit::put(&mut tx, owner.id, &kept).await.expect("it is written, and written over");
            assert_eq!(crate::edit::get(&mut tx, owner.id).await.expect("it reads"), kept);
        }
        // Last, since a transaction is of no use after that.
        assert!(matches!(asset::insert(&mut tx, &file(3)).await, Err(StoreError::Taken)));
    })
    .await;
}

#[tokio::test]
async fn a_job_is_run_by_one_worker_at_a_time() {
    on_both(|store| async move {
        let lease = |holder: &str, until: i64| job::Lease { holder: holder.into(), until: at(until) };
        let mut tx = store.write().await.expect("a transaction begins");
        for new in [a_job(1, 0, 5), a_job(2, 9, 5), a_job(3, 99, 500)] {
            job::insert(&mut tx, &new).await.expect("each is new");
        }
        let first = job::claim(&mut tx, &lease("a", 30), at(10)).await.expect("it claims").expect("one is due");
        assert_eq!((first.id, first.attempts), (a_job(2, 9, 5).id, 1));
        let second = job::claim(&mut tx, &lease("b", 30), at(10)).await.expect("it claims").expect("one is left");
        assert_eq!(second.id, a_job(1, 0, 5).id);
        assert_eq!(job::claim(&mut tx, &lease("c", 30), at(10)).await.expect("it claims"), None);

        assert!(matches!(job::finish(&mut tx, first.id, "b", at(11)).await, Err(StoreError::Stale)));
        job::finish(&mut tx, first.id, "a", at(11)).await.expect("the holder ends it");
        assert_eq!(job::expire(&mut tx, at(31)).await.expect("it sweeps"), 1);
        assert!(matches!(job::renew(&mut tx, second.id, &lease("b", 60)).await, Err(StoreError::Stale)));
        let third = job::claim(&mut tx, &lease("h:1", 90), at(31)).await.expect("it claims").expect("it is back");
        assert_eq!(job::reclaim(&mut tx, "g", at(31)).await.expect("it sweeps"), 0, "another house's");
        assert_eq!((third.id, job::reclaim(&mut tx, "h", at(31)).await.expect("it sweeps")), (second.id, 1));
        assert_eq!(job::claim(&mut tx, &lease("c", 90), at(35)).await.expect("it claims"), None, "two died over it");
        let again = job::claim(&mut tx, &lease("c", 90), at(36)).await.expect("it claims").expect("it is back");
        assert_eq!((again.id, again.attempts), (second.id, 3));
        let failure = job::Failure { error: "no".into(), again_at: None };
        job::fail(&mut tx, &again, "c", (&failure, at(37))).await.expect("the holder gives up");
        assert_eq!(job::get(&mut tx, again.id).await.expect("it reads").map(|j| j.state), Some(JobState::Failed));
    })
    .await;
}

#[tokio::test]
async fn an_episodes_jobs_run_one_after_the_other() {
    on_both(|store| async move {
        let lease = job::Lease { holder: "a".into(), until: at(30) };
        let mut tx = store.write().await.expect("a transaction begins");
        show::insert(&mut tx, &a_show()).await.expect("the table is empty");
        for number in [1, 2] {
            episode::insert(&mut tx, &an_episode(number, State::Draft, None)).await.expect("each is new");
        }
        for (number, episode, priority) in
            [(1, Some(1), 9), (2, Some(1), 8), (3, Some(2), 7), (4, None, 6), (5, None, 5)]
        {
            let episode_id = episode.map(|number| an_episode(number, State::Draft, None).id);
            job::insert(&mut tx, &Job { episode_id, ..a_job(number, priority, 5) }).await.expect("each is new");
        }
        let mut claimed = Vec::new();
        while let Some(next) = job::claim(&mut tx, &lease, at(10)).await.expect("it claims") {
            claimed.push(next.id);
        }
        assert_eq!(claimed, [1, 3, 4, 5].map(|number| a_job(number, 0, 0).id));
        job::finish(&mut tx, claimed[0], "a", at(11)).await.expect("the holder ends it");
        let last = job::claim(&mut tx, &lease, at(12)).await.expect("it claims").map(|job| job.id);
        assert_eq!(last, Some(a_job(2, 0, 0).id));
    })
    .await;
}

#[tokio::test]
async fn a_job_that_its_workers_do_not_survive_waits_longer_each_time_and_is_given_up() {
    on_both(|store| async move {
        let mut tx = store.write().await.expect("a transaction begins");
        job::insert(&mut tx, &a_job(1, 0, 0)).await.expect("it is new");
        let (mut now, mut waits) = (10, Vec::new());
        for _ in 0..7 {
            let lease = job::Lease { holder: "h:1".into(), until: at(now + 30) };
            job::claim(&mut tx, &lease, at(now)).await.expect("it claims").expect("it is due");
            now += 31;
            assert_eq!(job::expire(&mut tx, at(now)).await.expect("it sweeps"), 1);
            let next = job::next_at(&mut tx).await.expect("it reads").expect("it waits");
            waits.push(next.as_second() - now);
            now = next.as_second();
        }
        assert_eq!(waits, [0, 5, 20, 80, 320, 320, 320]);
        let lease = job::Lease { holder: "h:2".into(), until: at(now + 30) };
        let last = job::claim(&mut tx, &lease, at(now)).await.expect("it claims").expect("it is due");
        assert_eq!((last.attempts, job::reclaim(&mut tx, "h", at(now)).await.expect("it sweeps")), (8, 1));
        let over = job::get(&mut tx, last.id).await.expect("it reads").expect("it is there");
        assert_eq!((over.state, over.finished_at), (JobState::Failed, Some(at(now))));
        let error = over.error.expect("a person is told");
        assert!(error.starts_with("the worker stopped in the middle 8 times"), "{error}");
        job::again(&mut tx, last.id, at(now)).await.expect("a person may try again");
        job::claim(&mut tx, &lease, at(now)).await.expect("it claims").expect("at once");
    })
    .await;
}
