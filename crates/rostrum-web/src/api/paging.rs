//! Lists in stretches, the same for all of them: `?per_page=` and `?after=`; `items`, `total` and `next` in the body,
//! `Link` (RFC 8288) for those who follow links. What stands behind `after` is each list's own business.

use std::str::FromStr;

use axum::Json;
use axum::extract::{FromRequestParts, OriginalUri};
use axum::response::{IntoResponse, Response};
use http::header;
use http::request::Parts;
use rostrum_domain::Problems;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::at::Asked;
use crate::Error;

/// Items on a page unless the sender says otherwise.
const USUAL: u32 = 20;
/// Items on a page at most.
const MAX: u32 = 100;

/// Which stretch of a list.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// The `next` of the page before; left out for the first page.
    #[param(required = false)]
    after: Option<String>,
    /// Items on a page.
    #[param(required = false, minimum = 1, maximum = 100, default = 20)]
    per_page: u32,
}

#[derive(Deserialize)]
struct Sent {
    after: Option<String>,
    per_page: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Paging {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let Asked(sent) = Asked::<Sent>::from_request_parts(parts, state).await?;
        let per_page = match sent.per_page {
            None => Some(USUAL),
            Some(text) => text.parse().ok().filter(|n| (1..=MAX).contains(n)),
        };
        let mut problems = Problems::default();
        problems.require(per_page.is_some(), "per_page", format!("A whole number from 1 to {MAX}."));
        problems.into_result().map_err(Error::Invalid)?;
        Ok(Self { after: sent.after.filter(|text| !text.is_empty()), per_page: per_page.unwrap_or(USUAL) })
    }
}

impl Paging {
    /// Items on a page.
    pub fn size(&self) -> i64 {
        i64::from(self.per_page)
    }

    /// What to ask a keyed list for: one item more than a page has tells whether there is another page.
    pub fn size_and_one(&self) -> i64 {
        self.size() + 1
    }

    /// The key of the item before, for lists that are kept by key.
    pub fn behind<T: FromStr>(&self) -> Result<Option<T>, Error> {
        self.after.as_ref().map(|text| text.parse().map_err(|_| nowhere())).transpose()
    }

    /// Items to pass over, for lists that are kept by place.
    pub fn offset(&self) -> Result<i64, Error> {
        let place = self.behind::<u32>()?;
        Ok(place.map_or(0, i64::from))
    }

    /// The page of a list that is kept by place.
    pub fn placed<T>(&self, items: Vec<T>, total: i64) -> Result<Page<T>, Error> {
        let end = self.offset()? + i64::try_from(items.len()).unwrap_or(0);
        let next = (end < total && !items.is_empty()).then(|| end.to_string());
        Ok(Page { items, total, next, per_page: self.per_page })
    }

    /// The page of a list that is kept by key, of [`Self::size_and_one`] rows as they were found.
    pub fn keyed<R, T>(
        &self,
        (mut rows, total): (Vec<R>, i64),
        key: impl Fn(&R) -> String,
        show: impl Fn(R) -> T,
    ) -> Page<T> {
        let more = rows.len() > self.per_page as usize;
        rows.truncate(self.per_page as usize);
        let next = rows.last().filter(|_| more).map(key);
        Page { items: rows.into_iter().map(show).collect(), total, next, per_page: self.per_page }
    }
}

fn nowhere() -> Error {
    Error::invalid("after", "No page of this list ends there; send what `next` said.")
}

/// A stretch of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items of this page.
    items: Vec<T>,
    /// How many there are on all pages.
    #[schema(minimum = 0)]
    total: i64,
    /// What to send as `after` for the next page; null on the last.
    next: Option<String>,
    #[serde(skip)]
    per_page: u32,
}

impl<T: Serialize> Page<T> {
    /// The answer, with links to the first and the next page of the list at `uri`.
    pub fn answer(self, uri: &OriginalUri) -> Response {
        let mut links = format!("<{}>; rel=\"first\"", self.address(uri, None));
        if let Some(next) = &self.next {
            links.push_str(&format!(", <{}>; rel=\"next\"", self.address(uri, Some(next))));
        }
        ([(header::LINK, links)], Json(self)).into_response()
    }

    /// The same list at another page: what else narrows it stays.
    fn address(&self, uri: &OriginalUri, after: Option<&str>) -> String {
        let sent = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        let others = sent.filter(|(name, _)| name != "after" && name != "per_page");
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(others).append_pair("per_page", &self.per_page.to_string());
        if let Some(after) = after {
            query.append_pair("after", after);
        }
        format!("{}?{}", uri.path(), query.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paging(after: Option<&str>) -> Paging {
        Paging { after: after.map(str::to_owned), per_page: 2 }
    }

    fn link(page: Page<u8>) -> String {
        let uri = OriginalUri("/api/v1/shows?after=2&q=a%20b&per_page=2".parse().expect("an address"));
        page.answer(&uri).headers()[header::LINK].to_str().expect("it is ASCII").to_owned()
    }

    #[test]
    fn links_lead_on_and_back_to_the_beginning() {
        let first = "</api/v1/shows?q=a+b&per_page=2>; rel=\"first\"";
        let next = |after| format!("{first}, </api/v1/shows?q=a+b&per_page=2&after={after}>; rel=\"next\"");
        let placed = |after, items: &[u8]| link(paging(after).placed(items.to_vec(), 5).expect("a place"));
        assert_eq!(placed(None, &[1, 2]), next("2"));
        assert_eq!(placed(Some("2"), &[3, 4]), next("4"));
        assert_eq!(placed(Some("4"), &[5]), first);
        assert_eq!(placed(Some("9"), &[]), first);
        let keyed = |rows: &[u8]| link(paging(None).keyed((rows.to_vec(), 5), ToString::to_string, |row| row));
        assert_eq!(keyed(&[9, 8, 7]), next("8"));
        assert_eq!(keyed(&[9, 8]), first);
        assert!(paging(Some("x")).offset().is_err() && paging(Some("-1")).offset().is_err());
    }
}
