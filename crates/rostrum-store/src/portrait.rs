//! Pictures of people, by the address a show's facts name: the file they became, or why they did not.

use rostrum_domain::asset::Asset;
use rostrum_domain::show::Show;
use rostrum_domain::{Id, Timestamp};
use sha2::{Digest as _, Sha256};

use crate::db::{all, exec, one};
use crate::error::one_changed;
use crate::row::{Row, micros};
use crate::{StoreError, Tx};

const WANT: &str = "INSERT INTO portrait (show_id, url_sha256, url, asset_id, error, changed_at) \
     VALUES ($1, $2, $3, NULL, NULL, $4) ON CONFLICT (show_id, url_sha256) \
     DO UPDATE SET error = NULL, changed_at = excluded.changed_at WHERE portrait.error IS NOT NULL";
const GET: &str = "SELECT url, asset_id, error FROM portrait WHERE show_id = $1 AND url_sha256 = $2";
const OF_SHOW: &str = "SELECT url, asset_id, error FROM portrait WHERE show_id = $1 ORDER BY url";
const SETTLE: &str =
    "UPDATE portrait SET asset_id = $1, error = $2, changed_at = $3 WHERE show_id = $4 AND url_sha256 = $5";
const REVISION: &str =
    "SELECT CAST(MAX(changed_at) AS BIGINT) AS at FROM portrait WHERE show_id = $1 AND asset_id IS NOT NULL";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[WANT, GET, OF_SHOW, SETTLE, REVISION];

/// A picture of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portrait {
    /// Where it is, or was, on somebody else's server.
    pub url: String,
    /// The file it became.
    pub asset_id: Option<Id<Asset>>,
    /// Why it did not become one, for a person; none while it is being fetched.
    pub error: Option<String>,
}

/// Whose picture from where.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The show that names it.
    pub show: Id<Show>,
    /// Its address.
    pub url: &'a str,
}

impl Place<'_> {
    fn digest(&self) -> String {
        hex::encode(Sha256::digest(self.url))
    }
}

#[derive(sqlx::FromRow)]
struct PortraitRow {
    url: String,
    asset_id: Option<String>,
    error: Option<String>,
}

#[derive(sqlx::FromRow)]
struct At {
    at: Option<i64>,
}

impl TryFrom<PortraitRow> for Portrait {
    type Error = StoreError;

    fn try_from(row: PortraitRow) -> Result<Self, StoreError> {
        let asset_id = Row { table: "portrait", id: &row.url }.maybe_id("asset_id", row.asset_id.as_deref())?;
        Ok(Self { asset_id, url: row.url, error: row.error })
    }
}

/// Notes that a picture is wanted; whether it is to be fetched, now or once more, because it is new or failed.
pub async fn want(tx: &mut Tx, at: Place<'_>, now: Timestamp) -> Result<bool, StoreError> {
    Ok(exec!(tx, WANT, at.show.to_string(), at.digest(), at.url, micros(now))? == 1)
}

/// What became of a picture.
pub async fn get(tx: &mut Tx, at: Place<'_>) -> Result<Option<Portrait>, StoreError> {
    one!(tx, PortraitRow, GET, at.show.to_string(), at.digest())?.map(Portrait::try_from).transpose()
}

/// The pictures of a show's people.
pub async fn of_show(tx: &mut Tx, show: Id<Show>) -> Result<Vec<Portrait>, StoreError> {
    all!(tx, PortraitRow, OF_SHOW, show.to_string())?.into_iter().map(Portrait::try_from).collect()
}

/// Notes what a picture became: a file, or why not.
pub async fn settle(
    tx: &mut Tx,
    at: Place<'_>,
    result: Result<Id<Asset>, &str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (asset, error) = (result.ok().map(|id| id.to_string()), result.err());
    one_changed(exec!(tx, SETTLE, asset, error, micros(now), at.show.to_string(), at.digest())?)
}

/// When a show last got a picture, in microseconds since 1970; zero for never.
pub async fn changed_us(tx: &mut Tx, show: Id<Show>) -> Result<i64, StoreError> {
    Ok(one!(tx, At, REVISION, show.to_string())?.and_then(|row| row.at).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::{a_show, at, on_both};
    use crate::{asset, show, suite};

    #[tokio::test]
    async fn a_picture_is_fetched_once_and_again_after_it_failed() {
        on_both(|store| async move {
            let mut tx = store.write().await.expect("a transaction begins");
            show::insert(&mut tx, &a_show()).await.expect("the table is empty");
            let ada = Place { show: a_show().id, url: "https://example.org/ada.jpg" };
            assert!(want(&mut tx, ada, at(1)).await.expect("it is noted"));
            assert!(!want(&mut tx, ada, at(2)).await.expect("it is noted"), "it is under way");
            settle(&mut tx, ada, Err("gone"), at(3)).await.expect("it is known");
            assert_eq!(changed_us(&mut tx, ada.show).await.expect("it reads"), 0);
            assert!(want(&mut tx, ada, at(4)).await.expect("it is noted"), "it failed");
            let file = suite::a_picture(5);
            asset::insert(&mut tx, &file).await.expect("it is new");
            settle(&mut tx, ada, Ok(file.id), at(6)).await.expect("it is known");
            assert!(!want(&mut tx, ada, at(7)).await.expect("it is noted"), "it is there");
            let found = Portrait { url: ada.url.into(), asset_id: Some(file.id), error: None };
            assert_eq!(of_show(&mut tx, ada.show).await.expect("it reads"), std::slice::from_ref(&found));
            assert_eq!(get(&mut tx, ada).await.expect("it reads"), Some(found));
            assert_eq!(changed_us(&mut tx, ada.show).await.expect("it reads"), 6_000_000);
        })
        .await;
    }
}
