//! The scenes of the conformance suite about people: accounts, sessions, links, tokens, the audit chain.

use rostrum_domain::user::{Link, LinkKind, Member, Membership, Role, Scope, Session, Token, User};
use rostrum_domain::{Id, Secret};

use crate::suite::{a_show, at, on_both};
use crate::{Store, StoreError, Tx, account, audit, db, idempotency, link, member, session, setting, show, token};

pub(crate) fn ada() -> User {
    User {
        id: Id::from_bits(1),
        email: "ada@example.org".into(),
        name: "Ada".into(),
        role: Role::Owner,
        password: Some(Secret::new("$argon2id$…".into())),
        disabled: false,
        created_at: at(1),
        version: 1,
    }
}

pub(crate) fn bob() -> User {
    User { id: Id::from_bits(2), email: "bob@example.org".into(), name: "bob".into(), role: Role::Creator, ..ada() }
}

pub(crate) async fn with_people(store: &Store) -> Tx {
    let mut tx = store.write().await.expect("a transaction begins");
    for user in [ada(), bob()] {
        account::insert(&mut tx, &user).await.expect("the table is empty");
    }
    tx
}

#[tokio::test]
async fn every_statement_about_people_prepares() {
    on_both(|store| async move {
        let accounts = [account::STATEMENTS, session::STATEMENTS, link::STATEMENTS, token::STATEMENTS];
        let others = [audit::STATEMENTS, setting::STATEMENTS, idempotency::STATEMENTS, crate::email_change::STATEMENTS];
        for sql in accounts.iter().chain(&others).copied().flatten() {
            let mut tx = store.write().await.expect("a transaction begins");
            tx.prepare(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        }
    })
    .await;
}

#[tokio::test]
async fn an_address_has_one_account() {
    on_both(|store| async move {
        let mut tx = with_people(&store).await;
        assert_eq!(account::find(&mut tx, "ada@example.org").await.expect("it reads"), Some(ada()));
        assert_eq!(account::list(&mut tx).await.expect("it reads"), [ada(), bob()]);
        assert_eq!(account::owners(&mut tx).await.expect("it counts"), 1);
        let retired = User { disabled: true, password: None, ..ada() };
        account::update(&mut tx, &retired).await.expect("the version fits");
        assert!(matches!(account::update(&mut tx, &retired).await, Err(StoreError::Stale)));
        assert_eq!(account::owners(&mut tx).await.expect("it counts"), 0);
        account::seen(&mut tx, bob().id, at(7)).await.expect("it writes");
        account::seen(&mut tx, bob().id, at(6)).await.expect("an older time changes nothing");
        assert_eq!(account::seen_list(&mut tx).await.expect("it reads"), [(bob().id, at(7))]);
        tx.commit().await.expect("it commits");

        let mut tx = store.write().await.expect("a transaction begins");
        let twin = User { id: Id::from_bits(3), ..bob() };
        assert!(matches!(account::insert(&mut tx, &twin).await, Err(StoreError::Taken)));
    })
    .await;
}

#[tokio::test]
async fn colleagues_are_listed_by_name() {
    on_both(|store| async move {
        let mut tx = with_people(&store).await;
        show::insert(&mut tx, &a_show()).await.expect("the table is empty");
        for (user, membership) in [(bob(), Membership::Editor), (ada(), Membership::Manager)] {
            let new = Member { show_id: a_show().id, user_id: user.id, membership };
            member::set(&mut tx, new).await.expect("both exist");
        }
        let colleagues = account::of_show(&mut tx, a_show().id).await.expect("it reads");
        assert_eq!(colleagues, [(ada(), Membership::Manager), (bob(), Membership::Editor)]);
    })
    .await;
}

fn a_session(number: u128, user: &User, seen: i64) -> Session {
    Session {
        id: Id::from_bits(50 + number),
        user_id: user.id,
        agent: "Firefox".into(),
        created_at: at(10),
        seen_at: at(seen),
    }
}

#[tokio::test]
async fn sessions_end_one_by_one_and_all_at_once() {
    on_both(|store| async move {
        let mut tx = with_people(&store).await;
        for (number, user, seen) in [(1, ada(), 100), (2, ada(), 200), (3, bob(), 300), (4, ada(), 5)] {
            let new = a_session(number, &user, seen);
            session::insert(&mut tx, &new, &format!("digest{number}"), at(1000)).await.expect("each is new");
        }
        let found = session::by_secret(&mut tx, "digest1").await.expect("it reads").expect("it is there");
        assert_eq!((found.session.seen_at, found.expires_at, found.user), (at(100), at(1000), ada()));
        session::seen(&mut tx, found.session.id, at(400)).await.expect("it writes");
        session::seen(&mut tx, found.session.id, at(350)).await.expect("an older time changes nothing");

        let cut = session::Cut { idle_since: at(50), now: at(500) };
        let list = session::of_user(&mut tx, ada().id, cut).await.expect("it reads");
        assert_eq!(list.iter().map(|s| s.seen_at).collect::<Vec<_>>(), [at(400), at(200)]);
        assert!(!session::remove(&mut tx, bob().id, list[0].id).await.expect("it runs"), "it is not Bob's");
        assert!(session::remove(&mut tx, ada().id, list[0].id).await.expect("it runs"));
        assert_eq!(session::prune(&mut tx, cut).await.expect("it runs"), 1);
        assert_eq!(session::remove_of(&mut tx, ada().id).await.expect("it runs"), 1);
        assert!(session::remove_by_secret(&mut tx, "digest3").await.expect("it runs"));
        assert_eq!(session::by_secret(&mut tx, "digest3").await.expect("it reads"), None);
    })
    .await;
}

#[tokio::test]
async fn a_link_is_taken_once_and_only_in_time() {
    on_both(|store| async move {
        let mut tx = with_people(&store).await;
        let reset = Link { id: Id::from_bits(70), kind: LinkKind::Reset, user_id: Some(bob().id), expires_at: at(100) };
        link::insert(&mut tx, &reset, "digest", at(40)).await.expect("it is new");
        let key = |kind, second| link::Key { kind, secret_sha256: "digest", now: at(second) };
        assert_eq!(link::take(&mut tx, key(LinkKind::Invite, 50)).await.expect("it runs"), None, "another kind");
        assert_eq!(link::take(&mut tx, key(LinkKind::Reset, 100)).await.expect("it runs"), None, "too late");
        assert_eq!(link::find(&mut tx, key(LinkKind::Reset, 50)).await.expect("it reads"), Some(reset.clone()));
        assert_eq!(link::take(&mut tx, key(LinkKind::Reset, 50)).await.expect("it runs"), Some(reset.clone()));
        assert_eq!(link::take(&mut tx, key(LinkKind::Reset, 50)).await.expect("it runs"), None, "used");

        let setup = Link { id: Id::from_bits(71), kind: LinkKind::Setup, user_id: None, ..reset.clone() };
        link::insert(&mut tx, &setup, "other", at(40)).await.expect("it is new");
        assert_eq!(link::remove_setup(&mut tx).await.expect("it runs"), 1);
        link::insert(&mut tx, &reset, "again", at(40)).await.expect("it is new");
        assert_eq!(link::prune(&mut tx, at(99)).await.expect("it runs"), 0);
        assert_eq!(link::remove_of(&mut tx, bob().id).await.expect("it runs"), 1);
    })
    .await;
}

#[tokio::test]
async fn a_token_is_found_with_its_user_and_goes_with_them() {
    on_both(|store| async move {
        let mut tx = with_people(&store).await;
        let new = Token {
            id: Id::from_bits(80),
            user_id: bob().id,
            name: "backup".into(),
            scopes: vec![Scope::Read, Scope::Write],
            created_at: at(1),
            expires_at: None,
            used_at: None,
        };
        token::insert(&mut tx, &new, "digest").await.expect("it is new");
        token::used(&mut tx, new.id, at(60)).await.expect("it writes");
        let found = token::get(&mut tx, new.id).await.expect("it reads").expect("it is there");
        let used = Token { used_at: Some(at(60)), ..new.clone() };
        assert_eq!(found, token::Found { token: used.clone(), secret_sha256: "digest".into(), user: bob() });
        assert_eq!(token::of_user(&mut tx, bob().id).await.expect("it reads"), [used]);
        assert!(!token::remove(&mut tx, ada().id, new.id).await.expect("it runs"), "it is not Ada's");
        account::delete(&mut tx, &bob()).await.expect("the version fits");
        assert_eq!(token::get(&mut tx, new.id).await.expect("it reads"), None);
    })
    .await;
}

pub(crate) fn an_entry(second: i64, action: &str) -> audit::Entry {
    audit::Entry {
        at: at(second),
        user_id: Some(ada().id),
        action: action.into(),
        object: "user x".into(),
        detail: "{}".into(),
        address: "192.0.2.1".into(),
    }
}

#[tokio::test]
async fn the_audit_chain_links_every_entry_to_the_one_before() {
    on_both(|store| async move {
        let mut tx = store.write().await.expect("a transaction begins");
        assert_eq!(audit::head(&mut tx).await.expect("it reads").number, 0);
        for (number, action) in [(1, "sign-in"), (2, "invited"), (3, "sign-out")] {
            assert_eq!(audit::append(&mut tx, &an_entry(number, action)).await.expect("it appends"), number);
        }
        let all = audit::after(&mut tx, 0, 10).await.expect("it reads");
        assert_eq!(all[1].hash, audit::hash(&all[0].hash, 2, &an_entry(2, "invited")));
        assert_eq!(audit::head(&mut tx).await.expect("it reads").hash, all[2].hash);
        assert_ne!(all[1].hash, audit::hash(&all[0].hash, 2, &an_entry(2, "forged")));
    })
    .await;
}

#[tokio::test]
async fn a_changed_or_missing_entry_shows() {
    for (damage, broken) in [
        ("UPDATE audit SET detail = '{\"role\":\"owner\"}' WHERE number = 2", 2),
        ("UPDATE audit SET at = at + 1 WHERE number = 600", 600),
        ("DELETE FROM audit WHERE number = 3", 3),
        ("DELETE FROM audit WHERE number > 598", 599),
        ("UPDATE audit_head SET number = 700", 601),
    ] {
        on_both(|store| async move {
            let mut tx = store.write().await.expect("a transaction begins");
            for number in 1..=600 {
                audit::append(&mut tx, &an_entry(number, "sign-in")).await.expect("it appends");
            }
            let audit::Verdict::Whole(head) = audit::verify(&mut tx).await.expect("it reads") else {
                panic!("nothing was touched");
            };
            assert_eq!(head.number, 600);
            tx.commit().await.expect("it commits");
            db::run(&store, damage).await;
            let mut tx = store.read().await.expect("a transaction begins");
            assert_eq!(audit::verify(&mut tx).await.expect("it reads"), audit::Verdict::Broken(broken), "{damage}");
        })
        .await;
    }
}

#[tokio::test]
async fn transactions_that_note_something_wait_for_each_other() {
    on_both(|store| async move {
        let mut first = store.write().await.expect("a transaction begins");
        audit::append(&mut first, &an_entry(1, "first")).await.expect("it appends");
        let second = async {
            let mut tx = store.write().await.expect("it begins, on SQLite after the first has ended");
            audit::append(&mut tx, &an_entry(2, "second")).await.expect("it appends");
            tx.commit().await.expect("it commits");
        };
        let first = async {
            tokio::task::yield_now().await;
            first.commit().await.expect("it commits");
        };
        tokio::join!(second, first);
        let mut tx = store.read().await.expect("a transaction begins");
        let all = audit::after(&mut tx, 0, 10).await.expect("it reads");
        assert_eq!(all.iter().map(|noted| noted.entry.action.as_str()).collect::<Vec<_>>(), ["first", "second"]);
    })
    .await;
}

#[tokio::test]
async fn settings_are_kept_by_name() {
    on_both(|store| async move {
        let mut tx = with_people(&store).await;
        setting::set(&mut tx, "site_name", "One").await.expect("it writes");
        setting::set(&mut tx, "site_name", "Two").await.expect("it writes");
        assert_eq!(setting::get(&mut tx, "site_name").await.expect("it reads").as_deref(), Some("Two"));
        assert!(setting::remove(&mut tx, "site_name").await.expect("it runs"));
        assert_eq!(setting::get(&mut tx, "site_name").await.expect("it reads"), None);
    })
    .await;
}

#[tokio::test]
async fn a_row_that_makes_no_sense_is_named() {
    on_both(|store| async move {
        let mut tx = with_people(&store).await;
        let new = a_session(1, &bob(), 1);
        session::insert(&mut tx, &new, "digest", at(9)).await.expect("it is new");
        tx.commit().await.expect("it commits");
        db::run(&store, "UPDATE session SET seen_at = 9223372036854775807").await;
        let mut tx = store.read().await.expect("a transaction begins");
        let failed = session::by_secret(&mut tx, "digest").await.expect_err("no such time exists");
        assert!(matches!(failed, StoreError::Row { table: "session", column: "seen_at", .. }), "{failed}");
    })
    .await;
}
