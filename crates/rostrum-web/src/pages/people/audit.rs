//! `/admin/audit`: who did what, when, from where.

use axum::extract::{Query, State};
use axum::response::Response;
use rostrum_app::audit::{self, Filter, Line, Stretch, Verdict};
use rostrum_domain::user::Role;
use serde_json::Value;

use crate::Error;
use crate::call::Signed;
use crate::html::html;
use crate::state::Web;
use crate::views::admin::audit::{Audit, Change, Entry};
use crate::views::{Flash, FlashKind, Pager};
use crate::words::{self, say};

const PATH: &str = "/admin/audit";
/// Entries on a page.
const LINES: i64 = 50;

/// What the list is narrowed to, where one is in it, and whether the whole log is to be checked.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    about: String,
    page: Option<u32>,
    #[serde(default)]
    check: String,
}

/// The page.
pub async fn show(State(web): State<Web>, signed: Signed, Query(asked): Query<Asked>) -> Result<Response, Error> {
    let number = i64::from(asked.page.unwrap_or(1).max(1));
    let filter = Filter { text: asked.q.trim(), about: asked.about.trim(), ..Filter::default() };
    let stretch = Stretch { limit: LINES, offset: (number - 1) * LINES, after: None };
    let (lines, total) = audit::list(&web.app, &signed.caller, filter, stretch).await?;
    let mut page = web.page(&say("audit").to_string(), PATH, Some(&signed));
    page.flash = check(&web, &signed, &asked.check).await?;
    let (pager, entries) = (pager(number, total, &asked), lines.into_iter().map(entry).collect());
    html(&Audit { page, entries, pager, query: asked.q, about: asked.about })
}

/// What a check of the whole log says, if one is wanted.
async fn check(web: &Web, signed: &Signed, wanted: &str) -> Result<Option<Flash>, Error> {
    if wanted != "on" {
        return Ok(None);
    }
    Ok(Some(match audit::verify(&web.app, &signed.caller).await? {
        Verdict::Whole(head) => {
            let text = say("audit-whole").with("n", head.number).with("hash", head.hash).into();
            Flash { kind: FlashKind::Done, text }
        }
        Verdict::Broken(number) => {
            Flash { kind: FlashKind::Failed, text: say("audit-broken").with("n", number).into() }
        }
    }))
}

fn pager(number: i64, total: i64, asked: &Asked) -> Pager {
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("q", &asked.q).append_pair("about", &asked.about);
    let pages = count(total).div_ceil(count(LINES)).max(1);
    Pager { page: count(number), pages, total: count(total), stem: format!("{PATH}?{}&page=", query.finish()) }
}

fn entry(line: Line) -> Entry {
    let entry = line.noted.entry;
    let gone = match (entry.user_id, entry.address.is_empty()) {
        (Some(_), _) => "audit-left",
        (None, true) => "audit-operator",
        (None, false) => "audit-stranger",
    };
    let detail: Value = serde_json::from_str(&entry.detail).unwrap_or_default();
    let (action, role) = act(entry.action, &detail);
    Entry {
        at: entry.at.into(),
        who: line.who.unwrap_or_else(|| say(gone).into()),
        action,
        role,
        target: line.target,
        changes: changes(&detail),
        from: entry.address,
    }
}

/// The act, told more exactly where somebody's account was changed, and the role that was given.
fn act(action: String, detail: &Value) -> (String, String) {
    let (before, after) = (&detail["before"], &detail["after"]);
    if action != "account-changed" {
        return (action, String::new());
    }
    if before["role"] != after["role"] {
        let role = after["role"].as_str().and_then(|role| role.parse::<Role>().ok());
        return ("account-role".into(), role.map(|role| words::role(&role)).unwrap_or_default());
    }
    let switched = before["disabled"] != after["disabled"];
    let action = match after["disabled"].as_bool().filter(|_| switched) {
        Some(true) => "account-off",
        Some(false) => "account-on",
        None => "account-changed",
    };
    (action.into(), String::new())
}

fn changes(detail: &Value) -> Vec<Change> {
    let changes = detail["changes"].as_object().into_iter().flatten();
    let change = |(field, change): (&String, &Value)| Change { field: field.clone(), values: values(field, change) };
    changes.map(change).collect()
}

/// Before and after in words; of pictures, which are named by nothing a person knows, only that they changed.
fn values(field: &str, change: &Value) -> Option<(String, String)> {
    let members = change.as_object().filter(|_| field != "artwork")?;
    Some((text(members.get("before")?), text(members.get("after")?)))
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => say("audit-nothing").into(),
        Value::String(text) if text.is_empty() => say("audit-nothing").into(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use rostrum_app::shows;
    use rostrum_app::testing::facts;
    use rostrum_domain::show::ShowFacts;
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
        assert_eq!(visitor.get("/admin/audit?about=user").await.body.matches("<tr><td").count(), 50);
        assert!(visitor.get("/admin/audit?about=show").await.body.contains("Nothing matches"));
        assert!(visitor.get("/admin/audit?q=%25%3Cb%3E").await.body.contains("Nothing matches"));
    }

    #[tokio::test]
    async fn changes_are_told_with_before_and_after() {
        let site = Site::new().await;
        let (app, ada) = (&site.house.app, site.house.person("Ada", Role::Owner).await);
        shows::create(app, &ada, facts("Talk")).await.expect("she may");
        let long = ShowFacts { description: "x".repeat(500), ..facts("<b>Night</b>") };
        let change = shows::Change { facts: long, slug: None, version: None };
        shows::update(app, &ada, "talk", change).await.expect("she may");
        let visitor = site.signed_in("Ada").await;
        let page = visitor.get("/admin/audit?about=show&check=on").await.body;
        assert!(page.contains("made the show") && page.contains("changed the show"), "{page}");
        assert!(page.contains("Title: <bdi>Talk</bdi> → <bdi>&#60;b&#62;Night"), "{page}");
        assert!(page.contains("<li>Description</li>"), "{page}");
        assert!(page.contains("Every one of the 3 entries is as it was written"), "{page}");
        assert!(!page.contains("<b>Night"), "{page}");
    }
}
