//! Scenes of people coming, changing and going, and of the links that let them.

use jiff::SignedDuration;
use rostrum_domain::access::Caller;
use rostrum_domain::user::{LinkKind, Membership, Role, Scope};
use rostrum_domain::{Id, Secret};
use url::Url;

use super::{Change, Choice};
use crate::audit::{self, Filter, Line, Stretch, Verdict};
use crate::auth::{self, Browser};
use crate::testing::{House, PASSWORD, facts};
use crate::{Error, people, shows};

fn choice(name: &str, email: &str, password: &str) -> Choice {
    Choice { name: name.into(), email: email.into(), password: Secret::new(password.into()), keep: Vec::new() }
}

fn browser() -> Browser {
    Browser { agent: "Firefox".into(), address: "192.0.2.1".into(), ..Browser::default() }
}

/// The kind and the secret of a link's address.
fn parts(url: &str) -> (LinkKind, String) {
    let url = Url::parse(url).expect("a link is an address");
    let path: Vec<_> = url.path_segments().expect("it has a path").collect();
    assert_eq!((path.len(), path[0]), (3, "link"));
    (path[1].parse().expect("the kind is known"), path[2].to_owned())
}

async fn accept(house: &House, url: &str, choice: &Choice) -> Result<auth::Opened, Error> {
    let (kind, secret) = parts(url);
    people::accept(&house.app, (kind, &secret), choice, &browser()).await
}

async fn log(house: &House, caller: &Caller, text: &str) -> Result<(Vec<Line>, i64), Error> {
    let (filter, stretch) = (Filter { text, ..Filter::default() }, Stretch { limit: 10, ..Stretch::default() });
    audit::list(&house.app, caller, filter, stretch).await
}

async fn signs_in(house: &House, email: &str, password: &str) -> bool {
    auth::sign_in(&house.app, email, &Secret::new(password.into()), &Browser::default()).await.is_ok()
}

#[tokio::test]
async fn the_set_up_link_makes_the_owner_once() {
    let house = House::new().await;
    let old = people::setup_url(&house.app).await.expect("it writes").expect("there is no owner");
    let url = people::setup_url(&house.app).await.expect("it writes").expect("there is no owner");
    let ada = choice("Ada", "Ada@Example.org", PASSWORD);
    let bad = accept(&house, &url, &choice(" ", "ada", "short")).await.expect_err("all three are wrong");
    let Error::Invalid(problems) = bad else { panic!("{bad}") };
    assert_eq!(problems.0.iter().map(|p| p.field.as_ref()).collect::<Vec<_>>(), ["name", "email", "password"]);

    let opened = accept(&house, &url, &ada).await.expect("a mistake does not spend the link");
    assert_eq!(opened.identity.caller.role, Role::Owner);
    for spent in [&url, &old] {
        assert!(matches!(accept(&house, spent, &ada).await, Err(Error::Missing(_))), "one of them works, once");
    }
    assert_eq!(people::setup_url(&house.app).await.expect("it writes"), None);
    assert!(signs_in(&house, "ada@example.org", PASSWORD).await);
}

#[tokio::test]
async fn a_set_up_link_is_dead_once_there_is_an_owner() {
    let house = House::new().await;
    let url = people::setup_url(&house.app).await.expect("it writes").expect("there is no owner");
    house.person("Ada", Role::Owner).await;
    let second = accept(&house, &url, &choice("Eve", "eve@example.org", PASSWORD)).await;
    assert!(matches!(second, Err(Error::Missing(_))));
    assert!(!signs_in(&house, "eve@example.org", PASSWORD).await);
}

#[tokio::test]
async fn an_invitation_is_mailed_shown_and_accepted() {
    let house = House::new().await;
    let ada = house.person("Ada", Role::Owner).await;
    let invited = people::invite(&house.app, &ada, "Mette@Example.org", Role::Creator).await.expect("an owner may");
    assert_eq!((invited.user.name.as_str(), invited.mailed), ("mette", Some(true)));
    let letter = &house.outbox.letters()[0];
    assert!(letter.to == "mette@example.org" && letter.text.contains(&invited.link), "{letter:?}");
    assert!(!signs_in(&house, "mette@example.org", "").await, "no password, no way in");
    let again = people::invite(&house.app, &ada, "mette@example.org", Role::Creator).await;
    assert!(matches!(again, Err(Error::Invalid(_))));

    let (kind, secret) = parts(&invited.link);
    assert_eq!(people::look(&house.app, kind, &secret).await.expect("it works").email, "mette@example.org");
    assert!(people::look(&house.app, LinkKind::Reset, &secret).await.is_err(), "a link has one kind");
    let opened = accept(&house, &invited.link, &choice("Mette H", "", PASSWORD)).await.expect("it works");
    assert_eq!((opened.identity.name.as_str(), opened.identity.caller.role), ("Mette H", Role::Creator));
    assert!(signs_in(&house, "mette@example.org", PASSWORD).await);
}

