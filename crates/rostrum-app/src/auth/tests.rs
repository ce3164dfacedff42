//! Scenes at the door: signing in and out, what ends a session, what a token may do.

use jiff::SignedDuration;
use rostrum_domain::Secret;
use rostrum_domain::access::{Action, Caller};
use rostrum_domain::user::{Role, Scope};
use rostrum_store::{account, audit, token};

use super::{Browser, Cost, Identity, NewPassword, NewToken, Opened};
use crate::people::{self, Change};
use crate::testing::{House, PASSWORD};
use crate::{Error, auth};

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

fn browser(address: &str) -> Browser {
    Browser { agent: "Firefox\u{0} 150".into(), address: address.into(), ..Browser::default() }
}

async fn sign_in(house: &House, name: &str, password: &str) -> Result<Opened, Error> {
    let address = format!("{name}@example.org");
    auth::sign_in(&house.app, &address, &secret(password), &browser("192.0.2.1")).await
}

async fn holds(house: &House, opened: &Opened) -> bool {
    auth::by_session(&house.app, opened.secret.reveal()).await.expect("the database answers").is_some()
}

#[tokio::test]
async fn a_session_begins_with_the_password_and_ends_with_sign_out() {
    let house = House::new().await;
    house.person("Ada", Role::Owner).await;
    let opened = sign_in(&house, " Ada", PASSWORD).await.expect("the password is right");
    assert_eq!(opened.secret.reveal().len(), 43);
    let identity = auth::by_session(&house.app, opened.secret.reveal()).await.expect("it reads").expect("it holds");
    assert_eq!((identity.name.as_str(), identity.caller.role), ("Ada", Role::Owner));
    let sessions = auth::list(&house.app, &identity.caller).await.expect("one's own may be seen");
    assert_eq!(sessions[0].agent, "Firefox 150");
    auth::sign_out(&house.app, &identity).await.expect("it is there");
    assert!(!holds(&house, &opened).await, "the cookie is worth nothing after");
    assert!(matches!(auth::sign_out(&house.app, &identity).await, Err(Error::Missing(_))));
}

#[tokio::test]
async fn signing_in_never_keeps_the_session_one_came_with() {
    let house = House::new().await;
    house.person("Ada", Role::Owner).await;
    let first = sign_in(&house, "ada", PASSWORD).await.expect("the password is right");
    let planted = Browser { cookie: Some(first.secret.clone()), ..browser("192.0.2.1") };
    let second = auth::sign_in(&house.app, "ada@example.org", &secret(PASSWORD), &planted).await.expect("again");
    assert_ne!(first.secret, second.secret);
    assert!(!holds(&house, &first).await && holds(&house, &second).await);
}

#[tokio::test]
async fn wrong_password_and_unknown_address_look_the_same() {
    let house = House::new().await;
    house.person("Ada", Role::Owner).await;
    let wrong = sign_in(&house, "ada", "wrong").await.expect_err("it is wrong").to_string();
    let unknown = sign_in(&house, "nobody", PASSWORD).await.expect_err("it is unknown").to_string();
    let nonsense = auth::sign_in(&house.app, "no address", &secret(PASSWORD), &browser("192.0.2.9")).await;
    assert_eq!(wrong, unknown);
    assert_eq!(wrong, nonsense.expect_err("it is none").to_string());
    let mut tx = house.app.store.read().await.expect("a transaction begins");
    let notes = audit::after(&mut tx, 0, 9).await.expect("it reads");
    assert!(notes.iter().all(|note| note.entry.action == "sign-in-failed"), "each costs one entry: {notes:?}");
    assert_eq!(notes.len(), 3);
}

