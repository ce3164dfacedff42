//! Requests that must not be carried out twice: a sender who heard no answer may send the same again with the same key.

use rostrum_domain::access::Caller;
use rostrum_store::idempotency as store;

pub use rostrum_store::idempotency::{Answer, Key};

use crate::{App, Error};

/// The header in which senders give a key.
pub const FIELD: &str = "Idempotency-Key";
/// Characters of a key.
const KEY_MAX: usize = 200;

/// What is to be done with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It is new: carry it out, then [`finish`] or [`abandon`] it.
    Fresh(Key),
    /// It was carried out: give this answer again.
    Answered(Answer),
}

/// Asks what to do with a request, named by its digest (SHA-256, hex) and its sender's key.
pub async fn begin(app: &App, caller: &Caller, key: &str, request_sha256: &str) -> Result<Begun, Error> {
    if key.is_empty() || key.len() > KEY_MAX || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::invalid(FIELD, "A key is 1 to 200 visible ASCII characters, such as a UUID."));
    }
    let key = Key { user_id: caller.user_id, key: key.to_owned() };
    let mut tx = app.store.write().await?;
    if store::begin(&mut tx, &key, request_sha256, app.now()).await? {
        tx.commit().await?;
        return Ok(Begun::Fresh(key));
    }
    let known = store::get(&mut tx, &key).await?.ok_or(Error::Missing("request"))?;
    if known.request_sha256 != request_sha256 {
        return Err(Error::invalid(FIELD, "Another request had this key; choose a new one."));
    }
    known.answer.map(Begun::Answered).ok_or_else(|| {
        let text = "A request with this key is under way, or was cut off. See whether it took effect before you use \
                    a new key.";
        Error::Conflict(text.into())
    })
}

/// Keeps the answer of a request that was carried out.
pub async fn finish(app: &App, key: &Key, answer: &Answer) -> Result<(), Error> {
    let mut tx = app.store.write().await?;
    store::finish(&mut tx, key, answer).await?;
    tx.commit().await?;
    Ok(())
}

/// Forgets a request that changed nothing, so that it can be sent again.
pub async fn abandon(app: &App, key: &Key) -> Result<(), Error> {
    let mut tx = app.store.write().await?;
    store::drop(&mut tx, key).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::House;
    use jiff::SignedDuration;
    use rostrum_domain::user::Role;

    #[tokio::test]
    async fn a_request_is_carried_out_once_per_sender_and_key() {
        let house = House::new().await;
        let (ada, bob) = (house.person("Ada", Role::Creator).await, house.person("Bob", Role::Creator).await);
        let begin = async |caller: &Caller, key: &str, digest: &str| begin(&house.app, caller, key, digest).await;
        let Ok(Begun::Fresh(key)) = begin(&ada, "k", "d1").await else { panic!("it is new") };
        assert!(matches!(begin(&ada, "k", "d1").await, Err(Error::Conflict(_))), "it is under way");
        assert!(matches!(begin(&ada, "k", "d2").await, Err(Error::Invalid(_))), "another request");
        assert!(matches!(begin(&bob, "k", "d2").await, Ok(Begun::Fresh(_))), "keys are each sender's own");
        abandon(&house.app, &key).await.expect("it writes");
        assert!(matches!(begin(&ada, "k", "d2").await, Ok(Begun::Fresh(_))), "what came to nothing may change");
        let answer = Answer { status: 201, location: Some("/x".into()), body: "{}".into() };
        finish(&house.app, &key, &answer).await.expect("it was begun");
        assert_eq!(begin(&ada, "k", "d2").await.expect("it is known"), Begun::Answered(answer));
        for bad in ["", "two words", &"x".repeat(201)] {
            assert!(matches!(begin(&ada, bad, "d").await, Err(Error::Invalid(_))), "{bad}");
        }
        house.clock.advance(SignedDuration::from_hours(24));
        crate::auth::prune(&house.app).await.expect("it tidies up");
        assert!(matches!(begin(&ada, "k", "d3").await, Ok(Begun::Fresh(_))), "a day is remembered");
    }
}
