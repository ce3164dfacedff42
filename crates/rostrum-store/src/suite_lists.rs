//! The scenes of the conformance suite about lists in stretches, requests that run once, and addresses to be confirmed.

use rostrum_domain::episode::{Episode, State};
use rostrum_domain::job::{Job, JobState};
use rostrum_domain::show::Show;
use rostrum_domain::user::{Member, Membership, Token};
use rostrum_domain::{Id, Slug};

use crate::episode::Page;
use crate::suite::{a_show, an_episode, at, on_both};
use crate::suite_people::{ada, an_entry, bob, with_people};
use crate::{StoreError, Tx, account, audit, email_change, episode, former, idempotency, job, member, show, token};

async fn titled(tx: &mut Tx, bits: u128, title: &str) -> Show {
    let mut new = Show { id: Id::from_bits(bits), guid: title.into(), ..a_show() };
    new.slug = title.to_lowercase().parse().expect("a plain word");
    new.facts.title = title.into();
    show::insert(tx, &new).await.expect("it is new");
    new
}

#[tokio::test]
async fn shows_come_in_stretches_to_who_may_see_them() {
    on_both(|store| async move {
        let mut tx = with_people(&store).await;
        let mut shows = Vec::new();
        for (bits, title) in [(901, "b"), (902, "C"), (903, "A")] {
            shows.push(titled(&mut tx, bits, title).await);
        }
        let new = Member { show_id: shows[1].id, user_id: bob().id, membership: Membership::Viewer };
        member::set(&mut tx, new).await.expect("both exist");
        let page = |offset| Page { limit: 2, offset };
        let titles = |(shows, count): (Vec<Show>, i64)| {
            (shows.into_iter().map(|show| show.facts.title).collect::<Vec<_>>().concat(), count)
        };
        let all = show::page(&mut tx, None, page(0)).await.expect("it reads");
        assert_eq!(titles(all), ("Ab".to_owned(), 3));
        assert_eq!(titles(show::page(&mut tx, None, page(2)).await.expect("it reads")), ("C".to_owned(), 3));
        let bobs = show::page(&mut tx, Some(bob().id), page(0)).await.expect("it reads");
        assert_eq!(titles(bobs), ("C".to_owned(), 1));
    })
    .await;
}

fn waiting(bits: u128, show: Option<Id<Show>>) -> Job {
    Job {
        id: Id::from_bits(bits),
        kind: "sweep".into(),
        payload: "{}".into(),
        show_id: show,
        episode_id: None,
        state: JobState::Ready,
        priority: 0,
        attempts: 0,
        run_at: at(1),
        lease_until: None,
        error: None,
        created_at: at(1),
        finished_at: None,
    }
}

#[tokio::test]
async fn jobs_come_in_stretches_to_who_may_see_them() {
    on_both(|store| async move {
        let mut tx = with_people(&store).await;
        let (hers, his) = (titled(&mut tx, 901, "hers").await.id, titled(&mut tx, 902, "his").await.id);
        let new = Member { show_id: his, user_id: bob().id, membership: Membership::Viewer };
        member::set(&mut tx, new).await.expect("both exist");
        for (bits, show) in [(1, None), (2, Some(hers)), (3, Some(his)), (4, Some(his)), (5, Some(hers))] {
            job::insert(&mut tx, &waiting(bits, show)).await.expect("each is new");
        }
        job::cancel(&mut tx, Id::from_bits(4), at(2)).await.expect("it waits");
        let mut list = async |filter, stretch| {
            let (jobs, count) = job::list(&mut tx, filter, stretch).await.expect("it reads");
            (jobs.into_iter().map(|job| job.id).collect::<Vec<Id<Job>>>(), count)
        };
        let ids = |bits: &[u128]| bits.iter().copied().map(Id::from_bits).collect();
        let all = job::Filter::default();
        let two = job::Stretch { limit: 2, ..job::Stretch::default() };
        assert_eq!(list(all, two).await, (ids(&[5, 4]), 5));
        let behind = job::Stretch { after: Some(Id::from_bits(4)), ..two };
        assert_eq!(list(all, behind).await, (ids(&[3, 2]), 5));
        assert_eq!(list(all, job::Stretch { offset: 4, ..two }).await, (ids(&[1]), 5));
        let bobs = job::Filter { member: Some(bob().id), ..all };
        assert_eq!(list(bobs, two).await, (ids(&[4, 3]), 2));
        let gone = job::Filter { state: Some(JobState::Cancelled), ..bobs };
        assert_eq!(list(gone, two).await, (ids(&[4]), 1));
        assert_eq!(list(job::Filter { show: Some(hers), ..all }, two).await, (ids(&[5, 2]), 2));
        assert_eq!(list(job::Filter { show: Some(hers), ..bobs }, two).await, (ids(&[]), 0));
    })
    .await;
}

