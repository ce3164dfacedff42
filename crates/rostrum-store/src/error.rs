//! What can go wrong when asking the database, in words of what the caller may do about it.

/// A failed statement or a row that makes no sense.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A unique constraint refused the row: something of that name exists.
    #[error("that is taken already")]
    Taken,
    /// A foreign key or check refused the row: something it points to is gone.
    #[error("something this refers to does not exist any more")]
    Dangling,
    /// The row changed since it was read; read it again and decide anew.
    #[error("somebody else changed this in the meantime; load it again")]
    Stale,
    /// A row holds what no version of the program writes; an operator must look.
    #[error("row {id} of table {table} holds an invalid {column}")]
    Row {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's id.
        id: String,
    },
    /// The database was made by a newer program.
    #[error("the database has schema {found}, this program knows up to {known}: use the newer program or a backup")]
    Newer {
        /// The number of the newest migration in the database.
        found: i64,
        /// The number of the newest migration known here.
        known: i64,
    },
    /// The address of a database or media store cannot be understood.
    #[error("{0}")]
    Address(String),
    /// The database did not answer or refused; trying again may help.
    #[error("the database failed: {0}")]
    Database(#[source] sqlx::Error),
    /// The database could not be brought to this program's schema.
    #[error("a migration failed: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

impl From<sqlx::Error> for StoreError {
    // Constraint names exist only on Postgres, so conflicts are told apart by kind.
    fn from(error: sqlx::Error) -> Self {
        use sqlx::error::ErrorKind;
        match error.as_database_error().map(sqlx::error::DatabaseError::kind) {
            Some(ErrorKind::UniqueViolation) => Self::Taken,
            Some(ErrorKind::ForeignKeyViolation | ErrorKind::CheckViolation | ErrorKind::NotNullViolation) => {
                Self::Dangling
            }
            _ => Self::Database(error),
        }
    }
}

/// Ok when exactly one row changed; otherwise the optimistic lock has failed.
pub(crate) fn one_changed(rows: u64) -> Result<(), StoreError> {
    if rows == 1 { Ok(()) } else { Err(StoreError::Stale) }
}
