//! What a server tidies up by itself now and then: ended jobs, uploads that were never finished,
//! sessions and links that are over, files that were replaced long ago.

use futures_util::TryStreamExt as _;
use jiff::SignedDuration;
use rostrum_domain::asset::Asset;
use rostrum_domain::show::Show;
use rostrum_domain::{Id, Timestamp};
use rostrum_store::{asset, job};

use crate::{App, Error, auth, jobs, uploads};

/// How long ended jobs stay in the lists.
const JOBS_KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);

/// How long a stored file may be without a record: longer than any work between storing and recording takes.
const UNKNOWN_KEPT: SignedDuration = SignedDuration::from_hours(24);

/// Seconds between finding such a file and removing it.
const UNKNOWN_DELAY_S: i64 = 3600;

/// Files removed in one transaction.
const RETIRED_STEP: i64 = 200;

/// Does one round.
pub async fn run(app: &App) -> Result<(), Error> {
    let before = app.now().checked_sub(JOBS_KEPT).unwrap_or(Timestamp::UNIX_EPOCH);
    let mut tx = app.store.write().await?;
    job::prune(&mut tx, before).await?;
    jobs::index::enqueue(app, &mut tx).await?;
    tx.commit().await?;
    retire(app).await?;
    uploads::tidy(app).await?;
    auth::prune(app).await?;
    Ok(())
}

/// Removes files that were replaced so long ago that no feed delivered before should lead to them any more.
async fn retire(app: &App) -> Result<(), Error> {
    let kept = SignedDuration::from_hours(24 * i64::from(app.limits.retired_days));
    let before = app.now().checked_sub(kept).unwrap_or(Timestamp::UNIX_EPOCH);
    loop {
        let mut tx = app.store.write().await?;
        let old = asset::retired(&mut tx, before, RETIRED_STEP).await?;
        if old.is_empty() {
            return Ok(());
        }
        for file in &old {
            asset::forget(&mut tx, file.id).await?;
        }
        jobs::sweep::enqueue(app, &mut tx, old.into_iter().map(|file| file.key).collect()).await?;
        tx.commit().await?;
    }
}

/// Has files removed that no record points to, left by work that was killed between storing and recording them. Gives
/// how many. Only keys of the form that this program gives to files of shows are looked at, and only those given more
/// than a day ago; they go an hour later, if nothing points to them then either.
pub async fn unknown(app: &App) -> Result<usize, Error> {
    let before = app.now().checked_sub(UNKNOWN_KEPT).unwrap_or(Timestamp::UNIX_EPOCH);
    let mut keys = app.media.keys();
    let mut lost = Vec::new();
    while let Some(key) = keys.try_next().await? {
        let old = given_at(&key).is_some_and(|at| at < before);
        if old && !asset::key_used(&mut app.store.read().await?, &key).await? {
            lost.push(key);
        }
    }
    let count = lost.len();
    if count > 0 {
        tracing::info!(count, "stored files that nothing points to will be removed");
        let mut tx = app.store.write().await?;
        jobs::sweep::enqueue_after(app, &mut tx, (lost, UNKNOWN_DELAY_S)).await?;
        tx.commit().await?;
    }
    Ok(count)
}

/// When a key `SHOW/OWNER/FILE.ending` was made; none for keys of another form, which are not ours to judge.
fn given_at(key: &str) -> Option<Timestamp> {
    let mut segments = key.split('/');
    let (show, _, file) = (segments.next()?, segments.next()?, segments.next()?);
    let id: Id<Asset> = file.split('.').next()?.parse().ok()?;
    (segments.next().is_none() && show.parse::<Id<Show>>().is_ok()).then(|| made_at(id)).flatten()
}

/// An id begins with the milliseconds of its making.
fn made_at(id: Id<Asset>) -> Option<Timestamp> {
    Timestamp::from_millisecond(i64::try_from(id.bits() >> 80).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use rostrum_domain::asset::AssetKind;

    use super::*;
    use crate::files::New;
    use crate::testing::{House, Talk, work};
    use crate::{files, studio};

    #[tokio::test]
    async fn a_replaced_file_is_served_for_a_week_and_counts_no_more() {
        let house = House::new().await;
        let app = &*house.app;
        let Talk { ada, show, episode } = house.talk().await;
        let room = studio::room(app, show.id).await.expect("it counts");
        let mut made = Vec::new();
        for bytes in [&b"first"[..], b"second"] {
            let file = New::of_episode((&show, &episode), AssetKind::Mp3).put(app, Bytes::from_static(bytes));
            let file = file.await.expect("it is stored");
            let mut tx = app.store.write().await.expect("a transaction begins");
            asset::retire(&mut tx, episode.id, AssetKind::Mp3, app.now()).await.expect("it retires");
            asset::insert(&mut tx, &file).await.expect("the other has retired");
            tx.commit().await.expect("it commits");
            made.push(file);
        }
        assert_eq!(studio::room(app, show.id).await.expect("it counts"), room - 6, "only the current file counts");

        house.clock.advance(SignedDuration::from_hours(24 * 7 - 1));
        run(app).await.expect("it tidies");
        work(app).await;
        let old = made[0].id.to_string();
        files::open(app, Some(&ada), &old).await.expect("feeds that were delivered lead to it");
        assert_eq!(app.media.size(&made[0].key).await.expect("it is there"), 5);

        house.clock.advance(SignedDuration::from_hours(2));
        run(app).await.expect("it tidies");
        work(app).await;
        assert!(matches!(files::open(app, Some(&ada), &old).await, Err(Error::Missing(_))));
        assert!(app.media.size(&made[0].key).await.is_err(), "its bytes are gone");
        assert_eq!(app.media.size(&made[1].key).await.expect("it is in use"), 6);
    }

    #[tokio::test]
    async fn what_a_killed_worker_left_goes_and_nothing_else() {
        let house = House::new().await;
        let app = &*house.app;
        let show = house.talk().await.show;
        let stored = async |bytes: &'static [u8]| {
            let file = New { show: &show, episode: None, kind: AssetKind::Portrait, file_name: "p.jpg".into() };
            file.put(app, Bytes::from_static(bytes)).await.expect("it is stored")
        };
        let (lost, known) = (stored(b"lost").await, stored(b"known").await);
        let mut tx = app.store.write().await.expect("a transaction begins");
        asset::insert(&mut tx, &known).await.expect("it is new");
        tx.commit().await.expect("it commits");
        app.media.put("source/of-an-upload", Bytes::from_static(b"theirs")).await.expect("it is stored");
        assert_eq!(unknown(app).await.expect("it looks"), 0, "it may be recorded yet");

        house.clock.advance(SignedDuration::from_hours(25));
        let young = stored(b"young").await;
        assert_eq!(unknown(app).await.expect("it looks"), 1);
        assert_eq!(work(app).await, 0, "somebody may still be about to record it");
        house.clock.advance(SignedDuration::from_hours(1));
        work(app).await;
        assert!(app.media.size(&lost.key).await.is_err(), "it is gone");
        for key in [&*known.key, &*young.key, "source/of-an-upload"] {
            app.media.size(key).await.unwrap_or_else(|error| panic!("{key} stays: {error}"));
        }

        let left = app.workbench().expect("it can be made").join(".tmp-of-a-killed-worker");
        std::fs::write(&left, b"half").expect("there is room");
        std::fs::write(app.scratch.join("house"), b"abc").expect("there is room");
        jobs::clear_workbench(app).expect("it goes");
        assert!(!left.exists() && app.scratch.join("house").exists(), "only what is the worker's own");
    }
}
