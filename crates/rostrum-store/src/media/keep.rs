//! Taking a finished file of another owner into the media store without reading it: a second name for the same bytes
//! where both lie on one disk.

use std::io::ErrorKind;
use std::path::Path;

use futures_util::TryStreamExt as _;
use sha2::{Digest as _, Sha256};

use super::{MediaError, MediaStore, Stored, copy};
use crate::failpoint::reach;

impl MediaStore {
    /// Length and digest of a stored file, which is read to its end.
    pub async fn stored(&self, key: &str) -> Result<Stored, MediaError> {
        let mut stream = self.get(key, None).await?.stream;
        let (mut hasher, mut bytes) = (Sha256::new(), 0);
        while let Some(piece) = stream.try_next().await? {
            hasher.update(&piece);
            bytes += piece.len() as u64;
        }
        Ok(Stored { bytes, sha256: hex::encode(hasher.finalize()) })
    }

    /// Stores a file that stays where it is; gives its length. On the same disk no byte is copied, and none may change
    /// from then on. What an earlier try left under the key is replaced, so the key must not be in use yet.
    pub async fn keep(&self, key: &str, path: &Path) -> Result<u64, MediaError> {
        let bytes = tokio::fs::metadata(path).await?.len();
        reach("media: before a file is kept");
        match &self.folder {
            Some(folder) => link_into(path, &folder.join(key)).await?,
            None => self.send(key, path).await?,
        }
        reach("media: after a file is kept");
        Ok(bytes)
    }
}

/// Makes a folder and those above it, each durably: a name in a folder that a power cut takes away is lost with it.
pub(super) async fn make_folder(folder: &Path) -> Result<(), MediaError> {
    let missing: Vec<&Path> = folder.ancestors().take_while(|above| !above.exists()).collect();
    tokio::fs::create_dir_all(folder).await?;
    for made in missing {
        if let Some(above) = made.parent() {
            tokio::fs::File::open(above).await?.sync_all().await?;
        }
    }
    Ok(())
}

async fn link_into(from: &Path, to: &Path) -> Result<(), MediaError> {
    let folder = to.parent().expect("a key has at least one folder above it").to_owned();
    make_folder(&folder).await?;
    tokio::fs::File::open(from).await?.sync_all().await?;
    match tokio::fs::remove_file(to).await {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    if tokio::fs::hard_link(from, to).await.is_err() {
        // Another disk, or one that knows no second names.
        copy(from, &to.with_extension("part"), to).await?;
    }
    tokio::fs::File::open(&folder).await?.sync_all().await?;
    Ok(())
}
