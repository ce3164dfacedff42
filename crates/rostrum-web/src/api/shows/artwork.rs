//! `/api/v1/shows/{show}/artwork`: gives a show its picture, sent or fetched.
#![expect(unused_qualifications, reason = "the attribute writes some for parameters")]

use axum::extract::State;
use axum::response::IntoResponse;
use rostrum_app::artwork::{self, BYTES_MAX};
use rostrum_codec::Fit;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{ShowBody, answer};
use crate::Error;
use crate::api::at::{Asked, At};
use crate::api::body::Raw;
use crate::api::schema::Bytes;
use crate::call::Signed;
use crate::state::Web;

/// How a picture that is no square becomes one.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// Cut to the middle.
    #[default]
    Crop,
    /// Bands at the sides.
    Pad,
}

impl From<Shape> for Fit {
    fn from(shape: Shape) -> Self {
        match shape {
            Shape::Crop => Self::Crop,
            Shape::Pad => Self::Pad,
        }
    }
}

/// What may stand behind the address.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Drawn {
    /// How a picture that is no square becomes one; `crop` when left out.
    #[serde(default)]
    #[param(required = false)]
    pub(in crate::api) fit: Shape,
}

/// A picture on another server.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PictureAt {
    /// Its address, http or https.
    url: String,
    /// How a picture that is no square becomes one; as the address says when left out.
    fit: Option<Shape>,
}

impl PictureAt {
    /// The address and the shape; `fit` where none is said here.
    pub(in crate::api) fn picture(&self, fit: Shape) -> (&str, Fit) {
        (&self.url, self.fit.unwrap_or(fit).into())
    }
}

/// Gives a show artwork: a JPEG, PNG or WebP picture, or the address of one.
///
/// The picture is decoded and drawn anew, 1400 to 3000 px square.
#[utoipa::path(put, path = "/api/v1/shows/{show}/artwork", tag = "shows",
    params(("show" = String, Path, description = "slug or id"), Drawn),
    request_body(content((Bytes = "image/jpeg"), (Bytes = "image/png"), (Bytes = "image/webp"),
        (PictureAt = "application/json"))),
    responses((status = 200, description = "the show with its new artwork", body = ShowBody,
        headers(("etag" = String, description = "its version")))))]
pub async fn set_artwork(
    State(web): State<Web>,
    signed: Signed,
    (At(name), Asked(Drawn { fit })): (At<String>, Asked<Drawn>),
    sent: Raw<BYTES_MAX>,
) -> Result<impl IntoResponse, Error> {
    let (app, caller) = (&web.app, &signed.caller);
    let changed = match sent.json::<PictureAt>().transpose()? {
        Some(at) => artwork::fetch(app, caller, &name, at.picture(fit)).await?,
        None => artwork::set(app, caller, &name, (sent.bytes, fit.into())).await?,
    };
    Ok(answer(app, &changed))
}

#[cfg(test)]
mod tests {
    use http::{Method, StatusCode};
    use serde_json::json;

    use crate::api::testing::Desk;

    #[tokio::test]
    async fn what_is_no_picture_is_refused() {
        let desk = Desk::new().await;
        let program = desk.program();
        let put = |path: &str, body: Vec<u8>| {
            let request = program.request(Method::PUT, path).header("content-type", "image/png");
            program.send(request.body(body.into()))
        };
        let wrong = put("/api/v1/shows/talk/artwork?fit=stretch", vec![1]).await;
        assert_eq!(
            (wrong.status, &wrong.json()["errors"][0]["field"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("query"))
        );
        let huge = put("/api/v1/shows/talk/artwork", vec![0; (20 << 20) + 1]).await;
        assert_eq!(huge.status, StatusCode::PAYLOAD_TOO_LARGE);
    }

    #[tokio::test]
    async fn addresses_go_through_the_fetcher_that_stays_out_of_private_networks() {
        let desk = Desk::new().await;
        let body = json!({"url": "http://127.0.0.1:9/a.png", "fit": "pad"});
        let inside = desk.program().call(Method::PUT, "/api/v1/shows/talk/artwork", body).await;
        assert_eq!(inside.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", inside.body);
        assert_eq!(inside.json()["errors"][0]["field"], "artwork_url");
        let body = json!({"url": "http://127.0.0.1:9/a.png", "fit": "tile"});
        let wrong = desk.program().call(Method::PUT, "/api/v1/shows/talk/artwork", body).await;
        assert_eq!(wrong.json()["errors"][0]["field"], "fit", "{}", wrong.body);
    }
}
