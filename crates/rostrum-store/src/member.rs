//! Who works on which show.

use rostrum_domain::Id;
use rostrum_domain::show::Show;
use rostrum_domain::user::{Member, Membership, User};

use crate::db::{all, exec, one};
use crate::row::Row;
use crate::{StoreError, Tx};

const SET: &str = "INSERT INTO member (show_id, account_id, membership) VALUES ($1, $2, $3) \
     ON CONFLICT (show_id, account_id) DO UPDATE SET membership = excluded.membership";
const GET: &str = "SELECT show_id, account_id, membership FROM member WHERE show_id = $1 AND account_id = $2";
const LIST: &str = "SELECT show_id, account_id, membership FROM member WHERE show_id = $1 ORDER BY account_id";
const REMOVE: &str = "DELETE FROM member WHERE show_id = $1 AND account_id = $2";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[SET, GET, LIST, REMOVE];

#[derive(sqlx::FromRow)]
struct MemberRow {
    show_id: String,
    account_id: String,
    membership: String,
}

impl TryFrom<MemberRow> for Member {
    type Error = StoreError;

    fn try_from(row: MemberRow) -> Result<Self, StoreError> {
        let at = Row { table: "member", id: &row.show_id };
        Ok(Self {
            show_id: at.id("show_id", &row.show_id)?,
            user_id: at.id("account_id", &row.account_id)?,
            membership: at.word("membership", &row.membership)?,
        })
    }
}

/// Gives a user a membership, or changes the one they have.
pub async fn set(tx: &mut Tx, member: Member) -> Result<(), StoreError> {
    let (show, user) = (member.show_id.to_string(), member.user_id.to_string());
    exec!(tx, SET, show, user, member.membership.as_str())?;
    Ok(())
}

/// What a user may do in a show.
pub async fn get(tx: &mut Tx, show: Id<Show>, user: Id<User>) -> Result<Option<Membership>, StoreError> {
    let row = one!(tx, MemberRow, GET, show.to_string(), user.to_string())?;
    Ok(row.map(Member::try_from).transpose()?.map(|member| member.membership))
}

/// Everybody who works on a show.
pub async fn list(tx: &mut Tx, show: Id<Show>) -> Result<Vec<Member>, StoreError> {
    all!(tx, MemberRow, LIST, show.to_string())?.into_iter().map(Member::try_from).collect()
}

/// Takes a membership away; false when there was none.
pub async fn remove(tx: &mut Tx, show: Id<Show>, user: Id<User>) -> Result<bool, StoreError> {
    Ok(exec!(tx, REMOVE, show.to_string(), user.to_string())? == 1)
}