#[tokio::test]
async fn the_sixth_guess_waits_and_the_right_one_forgives() {
    let house = House::new().await;
    house.person("Ada", Role::Owner).await;
    for round in 0..2 {
        for _ in 0..4 {
            assert!(matches!(sign_in(&house, "ada", "wrong").await, Err(Error::Invalid(_))), "round {round}");
        }
        house.clock.advance(SignedDuration::from_mins(16));
    }
    for _ in 0..4 {
        sign_in(&house, "ada", "wrong").await.expect_err("it is wrong");
    }
    sign_in(&house, "ada", PASSWORD).await.expect("the fifth is right and forgives the account");
    let elsewhere = browser("198.51.100.7");
    for _ in 0..5 {
        let wrong = auth::sign_in(&house.app, "ada@example.org", &secret("wrong"), &elsewhere).await;
        assert!(matches!(wrong, Err(Error::Invalid(_))));
    }
    let sixth = auth::sign_in(&house.app, "ada@example.org", &secret(PASSWORD), &elsewhere).await;
    assert!(matches!(sixth, Err(Error::Busy(_, 901))), "by network: {sixth:?}");
    for far in 1..10 {
        for _ in 0..5 {
            let from = browser(&format!("203.0.{far}.1"));
            auth::sign_in(&house.app, "ada@example.org", &secret("wrong"), &from).await.expect_err("it is wrong");
        }
    }
    let last = auth::sign_in(&house.app, "ada@example.org", &secret(PASSWORD), &browser("203.0.113.1")).await;
    assert!(matches!(last, Err(Error::Busy(..))), "by account, after fifty: {last:?}");
    let other = auth::sign_in(&house.app, "bob@example.org", &secret(PASSWORD), &elsewhere).await;
    assert!(matches!(other, Err(Error::Busy(..))), "by network: {other:?}");
    house.clock.advance(SignedDuration::from_mins(15));
    sign_in(&house, "ada", PASSWORD).await.expect("the wait is over");
}

#[tokio::test]
async fn a_session_ends_idle_and_at_the_latest_after_a_fortnight() {
    let house = House::new().await;
    house.person("Ada", Role::Owner).await;
    let idle = sign_in(&house, "ada", PASSWORD).await.expect("the password is right");
    house.clock.advance(SignedDuration::from_hours(11));
    assert!(holds(&house, &idle).await, "used within twelve hours");
    house.clock.advance(SignedDuration::from_hours(11));
    assert!(holds(&house, &idle).await, "the use before counts");
    house.clock.advance(SignedDuration::from_hours(12));
    assert!(!holds(&house, &idle).await, "twelve idle hours");

    let busy = sign_in(&house, "ada", PASSWORD).await.expect("the password is right");
    for _ in 0..28 {
        assert!(holds(&house, &busy).await);
        house.clock.advance(SignedDuration::from_hours(11));
    }
    assert!(holds(&house, &busy).await, "a day before the end");
    for _ in 0..3 {
        house.clock.advance(SignedDuration::from_hours(10));
        holds(&house, &busy).await;
    }
    assert!(!holds(&house, &busy).await, "after a fortnight");
    auth::prune(&house.app).await.expect("it tidies up");
}

#[tokio::test]
async fn a_use_is_noted_once_a_minute() {
    let house = House::new().await;
    house.person("Ada", Role::Owner).await;
    let opened = sign_in(&house, "ada", PASSWORD).await.expect("the password is right");
    let began = house.app.now();
    let seen = async || auth::list(&house.app, &opened.identity.caller).await.expect("it reads")[0].seen_at;
    house.clock.advance(SignedDuration::from_secs(59));
    assert!(holds(&house, &opened).await);
    assert_eq!(seen().await, began);
    house.clock.advance(SignedDuration::from_secs(1));
    assert!(holds(&house, &opened).await);
    assert_eq!(seen().await, house.app.now());
}

#[tokio::test]
async fn a_changed_password_ends_every_other_session() {
    let house = House::new().await;
    house.person("Ada", Role::Owner).await;
    let here = sign_in(&house, "ada", PASSWORD).await.expect("the password is right");
    let there = sign_in(&house, "ada", PASSWORD).await.expect("the password is right");
    let change =
        |current: &str, new: &str| NewPassword { current: secret(current), new: secret(new), revoke: Vec::new() };
    let attempt =
        async |wish: NewPassword| auth::change_password(&house.app, &here.identity, wish, &browser("192.0.2.1")).await;
    assert!(matches!(attempt(change(PASSWORD, "short")).await, Err(Error::Invalid(_))));
    assert!(matches!(attempt(change("wrong", "a longer password")).await, Err(Error::Invalid(_))));
    assert!(holds(&house, &there).await);
    let renewed = attempt(change(PASSWORD, "a longer password")).await.expect("the present one is right");
    assert!(!holds(&house, &here).await && !holds(&house, &there).await && holds(&house, &renewed).await);
    sign_in(&house, "ada", PASSWORD).await.expect_err("the old one is gone");
    sign_in(&house, "ada", "a longer password").await.expect("the new one is right");
}