#[tokio::test]
async fn people_and_tokens_come_in_stretches() {
    on_both(|store| async move {
        let mut tx = with_people(&store).await;
        let second = account::page(&mut tx, Page { limit: 1, offset: 1 }).await.expect("it reads");
        assert_eq!(second, (vec![bob()], 2));
        let new = |bits: u128, user: Id<_>| Token {
            id: Id::from_bits(bits),
            user_id: user,
            name: "t".into(),
            scopes: Vec::new(),
            created_at: at(1),
            expires_at: None,
            used_at: None,
        };
        for (bits, user) in [(1, bob().id), (2, ada().id), (3, bob().id)] {
            token::insert(&mut tx, &new(bits, user), "digest").await.expect("each is new");
        }
        let first = token::page(&mut tx, bob().id, (None, 1)).await.expect("it reads");
        assert_eq!(first, (vec![new(3, bob().id)], 2));
        let second = token::page(&mut tx, bob().id, (Some(Id::from_bits(3)), 1)).await.expect("it reads");
        assert_eq!(second, (vec![new(1, bob().id)], 2));
        assert_eq!(token::remove_of(&mut tx, bob().id).await.expect("it runs"), 2);
        assert_eq!(token::of_user(&mut tx, ada().id).await.expect("it reads").len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_log_is_searched_by_word_kind_and_time() {
    on_both(|store| async move {
        let mut tx = with_people(&store).await;
        for (second, action, object) in
            [(1, "sign-in", "user x"), (2, "show-made", "show s"), (3, "show-changed", "show s")]
        {
            let entry = audit::Entry { object: object.into(), ..an_entry(second, action) };
            audit::append(&mut tx, &entry).await.expect("it appends");
        }
        let mut find = async |filter, stretch| {
            let (found, count) = audit::latest(&mut tx, filter, stretch).await.expect("it reads");
            (found.into_iter().map(|noted| noted.number).collect::<Vec<_>>(), count)
        };
        let (all, two) = (audit::Filter::default(), audit::Stretch { limit: 2, ..audit::Stretch::default() });
        assert_eq!(find(all, two).await, (vec![3, 2], 3));
        assert_eq!(find(all, audit::Stretch { after: Some(3), ..two }).await, (vec![2, 1], 3));
        assert_eq!(find(all, audit::Stretch { offset: 2, ..two }).await, (vec![1], 3));
        assert_eq!(find(audit::Filter { text: "SIGN", ..all }, two).await, (vec![1], 1));
        assert_eq!(find(audit::Filter { text: "ada@", ..all }, two).await, (vec![3, 2], 3));
        assert_eq!(find(audit::Filter { about: "show", ..all }, two).await, (vec![3, 2], 2));
        assert_eq!(find(audit::Filter { about: "sho%", ..all }, two).await, (vec![], 0));
        assert_eq!(find(audit::Filter { since: Some(at(2)), until: Some(at(3)), ..all }, two).await, (vec![2], 1));
    })
    .await;
}

#[tokio::test]
async fn a_request_has_one_effect_whoever_carries_it_out() {
    on_both(|store| async move {
        let mut tx = with_people(&store).await;
        let key = idempotency::Key { user_id: ada().id, key: "k".into() };
        let lease = |until| idempotency::Lease { key: key.clone(), until: at(until) };
        let other = idempotency::Lease { key: idempotency::Key { user_id: bob().id, ..key.clone() }, until: at(60) };
        let (first, second, third) = (lease(60), lease(120), lease(200));
        assert!(idempotency::begin(&mut tx, &first, "digest", at(1)).await.expect("it runs"));
        assert!(!idempotency::begin(&mut tx, &second, "digest", at(2)).await.expect("it runs"));
        assert!(idempotency::begin(&mut tx, &other, "digest", at(2)).await.expect("keys are each sender's own"));
        assert!(idempotency::drop(&mut tx, &other).await.expect("it runs"));
        assert!(!idempotency::take_over(&mut tx, &second, at(59)).await.expect("it runs"), "too early");
        assert!(idempotency::take_over(&mut tx, &second, at(60)).await.expect("it runs"));
        assert!(matches!(idempotency::mark(&mut tx, &first, "show a").await, Err(StoreError::Stale)), "fenced");
        assert!(!idempotency::drop(&mut tx, &first).await.expect("it runs"), "it is not the first one's any more");
        idempotency::mark(&mut tx, &second, "show b").await.expect("the second has the lease");
        assert!(!idempotency::take_over(&mut tx, &third, at(130)).await.expect("it runs"), "it had its effect");
        assert!(!idempotency::drop(&mut tx, &second).await.expect("it runs"), "what had an effect is not forgotten");
        let known = idempotency::get(&mut tx, &key).await.expect("it reads").expect("it is there");
        assert_eq!((known.effect.as_deref(), known.answer), (Some("show b"), None));
        let answer = idempotency::Answer { status: 201, location: Some("/x".into()), body: "{}".into() };
        assert!(matches!(idempotency::finish(&mut tx, &first, &answer).await, Err(StoreError::Stale)));
        idempotency::finish(&mut tx, &second, &answer).await.expect("it was begun");
        let known = idempotency::get(&mut tx, &key).await.expect("it reads").expect("it is there");
        assert_eq!((known.request_sha256.as_str(), known.answer), ("digest", Some(answer)));
        assert_eq!(idempotency::prune(&mut tx, at(1)).await.expect("it runs"), 1);
    })
    .await;
}

#[tokio::test]
async fn a_new_address_is_confirmed_once_and_in_time() {
    on_both(|store| async move {
        let mut tx = with_people(&store).await;
        let new = |email: &str, end| email_change::EmailChange {
            user_id: bob().id,
            email: email.into(),
            expires_at: at(end),
        };
        email_change::put(&mut tx, &new("b1@example.org", 100), "one", at(1)).await.expect("it writes");
        email_change::put(&mut tx, &new("b2@example.org", 100), "two", at(2)).await.expect("it replaces");
        assert_eq!(email_change::find(&mut tx, "one", at(3)).await.expect("it reads"), None, "replaced");
        let waiting = email_change::of_user(&mut tx, bob().id, at(3)).await.expect("it reads");
        assert_eq!(waiting, Some(new("b2@example.org", 100)));
        assert_eq!(email_change::take(&mut tx, "two", at(100)).await.expect("it runs"), None, "too late");
        assert_eq!(email_change::find(&mut tx, "two", at(99)).await.expect("it reads"), waiting);
        assert_eq!(email_change::take(&mut tx, "two", at(99)).await.expect("it runs"), waiting);
        assert_eq!(email_change::take(&mut tx, "two", at(99)).await.expect("it runs"), None, "used");
        email_change::put(&mut tx, &new("b3@example.org", 50), "three", at(2)).await.expect("it writes");
        assert_eq!(email_change::prune(&mut tx, at(50)).await.expect("it runs"), 1);
        assert!(!email_change::remove_of(&mut tx, bob().id).await.expect("it runs"));
    })
    .await;
}

#[tokio::test]
async fn former_slugs_lead_on_and_are_given_to_nobody_else() {
    on_both(|store| async move {
        let slug = |text: &str| text.parse::<Slug>().expect("a plain word is a slug");
        let mut tx = store.write().await.expect("a transaction begins");
        let friday = a_show();
        let other = Show { id: Id::from_bits(11), slug: slug("other"), guid: "other".into(), ..a_show() };
        for show in [&friday, &other] {
            show::insert(&mut tx, show).await.expect("each is new");
        }
        let (first, second) = (an_episode(1, State::Draft, None), an_episode(2, State::Draft, None));
        for episode in [&first, &second] {
            episode::insert(&mut tx, episode).await.expect("each is new");
        }
        for (from, to) in [("friday", "monday"), ("monday", "tuesday"), ("tuesday", "monday")] {
            former::move_show(&mut tx, friday.id, (&slug(from), &slug(to))).await.expect("its own are its own");
        }
        for (name, led) in [("friday", Some(friday.id)), ("tuesday", Some(friday.id)), ("monday", None)] {
            assert_eq!(former::show(&mut tx, name).await.expect("it reads"), led, "{name}");
            assert_eq!(show::slug_taken(&mut tx, &slug(name)).await.expect("it reads"), name != "monday");
        }
        let taken = former::move_show(&mut tx, other.id, (&other.slug, &slug("friday"))).await;
        assert!(matches!(taken, Err(StoreError::Taken)), "{taken:?}");

        former::move_episode(&mut tx, &first, &slug("uno")).await.expect("nobody was there");
        assert_eq!(former::episode(&mut tx, friday.id, "e1").await.expect("it reads"), Some(first.id));
        assert_eq!(former::episode(&mut tx, other.id, "e1").await.expect("it reads"), None, "another show's own");
        let taken = former::move_episode(&mut tx, &second, &first.slug).await;
        assert!(matches!(taken, Err(StoreError::Taken)), "{taken:?}");
        let back = Episode { slug: slug("uno"), ..first.clone() };
        former::move_episode(&mut tx, &back, &first.slug).await.expect("its own are its own");
        assert_eq!(former::episode(&mut tx, friday.id, "uno").await.expect("it reads"), Some(first.id));

        show::delete(&mut tx, &friday).await.expect("the version fits");
        assert_eq!(former::show(&mut tx, "friday").await.expect("it reads"), None, "nobody is left to lead to");
        assert_eq!(former::episode(&mut tx, friday.id, "uno").await.expect("it reads"), None);
    })
    .await;
}
