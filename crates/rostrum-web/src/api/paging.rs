//! Lists in stretches: `?page=` and `?per_page=`, the total in the body, the neighbours in `Link` (RFC 8288).

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
#[derive(Debug, Clone, Copy, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// Page, from 1.
    #[param(required = false, minimum = 1, maximum = 1_000_000, default = 1)]
    page: u32,
    /// Items on a page.
    #[param(required = false, minimum = 1, maximum = 100, default = 20)]
    per_page: u32,
}

#[derive(Deserialize)]
struct Sent {
    page: Option<String>,
    per_page: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Paging {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let Asked(sent) = Asked::<Sent>::from_request_parts(parts, state).await?;
        let mut problems = Problems::default();
        let mut number = |name: &'static str, text: Option<String>, (usual, max): (u32, u32)| {
            let number = text.map_or(Some(usual), |text| text.parse().ok().filter(|n| (1..=max).contains(n)));
            problems.require(number.is_some(), name, format!("A whole number from 1 to {max}."));
            number.unwrap_or(usual)
        };
        let paging = Self {
            page: number("page", sent.page, (1, 1_000_000)),
            per_page: number("per_page", sent.per_page, (USUAL, MAX)),
        };
        problems.into_result().map_err(Error::Invalid)?;
        Ok(paging)
    }
}

impl Paging {
    /// The page, from 1.
    pub fn number(self) -> i64 {
        i64::from(self.page)
    }

    /// Items on a page.
    pub fn size(self) -> i64 {
        i64::from(self.per_page)
    }

    /// The stretch of a list that is there as a whole.
    pub fn cut<T, U>(self, list: &[T], show: impl Fn(&T) -> U) -> Page<U> {
        let (before, size) = ((self.page as usize - 1) * self.per_page as usize, self.per_page as usize);
        let items = list.iter().skip(before).take(size).map(show).collect();
        self.page(items, i64::try_from(list.len()).unwrap_or(i64::MAX))
    }

    /// The stretch as it is answered.
    pub fn page<T>(self, items: Vec<T>, total: i64) -> Page<T> {
        Page { items, total, page: self.page, per_page: self.per_page }
    }
}

/// A stretch of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items of this page.
    items: Vec<T>,
    /// How many there are on all pages.
    #[schema(minimum = 0)]
    total: i64,
    /// This page, from 1.
    page: u32,
    /// Items on a page.
    per_page: u32,
}

impl<T: Serialize> Page<T> {
    /// The answer, with links to the first, previous, next and last page of the list at `uri`.
    pub fn answer(self, uri: &OriginalUri) -> Response {
        let total = u64::try_from(self.total).unwrap_or(0);
        let last = total.div_ceil(u64::from(self.per_page)).max(1);
        let this = u64::from(self.page);
        let mut links = vec![("first", 1), ("last", last)];
        if this > 1 {
            links.push(("prev", (this - 1).min(last)));
        }
        if this < last {
            links.push(("next", this + 1));
        }
        let link = |(rel, page): (&str, u64)| format!("<{}>; rel=\"{rel}\"", self.address(uri, page));
        let links = links.into_iter().map(link).collect::<Vec<_>>().join(", ");
        ([(header::LINK, links)], Json(self)).into_response()
    }

    /// The same list at another page: what else narrows it stays.
    fn address(&self, uri: &OriginalUri, page: u64) -> String {
        let sent = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        let others = sent.filter(|(name, _)| name != "page" && name != "per_page");
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(others).append_pair("page", &page.to_string());
        format!("{}?{}", uri.path(), query.append_pair("per_page", &self.per_page.to_string()).finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_the_neighbours() {
        let uri = OriginalUri("/api/v1/shows?page=2&q=a%20b&per_page=2".parse().expect("an address"));
        let list = [1, 2, 3, 4, 5];
        let link = |page| {
            let stretch = Paging { page, per_page: 2 }.cut(&list, |n| *n);
            let answer = stretch.answer(&uri);
            answer.headers()[header::LINK].to_str().expect("it is ASCII").to_owned()
        };
        let at = |page| format!("</api/v1/shows?q=a+b&page={page}&per_page=2>");
        let ends = format!("{}; rel=\"first\", {}; rel=\"last\"", at(1), at(3));
        assert_eq!(link(1), format!("{ends}, {}; rel=\"next\"", at(2)));
        assert_eq!(link(2), format!("{ends}, {}; rel=\"prev\", {}; rel=\"next\"", at(1), at(3)));
        assert_eq!(link(9), format!("{ends}, {}; rel=\"prev\"", at(3)));
        assert_eq!(Paging { page: 3, per_page: 2 }.cut(&list, |n| *n).items, [5]);
    }
}
