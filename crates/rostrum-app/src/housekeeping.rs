//! What a server tidies up by itself now and then: ended jobs, uploads that were never finished,
//! sessions and links that are over.

use jiff::SignedDuration;
use rostrum_domain::Timestamp;
use rostrum_store::job;

use crate::{App, Error, auth, jobs, uploads};

/// How long ended jobs stay in the lists.
const JOBS_KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);

/// Does one round.
pub async fn run(app: &App) -> Result<(), Error> {
    let before = app.now().checked_sub(JOBS_KEPT).unwrap_or(Timestamp::UNIX_EPOCH);
    let mut tx = app.store.write().await?;
    job::prune(&mut tx, before).await?;
    jobs::index::enqueue(app, &mut tx).await?;
    tx.commit().await?;
    uploads::tidy(app).await?;
    auth::prune(app).await?;
    Ok(())
}
