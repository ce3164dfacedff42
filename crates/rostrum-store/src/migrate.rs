//! The migrations, built into the binary, and the check that the database is not ahead of the program.

use std::borrow::Cow;

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migrate, Migration, MigrationType, Migrator};

use crate::StoreError;
use crate::db::Dialect;

/// One migration: its number, what it does, and its text where both databases share it or per database.
struct Step {
    number: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! shared {
    ($number:literal, $name:literal) => {
        Step {
            number: $number,
            name: $name,
            sqlite: include_str!(concat!("../../../migrations/", $name, ".sql")),
            postgres: include_str!(concat!("../../../migrations/", $name, ".sql")),
        }
    };
}

macro_rules! split {
    ($number:literal, $name:literal) => {
        Step {
            number: $number,
            name: $name,
            sqlite: include_str!(concat!("../../../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../../../migrations/postgres/", $name, ".sql")),
        }
    };
}

const STEPS: &[Step] = &[
    shared!(1, "0001_people"),
    shared!(2, "0002_shows"),
    shared!(3, "0003_jobs_uploads"),
    split!(4, "0004_search"),
    shared!(5, "0005_leases"),
    split!(6, "0006_documents"),
    shared!(7, "0007_pictures_findings"),
    shared!(8, "0008_rooms"),
    shared!(9, "0009_stems"),
    shared!(10, "0010_warnings"),
    shared!(11, "0011_edits"),
    shared!(12, "0012_touched"),
    shared!(13, "0013_former"),
    shared!(14, "0014_copies"),
];

/// The migrations for one database.
pub(crate) fn migrator(dialect: Dialect) -> Migrator {
    let migrations: Vec<Migration> = STEPS
        .iter()
        .map(|step| {
            let sql = match dialect {
                Dialect::Sqlite => step.sqlite,
                Dialect::Postgres => step.postgres,
            };
            Migration::new(step.number, Cow::Borrowed(step.name), MigrationType::Simple, sql.into_sql_str(), false)
        })
        .collect();
    Migrator::with_migrations(migrations)
}

/// Refuses a database of a newer program; gives its newest migration and the newest one known here.
pub(crate) async fn check<C: Migrate>(migrator: &Migrator, conn: &mut C) -> Result<(i64, i64), StoreError> {
    conn.ensure_migrations_table(&migrator.table_name).await?;
    let applied = conn.list_applied_migrations(&migrator.table_name).await?;
    let known = STEPS.last().map_or(0, |step| step.number);
    let found = applied.iter().map(|step| step.version).max().unwrap_or(0);
    if found > known { Err(StoreError::Newer { found, known }) } else { Ok((found, known)) }
}

/// Applies what is missing, each step in a transaction.
pub(crate) async fn run<C: Migrate>(migrator: &Migrator, conn: &mut C) -> Result<(), StoreError> {
    check(migrator, conn).await?;
    migrator.run_direct(None, conn, false).await?;
    Ok(())
}
