//! `/api/v1/episodes/{episode}/artwork`: gives an episode a picture of its own, sent or fetched, and takes it away.

use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use rostrum_app::artwork::{self, BYTES_MAX};

use super::{EpisodeBody, answer};
use crate::Error;
use crate::api::at::{Asked, At, id};
use crate::api::body::Raw;
use crate::api::schema::Bytes;
use crate::api::shows::artwork::{Drawn, PictureAt};
use crate::call::Signed;
use crate::state::Web;

/// Gives an episode artwork: a JPEG, PNG or WebP picture, or the address of one.
///
/// The picture is decoded and drawn anew, 1400 to 3000 px square; it goes into the feed and into the episode's files.
#[utoipa::path(put, path = "/api/v1/episodes/{episode}/artwork", tag = "episodes",
    params(("episode" = String, Path, description = "the episode's id"), Drawn),
    request_body(content((Bytes = "image/jpeg"), (Bytes = "image/png"), (Bytes = "image/webp"),
        (PictureAt = "application/json"))),
    responses((status = 200, description = "the episode with its new artwork", body = EpisodeBody,
        headers(("etag" = String, description = "its version")))))]
pub async fn set_artwork(
    State(web): State<Web>,
    signed: Signed,
    (At(text), Asked(Drawn { fit })): (At<String>, Asked<Drawn>),
    sent: Raw<BYTES_MAX>,
) -> Result<impl IntoResponse, Error> {
    let (app, caller, id) = (&web.app, &signed.caller, id(&text, "episode")?);
    match sent.json::<PictureAt>().transpose()? {
        Some(at) => artwork::fetch_of_episode(app, caller, id, at.picture(fit)).await?,
        None => artwork::set_of_episode(app, caller, id, (sent.bytes, fit.into())).await?,
    };
    answer(app, caller, id).await
}

/// Takes an episode's own artwork away; the show's stands in for it.
#[utoipa::path(delete, path = "/api/v1/episodes/{episode}/artwork", tag = "episodes",
    params(("episode" = String, Path, description = "the episode's id")),
    responses((status = 204, description = "it is gone")))]
pub async fn remove_artwork(State(web): State<Web>, signed: Signed, At(text): At<String>) -> Result<StatusCode, Error> {
    artwork::remove_of_episode(&web.app, &signed.caller, id(&text, "episode")?).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use http::{Method, StatusCode};
    use serde_json::{Value, json};

    use crate::api::testing::Desk;

    #[tokio::test]
    async fn pictures_of_private_networks_are_not_fetched_and_none_is_needed_to_take_it_away() {
        let desk = Desk::new().await;
        let (program, path) = (desk.program(), format!("{}/artwork", desk.episode_path()));
        let inside = program.call(Method::PUT, &path, json!({"url": "http://127.0.0.1:9/a.png"})).await;
        assert_eq!(inside.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", inside.body);
        assert_eq!(inside.json()["errors"][0]["field"], "artwork_url");
        assert_eq!(program.call(Method::DELETE, &path, Value::Null).await.status, StatusCode::NO_CONTENT);
        assert_eq!(program.get(&desk.episode_path()).await.json()["urls"]["artwork"], Value::Null);
    }
}
