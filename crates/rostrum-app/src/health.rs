//! Whether the parts answer.

use rostrum_store::{job, show};

use crate::{App, Error};

/// Asks the database something small.
pub async fn database(app: &App) -> Result<(), Error> {
    let mut tx = app.store.read().await?;
    show::slug_taken(&mut tx, &rostrum_domain::Slug::from_title("health", "health")).await?;
    Ok(())
}

/// How many jobs wait or run.
pub async fn jobs_open(app: &App) -> Result<i64, Error> {
    Ok(job::open_count(&mut app.store.read().await?).await?)
}
