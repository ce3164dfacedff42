//! The only file that names a database driver: pools, transactions, and the macros that run one SQL text on either.

use std::str::FromStr;
use std::time::Duration;

use futures_util::stream::BoxStream;
use rostrum_domain::Secret;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, FromRow, Postgres, Sqlite, Transaction};

use crate::transfer::Cell;
use crate::{StoreError, failpoint};

/// How long a statement waits for another process's write lock before it fails.
const BUSY: Duration = Duration::from_secs(10);
/// How long a caller waits for a free connection.
const ACQUIRE: Duration = Duration::from_secs(15);

/// The database; cheap to clone, shared by a whole process.
#[derive(Clone, Debug)]
pub struct Store {
    pool: Pool,
}

#[derive(Clone, Debug)]
enum Pool {
    /// One connection writes, a few read: SQLite allows a single writer at a time anyway.
    Sqlite {
        write: SqlitePool,
        read: SqlitePool,
    },
    Postgres(PgPool),
}

/// Which of the two databases is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite in a file.
    Sqlite,
    /// A Postgres server.
    Postgres,
}

/// A transaction; dropped without `commit` it leaves no trace.
#[derive(Debug)]
pub struct Tx {
    inner: Inner,
    /// The last statement that wrote; names the commit among the failpoints.
    wrote: &'static str,
}

#[derive(Debug)]
enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// The open connection of a transaction, by driver.
pub(crate) enum Conn<'t> {
    Sqlite(&'t mut SqliteConnection),
    Postgres(&'t mut PgConnection),
}

impl Store {
    /// Opens the database at `url`: `sqlite:/path/to/file` (made when missing) or `postgres://…`.
    /// Nothing is created in it: call [`Store::migrate`].
    pub async fn open(url: &Secret<String>) -> Result<Self, StoreError> {
        let url = url.reveal();
        let pool = if url.starts_with("sqlite:") {
            Self::open_sqlite(url).await?
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(url).map_err(|_| bad_address())?;
            Pool::Postgres(
                PgPoolOptions::new().max_connections(10).acquire_timeout(ACQUIRE).connect_with(options).await?,
            )
        } else {
            return Err(bad_address());
        };
        Ok(Self { pool })
    }

    async fn open_sqlite(url: &str) -> Result<Pool, StoreError> {
        let options = SqliteConnectOptions::from_str(url)
            .map_err(|_| bad_address())?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY);
        let write =
            SqlitePoolOptions::new().max_connections(1).acquire_timeout(ACQUIRE).connect_with(options.clone()).await?;
        let read = SqlitePoolOptions::new()
            .max_connections(4)
            .acquire_timeout(ACQUIRE)
            .connect_lazy_with(options.read_only(true).create_if_missing(false));
        Ok(Pool::Sqlite { write, read })
    }

    /// Which database this is.
    pub fn dialect(&self) -> Dialect {
        match self.pool {
            Pool::Sqlite { .. } => Dialect::Sqlite,
            Pool::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Begins a transaction that sees one state of the data and must not write.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        let inner = match &self.pool {
            Pool::Sqlite { read, .. } => Inner::Sqlite(read.begin().await?),
            Pool::Postgres(pool) => Inner::Postgres(pool.begin().await?),
        };
        Ok(Tx { inner, wrote: "" })
    }

    /// Begins a transaction that may write. On SQLite it takes the write lock at once: a read that later turns into a
    /// write fails there whatever the timeout.
    pub async fn write(&self) -> Result<Tx, StoreError> {
        let inner = match &self.pool {
            Pool::Sqlite { write, .. } => Inner::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Pool::Postgres(pool) => Inner::Postgres(pool.begin().await?),
        };
        Ok(Tx { inner, wrote: "" })
    }

    /// Brings the schema to this program's version; refuses a database of a newer program.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let migrator = crate::migrate::migrator(self.dialect());
        match &self.pool {
            Pool::Sqlite { write, .. } => crate::migrate::run(&migrator, &mut *write.acquire().await?).await,
            Pool::Postgres(pool) => crate::migrate::run(&migrator, &mut *pool.acquire().await?).await,
        }
    }

    /// Refuses a database of a newer program, and changes nothing of anybody's data.
    pub async fn check_version(&self) -> Result<(), StoreError> {
        self.versions().await.map(drop)
    }

    /// Refuses a database of any other schema than this program's, and changes nothing of anybody's data.
    pub(crate) async fn check_current(&self) -> Result<(), StoreError> {
        let (found, known) = self.versions().await?;
        if found < known { Err(StoreError::Older { found, known }) } else { Ok(()) }
    }

    async fn versions(&self) -> Result<(i64, i64), StoreError> {
        let migrator = crate::migrate::migrator(self.dialect());
        match &self.pool {
            Pool::Sqlite { write, .. } => crate::migrate::check(&migrator, &mut *write.acquire().await?).await,
            Pool::Postgres(pool) => crate::migrate::check(&migrator, &mut *pool.acquire().await?).await,
        }
    }

    /// Closes every connection after the running statements.
    pub async fn close(&self) {
        match &self.pool {
            Pool::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Pool::Postgres(pool) => pool.close().await,
        }
    }
}

/// A statement with its values bound, for either driver.
macro_rules! with_cells {
    ($sql:expr, $cells:expr) => {
        $cells.into_iter().fold(sqlx::query(AssertSqlSafe($sql)), |query, cell| match cell {
            Cell::Text(text) => query.bind(text),
            Cell::Whole(number) => query.bind(number),
            Cell::Real(number) => query.bind(number),
            Cell::Flag(flag) => query.bind(flag),
        })
    };
}

