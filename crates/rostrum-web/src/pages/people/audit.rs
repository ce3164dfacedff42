//! `/admin/audit`: who did what, when, from where.

use axum::extract::{Query, State};
use axum::response::Response;
use rostrum_app::audit::{self, Line, Page};
use serde_json::Value;

use crate::Error;
use crate::call::Signed;
use crate::html::html;
use crate::state::Web;
use crate::views::Pager;
use crate::views::admin::audit::{Audit, Entry};

const PATH: &str = "/admin/audit";
/// Entries on a page.
const LINES: i64 = 50;

/// What the list is narrowed to, and where one is in it.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
    page: Option<u32>,
}

/// The page.
pub async fn show(State(web): State<Web>, signed: Signed, Query(asked): Query<Asked>) -> Result<Response, Error> {
    let number = i64::from(asked.page.unwrap_or(1).max(1));
    let page = Page { text: asked.q.trim(), limit: LINES, offset: (number - 1) * LINES };
    let (lines, total) = audit::list(&web.app, &signed.caller, page).await?;
    html(&Audit {
        page: web.page("Audit log", PATH, Some(&signed)),
        entries: lines.into_iter().map(entry).collect(),
        pager: pager(number, total, &asked.q),
        query: asked.q,
    })
}

fn pager(number: i64, total: i64, query: &str) -> Pager {
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
    let pages = count(total).div_ceil(count(LINES)).max(1);
    Pager { page: count(number), pages, total: count(total), stem: format!("{PATH}?q={query}&page=") }
}

fn entry(line: Line) -> Entry {
    let entry = line.noted.entry;
    let gone = match (entry.user_id, entry.address.is_empty()) {
        (Some(_), _) => "Somebody who left",
        (None, true) => "The operator",
        (None, false) => "Somebody",
    };
    Entry {
        at: entry.at.into(),
        who: line.who.unwrap_or_else(|| gone.to_owned()),
        what: words(&entry.action, &entry.detail),
        target: line.target,
        from: entry.address,
    }
}

/// What was done, as it follows a name.
fn words(action: &str, detail: &str) -> String {
    let known = match action {
        "account-changed" => return change(&serde_json::from_str(detail).unwrap_or_default()),
        "sign-in" => "signed in to the account of",
        "sign-in-failed" => "failed to sign in to the account of",
        "sign-out" => "signed out of",
        "session-ended" => "ended",
        "other-sessions-ended" => "ended every other session of",
        "password-changed" => "set a new password for",
        "reset-asked" => "asked for a new password for",
        "owner-made" => "set the site up as",
        "invited" => "invited",
        "invitation-accepted" => "accepted the invitation of",
        "link-made" => "made a one-time link for",
        "account-removed" => "removed",
        "token-made" => "made",
        "token-revoked" => "revoked",
        "episode-published" => "published",
        "episode-scheduled" => "scheduled",
        "episode-unpublished" => "took back",
        "episode-deleted" | "show-deleted" => "deleted",
        "member-set" => "changed the members of",
        "member-removed" => "removed a member of",
        other => return other.replace('-', " "),
    };
    known.to_owned()
}

/// What is different after a change to an account.
fn change(detail: &Value) -> String {
    let (before, after) = (&detail["before"], &detail["after"]);
    if before["role"] != after["role"] {
        return format!("gave the role {} to", after["role"].as_str().unwrap_or("?"));
    }
    let switched = before["disabled"] != after["disabled"];
    match after["disabled"].as_bool().filter(|_| switched) {
        Some(true) => "switched sign-in off for".to_owned(),
        Some(false) => "switched sign-in on for".to_owned(),
        None => "changed the account of".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use rostrum_domain::user::Role;

    use crate::testing::Site;

    #[tokio::test]
    async fn the_log_is_read_in_pages_and_by_word() {
        let site = Site::new().await;
        site.house.person("Ada", Role::Owner).await;
        let visitor = site.signed_in("Ada").await;
        for name in 0..60 {
            visitor.post("/admin/account", &[("name", &format!("Ada {name}"))]).await;
        }
        let first = visitor.get("/admin/audit").await;
        assert_eq!((first.status, first.body.matches("<tr><td").count()), (StatusCode::OK, 50));
        assert!(first.body.contains("/admin/audit?q=&amp;page=2") || first.body.contains("page=2"));
        let second = visitor.get("/admin/audit?q=&page=2").await;
        assert_eq!(second.body.matches("<tr><td").count(), 11);
        assert!(second.body.contains("signed in to the account of") && second.body.contains("192.0.2.1"));
        let found = visitor.get("/admin/audit?q=sign-in").await;
        assert_eq!(found.body.matches("<tr><td").count(), 1);
        assert!(visitor.get("/admin/audit?q=%25%3Cb%3E").await.body.contains("Nothing matches"));
    }
}
