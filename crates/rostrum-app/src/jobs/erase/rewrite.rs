//! The segments of a journal written anew, record by record. Bytes that are no record go: nobody can tell what they
//! hold.

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::episode::Episode;
use rostrum_domain::show::Show;
use rostrum_media::journal::{self, Record};
use tempfile::{NamedTempFile, TempPath};

use crate::files::New;
use crate::rooms::tape;
use crate::{App, Error};

/// Appends what stands in the place of a record; asked with none at the very end.
pub(in crate::jobs) type Change<'a> = &'a mut dyn FnMut(Option<Record>, &mut Vec<Record>);

/// Writes every segment anew; blocks.
pub(in crate::jobs) fn rewrite(paths: &[PathBuf], scratch: &Path, change: Change<'_>) -> Result<Vec<TempPath>, Error> {
    let mut written = Vec::new();
    for (n, path) in paths.iter().enumerate() {
        let mut out = BufWriter::with_capacity(1 << 20, NamedTempFile::new_in(scratch)?);
        let (mut records, mut bytes) = (Vec::new(), Vec::new());
        tape::read(std::slice::from_ref(path), &mut |record| {
            change(Some(record.clone()), &mut records);
            put(&mut records, &mut bytes, &mut out)
        })?;
        if n + 1 == paths.len() {
            change(None, &mut records);
            put(&mut records, &mut bytes, &mut out)?;
        }
        out.flush()?;
        let file = out.into_inner().map_err(|error| Error::internal(error.into_error()))?;
        written.push(file.into_temp_path());
    }
    Ok(written)
}

fn put(records: &mut Vec<Record>, bytes: &mut Vec<u8>, out: &mut impl std::io::Write) -> Result<(), Error> {
    bytes.clear();
    for record in records.drain(..) {
        journal::write(&record, bytes).map_err(Error::internal)?;
    }
    Ok(out.write_all(bytes)?)
}

/// Where they are.
pub(in crate::jobs) fn paths(written: &[TempPath]) -> Vec<PathBuf> {
    written.iter().map(|path| path.to_path_buf()).collect()
}

/// Stores them under the names of the old ones; the records are the caller's to insert.
pub(in crate::jobs) async fn store(
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