impl Tx {
    /// Makes the transaction's writes durable and seen.
    pub async fn commit(self) -> Result<(), StoreError> {
        failpoint::reach_commit("before the commit of ", self.wrote);
        match self.inner {
            Inner::Sqlite(tx) => tx.commit().await?,
            Inner::Postgres(tx) => tx.commit().await?,
        }
        failpoint::reach_commit("after the commit of ", self.wrote);
        Ok(())
    }

    /// Notes that a statement is about to write.
    pub(crate) fn writes(&mut self, sql: &'static str) {
        failpoint::reach(sql);
        self.wrote = sql;
    }

    pub(crate) fn conn(&mut self) -> Conn<'_> {
        match &mut self.inner {
            Inner::Sqlite(tx) => Conn::Sqlite(tx),
            Inner::Postgres(tx) => Conn::Postgres(tx),
        }
    }

    /// Lets the transaction see one state of the data from its first statement on, as it does on SQLite anyway.
    pub(crate) async fn hold_still(&mut self) -> Result<(), StoreError> {
        if let Conn::Postgres(conn) = self.conn() {
            sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ").execute(conn).await?;
        }
        Ok(())
    }

    /// Rows as they come; the text is made of the schema's own names.
    pub(crate) fn stream<T>(&mut self, sql: String) -> BoxStream<'_, Result<T, sqlx::Error>>
    where
        T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin + 'static,
    {
        match self.conn() {
            Conn::Sqlite(conn) => sqlx::query_as(AssertSqlSafe(sql)).fetch(conn),
            Conn::Postgres(conn) => sqlx::query_as(AssertSqlSafe(sql)).fetch(conn),
        }
    }

    /// Runs a text made of the schema's own names with these values.
    pub(crate) async fn send(&mut self, sql: String, cells: Vec<Cell>) -> Result<(), StoreError> {
        match self.conn() {
            Conn::Sqlite(conn) => with_cells!(sql, cells).execute(conn).await.map(|_| ())?,
            Conn::Postgres(conn) => with_cells!(sql, cells).execute(conn).await.map(|_| ())?,
        }
        Ok(())
    }

    /// Which database the transaction runs on.
    pub fn dialect(&self) -> Dialect {
        match self.inner {
            Inner::Sqlite(_) => Dialect::Sqlite,
            Inner::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Prepares a statement without running it; the test of every SQL text on both databases.
    #[cfg(test)]
    pub(crate) async fn prepare(&mut self, sql: &'static str) -> Result<(), StoreError> {
        use sqlx::{Executor as _, SqlSafeStr as _};
        match self.conn() {
            Conn::Sqlite(conn) => drop(conn.prepare(sql.into_sql_str()).await?),
            Conn::Postgres(conn) => drop(conn.prepare(sql.into_sql_str()).await?),
        }
        Ok(())
    }
}

fn bad_address() -> StoreError {
    StoreError::Address("The database address should begin with sqlite: or postgres://.".to_owned())
}

/// At most one row: `one!(tx, Row, SQL, bind, …)` gives `Result<Option<Row>, StoreError>`.
macro_rules! one {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $tx.conn() {
            $crate::db::Conn::Sqlite(conn) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(&mut *conn).await
            }
            $crate::db::Conn::Postgres(conn) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_optional(&mut *conn).await
            }
        }
        .map_err($crate::StoreError::from)
    };
}

/// Every row: `all!(tx, Row, SQL, bind, …)` gives `Result<Vec<Row>, StoreError>`.
macro_rules! all {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $tx.conn() {
            $crate::db::Conn::Sqlite(conn) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(&mut *conn).await
            }
            $crate::db::Conn::Postgres(conn) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.fetch_all(&mut *conn).await
            }
        }
        .map_err($crate::StoreError::from)
    };
}

/// No rows: `exec!(tx, SQL, bind, …)` gives `Result<u64, StoreError>`, the number of rows changed.
macro_rules! exec {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {{
        $tx.writes($sql);
        match $tx.conn() {
            $crate::db::Conn::Sqlite(conn) => {
                sqlx::query($sql)$(.bind($bind))*.execute(&mut *conn).await.map(|done| done.rows_affected())
            }
            $crate::db::Conn::Postgres(conn) => {
                sqlx::query($sql)$(.bind($bind))*.execute(&mut *conn).await.map(|done| done.rows_affected())
            }
        }
        .map_err($crate::StoreError::from)
    }};
}

pub(crate) use {all, exec, one};

/// A fresh database on a test server, compared by bytes as SQLite does; gives its address.
#[cfg(test)]
pub(crate) async fn fresh_database(server: &str) -> Secret<String> {
    use sqlx::{AssertSqlSafe, Connection as _, Executor as _};
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("suite_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let mut admin = PgConnection::connect(server).await.expect("the test server answers");
    let sql = format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'");
    admin.execute(AssertSqlSafe(sql)).await.expect("the test user may make databases");
    let mut url = url::Url::parse(server).expect("the server's address is a URL");
    url.set_path(&name);
    Secret::new(url.into())
}

/// Marks the schema as made by a later program.
#[cfg(test)]
pub(crate) async fn pretend_newer(store: &Store) {
    const SQL: &str = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'later', TRUE, '', 0)";
    let mut tx = store.write().await.expect("a transaction begins");
    exec!(tx, SQL).expect("the table is there");
    tx.commit().await.expect("it commits");
}

/// Does behind the program's back what no function does; for tests of damage.
#[cfg(test)]
pub(crate) async fn run(store: &Store, sql: &'static str) {
    let mut tx = store.write().await.expect("a transaction begins");
    exec!(tx, sql).expect("the statement fits the schema");
    tx.commit().await.expect("it commits");
}
