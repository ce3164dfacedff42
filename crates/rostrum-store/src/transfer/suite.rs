//! Moving: from SQLite to SQLite always, to Postgres and back where there is one. What arrives is what was sent.

use rostrum_domain::Secret;
use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::episode::State;
use rostrum_domain::{Id, user};
use tempfile::TempDir;

use super::{Moved, TransferError, transfer};
use crate::search::{self, Query, Said};
use crate::suite::{a_show, an_episode, at};
use crate::{Store, StoreError, Tx, account, asset, audit, db, episode, setting, show};

/// An empty database, migrated or not as the scene wants.
async fn fresh(folder: &TempDir, name: &str) -> Store {
    let url = format!("sqlite:{}", folder.path().join(name).display());
    Store::open(&Secret::new(url)).await.expect("the file can be made")
}

async fn fresh_postgres() -> Option<Store> {
    let server = std::env::var("ROSTRUM_TEST_POSTGRES").ok()?;
    Some(Store::open(&db::fresh_database(&server).await).await.expect("the server answers"))
}

/// A little of everything: nothing, numbers, texts with quotes and other letters, more rows than go over at once.
async fn fill(store: &Store) {
    store.migrate().await.expect("the migrations fit");
    let mut tx = store.write().await.expect("a transaction begins");
    account::insert(&mut tx, &somebody()).await.expect("the table is empty");
    show::insert(&mut tx, &a_show()).await.expect("the table is empty");
    for number in 0..450 {
        let made = an_episode(number, State::Published, Some(7));
        episode::insert(&mut tx, &made).await.expect("each is new");
        let text = format!("Das Café Nr. {number} — it's “open”");
        let said = [Said { start_ms: 61_000, speaker: String::new(), text }];
        search::put(&mut tx, &made, "", &said).await.expect("it is indexed");
    }
    asset::insert(&mut tx, &file()).await.expect("the table is empty");
    setting::set(&mut tx, "site_name", "Füße; DROP TABLE").await.expect("it writes");
    tx.commit().await.expect("it commits");
    note(store).await;
}

fn somebody() -> user::User {
    user::User {
        id: Id::from_bits(7),
        email: "ada@example.org".into(),
        name: "Ada".into(),
        role: user::Role::Owner,
        password: None,
        disabled: true,
        created_at: at(1),
        version: 1,
    }
}

fn file() -> Asset {
    Asset {
        id: Id::from_bits(1),
        show_id: a_show().id,
        episode_id: Some(an_episode(1, State::Published, None).id),
        kind: AssetKind::Mp3,
        key: "k".into(),
        file_name: "friday.mp3".into(),
        bytes: i64::MAX,
        sha256: "00".into(),
        duration_ms: 1000,
        bitrate: 128_000,
        loudness_lufs: Some(-16.1 + f64::EPSILON),
        created_at: at(1),
    }
}

async fn note(store: &Store) {
    let mut tx = store.write().await.expect("a transaction begins");
    let entry = audit::Entry {
        at: at(3),
        user_id: Some(somebody().id),
        action: "sign-in".into(),
        object: "session".into(),
        detail: "{}".into(),
        address: "192.0.2.0/24".into(),
    };
    audit::append(&mut tx, &entry).await.expect("it writes");
    tx.commit().await.expect("it commits");
}

/// What a program sees of what `fill` made.
async fn looks_right(store: &Store) {
    let mut tx: Tx = store.read().await.expect("a transaction begins");
    let found = account::get(&mut tx, somebody().id).await.expect("it reads");
    assert_eq!(found, Some(somebody()));
    assert_eq!(episode::count(&mut tx, a_show().id).await.expect("it counts"), 450);
    let asset = asset::get(&mut tx, file().id).await.expect("it reads").expect("it is there");
    assert_eq!((asset.bytes, asset.loudness_lufs), (file().bytes, file().loudness_lufs));
    assert_eq!(setting::get(&mut tx, "site_name").await.expect("it reads").as_deref(), Some("Füße; DROP TABLE"));
    assert!(matches!(audit::verify(&mut tx).await, Ok(audit::Verdict::Whole(_))));
    let query = Query::parse("cafe 449").expect("words");
    let found = search::find(&mut tx, &query, 10).await.expect("it finds");
    assert_eq!(found.iter().map(|one| one.episode.guid.as_str()).collect::<Vec<_>>(), ["guid-449"]);
    drop(tx);
    note(store).await;
}

#[tokio::test]
async fn everything_arrives_as_it_was_and_the_source_stays() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let source = fresh(&folder, "source.db").await;
    fill(&source).await;
    let mut stores = vec![source];
    let (twin, home) = (fresh(&folder, "twin.db").await, fresh(&folder, "home.db").await);
    stores.extend([Some(twin), fresh_postgres().await, Some(home)].into_iter().flatten());
    let mut moved = Vec::<Moved>::new();
    for pair in stores.windows(2) {
        moved.push(transfer(&pair[0], &pair[1]).await.expect("the target is empty"));
        assert!(matches!(transfer(&pair[0], &pair[1]).await, Err(TransferError::NotEmpty(_))), "it is so no more");
    }
    assert!(moved.iter().all(|one| *one == moved[0]) && moved[0].rows > 900, "{moved:?}");
    for store in &stores {
        looks_right(store).await;
    }
}

#[tokio::test]
async fn what_must_not_be_moved_is_refused_and_nothing_is_written() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let (bare, target) = (fresh(&folder, "bare.db").await, fresh(&folder, "target.db").await);
    let refused = transfer(&bare, &target).await;
    assert!(matches!(refused, Err(TransferError::Store(StoreError::Older { found: 0, .. }))), "{refused:?}");
    let source = fresh(&folder, "source.db").await;
    fill(&source).await;
    target.migrate().await.expect("the migrations fit");
    db::run(&target, "INSERT INTO setting (name, value) VALUES ('a', 'b')").await;
    let refused = transfer(&source, &target).await;
    assert!(matches!(&refused, Err(TransferError::NotEmpty(table)) if table == "setting"), "{refused:?}");
    db::run(&target, "DELETE FROM setting").await;
    db::run(&target, "CREATE TRIGGER t AFTER INSERT ON setting BEGIN UPDATE setting SET value = 'z'; END").await;
    let refused = transfer(&source, &target).await;
    assert!(matches!(&refused, Err(TransferError::Different(table)) if table == "setting"), "{refused:?}");
    db::run(&target, "DROP TRIGGER t").await;
    transfer(&source, &target).await.expect("an earlier try left nothing behind");
    looks_right(&target).await;
    db::pretend_newer(&source).await;
    let refused = transfer(&source, &fresh(&folder, "next.db").await).await;
    assert!(matches!(refused, Err(TransferError::Store(StoreError::Newer { .. }))), "{refused:?}");
}
