//! The tables of this program's schema, read from a fresh database in memory: their columns, which must stand before
//! which, and what a fresh one already holds.

use std::collections::BTreeSet;

use rostrum_domain::Secret;

use super::line::Sum;
use crate::db::all;
use crate::{Store, StoreError, Tx};

const TABLES: &str = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' \
     AND name NOT LIKE 'sqlite~_%' ESCAPE '~' AND name <> '_sqlx_migrations' ORDER BY name";
const COLUMNS: &str = "SELECT name, type AS kind, pk > 0 AS is_key FROM pragma_table_info($1) ORDER BY cid";
const NEEDS: &str = "SELECT DISTINCT \"table\" AS name FROM pragma_foreign_key_list($1) ORDER BY name";

/// One table.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) name: String,
    columns: Vec<String>,
    /// The column that the database counts up by itself, if there is one.
    counter: Option<String>,
    /// Tables whose rows its rows point to.
    needs: BTreeSet<String>,
    /// What is in it once the schema is made.
    pub(super) seed: Sum,
}

#[derive(sqlx::FromRow)]
struct Name {
    name: String,
}

#[derive(sqlx::FromRow)]
struct Column {
    name: String,
    kind: String,
    is_key: bool,
}

impl Table {
    async fn read(tx: &mut Tx, name: String) -> Result<Self, StoreError> {
        let columns = all!(tx, Column, COLUMNS, &name)?;
        let needs = all!(tx, Name, NEEDS, &name)?.into_iter().map(|row| row.name).filter(|other| *other != name);
        let (counters, columns): (Vec<_>, Vec<_>) =
            columns.into_iter().partition(|column| column.is_key && column.kind == "INTEGER");
        let columns = columns.into_iter().map(|column| column.name).collect();
        let counter = counters.into_iter().next().map(|column| column.name);
        Ok(Self { needs: needs.collect(), name, columns, counter, seed: Sum::default() })
    }

    /// All rows; those that were counted, in that order.
    pub(super) fn select(&self) -> String {
        let order = self.counter.as_ref().map_or_else(String::new, |counter| format!(" ORDER BY {counter}"));
        format!("SELECT {} FROM {}{order}", self.columns.join(", "), self.name)
    }

    /// So many new rows.
    pub(super) fn insert(&self, rows: usize) -> String {
        let width = self.columns.len();
        let row = |row: usize| {
            let places: Vec<String> = (1..=width).map(|column| format!("${}", row * width + column)).collect();
            format!("({})", places.join(", "))
        };
        let rows: Vec<String> = (0..rows).map(row).collect();
        format!("INSERT INTO {} ({}) VALUES {}", self.name, self.columns.join(", "), rows.join(", "))
    }

    /// No rows.
    pub(super) fn clear(&self) -> String {
        format!("DELETE FROM {}", self.name)
    }
}

/// Every table, those that are pointed to first.
pub(super) async fn tables() -> Result<Vec<Table>, StoreError> {
    let model = Store::open(&Secret::new("sqlite::memory:".to_owned())).await?;
    model.migrate().await?;
    let mut tx = model.write().await?;
    let mut tables = Vec::new();
    for row in all!(&mut tx, Name, TABLES)? {
        let mut table = Table::read(&mut tx, row.name).await?;
        table.seed = super::sum(&mut tx, &table).await?;
        tables.push(table);
    }
    drop(tx);
    model.close().await;
    Ok(in_order(tables))
}

fn in_order(mut waiting: Vec<Table>) -> Vec<Table> {
    let mut placed = Vec::<Table>::new();
    while !waiting.is_empty() {
        let stands = |name: &String| placed.iter().any(|table| table.name == *name);
        let next = waiting.iter().position(|table| table.needs.iter().all(stands));
        placed.push(waiting.remove(next.expect("no two tables of the schema need each other")));
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_pointed_to_comes_first_and_indexes_are_no_tables() {
        let tables = tables().await.expect("the schema can be read");
        let at = |name: &str| tables.iter().position(|table| table.name == name).expect(name);
        assert!(at("account") < at("member") && at("show") < at("episode") && at("episode") < at("asset"));
        assert!(tables.iter().all(|table| !table.name.starts_with("document_index")));
        let documents = &tables[at("document")];
        assert_eq!(documents.select(), "SELECT episode_id, listed_at, title, main, whole FROM document ORDER BY id");
        assert_eq!(tables[at("audit_head")].seed.rows(), 1);
        let setting = &tables[at("setting")];
        assert_eq!(setting.insert(2), "INSERT INTO setting (name, value) VALUES ($1, $2), ($3, $4)");
    }
}
