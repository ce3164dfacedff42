//! What an address says: a part of the path that cannot name anything is simply not there.

use axum::extract::{FromRequestParts, Path, Query};
use http::request::Parts;
use rostrum_domain::Id;
use serde::de::DeserializeOwned;

use crate::Error;

/// The named parts of the path.
pub struct At<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for At<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let found = Path::<T>::from_request_parts(parts, state).await;
        found.map(|Path(named)| Self(named)).map_err(|_| Error::Missing("There is nothing at this address.".into()))
    }
}

/// What stands behind the question mark.
pub struct Asked<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let asked = Query::<T>::from_request_parts(parts, state).await;
        asked
            .map(|Query(asked)| Self(asked))
            .map_err(|error| Error::invalid("query", format!("{}.", error.body_text())))
    }
}

/// The id in a path, of what is called `what`.
pub fn id<T>(text: &str, what: &'static str) -> Result<Id<T>, Error> {
    text.parse().map_err(|_| rostrum_app::Error::Missing(what).into())
}
