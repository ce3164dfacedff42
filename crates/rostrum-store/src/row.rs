//! Between columns and domain values; a value no version of the program writes becomes a named error.

use std::str::FromStr;

use rostrum_domain::{Id, Timestamp};
use serde::{Serialize, de::DeserializeOwned};

use crate::StoreError;

/// Names the row that is being read, for errors.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) table: &'static str,
    pub(crate) id: &'a str,
}

impl Row<'_> {
    pub(crate) fn bad(&self, column: &'static str) -> StoreError {
        StoreError::Row { table: self.table, column, id: self.id.to_owned() }
    }

    pub(crate) fn id<T>(&self, column: &'static str, text: &str) -> Result<Id<T>, StoreError> {
        text.parse().map_err(|_| self.bad(column))
    }

    pub(crate) fn maybe_id<T>(&self, column: &'static str, text: Option<&str>) -> Result<Option<Id<T>>, StoreError> {
        text.map(|text| self.id(column, text)).transpose()
    }

    pub(crate) fn time(&self, column: &'static str, micros: i64) -> Result<Timestamp, StoreError> {
        Timestamp::from_microsecond(micros).map_err(|_| self.bad(column))
    }

    pub(crate) fn maybe_time(
        &self,
        column: &'static str,
        micros: Option<i64>,
    ) -> Result<Option<Timestamp>, StoreError> {
        micros.map(|micros| self.time(column, micros)).transpose()
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, column: &'static str, text: &str) -> Result<T, StoreError> {
        serde_json::from_str(text).map_err(|_| self.bad(column))
    }

    pub(crate) fn word<T: FromStr>(&self, column: &'static str, text: &str) -> Result<T, StoreError> {
        text.parse().map_err(|_| self.bad(column))
    }
}

/// A time as its column holds it: microseconds since 1970.
pub(crate) fn micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}

/// A value as its JSON column holds it.
pub(crate) fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("facts are plain structs with string keys")
}

/// Above which no id of a list lies that runs from the newest back; of all of it where there is none. Ids are written
/// with digits and capital letters, so a small letter is above them all.
pub(crate) fn below<T>(after: Option<Id<T>>) -> String {
    after.map_or_else(|| "z".to_owned(), |id| id.to_string())
}