#[tokio::test]
async fn a_changed_password_ends_the_tokens_that_were_named() {
    let house = House::new().await;
    let ada = house.person("Ada", Role::Owner).await;
    let here = sign_in(&house, "ada", PASSWORD).await.expect("the password is right");
    let make = async || auth::make_token(&house.app, &ada, all_scopes()).await.expect("one may");
    let ((stays, stays_text), (ends, ends_text)) = (make().await, make().await);
    let wish = NewPassword { current: secret(PASSWORD), new: secret("a longer password"), revoke: vec![ends.id] };
    auth::change_password(&house.app, &here.identity, wish, &browser("192.0.2.1")).await.expect("hers");
    assert_eq!(
        auth::tokens(&house.app, &ada).await.expect("hers").iter().map(|t| t.id).collect::<Vec<_>>(),
        [stays.id]
    );
    assert!(auth::by_token(&house.app, stays_text.reveal()).await.is_ok());
    assert!(auth::by_token(&house.app, ends_text.reveal()).await.is_err());
}

#[tokio::test]
async fn a_disabled_account_is_out_at_once() {
    let house = House::new().await;
    let owner = house.person("Ada", Role::Owner).await;
    let bob = house.person("Bob", Role::Creator).await;
    let opened = sign_in(&house, "bob", PASSWORD).await.expect("the password is right");
    let (_, token) = auth::make_token(&house.app, &opened.identity.caller, all_scopes()).await.expect("one may");
    let disable = Change { disabled: Some(true), ..Change::default() };
    people::change(&house.app, &owner, bob.user_id, disable).await.expect("an owner may");
    assert!(!holds(&house, &opened).await);
    assert!(matches!(auth::by_token(&house.app, token.reveal()).await, Err(Error::Unauthenticated(_))));
    let refused = sign_in(&house, "bob", PASSWORD).await.expect_err("it is disabled").to_string();
    assert!(refused.contains("disabled"), "{refused}");
    let guess = sign_in(&house, "bob", "wrong").await.expect_err("it is wrong").to_string();
    assert!(!guess.contains("disabled"), "who does not know the password learns nothing: {guess}");
}

#[tokio::test]
async fn a_cheap_hash_is_renewed_when_its_password_comes() {
    let house = House::with(|parts| parts.password_cost = Cost { memory_kib: 16, passes: 1 }).await;
    let ada = house.person("Ada", Role::Owner).await;
    let hash = async || {
        let mut tx = house.app.store.read().await.expect("a transaction begins");
        let user = account::get(&mut tx, ada.user_id).await.expect("it reads").expect("she is there");
        user.password.expect("she has one").reveal().clone()
    };
    let cheap = super::password::Passwords::new(Cost { memory_kib: 8, passes: 1 });
    let old = cheap.hash(&secret(PASSWORD), [3; 16]).await.expect("it hashes");
    let mut tx = house.app.store.write().await.expect("a transaction begins");
    let mut user = account::get(&mut tx, ada.user_id).await.expect("it reads").expect("she is there");
    user.password = Some(old);
    account::update(&mut tx, &user).await.expect("the version fits");
    tx.commit().await.expect("it commits");
    assert!(hash().await.contains("m=8,"));
    sign_in(&house, "ada", PASSWORD).await.expect("the password is right");
    assert!(hash().await.contains("m=16,"));
}

fn all_scopes() -> NewToken {
    let scopes = vec![Scope::Write, Scope::Read, Scope::Admin, Scope::Read];
    NewToken { name: " all ".into(), scopes, days: None }
}

