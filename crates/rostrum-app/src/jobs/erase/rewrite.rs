//! The segments of a journal written anew without what is to go. Bytes that are no record go too: nobody can tell what
//! they hold.

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::episode::Episode;
use rostrum_domain::show::Show;
use rostrum_live::erase::{Eraser, Erasure};
use rostrum_media::journal;
use tempfile::{NamedTempFile, TempPath};

use crate::files::New;
use crate::rooms::tape;
use crate::{App, Error};

/// Writes every segment anew; blocks.
pub(super) fn rewrite(paths: &[PathBuf], scratch: &Path, erasure: Erasure) -> Result<Vec<TempPath>, Error> {
    let mut eraser = Eraser::new(erasure);
    let mut written = Vec::new();
    for path in paths {
        let mut out = BufWriter::with_capacity(1 << 20, NamedTempFile::new_in(scratch)?);
        let mut bytes = Vec::new();
        tape::read(std::slice::from_ref(path), &mut |record| {
            if let Some(record) = eraser.record(record.clone()) {
                bytes.clear();
                journal::write(&record, &mut bytes).map_err(Error::internal)?;
                out.write_all(&bytes)?;
            }
            Ok(())
        })?;
        out.flush()?;
        let file = out.into_inner().map_err(|error| Error::internal(error.into_error()))?;
        written.push(file.into_temp_path());
    }
    Ok(written)
}

/// Where they are.
pub(super) fn paths(written: &[TempPath]) -> Vec<PathBuf> {
    written.iter().map(|path| path.to_path_buf()).collect()
}

/// Stores them under the names of the old ones; the records are the caller's to insert.
pub(super) async fn store(
    app: &App,
    of: (&Show, &Episode),
    old: &[Asset],
    written: Vec<TempPath>,
) -> Result<Vec<Asset>, Error> {
    let mut stored = Vec::new();
    for (segment, path) in old.iter().zip(written) {
        let new = New { file_name: segment.file_name.clone(), ..New::of_episode(of, AssetKind::Journal) };
        stored.push(new.adopt(app, &path).await?);
    }
    Ok(stored)
}
