//! Accounts: the rows behind users. What a role may do is decided elsewhere.

use rostrum_domain::show::Show;
use rostrum_domain::user::{Membership, User};
use rostrum_domain::{Id, Secret, Timestamp};

use crate::db::{all, exec, one};
use crate::episode::Page;
use crate::error::one_changed;
use crate::row::{Row, micros};
use crate::{StoreError, Tx};

/// Every column of an account that `AccountRow` reads, for statements that join it as `a`.
macro_rules! columns {
    ($head:literal, $rest:literal) => {
        concat!($head, "a.id, a.email, a.name, a.role, a.password, a.disabled, a.created_at, a.version", $rest)
    };
}
pub(crate) use columns;

const INSERT: &str = "INSERT INTO account (id, email, name, role, password, disabled, created_at, version) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const GET: &str = columns!("SELECT ", " FROM account a WHERE a.id = $1");
const FIND: &str = columns!("SELECT ", " FROM account a WHERE a.email = $1");
const LIST: &str = columns!("SELECT ", " FROM account a ORDER BY LOWER(a.name), a.email");
const PAGE: &str = columns!("SELECT ", " FROM account a ORDER BY LOWER(a.name), a.email LIMIT $1 OFFSET $2");
const COUNT: &str = "SELECT COUNT(*) AS n FROM account";
const OF_SHOW: &str = columns!(
    "SELECT m.membership, ",
    " FROM member m JOIN account a ON a.id = m.account_id WHERE m.show_id = $1 ORDER BY LOWER(a.name), a.email"
);
const PAGE_OF_SHOW: &str = columns!(
    "SELECT m.membership, ",
    " FROM member m JOIN account a ON a.id = m.account_id WHERE m.show_id = $1 \
     ORDER BY LOWER(a.name), a.email LIMIT $2 OFFSET $3"
);
const COUNT_OF_SHOW: &str = "SELECT COUNT(*) AS n FROM member WHERE show_id = $1";
const UPDATE: &str = "UPDATE account SET email = $1, name = $2, role = $3, password = $4, disabled = $5, \
     version = version + 1 WHERE id = $6 AND version = $7";
const DELETE: &str = "DELETE FROM account WHERE id = $1 AND version = $2";
const SEEN: &str = "UPDATE account SET seen_at = $1 WHERE id = $2 AND (seen_at IS NULL OR seen_at < $3)";
const SEEN_LIST: &str = "SELECT id, seen_at FROM account WHERE seen_at IS NOT NULL";
const OWNERS: &str = "SELECT COUNT(*) AS n FROM account WHERE role = 'owner' AND disabled = FALSE \
     AND password IS NOT NULL";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[
    INSERT,
    GET,
    FIND,
    LIST,
    PAGE,
    COUNT,
    OF_SHOW,
    PAGE_OF_SHOW,
    COUNT_OF_SHOW,
    UPDATE,
    DELETE,
    SEEN,
    SEEN_LIST,
    OWNERS,
];

#[derive(sqlx::FromRow)]
pub(crate) struct AccountRow {
    id: String,
    email: String,
    name: String,
    role: String,
    password: Option<String>,
    disabled: bool,
    created_at: i64,
    version: i64,
}

#[derive(sqlx::FromRow)]
struct ColleagueRow {
    membership: String,
    #[sqlx(flatten)]
    account: AccountRow,
}

#[derive(sqlx::FromRow)]
struct SeenRow {
    id: String,
    seen_at: i64,
}

#[derive(sqlx::FromRow)]
struct CountRow {
    n: i64,
}

impl TryFrom<AccountRow> for User {
    type Error = StoreError;

    fn try_from(row: AccountRow) -> Result<Self, StoreError> {
        let at = Row { table: "account", id: &row.id };
        Ok(Self {
            id: at.id("id", &row.id)?,
            role: at.word("role", &row.role)?,
            created_at: at.time("created_at", row.created_at)?,
            email: row.email,
            name: row.name,
            password: row.password.map(Secret::new),
            disabled: row.disabled,
            version: row.version,
        })
    }
}

