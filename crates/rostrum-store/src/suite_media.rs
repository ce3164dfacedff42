//! The media store's conformance suite: the same scenes in a folder and, where `ROSTRUM_TEST_S3` names a bucket, in S3.

use std::future::Future;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use rostrum_domain::Secret;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::media::{Address, MediaError, MediaStore, Pass};

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
    } else {
        crate::suite::whole();
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
async fn two_jobs_may_read_the_same_file() {
    on_both(|place| async move {
        let key = place.key("d/both.bin");
        place.media.put(&key, Bytes::from_static(b"both")).await.expect("it stores");
        let one = place.media.local(&key, place.scratch.path()).await.expect("it comes");
        let other = place.media.local(&key, place.scratch.path()).await.expect("it comes again");
        drop(one);
        assert_eq!(std::fs::read(other.path()).expect("it is still there"), b"both");
        drop(other);
        let left = std::fs::read_dir(place.scratch.path()).expect("it lists").count();
        assert_eq!(left, 0, "copies go with who asked for them");
        let keys: Vec<String> = place.media.keys().try_collect().await.expect("it lists");
        assert!(keys.contains(&key), "{keys:?}");
    })
    .await;
}

/// What a reader without any key of the bucket gets at a plain HTTP address: the head and the body of the answer.
#[expect(clippy::disallowed_methods, reason = "a reader without any key is nobody's client of ours")]
fn ask(method: &str, address: &str, range: &str) -> (String, Vec<u8>) {
    let url = url::Url::parse(address).expect("the bucket gives addresses");
    let at = (url.host_str().expect("it has a host"), url.port().expect("it is no usual port"));
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let mut stream = TcpStream::connect(at).expect("the server answers");
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let request = format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\n{range}Connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("the server reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("the server writes and closes");
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("an answer has a head") + 4;
    let body = answer.split_off(end);
    (String::from_utf8(answer).expect("a head is text").to_ascii_lowercase(), body)
}

const PASS: Pass<'_> =
    Pass { head: false, valid: Duration::from_secs(60), mime: "audio/mpeg", disposition: "inline; filename=\"a.mp3\"" };

#[tokio::test]
async fn a_bucket_serves_what_it_was_told_to_and_only_that() {
    on_both(|place| async move {
        let key = place.key("c/one.mp3");
        place.media.put(&key, Bytes::from_static(b"hello")).await.expect("it stores");
        assert_eq!(place.media.pass(&key, &PASS).await.expect("it answers"), None, "nobody chose it");
        assert_eq!(place.media.origin(), None);
        let folder = place.media.folder().is_some();
        let media = place.media.clone().read_from_bucket().await.expect("the store has an address");
        let Some(address) = media.pass(&key, &PASS).await.expect("it signs") else {
            return assert!(folder && media.origin().is_none(), "only a folder cannot");
        };
        let origin = media.origin().expect("a bucket has one").to_owned();
        assert!(address.starts_with(&format!("{origin}/")), "{address} is of {origin}");
        let (head, body) = ask("GET", &address, "");
        assert!(head.starts_with("http/1.1 200") && body == b"hello", "{head}");
        assert!(head.contains("content-type: audio/mpeg\r\n"), "{head}");
        assert!(head.contains("content-disposition: inline; filename=\"a.mp3\"\r\n"), "{head}");
        let (head, body) = ask("GET", &address, "Range: bytes=1-3\r\n");
        assert!(head.contains("content-range: bytes 1-3/5\r\n") && body == b"ell", "{head}");
        assert!(ask("HEAD", &address, "").0.starts_with("http/1.1 403"), "the method is signed");
        let pass = Pass { head: true, ..PASS };
        let address = media.pass(&key, &pass).await.expect("it signs").expect("a bucket can");
        let (head, body) = ask("HEAD", &address, "");
        assert!(head.contains("content-length: 5\r\n") && body.is_empty(), "{head}");
        assert!(ask("HEAD", &address.replace("one.mp3", "two.mp3"), "").0.starts_with("http/1.1 403"), "so is the key");
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
