//! What was done by whom: noted in the very transaction of the act, read by administrators, verified as a chain.

use rostrum_domain::Id;
use rostrum_domain::access::{Action, Caller};
use rostrum_domain::show::Show;
use rostrum_domain::user::User;
use rostrum_store::audit::{self as store, Entry};
use rostrum_store::{Tx, account, show};
use serde_json::Value;

pub use rostrum_store::audit::{Noted, Page, Verdict};

use crate::{App, Error};

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
    /// Done by a caller to an object such as `show 01J…`.
    pub fn by(caller: &Caller, action: &'static str, object: String) -> Self {
        Self { user_id: Some(caller.user_id), address: caller.from.clone(), action, object, detail: Value::Null }
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
/// until this one ends, so what is read afterwards stays true.
pub async fn note(app: &App, tx: &mut Tx, note: Note) -> Result<(), Error> {
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

/// An entry with the names of what it is about, as far as they still exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The entry.
    pub noted: Noted,
    /// The name of who did it.
    pub who: Option<String>,
    /// A person's name or a show's title; the object's own words where there is neither.
    pub target: String,
}

/// A page of the log, the newest first, and how many entries match in all.
pub async fn list(app: &App, caller: &Caller, page: Page<'_>) -> Result<(Vec<Line>, i64), Error> {
    guard(caller)?;
    let mut tx = app.store.read().await?;
    let names = Names { people: account::list(&mut tx).await?, shows: show::list(&mut tx).await? };
    let page = Page { limit: page.limit.clamp(1, 200), offset: page.offset.max(0), ..page };
    let (notes, count) = store::latest(&mut tx, page).await?;
    Ok((notes.into_iter().map(|noted| names.line(noted)).collect(), count))
}

struct Names {
    people: Vec<User>,
    shows: Vec<Show>,
}

impl Names {
    fn line(&self, noted: Noted) -> Line {
        let who = noted.entry.user_id.and_then(|id| self.person(&id.to_string()));
        let named = match noted.entry.object.split_once(' ') {
            Some(("user", id)) => self.person(id),
            Some(("show", id)) => {
                self.shows.iter().find(|show| show.id.to_string() == id).map(|s| s.facts.title.clone())
            }
            _ => None,
        };
        let named = named.or_else(|| title(&noted.entry.detail));
        Line { who, target: named.unwrap_or_else(|| noted.entry.object.clone()), noted }
    }

    fn person(&self, id: &str) -> Option<String> {
        self.people.iter().find(|user| user.id.to_string() == id).map(|user| user.name.clone())
    }
}

/// The title that was noted, of what may be gone by now.
fn title(detail: &str) -> Option<String> {
    let detail: Value = serde_json::from_str(detail).ok()?;
    detail["title"].as_str().or_else(|| detail["before"]["name"].as_str()).map(str::to_owned)
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