/// Adds an account; `Taken` when its address has one.
pub async fn insert(tx: &mut Tx, user: &User) -> Result<(), StoreError> {
    exec!(
        tx,
        INSERT,
        user.id.to_string(),
        &user.email,
        &user.name,
        user.role.as_str(),
        user.password.as_ref().map(Secret::reveal),
        user.disabled,
        micros(user.created_at),
        user.version,
    )?;
    Ok(())
}

/// The account with this id.
pub async fn get(tx: &mut Tx, id: Id<User>) -> Result<Option<User>, StoreError> {
    one!(tx, AccountRow, GET, id.to_string())?.map(User::try_from).transpose()
}

/// The account with this address, in the form [`rostrum_domain::user::email`] gives.
pub async fn find(tx: &mut Tx, email: &str) -> Result<Option<User>, StoreError> {
    one!(tx, AccountRow, FIND, email)?.map(User::try_from).transpose()
}

/// Every account, by name.
pub async fn list(tx: &mut Tx) -> Result<Vec<User>, StoreError> {
    all!(tx, AccountRow, LIST)?.into_iter().map(User::try_from).collect()
}

/// Some of the accounts, by name, and how many there are.
pub async fn page(tx: &mut Tx, page: Page) -> Result<(Vec<User>, i64), StoreError> {
    let rows = all!(tx, AccountRow, PAGE, page.limit, page.offset)?;
    let count = one!(tx, CountRow, COUNT)?.map_or(0, |row| row.n);
    Ok((rows.into_iter().map(User::try_from).collect::<Result<_, _>>()?, count))
}

/// Who works on a show and as what, by name.
pub async fn of_show(tx: &mut Tx, show: Id<Show>) -> Result<Vec<(User, Membership)>, StoreError> {
    let rows = all!(tx, ColleagueRow, OF_SHOW, show.to_string())?;
    rows.into_iter().map(colleague).collect()
}

/// Some of those who work on a show, by name, and how many there are.
pub async fn page_of_show(
    tx: &mut Tx,
    show: Id<Show>,
    page: Page,
) -> Result<(Vec<(User, Membership)>, i64), StoreError> {
    let rows = all!(tx, ColleagueRow, PAGE_OF_SHOW, show.to_string(), page.limit, page.offset)?;
    let count = one!(tx, CountRow, COUNT_OF_SHOW, show.to_string())?.map_or(0, |row| row.n);
    Ok((rows.into_iter().map(colleague).collect::<Result<_, _>>()?, count))
}

fn colleague(row: ColleagueRow) -> Result<(User, Membership), StoreError> {
    let membership = Row { table: "member", id: &row.account.id }.word("membership", &row.membership)?;
    Ok((row.account.try_into()?, membership))
}

/// Writes a changed account; `Stale` when its version is not the stored one.
pub async fn update(tx: &mut Tx, user: &User) -> Result<(), StoreError> {
    let rows = exec!(
        tx,
        UPDATE,
        &user.email,
        &user.name,
        user.role.as_str(),
        user.password.as_ref().map(Secret::reveal),
        user.disabled,
        user.id.to_string(),
        user.version,
    )?;
    one_changed(rows)
}

/// Removes an account with its sessions, links, tokens and memberships.
pub async fn delete(tx: &mut Tx, user: &User) -> Result<(), StoreError> {
    one_changed(exec!(tx, DELETE, user.id.to_string(), user.version)?)
}

/// Notes that somebody was here; never moves the time back, and is no change to the account.
pub async fn seen(tx: &mut Tx, id: Id<User>, now: Timestamp) -> Result<(), StoreError> {
    exec!(tx, SEEN, micros(now), id.to_string(), micros(now))?;
    Ok(())
}

/// When each was last here, to a minute; who never was is left out.
pub async fn seen_list(tx: &mut Tx) -> Result<Vec<(Id<User>, Timestamp)>, StoreError> {
    let read = |row: SeenRow| {
        let at = Row { table: "account", id: &row.id };
        Ok((at.id("id", &row.id)?, at.time("seen_at", row.seen_at)?))
    };
    all!(tx, SeenRow, SEEN_LIST)?.into_iter().map(read).collect()
}

/// How many owners can sign in.
pub async fn owners(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(one!(tx, CountRow, OWNERS)?.map_or(0, |row| row.n))
}