#[tokio::test]
async fn a_reset_link_works_once_within_an_hour_and_ends_all_sessions() {
    let house = House::new().await;
    house.person("Ada", Role::Owner).await;
    let opened = auth::sign_in(&house.app, "ada@example.org", &Secret::new(PASSWORD.into()), &browser()).await;
    let opened = opened.expect("the password is right");
    let link = async || {
        people::request_reset(&house.app, "ADA@example.org", &browser()).await.expect("mail is there");
        house.app.mailer.as_ref().expect("it is there").settle().await;
        let letter = house.outbox.letters().pop().expect("a letter was sent");
        let line = letter.text.lines().find(|line| line.starts_with("http")).map(str::to_owned);
        line.expect("it holds the link")
    };
    let first = link().await;
    assert!(first.starts_with("http://127.0.0.1:8080/link/reset/"), "the site's own address: {first}");
    house.clock.advance(SignedDuration::from_hours(1));
    let new = choice("", "", "a longer password");
    assert!(matches!(accept(&house, &first, &new).await, Err(Error::Missing(_))), "an hour is over");

    let (second, third) = (link().await, link().await);
    accept(&house, &second, &new).await.expect("it is fresh");
    assert!(auth::by_session(&house.app, opened.secret.reveal()).await.expect("it reads").is_none());
    assert!(matches!(accept(&house, &second, &new).await, Err(Error::Missing(_))), "it works once");
    assert!(matches!(accept(&house, &third, &new).await, Err(Error::Missing(_))), "the others end with it");
    assert!(signs_in(&house, "ada@example.org", "a longer password").await);
}

#[tokio::test]
async fn asking_for_a_reset_tells_nothing_and_is_limited() {
    let house = House::new().await;
    house.person("Ada", Role::Owner).await;
    for _ in 0..5 {
        people::request_reset(&house.app, "nobody@example.org", &browser()).await.expect("it looks the same");
    }
    house.app.mailer.as_ref().expect("it is there").settle().await;
    assert_eq!(house.outbox.letters(), []);
    let sixth = people::request_reset(&house.app, "ada@example.org", &browser()).await;
    assert!(matches!(sixth, Err(Error::Busy(..))), "by network: {sixth:?}");
    let mute = House::with(|parts| parts.mailer = None).await;
    assert!(matches!(people::request_reset(&mute.app, "a@b.org", &browser()).await, Err(Error::Conflict(_))));
}

#[tokio::test]
async fn who_may_manage_whom() {
    let house = House::new().await;
    let owner = house.person("Ada", Role::Owner).await;
    let admin = house.person("Bob", Role::Admin).await;
    let creator = house.person("Cy", Role::Creator).await;
    let promote = |role| Change { role: Some(role), ..Change::default() };
    for (caller, target, role, allowed) in [
        (&owner, &admin, Role::Creator, true),
        (&owner, &admin, Role::Admin, true),
        (&admin, &creator, Role::Creator, true),
        (&admin, &creator, Role::Admin, false),
        (&admin, &owner, Role::Creator, false),
        (&admin, &admin, Role::Owner, false),
        (&creator, &creator, Role::Admin, false),
        (&creator, &admin, Role::Creator, false),
    ] {
        let done = people::change(&house.app, caller, target.user_id, promote(role)).await;
        assert_eq!(done.is_ok(), allowed, "{:?} makes {:?} {role}: {done:?}", caller.role, target.role);
    }
    for (caller, role, allowed) in [
        (&owner, Role::Owner, true),
        (&admin, Role::Creator, true),
        (&admin, Role::Admin, false),
        (&creator, Role::Creator, false),
    ] {
        let email = format!("{}-{role}@example.org", caller.role);
        let done = people::invite(&house.app, caller, &email, role).await;
        assert_eq!(done.is_ok(), allowed, "{:?} invites {role}", caller.role);
    }
    assert!(people::list(&house.app, &creator).await.is_err());
    assert!(people::get(&house.app, &creator, creator.user_id).await.is_ok());
    assert!(people::get(&house.app, &creator, owner.user_id).await.is_err());
    assert!(people::link_for(&house.app, &admin, owner.user_id).await.is_err(), "nobody takes an account over upwards");
    assert!(people::remove(&house.app, &admin, owner.user_id).await.is_err());
    assert!(log(&house, &creator, "").await.is_err());
}

