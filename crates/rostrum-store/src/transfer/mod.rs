//! All data of one database moved into another, empty one: table by table, in one transaction, read back and compared.
//! It goes by the tables and columns of a fresh schema, so a new table moves without being named here.

mod line;
mod schema;
#[cfg(test)]
mod suite;

use futures_util::TryStreamExt as _;

use crate::{Store, StoreError, Tx};
use line::{Line, Sum};
use schema::Table;

pub(crate) use line::Cell;

/// Rows that go over at once; times the columns of a table it stays below what a statement may bind.
const BATCH: usize = 200;

/// What was moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// Tables, those without a row included.
    pub tables: usize,
    /// Rows of all of them.
    pub rows: u64,
}

/// Why nothing was moved.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// A database failed or is of another version.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The target is in use; choose an empty database.
    #[error("the target holds data already (table {0}); name an empty database")]
    NotEmpty(String),
    /// A table cannot be read or written; the text says which and why.
    #[error("table {table} cannot be moved: {source}")]
    Table {
        /// The table.
        table: String,
        /// What the database said.
        source: StoreError,
    },
    /// What was read back is not what was sent; both databases are as before.
    #[error("table {0} did not arrive as it was; nothing was moved")]
    Different(String),
}

/// Moves everything in `from` to `to`, all or nothing; `from` is only read. Both must be at rest.
pub async fn transfer(from: &Store, to: &Store) -> Result<Moved, TransferError> {
    from.check_current().await?;
    to.migrate().await?;
    let tables = schema::tables().await?;
    let mut source = from.read().await?;
    source.hold_still().await?;
    let mut target = to.write().await?;
    for table in &tables {
        clear(&mut target, table).await?;
    }
    let mut rows = 0;
    for table in &tables {
        let failed = |source| TransferError::Table { table: table.name.clone(), source };
        let sent = send(&mut source, &mut target, table).await.map_err(failed)?;
        if sum(&mut target, table).await.map_err(failed)? != sent {
            return Err(TransferError::Different(table.name.clone()));
        }
        rows += sent.rows();
    }
    target.commit().await?;
    Ok(Moved { tables: tables.len(), rows })
}

/// Refuses a table that holds more than a fresh one does, and takes out what that is.
async fn clear(target: &mut Tx, table: &Table) -> Result<(), TransferError> {
    if sum(target, table).await? != table.seed {
        return Err(TransferError::NotEmpty(table.name.clone()));
    }
    target.send(table.clear(), Vec::new()).await?;
    Ok(())
}

async fn sum(tx: &mut Tx, table: &Table) -> Result<Sum, StoreError> {
    let lines = tx.stream::<Line>(table.select()).map_err(StoreError::from);
    lines.try_fold(Sum::default(), async |sum, line| Ok(sum.with(&line))).await
}

async fn send(source: &mut Tx, target: &mut Tx, table: &Table) -> Result<Sum, StoreError> {
    let mut lines = source.stream::<Line>(table.select()).map_err(StoreError::from).try_chunks(BATCH);
    let mut sum = Sum::default();
    while let Some(batch) = lines.try_next().await.map_err(|error| error.1)? {
        sum = batch.iter().fold(sum, Sum::with);
        write(target, table, batch).await?;
    }
    Ok(sum)
}

async fn write(target: &mut Tx, table: &Table, batch: Vec<Line>) -> Result<(), StoreError> {
    let cells = batch.iter().map(Line::len).sum();
    let sql = table.insert(batch.len());
    let all = batch.into_iter().fold(Vec::with_capacity(cells), |mut all, line| {
        all.extend(line.into_cells());
        all
    });
    target.send(sql, all).await
}
