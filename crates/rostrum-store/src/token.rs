//! API tokens, found by their id; the digest of the secret is compared by the caller.

use rostrum_domain::user::{Scope, Token, User};
use rostrum_domain::{Id, Timestamp};

use crate::account::{AccountRow, columns};
use crate::db::{all, exec, one};
use crate::row::{Row, below, json, micros};
use crate::{StoreError, Tx};

const INSERT: &str = "INSERT INTO token (id, account_id, name, scopes, secret_sha256, created_at, expires_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7)";
const GET: &str = columns!(
    "SELECT t.id AS token_id, t.account_id, t.name AS label, t.scopes, t.secret_sha256, t.created_at AS made_at, \
     t.expires_at, t.used_at, ",
    " FROM token t JOIN account a ON a.id = t.account_id WHERE t.id = $1"
);
const OF_USER: &str = "SELECT id AS token_id, account_id, name AS label, scopes, secret_sha256, \
     created_at AS made_at, expires_at, used_at FROM token WHERE account_id = $1 ORDER BY created_at DESC, id DESC";
const PAGE: &str = "SELECT id AS token_id, account_id, name AS label, scopes, secret_sha256, created_at AS made_at, \
     expires_at, used_at FROM token WHERE account_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
const COUNT: &str = "SELECT COUNT(*) AS n FROM token WHERE account_id = $1";
const USED: &str = "UPDATE token SET used_at = $1 WHERE id = $2 AND (used_at IS NULL OR used_at < $3)";
const REMOVE: &str = "DELETE FROM token WHERE id = $1 AND account_id = $2";
const REMOVE_OF: &str = "DELETE FROM token WHERE account_id = $1";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[INSERT, GET, OF_USER, PAGE, COUNT, USED, REMOVE, REMOVE_OF];

/// A token as it is found by its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The token.
    pub token: Token,
    /// The digest of its secret (SHA-256, hex).
    pub secret_sha256: String,
    /// Whose it is.
    pub user: User,
}

#[derive(sqlx::FromRow)]
struct TokenRow {
    token_id: String,
    account_id: String,
    label: String,
    scopes: String,
    secret_sha256: String,
    made_at: i64,
    expires_at: Option<i64>,
    used_at: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct CountRow {
    n: i64,
}

#[derive(sqlx::FromRow)]
struct FoundRow {
    #[sqlx(flatten)]
    token: TokenRow,
    #[sqlx(flatten)]
    account: AccountRow,
}

impl TryFrom<TokenRow> for Token {
    type Error = StoreError;

    fn try_from(row: TokenRow) -> Result<Self, StoreError> {
        let at = Row { table: "token", id: &row.token_id };
        Ok(Self {
            id: at.id("id", &row.token_id)?,
            user_id: at.id("account_id", &row.account_id)?,
            scopes: at.json::<Vec<Scope>>("scopes", &row.scopes)?,
            created_at: at.time("created_at", row.made_at)?,
            expires_at: at.maybe_time("expires_at", row.expires_at)?,
            used_at: at.maybe_time("used_at", row.used_at)?,
            name: row.label,
        })
    }
}

impl TryFrom<FoundRow> for Found {
    type Error = StoreError;

    fn try_from(row: FoundRow) -> Result<Self, StoreError> {
        let secret_sha256 = row.token.secret_sha256.clone();
        Ok(Self { token: row.token.try_into()?, secret_sha256, user: row.account.try_into()? })
    }
}

/// Adds a token with the digest of its secret (SHA-256, hex).
pub async fn insert(tx: &mut Tx, token: &Token, secret_sha256: &str) -> Result<(), StoreError> {
    exec!(
        tx,
        INSERT,
        token.id.to_string(),
        token.user_id.to_string(),
        &token.name,
        json(&token.scopes),
        secret_sha256,
        micros(token.created_at),
        token.expires_at.map(micros),
    )?;
    Ok(())
}

/// The token with this id, over or not, and its user.
pub async fn get(tx: &mut Tx, id: Id<Token>) -> Result<Option<Found>, StoreError> {
    one!(tx, FoundRow, GET, id.to_string())?.map(Found::try_from).transpose()
}

/// A user's tokens, the newest first.
pub async fn of_user(tx: &mut Tx, user: Id<User>) -> Result<Vec<Token>, StoreError> {
    all!(tx, TokenRow, OF_USER, user.to_string())?.into_iter().map(Token::try_from).collect()
}

/// Some of a user's tokens, the newest first, from behind the one with the id `after`, and how many there are in all.
pub async fn page(
    tx: &mut Tx,
    user: Id<User>,
    (after, limit): (Option<Id<Token>>, i64),
) -> Result<(Vec<Token>, i64), StoreError> {
    let rows = all!(tx, TokenRow, PAGE, user.to_string(), below(after), limit)?;
    let count = one!(tx, CountRow, COUNT, user.to_string())?.map_or(0, |row| row.n);
    Ok((rows.into_iter().map(Token::try_from).collect::<Result<_, _>>()?, count))
}

/// Notes a use; never moves the time back.
pub async fn used(tx: &mut Tx, id: Id<Token>, now: Timestamp) -> Result<(), StoreError> {
    exec!(tx, USED, micros(now), id.to_string(), micros(now))?;
    Ok(())
}

/// Takes a user's token away; false when there was none.
pub async fn remove(tx: &mut Tx, user: Id<User>, id: Id<Token>) -> Result<bool, StoreError> {
    Ok(exec!(tx, REMOVE, id.to_string(), user.to_string())? == 1)
}

/// Takes all of a user's tokens away; gives how many there were.
pub async fn remove_of(tx: &mut Tx, user: Id<User>) -> Result<u64, StoreError> {
    exec!(tx, REMOVE_OF, user.to_string())
}