#[tokio::test]
async fn there_is_always_an_owner() {
    let house = House::new().await;
    let ada = house.person("Ada", Role::Owner).await;
    let demote = || Change { role: Some(Role::Creator), ..Change::default() };
    let last = |done: Result<(), Error>| matches!(done, Err(Error::Conflict(text)) if text.contains("last owner"));
    assert!(last(people::change(&house.app, &ada, ada.user_id, demote()).await.map(drop)));
    assert!(last(people::remove(&house.app, &ada, ada.user_id).await));
    let bob = house.person("Bob", Role::Owner).await;
    let disable = || Change { disabled: Some(true), ..Change::default() };
    assert!(people::change(&house.app, &ada, ada.user_id, disable()).await.is_err(), "not oneself");
    people::change(&house.app, &ada, bob.user_id, disable()).await.expect("one is left");
    assert!(
        last(people::change(&house.app, &ada, ada.user_id, demote()).await.map(drop)),
        "a disabled one does not count"
    );
    let eve = people::invite(&house.app, &ada, "eve@example.org", Role::Owner).await.expect("an owner may").user;
    assert!(last(people::remove(&house.app, &ada, ada.user_id).await), "nor does one who was only invited");
    people::remove(&house.app, &ada, eve.id).await.expect("she was no owner who could sign in");
    let enable = Change { disabled: Some(false), ..Change::default() };
    people::change(&house.app, &ada, bob.user_id, enable).await.expect("an owner may");

    let (a, b) = tokio::join!(
        people::change(&house.app, &ada, bob.user_id, demote()),
        people::change(&house.app, &bob, ada.user_id, demote()),
    );
    assert_eq!(u8::from(a.is_ok()) + u8::from(b.is_ok()), 1, "two who demote each other: one stays");
}

