//! `/api/v1/uploads`: says where and how recordings are sent; the sending itself speaks tus.

use axum::Json;
use axum::extract::State;
use rostrum_app::uploads::{LIFE_DAYS, PARTS_MAX};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Error;
use crate::call::Signed;
use crate::state::Web;

/// Where and how recordings are sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadsBody {
    /// Where to begin an upload with tus 1.0.0, with the same token.
    url: String,
    /// The protocol's version.
    tus_version: &'static str,
    /// Names for `Upload-Metadata`: `episode` names the episode whose recording it becomes, `show` the show in which it
    /// becomes a new draft, `filename` is kept for people.
    metadata: [&'static str; 3],
    /// Largest upload, in bytes.
    bytes_max: u64,
    /// Partial uploads that one may be joined from.
    parts_max: usize,
    /// Days in which an upload left alone can be resumed.
    life_days: i64,
}

/// Says where and how recordings are sent: with tus 1.0.0, so that an upload survives a broken line.
#[utoipa::path(get, path = "/api/v1/uploads", tag = "uploads",
    responses((status = 200, description = "where and how", body = UploadsBody)))]
pub async fn describe(State(web): State<Web>, _: Signed) -> Result<Json<UploadsBody>, Error> {
    Ok(Json(UploadsBody {
        url: web.app.address("/uploads/"),
        tus_version: "1.0.0",
        metadata: ["episode", "show", "filename"],
        bytes_max: web.app.limits.upload_bytes_max,
        parts_max: PARTS_MAX,
        life_days: LIFE_DAYS,
    }))
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use crate::api::testing::Desk;

    #[tokio::test]
    async fn the_hint_leads_to_where_uploads_begin() {
        let desk = Desk::new().await;
        let hint = desk.program().get("/api/v1/uploads").await.json();
        assert_eq!(hint["url"], "http://127.0.0.1:8080/uploads/");
        let request = desk.program().request(http::Method::OPTIONS, "/uploads/");
        let described = desk.program().send(request.body(axum::body::Body::empty())).await;
        assert_eq!(described.status, StatusCode::NO_CONTENT);
        assert_eq!(described.header("tus-max-size"), hint["bytes_max"].to_string());
        assert_eq!(described.header("tus-version"), hint["tus_version"].as_str().expect("it has one"));
    }
}
