//! The media store's conformance suite: the same scenes in a folder and, where `ROSTRUM_TEST_S3` names a bucket, in S3.

use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use rostrum_domain::Secret;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::media::{Address, MediaError, MediaStore};

/// Larger than one part of a multipart upload, and no multiple of it.
const LARGE_BYTES: usize = 17 * 1024 * 1024 + 5;

/// A store with a prefix of its own for keys and a local folder for files under way.
struct Place {
    media: MediaStore,
    prefix: String,
    scratch: TempDir,
}

impl Place {
    fn key(&self, name: &str) -> String {
        format!("{}/{name}", self.prefix)
    }

    async fn read(&self, key: &str, range: Option<std::ops::Range<u64>>) -> Result<(u64, Vec<u8>), MediaError> {
        let reading = self.media.get(key, range).await?;
        let chunks: Vec<Bytes> = reading.stream.try_collect().await?;
        Ok((reading.size, chunks.concat()))
    }
}

async fn on_both<F: Future<Output = ()>>(scene: impl Fn(Place) -> F) {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let prefix = || format!("suite-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let scratch = || tempfile::tempdir().expect("a temporary folder can be made");
    let folder = scratch();
    let url = folder.path().join("media").display().to_string();
    let media = MediaStore::open(&Address { url, access_key: None, secret_key: None }).expect("a folder can be made");
    scene(Place { media, prefix: prefix(), scratch: scratch() }).await;
    if let Ok(url) = std::env::var("ROSTRUM_TEST_S3") {
        let secret = |name: &str| std::env::var(name).ok().map(Secret::new);
        let (access_key, secret_key) = (secret("ROSTRUM_TEST_S3_KEY"), secret("ROSTRUM_TEST_S3_SECRET"));
        let media = MediaStore::open(&Address { url, access_key, secret_key }).expect("the address is sound");
        scene(Place { media, prefix: prefix(), scratch: scratch() }).await;
    }
}

#[tokio::test]
async fn bytes_are_kept_and_never_overwritten() {
    on_both(|place| async move {
        let key = place.key("a/one.txt");
        let stored = place.media.put(&key, Bytes::from_static(b"hello")).await.expect("it stores");
        assert_eq!((stored.bytes, stored.sha256), (5, hex::encode(Sha256::digest(b"hello"))));
        assert!(place.media.put(&key, Bytes::from_static(b"other")).await.is_err(), "a key is written once");
        assert_eq!(place.read(&key, None).await.expect("it reads"), (5, b"hello".to_vec()));
        assert_eq!(place.read(&key, Some(1..4)).await.expect("it reads"), (5, b"ell".to_vec()));
        assert_eq!(place.media.bytes(&key, 5).await.expect("it reads"), "hello");
        assert!(place.media.bytes(&key, 4).await.is_err(), "it is larger than asked for");
        assert_eq!(place.media.size(&key).await.expect("it is there"), 5);
    })
    .await;
}

#[tokio::test]
async fn what_is_gone_is_missing_and_may_go_again() {
    on_both(|place| async move {
        let key = place.key("gone.txt");
        place.media.put(&key, Bytes::from_static(b"x")).await.expect("it stores");
        place.media.delete(&key).await.expect("it goes");
        place.media.delete(&key).await.expect("it is gone already");
        assert!(matches!(place.media.size(&key).await, Err(MediaError::Missing(_))));
        assert!(matches!(place.read(&key, None).await, Err(MediaError::Missing(_))));
        let local = place.media.local(&key, place.scratch.path()).await;
        assert!(matches!(local, Err(MediaError::Missing(_))));
    })
    .await;
}

#[tokio::test]
async fn a_large_file_moves_in_whole_and_comes_back_whole() {
    on_both(|place| async move {
        let bytes: Vec<u8> = (0..LARGE_BYTES).map(|at| (at % 251) as u8).collect();
        let file = place.scratch.path().join("large");
        std::fs::write(&file, &bytes).expect("the folder can be written");
        let key = place.key("b/large.bin");
        let stored = place.media.adopt(&key, &file).await.expect("it stores");
        assert_eq!((stored.bytes as usize, stored.sha256), (LARGE_BYTES, hex::encode(Sha256::digest(&bytes))));
        assert!(!file.exists(), "it moved");
        let copy = place.media.local(&key, place.scratch.path()).await.expect("it comes back");
        assert!(std::fs::read(copy.path()).expect("it reads") == bytes);
        let end = LARGE_BYTES as u64;
        let (size, tail) = place.read(&key, Some(end - 3..end)).await.expect("it reads");
        assert_eq!((size, tail.as_slice()), (end, &bytes[LARGE_BYTES - 3..]));
    })
    .await;
}

#[tokio::test]
async fn the_check_leaves_nothing_behind() {
    on_both(|place| async move {
        let key = place.key("check");
        place.media.check(&key).await.expect("the store works");
        assert!(matches!(place.media.size(&key).await, Err(MediaError::Missing(_))));
    })
    .await;
}

#[test]
fn addresses_that_make_no_sense_are_explained() {
    for url in ["s3://", "s3://bucket?colour=teal"] {
        let opened = MediaStore::open(&Address { url: url.into(), access_key: None, secret_key: None });
        assert!(matches!(opened, Err(MediaError::Address(_))), "{url}");
    }
}