#[tokio::test]
async fn one_show_is_nothing_to_the_members_of_another() {
    let house = House::new().await;
    let [ada, bob] = [house.person("Ada", Role::Creator).await, house.person("Bob", Role::Creator).await];
    let hers = shows::create(&house.app, &ada, facts("Hers")).await.expect("a creator may");
    let hers = hers.slug.as_str();
    shows::create(&house.app, &bob, facts("His")).await.expect("a creator may");
    let missing = |done: Result<(), Error>| matches!(done, Err(Error::Missing(_)));
    assert!(missing(people::members(&house.app, &bob, hers).await.map(drop)));
    let join = ("bob@example.org", Membership::Manager);
    assert!(missing(people::set_member(&house.app, &bob, hers, join).await));
    assert!(missing(people::remove_member(&house.app, &bob, hers, ada.user_id).await));

    people::set_member(&house.app, &ada, hers, ("bob@example.org", Membership::Editor)).await.expect("her show");
    assert!(matches!(people::set_member(&house.app, &bob, hers, join).await, Err(Error::Denied(_))), "no climbing");
    assert!(matches!(people::remove_member(&house.app, &bob, hers, ada.user_id).await, Err(Error::Denied(_))));
    let members = people::members(&house.app, &bob, hers).await.expect("he works on it now");
    let named: Vec<_> = members.iter().map(|(user, membership)| (user.name.as_str(), *membership)).collect();
    assert_eq!(named, [("Ada", Membership::Manager), ("Bob", Membership::Editor)]);
    people::remove_member(&house.app, &bob, hers, bob.user_id).await.expect("one may leave");
    let unknown = people::set_member(&house.app, &ada, hers, ("eve@example.org", Membership::Viewer)).await;
    assert!(matches!(unknown, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn the_operator_needs_no_account() {
    let house = House::new().await;
    let link = people::add_user(&house.app, "ada@example.org", Role::Owner).await.expect("the address is free");
    assert_eq!(people::setup_url(&house.app).await.expect("it writes"), None, "there is an owner, if without password");
    accept(&house, &link, &choice("Ada", "", PASSWORD)).await.expect("it works");
    let other = Secret::new("another password".to_owned());
    people::set_password(&house.app, "ada@example.org", &other).await.expect("she is there");
    assert!(signs_in(&house, "ada@example.org", "another password").await);
    let link = people::reset_link(&house.app, "ada@example.org").await.expect("she is there");
    assert_eq!(parts(&link).0, LinkKind::Reset);
    let token = people::token_add(&house.app, "ada@example.org", &[Scope::Read]).await.expect("she is there");
    let caller = auth::by_token(&house.app, &token).await.expect("it holds").caller;
    assert_eq!(caller.scopes, Some(vec![Scope::Read]));
    assert!(matches!(people::reset_link(&house.app, "eve@example.org").await, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn the_log_tells_who_changed_what_from_where() {
    let house = House::new().await;
    let ada = Caller { from: "192.0.2.1".into(), ..house.person("Ada", Role::Owner).await };
    let bob = house.person("Bob", Role::Creator).await;
    let promote = Change { role: Some(Role::Admin), ..Change::default() };
    people::change(&house.app, &ada, bob.user_id, promote).await.expect("an owner may");
    people::change(&house.app, &ada, Id::from_bits(9), Change::default()).await.expect_err("nobody");
    let (lines, total) = log(&house, &ada, "BOB").await.expect("an owner may");
    assert_eq!((lines.len(), total), (1, 1), "what was not done is not noted");
    let entry = &lines[0].noted.entry;
    assert_eq!((entry.action.as_str(), entry.address.as_str()), ("account-changed", "192.0.2.1"));
    assert_eq!((lines[0].who.as_deref(), lines[0].target.as_str()), (Some("Ada"), "Bob"));
    assert!(
        entry.detail.contains("\"before\":{\"disabled\":false,\"name\":\"Bob\",\"role\":\"creator\"}"),
        "{}",
        entry.detail
    );
    assert!(matches!(audit::verify(&house.app, &ada).await, Ok(Verdict::Whole(head)) if head.number == 1));
}

#[tokio::test]
async fn the_log_names_what_is_gone() {
    let house = House::new().await;
    let ada = house.person("Ada", Role::Owner).await;
    let bob = house.person("Bob", Role::Creator).await;
    shows::create(&house.app, &bob, facts("Talk")).await.expect("a creator may");
    shows::delete(&house.app, &bob, "talk").await.expect("his own");
    people::remove(&house.app, &ada, bob.user_id).await.expect("an owner may");
    let (lines, _) = log(&house, &ada, "").await.expect("an owner may");
    let told: Vec<_> = lines.iter().map(|line| (line.noted.entry.action.as_str(), line.target.as_str())).collect();
    assert_eq!(told, [("account-removed", "Bob"), ("show-deleted", "Talk"), ("show-made", "Talk")]);
    assert_eq!(lines[1].who, None, "his name went with the account");
}

#[tokio::test]
async fn a_forgotten_password_takes_the_tokens_along_unless_they_are_kept() {
    let house = House::new().await;
    let ada = house.person("Ada", Role::Owner).await;
    let token = async || {
        let new = auth::NewToken { name: "t".into(), scopes: vec![Scope::Read], days: None };
        auth::make_token(&house.app, &ada, new).await.expect("one may").0.id
    };
    let (stays, _) = (token().await, token().await);
    let link = people::reset_link(&house.app, "ada@example.org").await.expect("she is there");
    let (kind, secret) = parts(&link);
    let looked = people::look(&house.app, kind, &secret).await.expect("it works");
    assert_eq!((looked.email.as_str(), looked.tokens.len()), ("ada@example.org", 2));
    let keeping = Choice { keep: vec![stays], ..choice("", "", "another password") };
    accept(&house, &link, &keeping).await.expect("it works");
    let left = auth::tokens(&house.app, &ada).await.expect("hers");
    assert_eq!(left.iter().map(|token| token.id).collect::<Vec<_>>(), [stays]);
    people::set_password(&house.app, "ada@example.org", &Secret::new(PASSWORD.into())).await.expect("she is there");
    assert_eq!(auth::tokens(&house.app, &ada).await.expect("hers"), []);
    let (lines, _) = log(&house, &ada, "password-changed").await.expect("an owner may");
    let told: Vec<_> = lines.iter().map(|line| line.noted.entry.detail.as_str()).collect();
    assert_eq!(told, [r#"{"tokens_revoked":1}"#, r#"{"by":"link","tokens_revoked":1}"#]);
}

#[tokio::test]
async fn a_new_password_forgets_an_address_that_waits() {
    let house = House::new().await;
    let ada = house.person("Ada", Role::Owner).await;
    let here = auth::sign_in(&house.app, "ada@example.org", &Secret::new(PASSWORD.into()), &browser()).await;
    let identity = here.expect("the password is right").identity;
    let new = people::NewEmail { email: "eve@example.org".into(), current: Secret::new(PASSWORD.into()) };
    let asked = people::change_email(&house.app, &identity, &new, &browser()).await.expect("she may");
    assert_eq!(asked, people::Asked::Sent);
    let program = Caller { scopes: Some(vec![Scope::Admin]), ..ada.clone() };
    let by_program = auth::Identity { caller: program, ..identity.clone() };
    assert!(matches!(people::change_email(&house.app, &by_program, &new, &browser()).await, Err(Error::Denied(_))));
    let link = people::reset_link(&house.app, "ada@example.org").await.expect("she is there");
    accept(&house, &link, &choice("", "", "another password")).await.expect("it works");
    assert_eq!(people::waiting_email(&house.app, &ada).await.expect("it reads"), None);
}
