//! Requests that must not be carried out twice: a sender who heard no answer may send the same again with the same key.

use jiff::SignedDuration;
use rostrum_domain::access::Caller;
use rostrum_store::idempotency as store;
use rostrum_store::{StoreError, Tx};

pub use rostrum_store::idempotency::{Answer, Key, Lease};

use crate::{App, Error};

/// The header in which senders give a key.
pub const FIELD: &str = "Idempotency-Key";
/// Characters of a key.
const KEY_MAX: usize = 200;
/// How long nobody else carries a request out whose answer does not come; longer than any request takes.
const LEASE: SignedDuration = SignedDuration::from_secs(60);

tokio::task_local! {
    static UNDER: Lease;
}

/// What is to be done with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It is new, or was cut off before it had any effect: carry it out [`under`] the lease, then [`finish`] or
    /// [`abandon`] it.
    Fresh(Lease),
    /// It was carried out: give this answer again.
    Answered(Answer),
    /// It had its effect on this object, as in `show 01J…`, but was cut off before its answer was kept.
    Done(String),
    /// Somebody is carrying it out; ask again after so many seconds.
    UnderWay(u32),
}

/// Whether `key` can be one.
pub(crate) fn check(key: &str) -> Result<(), Error> {
    if key.is_empty() || key.len() > KEY_MAX || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::invalid(FIELD, "A key is 1 to 200 visible ASCII characters, such as a UUID."));
    }
    Ok(())
}

/// The key of the request that is being carried out, if it has one.
pub(crate) fn key() -> Option<String> {
    UNDER.try_with(|lease| lease.key.key.clone()).ok()
}

/// Asks what to do with a request, named by its digest (SHA-256, hex) and its sender's key.
pub async fn begin(app: &App, caller: &Caller, key: &str, request_sha256: &str) -> Result<Begun, Error> {
    check(key)?;
    let now = app.now();
    let key = Key { user_id: caller.user_id, key: key.to_owned() };
    let lease = Lease { key, until: now.checked_add(LEASE).map_err(Error::internal)? };
    let mut tx = app.store.write().await?;
    if store::begin(&mut tx, &lease, request_sha256, now).await? {
        tx.commit().await?;
        return Ok(Begun::Fresh(lease));
    }
    let known = store::get(&mut tx, &lease.key).await?.ok_or(Error::Missing("request"))?;
    if known.request_sha256 != request_sha256 {
        return Err(Error::invalid(FIELD, "Another request had this key; choose a new one."));
    }
    let left = known.lease_until.duration_since(now);
    match (known.answer, known.effect) {
        (Some(answer), _) => return Ok(Begun::Answered(answer)),
        _ if left.is_positive() => {}
        (None, Some(effect)) => return Ok(Begun::Done(effect)),
        (None, None) => {
            if store::take_over(&mut tx, &lease, now).await? {
                tx.commit().await?;
                return Ok(Begun::Fresh(lease));
            }
        }
    }
    Ok(Begun::UnderWay(u32::try_from(left.as_secs().max(0) + 1).unwrap_or(1)))
}

/// Carries a request out under its lease: what is noted in the audit log meanwhile is its effect.
pub async fn under<T>(lease: Lease, work: impl Future<Output = T>) -> T {
    UNDER.scope(lease, work).await
}

/// The request that is being carried out has its effect with this transaction; a conflict where it lost its lease, so
/// that one who was slow cannot do again what another has done meanwhile.
pub(crate) async fn mark(tx: &mut Tx, effect: &str) -> Result<(), Error> {
    let Ok(lease) = UNDER.try_with(Clone::clone) else { return Ok(()) };
    store::mark(tx, &lease, effect).await.map_err(|error| match error {
        StoreError::Stale => Error::Conflict("This took too long, and the request was begun again meanwhile.".into()),
        other => other.into(),
    })
}

/// Keeps the answer of a request that was carried out.
pub async fn finish(app: &App, lease: &Lease, answer: &Answer) -> Result<(), Error> {
    let mut tx = app.store.write().await?;
    store::finish(&mut tx, lease, answer).await?;
    tx.commit().await?;
    Ok(())
}

/// Forgets a request that changed nothing, so that it can be sent again; one that had its effect stays.
pub async fn abandon(app: &App, lease: &Lease) -> Result<(), Error> {
    let mut tx = app.store.write().await?;
    store::drop(&mut tx, lease).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{House, facts};
    use crate::{auth, shows};
    use rostrum_domain::user::Role;

    fn fresh(begun: Result<Begun, Error>) -> Lease {
        match begun {
            Ok(Begun::Fresh(lease)) => lease,
            other => panic!("it is to be carried out: {other:?}"),
        }
    }

    #[tokio::test]
    async fn a_request_is_carried_out_once_per_sender_and_key() {
        let house = House::new().await;
        let (ada, bob) = (house.person("Ada", Role::Creator).await, house.person("Bob", Role::Creator).await);
        let begin = async |caller: &Caller, key: &str, digest: &str| begin(&house.app, caller, key, digest).await;
        let lease = fresh(begin(&ada, "k", "d1").await);
        assert!(matches!(begin(&ada, "k", "d1").await, Ok(Begun::UnderWay(61))));
        assert!(matches!(begin(&ada, "k", "d2").await, Err(Error::Invalid(_))), "another request");
        fresh(begin(&bob, "k", "d2").await);
        abandon(&house.app, &lease).await.expect("it writes");
        let lease = fresh(begin(&ada, "k", "d2").await);
        let answer = Answer { status: 201, location: Some("/x".into()), body: "{}".into() };
        finish(&house.app, &lease, &answer).await.expect("it was begun");
        assert_eq!(begin(&ada, "k", "d2").await.expect("it is known"), Begun::Answered(answer));
        for bad in ["", "two words", &"x".repeat(201)] {
            assert!(matches!(begin(&ada, bad, "d").await, Err(Error::Invalid(_))), "{bad}");
        }
        house.clock.advance(SignedDuration::from_hours(24));
        auth::prune(&house.app).await.expect("it tidies up");
        fresh(begin(&ada, "k", "d3").await);
    }

    #[tokio::test]
    async fn what_was_cut_off_is_taken_over_and_who_was_slow_writes_nothing() {
        let house = House::new().await;
        let ada = house.person("Ada", Role::Creator).await;
        let slow = fresh(begin(&house.app, &ada, "k", "d").await);
        house.clock.advance(SignedDuration::from_secs(59));
        assert!(matches!(begin(&house.app, &ada, "k", "d").await, Ok(Begun::UnderWay(2))));
        house.clock.advance(SignedDuration::from_secs(1));
        let quick = fresh(begin(&house.app, &ada, "k", "d").await);
        let late = under(slow.clone(), shows::create(&house.app, &ada, facts("Talk"))).await;
        assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
        abandon(&house.app, &slow).await.expect("it changes nothing");
        let made = under(quick, shows::create(&house.app, &ada, facts("Talk"))).await.expect("it has the lease");
        assert_eq!(shows::list(&house.app, &ada).await.expect("hers").len(), 1);

        // Killed before the answer was kept.
        assert!(matches!(begin(&house.app, &ada, "k", "d").await, Ok(Begun::UnderWay(_))), "it may still answer");
        house.clock.advance(SignedDuration::from_secs(60));
        let done = begin(&house.app, &ada, "k", "d").await.expect("it is known");
        assert_eq!(done, Begun::Done(format!("show {}", made.id)));
    }
}
