//! Sending a local file to a bucket in parts; what was sent of one that fails is taken back, since parts without an end
//! are seen by nobody and paid for every day.

use std::path::Path;

use object_store::path::Path as Key;
use object_store::{MultipartUpload, ObjectStoreExt as _, WriteMultipart};
use tokio::io::AsyncReadExt as _;

use super::{MediaError, MediaStore};

/// Bytes of one part of a multipart upload; S3 asks for 5 MiB at least.
const PART_BYTES: usize = 8 * 1024 * 1024;
/// Parts under way at once; with [`PART_BYTES`] it bounds the memory of an upload.
const PARTS_MAX: usize = 4;

impl MediaStore {
    pub(super) async fn send(&self, key: &str, path: &Path) -> Result<(), MediaError> {
        let upload = self.store.put_multipart(&Key::parse(key).map_err(object_store::Error::from)?).await?;
        whole(upload, path).await
    }
}

async fn whole(upload: Box<dyn MultipartUpload>, path: &Path) -> Result<(), MediaError> {
    let mut writer = WriteMultipart::new_with_chunk_size(upload, PART_BYTES);
    if let Err(error) = parts(&mut writer, path).await {
        if let Err(left) = writer.abort().await {
            tracing::warn!(error = %left, "the parts of a file that could not be sent stay in the bucket");
        }
        return Err(error);
    }
    writer.finish().await?;
    Ok(())
}

async fn parts(writer: &mut WriteMultipart, path: &Path) -> Result<(), MediaError> {
    let mut file = tokio::fs::File::open(path).await?;
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let read = file.read(&mut buffer).await?;
        if read == 0 {
            return Ok(());
        }
        writer.wait_for_capacity(PARTS_MAX).await?;
        writer.write(&buffer[..read]);
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::FutureExt as _;
    use object_store::{PutPayload, PutResult, UploadPart};

    use super::*;

    /// An upload whose second part is refused.
    #[derive(Debug, Clone, Default)]
    struct Refusing {
        parts: Arc<AtomicUsize>,
        aborted: Arc<AtomicUsize>,
    }

    fn refused() -> object_store::Error {
        object_store::Error::Generic { store: "test", source: "no room".into() }
    }

    type Answer<'f, T> = Pin<Box<dyn Future<Output = object_store::Result<T>> + Send + 'f>>;

    impl MultipartUpload for Refusing {
        fn put_part(&mut self, _: PutPayload) -> UploadPart {
            let nth = self.parts.fetch_add(1, Ordering::SeqCst);
            std::future::ready(if nth == 0 { Ok(()) } else { Err(refused()) }).boxed()
        }

        fn complete<'s, 'f>(&'s mut self) -> Answer<'f, PutResult>
        where
            's: 'f,
        {
            std::future::ready(Err(refused())).boxed()
        }

        fn abort<'s, 'f>(&'s mut self) -> Answer<'f, ()>
        where
            's: 'f,
        {
            self.aborted.fetch_add(1, Ordering::SeqCst);
            std::future::ready(Ok(())).boxed()
        }
    }

    #[tokio::test]
    async fn parts_of_a_file_that_fails_do_not_stay() {
        let folder = tempfile::tempdir().expect("a folder");
        let large = folder.path().join("large");
        std::fs::write(&large, vec![0; PART_BYTES * (PARTS_MAX + 2)]).expect("there is room");
        let small = folder.path().join("small");
        std::fs::write(&small, b"one part").expect("there is room");
        for path in [large.as_path(), small.as_path(), folder.path()] {
            let upload = Refusing::default();
            assert!(whole(Box::new(upload.clone()), path).await.is_err(), "{}", path.display());
            assert_eq!(upload.aborted.load(Ordering::SeqCst), 1, "{}", path.display());
        }
    }
}
