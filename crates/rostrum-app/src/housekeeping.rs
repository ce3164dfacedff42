//! What a server tidies up by itself now and then: ended jobs, uploads that were never finished,
//! sessions and links that are over, files that were replaced long ago.

use jiff::SignedDuration;
use rostrum_domain::Timestamp;
use rostrum_store::{asset, job};

use crate::{App, Error, auth, jobs, uploads};

/// How long ended jobs stay in the lists.
const JOBS_KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);

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

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use rostrum_domain::asset::AssetKind;
    use rostrum_domain::episode::EpisodeFacts;
    use rostrum_domain::user::Role;

    use super::*;
    use crate::files::New;
    use crate::testing::{House, facts, work};
    use crate::{episodes, files, shows, studio};

    #[tokio::test]
    async fn a_replaced_file_is_served_for_a_week_and_counts_no_more() {
        let house = House::new().await;
        let app = &*house.app;
        let ada = house.person("Ada", Role::Creator).await;
        let show = shows::create(app, &ada, facts("Talk")).await.expect("creators may");
        let titled = EpisodeFacts { title: "One".into(), ..EpisodeFacts::default() };
        let episode = episodes::create(app, &ada, "talk", titled).await.expect("managers may");
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
}
