//! `/healthz` says that the role runs, `/readyz` that it can answer.

use axum::extract::State;

use crate::Error;
use crate::state::Web;

/// Always, as long as the role runs.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// When the database answers.
pub async fn ready(State(web): State<Web>) -> Result<&'static str, Error> {
    rostrum_app::health::database(&web.app).await?;
    Ok("ready\n")
}
