//! A row of any table as four kinds of cells, the same from either database, and the sum that tells whether a table's
//! rows are the same whatever their order.

use sha2::{Digest as _, Sha256};
use sqlx::{Column as _, ColumnIndex, Database, Decode, Error, FromRow, Row, TypeInfo as _};

/// One value; the common SQL has no other kinds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Text(Option<String>),
    Whole(Option<i64>),
    Real(Option<f64>),
    Flag(Option<bool>),
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line(Vec<Cell>);

impl Line {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn into_cells(self) -> Vec<Cell> {
        self.0
    }
}

impl<'r, R: Row> FromRow<'r, R> for Line
where
    usize: ColumnIndex<R>,
    String: Decode<'r, R::Database>,
    i64: Decode<'r, R::Database>,
    f64: Decode<'r, R::Database>,
    bool: Decode<'r, R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, Error> {
        let cell = |column: &<R::Database as Database>::Column| {
            let at = column.ordinal();
            match column.type_info().name() {
                "TEXT" => row.try_get_unchecked(at).map(Cell::Text),
                "INTEGER" | "BIGINT" | "INT8" => row.try_get_unchecked(at).map(Cell::Whole),
                "REAL" | "DOUBLE PRECISION" | "FLOAT8" => row.try_get_unchecked(at).map(Cell::Real),
                "BOOLEAN" | "BOOL" => row.try_get_unchecked(at).map(Cell::Flag),
                other => Err(Error::Decode(format!("column {} is of the kind {other}", column.name()).into())),
            }
        };
        row.columns().iter().map(cell).collect::<Result<_, _>>().map(Self)
    }
}

/// How many rows there are and the sum of their digests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sum {
    rows: u64,
    digests: u128,
}

impl Sum {
    pub(super) fn with(self, line: &Line) -> Self {
        Self { rows: self.rows + 1, digests: self.digests.wrapping_add(digest(line)) }
    }

    pub(super) const fn rows(self) -> u64 {
        self.rows
    }
}

fn digest(line: &Line) -> u128 {
    let mut hasher = Sha256::new();
    for cell in &line.0 {
        let bytes = match cell {
            Cell::Text(text) => text.as_ref().map(|text| text.as_bytes().to_vec()),
            Cell::Whole(number) => number.map(|number| number.to_be_bytes().to_vec()),
            Cell::Real(number) => number.map(|number| number.to_bits().to_be_bytes().to_vec()),
            Cell::Flag(flag) => flag.map(|flag| vec![u8::from(flag)]),
        };
        // A length in front, so that no two rows share their bytes; one more than any text has stands for nothing.
        let length = bytes.as_ref().map_or(u64::MAX, |bytes| bytes.len() as u64);
        hasher.update(length.to_be_bytes());
        hasher.update(bytes.unwrap_or_default());
    }
    let digest = hasher.finalize();
    u128::from_be_bytes(digest[..16].try_into().expect("SHA-256 has 32 bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: Option<&str>) -> Cell {
        Cell::Text(text.map(str::to_owned))
    }

    #[test]
    fn sums_see_every_cell_and_no_order() {
        let [a, b] = [Line(vec![text(Some("a")), text(Some("bc"))]), Line(vec![text(Some("ab")), text(Some("c"))])];
        let of = |lines: &[&Line]| lines.iter().fold(Sum::default(), |sum, line| sum.with(line));
        assert_eq!(of(&[&a, &b]), of(&[&b, &a]));
        assert_ne!(of(&[&a, &a]), of(&[&b, &b]), "where a cell ends counts");
        assert_ne!(of(&[&Line(vec![text(None)])]), of(&[&Line(vec![text(Some(""))])]));
        assert_ne!(of(&[&a]), of(&[&a, &a]));
    }
}
