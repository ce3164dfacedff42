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
    /// A text holds the character NUL, which Postgres does not take.
    #[error("a text holds a NUL character; leave it out")]
    Nul,
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
    /// The database was made by an older program and not yet brought to this one's schema.
    #[error("the database has schema {found}, this program needs {known}: run `rostrum migrate` on it first")]
    Older {
        /// The number of the newest migration in the database.
        found: i64,
        /// The number of the newest migration known here.
        known: i64,
    },
    /// The disk of the database is full; it works again once there is room.
    #[error("the disk of the database is full; free some space")]
    Full,
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
        match error.as_database_error().and_then(sqlx::error::DatabaseError::code) {
            Some(code) if is_full(&code) => return Self::Full,
            Some(code) if code == CHARACTER_NOT_IN_REPERTOIRE => return Self::Nul,
            _ => {}
        }
        match error.as_database_error().map(sqlx::error::DatabaseError::kind) {
            Some(ErrorKind::UniqueViolation) => Self::Taken,
            Some(ErrorKind::ForeignKeyViolation | ErrorKind::CheckViolation | ErrorKind::NotNullViolation) => {
                Self::Dangling
            }
            _ => Self::Database(error),
        }
    }
}

/// What Postgres says of a NUL in a text; what else is no UTF-8 cannot be in one here.
const CHARACTER_NOT_IN_REPERTOIRE: &str = "22021";

/// SQLITE_FULL, SQLITE_IOERR_SHMSIZE (the index of its log cannot grow), and Postgres' disk_full.
fn is_full(code: &str) -> bool {
    matches!(code, "13" | "4874" | "53100")
}

/// Ok when exactly one row changed; otherwise the optimistic lock has failed.
pub(crate) fn one_changed(rows: u64) -> Result<(), StoreError> {
    if rows == 1 { Ok(()) } else { Err(StoreError::Stale) }
}
