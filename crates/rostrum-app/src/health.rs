//! Whether the parts answer.

use rostrum_store::show;

use crate::{App, Error};

/// Asks the database something small.
pub async fn database(app: &App) -> Result<(), Error> {
    let mut tx = app.store.read().await?;
    show::slug_taken(&mut tx, &rostrum_domain::Slug::from_title("health", "health")).await?;
    Ok(())
}
