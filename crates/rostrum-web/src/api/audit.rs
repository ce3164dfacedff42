//! `/api/v1/audit`: who did what, when, from where; for administrators.
#![expect(unused_qualifications, reason = "the attribute writes some for parameters")]

use axum::extract::{OriginalUri, State};
use axum::response::Response;
use jiff::Timestamp;
use rostrum_app::audit::{self, Filter, Line, Stretch};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::at::Asked;
use super::paging::{Page, Paging};
use crate::Error;
use crate::call::Signed;
use crate::state::Web;

/// What the log is narrowed to.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Narrowed {
    /// Only entries with these letters: in the act, the thing, its details, or somebody's name or address.
    #[serde(default)]
    #[param(required = false)]
    q: String,
    /// Only entries about this kind of thing, as in `show`, `episode`, `upload`, `job`, `user`, `session`, `token`.
    #[serde(default)]
    #[param(required = false)]
    about: String,
    /// Nothing before this.
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// Nothing from this on.
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
}

impl Narrowed {
    fn filter(&self) -> Filter<'_> {
        Filter { text: &self.q, about: &self.about, since: self.since, until: self.until }
    }
}

/// Something that was done.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditBody {
    /// Its place in the log, from 1, without holes.
    number: i64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Who did it; null for a stranger and for the program's operator.
    user_id: Option<String>,
    /// What they are called now; null when they are gone.
    user_name: Option<String>,
    /// What was done, as in `episode-published`.
    action: String,
    /// To what, as in `episode 01J…`.
    object: String,
    /// What that is called, as far as it is known.
    object_name: String,
    /// More about it; `changes` names what became different, with short values before and after.
    #[schema(value_type = Object)]
    detail: Value,
    /// The network it came from; empty for within the machine.
    network: String,
    /// SHA-256, hex, over the hash before it and the entry. Who keeps one elsewhere can tell whether the log up to it
    /// was ever rewritten.
    hash: String,
}

impl From<Line> for AuditBody {
    fn from(line: Line) -> Self {
        let Line { noted, who, target } = line;
        let entry = noted.entry;
        Self {
            number: noted.number,
            at: entry.at,
            user_id: entry.user_id.map(|id| id.to_string()),
            user_name: who,
            action: entry.action,
            object: entry.object,
            object_name: target,
            detail: serde_json::from_str(&entry.detail).unwrap_or_default(),
            network: entry.address,
            hash: noted.hash,
        }
    }
}

/// Reads the audit log, the newest entries first; for administrators.
#[utoipa::path(get, path = "/api/v1/audit", tag = "audit", params(Paging, Narrowed),
    responses((status = 200, description = "a page of the log", body = Page<AuditBody>,
        headers(("link" = String, description = "the first and the next page, RFC 8288")))))]
pub async fn list(
    State(web): State<Web>,
    signed: Signed,
    (paging, uri): (Paging, OriginalUri),
    Asked(narrowed): Asked<Narrowed>,
) -> Result<Response, Error> {
    let stretch = Stretch { after: paging.behind()?, offset: 0, limit: paging.size_and_one() };
    let found = audit::list(&web.app, &signed.caller, narrowed.filter(), stretch).await?;
    Ok(paging.keyed(found, |line| line.noted.number.to_string(), AuditBody::from).answer(&uri))
}

#[cfg(test)]
mod tests {
    use http::{Method, StatusCode};
    use rostrum_domain::user::{Role, Scope};
    use serde_json::{Value, json};

    use crate::api::testing::{Desk, token};

    #[tokio::test]
    async fn administrators_read_what_was_done_to_what() {
        let desk = Desk::new().await;
        let program = desk.program();
        let patch = json!({"facts": {"title": "Two", "notes": "x".repeat(500)}});
        program.call(Method::PATCH, &desk.episode_path(), patch).await;
        program.call(Method::POST, &format!("{}/cancel", desk.job_path()), Value::Null).await;
        let admin = desk.site.house.person("Bob", Role::Admin).await;
        for (scope, status) in [(Scope::Read, StatusCode::FORBIDDEN), (Scope::Admin, StatusCode::OK)] {
            let reader = token(&desk.site, &admin, &[scope]).await;
            assert_eq!(desk.site.program(&reader).get("/api/v1/audit").await.status, status, "{scope}");
        }
        assert_eq!(program.get("/api/v1/audit").await.status, StatusCode::FORBIDDEN, "a creator's");

        let reader = token(&desk.site, &admin, &[Scope::Admin]).await;
        let reader = desk.site.program(&reader);
        let list = async |query: &str| reader.get(&format!("/api/v1/audit?{query}")).await.json();
        let changed = list("about=episode&per_page=1").await;
        let (entry, next) = (&changed["items"][0], &changed["next"]);
        assert_eq!((&changed["total"], &entry["action"]), (&json!(2), &json!("episode-changed")), "{changed}");
        let told = (&entry["user_name"], &entry["object_name"], &entry["network"]);
        assert_eq!(told, (&json!("Ada"), &json!("Two"), &json!("192.0.2.1")));
        let changes = json!({"title": {"before": "One", "after": "Two"}, "notes": {}});
        assert_eq!(entry["detail"]["changes"], changes);
        let made = list(&format!("about=episode&per_page=1&after={}", next.as_str().expect("there is more"))).await;
        assert_eq!((&made["items"][0]["action"], &made["next"]), (&json!("episode-made"), &Value::Null));
        assert_eq!(list("q=job-cancelled&since=2026-11-20T18:00:00Z").await["total"], 1);
        assert_eq!(list("until=2026-11-20T18:00:00Z").await["total"], 0);
        let wrong = reader.get("/api/v1/audit?since=yesterday").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.body);
    }
}