#[tokio::test]
async fn a_token_narrows_and_never_widens() {
    let house = House::new().await;
    let ada = house.person("Ada", Role::Owner).await;
    let reader = NewToken { name: "reader".into(), scopes: vec![Scope::Read], days: Some(1) };
    let (made, text) = auth::make_token(&house.app, &ada, reader).await.expect("one may");
    assert_eq!(text.reveal().len(), "rst_".len() + 26 + 1 + 43);
    let Identity { caller, session, .. } = auth::by_token(&house.app, text.reveal()).await.expect("it holds");
    assert_eq!((caller.user_id, session), (ada.user_id, None));
    assert!(caller.may(Action::ViewShow, None) && !caller.may(Action::ManagePeople, None));
    assert!(matches!(auth::make_token(&house.app, &caller, all_scopes()).await, Err(Error::Denied(_))));
    assert!(matches!(auth::list(&house.app, &caller).await, Err(Error::Denied(_))));
    assert!(matches!(people::invite(&house.app, &caller, "x@y.org", Role::Creator).await, Err(Error::Denied(_))));

    let admin = Caller { scopes: Some(vec![Scope::Admin]), ..ada.clone() };
    assert!(matches!(auth::make_token(&house.app, &admin, all_scopes()).await, Err(Error::Denied(_))));
    house.clock.advance(SignedDuration::from_hours(24));
    assert!(matches!(auth::by_token(&house.app, text.reveal()).await, Err(Error::Unauthenticated(_))), "it ended");
    auth::revoke_token(&house.app, &ada, made.id).await.expect("it is hers");
}

#[tokio::test]
async fn a_token_is_kept_as_a_digest_and_known_by_its_whole_text() {
    let house = House::new().await;
    let ada = house.person("Ada", Role::Owner).await;
    let bob = house.person("Bob", Role::Creator).await;
    let (made, text) = auth::make_token(&house.app, &ada, all_scopes()).await.expect("one may");
    assert_eq!((made.name.as_str(), made.scopes.len()), ("all", 3), "trimmed, each scope once");
    let mut tx = house.app.store.read().await.expect("a transaction begins");
    let found = token::get(&mut tx, made.id).await.expect("it reads").expect("it is there");
    let (_, tail) = text.reveal().rsplit_once('_').expect("it has three parts");
    assert!(!format!("{found:?}").contains(tail));
    drop(tx);
    let other = text.reveal().replace(tail, &"A".repeat(43));
    for wrong in ["", "rst_", "rst_x_y", other.as_str(), &text.reveal()[..60], &format!("{}A", text.reveal())] {
        assert!(matches!(auth::by_token(&house.app, wrong).await, Err(Error::Unauthenticated(_))), "{wrong}");
    }
    assert!(matches!(auth::revoke_token(&house.app, &bob, made.id).await, Err(Error::Missing(_))), "not his");
    auth::by_token(&house.app, text.reveal()).await.expect("it holds");
    let used = auth::tokens(&house.app, &ada).await.expect("hers")[0].used_at;
    assert_eq!(used, Some(house.app.now()));
    auth::revoke_token(&house.app, &ada, made.id).await.expect("it is hers");
    assert!(auth::by_token(&house.app, text.reveal()).await.is_err());
}

#[tokio::test]
async fn sessions_of_others_cannot_be_ended() {
    let house = House::new().await;
    house.person("Ada", Role::Owner).await;
    house.person("Bob", Role::Creator).await;
    let ada = sign_in(&house, "ada", PASSWORD).await.expect("the password is right");
    let also_ada = sign_in(&house, "ada", PASSWORD).await.expect("the password is right");
    let bob = sign_in(&house, "bob", PASSWORD).await.expect("the password is right");
    let hers = ada.identity.session.expect("she has one");
    assert!(matches!(auth::revoke(&house.app, &bob.identity.caller, hers).await, Err(Error::Missing(_))));
    auth::revoke_others(&house.app, &ada.identity).await.expect("she may");
    assert!(holds(&house, &ada).await && !holds(&house, &also_ada).await && holds(&house, &bob).await);
    auth::revoke(&house.app, &ada.identity.caller, hers).await.expect("it is hers");
    assert!(!holds(&house, &ada).await);
}
