//! What was done by whom: noted in the very transaction of the act, read by administrators, verified as a chain.

use std::collections::HashMap;

use rostrum_domain::Id;
use rostrum_domain::access::{Action, Caller};
use rostrum_domain::user::User;
use rostrum_store::audit::{self as store, Entry};
use rostrum_store::{Tx, account, episode, show};
use serde::Serialize;
use serde_json::{Map, Value, json};

pub use rostrum_store::audit::{Filter, Noted, Stretch, Verdict};

use crate::{App, Error, idempotency};

/// Characters of JSON up to which a value is noted itself; of a longer one only that it changed.
const SHORT: usize = 160;
/// Entries read at once at most: a page of the API, and one more to see whether it is the last.
const READ_MAX: i64 = 201;

/// Something that is being done.
#[derive(Debug, Clone)]
pub struct Note {
    user_id: Option<Id<User>>,
    address: String,
    action: &'static str,
    object: String,
    detail: Value,
}

impl Note {
    /// Done by a caller to an object such as `show 01J…`; by the program itself where the caller is nobody (id 0).
    pub fn by(caller: &Caller, action: &'static str, object: String) -> Self {
        let user_id = Some(caller.user_id).filter(|id| *id != Id::from_bits(0));
        Self { user_id, address: caller.from.clone(), action, object, detail: Value::Null }
    }

    /// Done for somebody by work they began earlier.
    pub const fn on_behalf(user_id: Id<User>, action: &'static str, object: String) -> Self {
        Self { user_id: Some(user_id), address: String::new(), action, object, detail: Value::Null }
    }

    /// Done by somebody unknown from a network.
    pub const fn anonymous(action: &'static str, object: String, network: String) -> Self {
        Self { user_id: None, address: network, action, object, detail: Value::Null }
    }

    /// Done on the machine itself, by who may run the program.
    pub const fn operator(action: &'static str, object: String) -> Self {
        Self::anonymous(action, object, String::new())
    }

    /// With more about it: before and after, never a secret.
    pub fn with(mut self, detail: Value) -> Self {
        self.detail = detail;
        self
    }
}

/// Notes what is being done, in the transaction that does it. From here on no other transaction can note anything
/// until this one ends, so what is read afterwards stays true. A request that must not be carried out twice has had its
/// effect with this.
pub async fn note(app: &App, tx: &mut Tx, note: Note) -> Result<(), Error> {
    idempotency::mark(tx, &note.object).await?;
    let detail = if note.detail.is_null() { "{}".to_owned() } else { note.detail.to_string() };
    let entry = Entry {
        at: app.now(),
        user_id: note.user_id,
        action: note.action.to_owned(),
        object: note.object,
        detail,
        address: note.address,
    };
    store::append(tx, &entry).await?;
    Ok(())
}

/// What differs between two versions of facts, by name: short values before and after, nothing of long ones.
pub(crate) fn changes(before: &impl Serialize, after: &impl Serialize) -> Map<String, Value> {
    let (before, after) = (members(before), members(after));
    let names = after.keys().chain(before.keys().filter(|name| !after.contains_key(*name)));
    let mut changes = Map::new();
    for name in names {
        let (old, new) = (before.get(name).unwrap_or(&Value::Null), after.get(name).unwrap_or(&Value::Null));
        if old != new {
            changes.insert(name.clone(), change(old, new));
        }
    }
    changes
}

fn members(facts: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(facts) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

fn change(old: &Value, new: &Value) -> Value {
    let short = |value: &Value| value.to_string().chars().count() <= SHORT;
    if short(old) && short(new) { json!({"before": old, "after": new}) } else { json!({}) }
}

/// An entry with the names of what it is about, as far as they still exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The entry.
    pub noted: Noted,
    /// The name of who did it.
    pub who: Option<String>,
    /// A person's name or a title; the object's own words where there is neither.
    pub target: String,
}

/// Some of the log, from the newest back, and how many entries match in all.
pub async fn list(app: &App, caller: &Caller, filter: Filter<'_>, stretch: Stretch) -> Result<(Vec<Line>, i64), Error> {
    guard(caller)?;
    let stretch = Stretch { limit: stretch.limit.clamp(1, READ_MAX), offset: stretch.offset.max(0), ..stretch };
    let mut tx = app.store.read().await?;
    let (notes, count) = store::latest(&mut tx, filter, stretch).await?;
    let mut names = Names { tx, known: HashMap::new() };
    let mut lines = Vec::with_capacity(notes.len());
    for noted in notes {
        lines.push(names.line(noted).await?);
    }
    Ok((lines, count))
}

/// What objects are called now; each is asked for once.
struct Names {
    tx: Tx,
    known: HashMap<String, Option<String>>,
}

impl Names {
    async fn line(&mut self, noted: Noted) -> Result<Line, Error> {
        let who = match noted.entry.user_id {
            Some(id) => self.name(&format!("user {id}")).await?,
            None => None,
        };
        let named = self.name(&noted.entry.object).await?.or_else(|| title(&noted.entry.detail));
        Ok(Line { who, target: named.unwrap_or_else(|| noted.entry.object.clone()), noted })
    }

    async fn name(&mut self, object: &str) -> Result<Option<String>, Error> {
        if let Some(known) = self.known.get(object) {
            return Ok(known.clone());
        }
        let name = self.find(object).await?;
        self.known.insert(object.to_owned(), name.clone());
        Ok(name)
    }

    async fn find(&mut self, object: &str) -> Result<Option<String>, Error> {
        let tx = &mut self.tx;
        Ok(match object.split_once(' ') {
            Some(("user", id)) => account::get(tx, parse(id)).await?.map(|user| user.name),
            Some(("show", id)) => show::get(tx, parse(id)).await?.map(|show| show.facts.title),
            Some(("episode", id)) => episode::get(tx, parse(id)).await?.map(|found| found.facts.title),
            _ => None,
        })
    }
}

/// The id in an object; what names nothing has the id of nothing.
fn parse<T>(id: &str) -> Id<T> {
    id.parse().unwrap_or(Id::from_bits(0))
}

/// The title that was noted, of what may be gone by now.
fn title(detail: &str) -> Option<String> {
    let detail: Value = serde_json::from_str(detail).ok()?;
    let names = [&detail["title"], &detail["name"], &detail["before"]["name"]];
    names.into_iter().find_map(Value::as_str).map(str::to_owned)
}

/// Whether the log is as it was written.
pub async fn verify(app: &App, caller: &Caller) -> Result<Verdict, Error> {
    guard(caller)?;
    verify_as_operator(app).await
}

/// The same for who may run the program.
pub async fn verify_as_operator(app: &App) -> Result<Verdict, Error> {
    Ok(store::verify(&mut app.store.read().await?).await?)
}

fn guard(caller: &Caller) -> Result<(), Error> {
    if caller.may(Action::ManageSite, None) {
        return Ok(());
    }
    Err(Error::Denied("Only administrators read the audit log."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_facts_are_noted_whole_and_long_ones_by_name() {
        let before = json!({"title": "A", "notes": "x", "tags": ["a"], "gone": 1, "same": true});
        let after = json!({"title": "B", "notes": "y".repeat(SHORT), "tags": [], "same": true, "new": null});
        let expected = json!({
            "title": {"before": "A", "after": "B"},
            "notes": {},
            "tags": {"before": ["a"], "after": []},
            "gone": {"before": 1, "after": null},
        });
        assert_eq!(Value::Object(changes(&before, &after)), expected);
        assert!(changes(&before, &before).is_empty());
    }
}
