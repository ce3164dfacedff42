//! The media store: bytes under keys, in a folder or an S3 bucket. Keys are made by the program, never by a person.

mod keep;
mod send;

use std::ops::Range;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::aws::{AmazonS3Builder, Checksum};
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::prefix::PrefixStore;
use object_store::signer::{Method, SignedUrlOptions, Signer};
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions};
use rostrum_domain::Secret;
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncReadExt as _;

use crate::failpoint::reach;

/// Copies fetched by this process.
static COPIES: AtomicU64 = AtomicU64::new(0);

/// What can go wrong with stored bytes.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// Nothing is stored under the key.
    #[error("no file is stored under {0}")]
    Missing(String),
    /// The store's address cannot be understood; the text says how it should look.
    #[error("{0}")]
    Address(String),
    /// The store failed; trying again may help.
    #[error("the media store failed: {0}")]
    Store(#[source] object_store::Error),
    /// A local file failed.
    #[error("reading or writing a file failed: {0}")]
    File(#[from] std::io::Error),
}

impl From<object_store::Error> for MediaError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { path, .. } => Self::Missing(path),
            error => Self::Store(error),
        }
    }
}

/// Where the media store is and how to sign in to it.
#[derive(Debug, Clone)]
pub struct Address {
    /// A folder's path, or `s3://bucket/prefix?endpoint=https://…&region=…`.
    pub url: String,
    /// Access key of the bucket.
    pub access_key: Option<Secret<String>>,
    /// Secret key of the bucket.
    pub secret_key: Option<Secret<String>>,
}

/// The store of all media; cheap to clone.
#[derive(Debug, Clone)]
pub struct MediaStore {
    store: Arc<dyn ObjectStore>,
    /// The folder, when the store is one: files are then opened and moved in place.
    folder: Option<PathBuf>,
    /// The bucket, when the store is one.
    bucket: Option<Arc<dyn Signer>>,
    /// Where readers are sent, when the bucket itself is to serve them.
    origin: Option<Arc<str>>,
}

/// Leave to read one file from the bucket itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass<'a> {
    /// Whether it is for `HEAD`; the signature covers the method.
    pub head: bool,
    /// How long a read may begin; a begun one may end later. At most seven days.
    pub valid: Duration,
    /// The media type the bucket answers with.
    pub mime: &'a str,
    /// The `Content-Disposition` the bucket answers with.
    pub disposition: &'a str,
}

/// What was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Size.
    pub bytes: u64,
    /// SHA-256, lower-case hex.
    pub sha256: String,
}

/// An open stored file.
pub struct Reading {
    /// Size of the whole file.
    pub size: u64,
    /// The bytes asked for.
    pub stream: BoxStream<'static, Result<Bytes, MediaError>>,
}

/// A stored file on the local disk; a fetched copy goes away with this value.
#[derive(Debug)]
pub struct LocalCopy {
    path: PathBuf,
    fetched: bool,
}

impl LocalCopy {
    /// Where it is.
    pub fn path(&self) -> &FilePath {
        &self.path
    }
}

impl Drop for LocalCopy {
    fn drop(&mut self) {
        if self.fetched {
            let _gone_already = std::fs::remove_file(&self.path);
        }
    }
}

impl MediaStore {
    /// Opens the store; a folder is made when missing.
    pub fn open(address: &Address) -> Result<Self, MediaError> {
        if address.url.starts_with("s3://") {
            return Self::open_s3(address);
        }
        let folder = PathBuf::from(address.url.strip_prefix("file://").unwrap_or(&address.url));
        std::fs::create_dir_all(&folder)?;
        let folder = folder.canonicalize()?;
        let store = LocalFileSystem::new_with_prefix(&folder)?.with_fsync(true);
        Ok(Self { store: Arc::new(store), folder: Some(folder), bucket: None, origin: None })
    }

    fn open_s3(address: &Address) -> Result<Self, MediaError> {
        let bad = || MediaError::Address("A bucket looks like s3://bucket/prefix?endpoint=https://…&region=….".into());
        let url = url::Url::parse(&address.url).map_err(|_| bad())?;
        let bucket = url.host_str().ok_or_else(bad)?;
        let mut builder = AmazonS3Builder::from_env()
            .with_bucket_name(bucket)
            .with_checksum_algorithm(Checksum::SHA256)
            .with_virtual_hosted_style_request(false);
        if let (Some(access), Some(secret)) = (&address.access_key, &address.secret_key) {
            builder = builder.with_access_key_id(access.reveal()).with_secret_access_key(secret.reveal());
        }
        for (name, value) in url.query_pairs() {
            builder = match &*name {
                "endpoint" => builder.with_allow_http(value.starts_with("http://")).with_endpoint(value),
                "region" => builder.with_region(value),
                _ => return Err(bad()),
            };
        }
        let store = Arc::new(PrefixStore::new(builder.build()?, url.path().trim_matches('/')));
        Ok(Self { store: Arc::clone(&store) as _, folder: None, bucket: Some(store), origin: None })
    }

    /// The same store, from whose bucket readers fetch files themselves; a folder stays as it is.
    pub async fn read_from_bucket(self) -> Result<Self, MediaError> {
        let Some(bucket) = &self.bucket else { return Ok(self) };
        let address = bucket.signed_url(Method::GET, &Key::from("origin"), Duration::from_secs(1)).await?;
        Ok(Self { origin: Some(address.origin().ascii_serialization().into()), ..self })
    }

    /// The origin (scheme, host, port) from which readers fetch files themselves; none when this program serves them.
    pub fn origin(&self) -> Option<&str> {
        self.origin.as_deref()
    }

    /// The address at which the bucket serves a file for a while; none when this program serves it. Whether the file
    /// is there is not looked up.
    pub async fn pass(&self, key: &str, pass: &Pass<'_>) -> Result<Option<String>, MediaError> {
        let Some(bucket) = self.bucket.as_ref().filter(|_| self.origin.is_some()) else { return Ok(None) };
        let answers = [("response-content-type", pass.mime), ("response-content-disposition", pass.disposition)];
        let options = SignedUrlOptions::default().with_query(answers);
        let method = if pass.head { Method::HEAD } else { Method::GET };
        let key = Key::parse(key).map_err(object_store::Error::from)?;
        Ok(Some(bucket.signed_url_opts(method, &key, pass.valid, &options).await?.into()))
    }

    /// The folder, when the store is one.
    pub fn folder(&self) -> Option<&FilePath> {
        self.folder.as_deref()
    }

    /// Stores a local file under a new key and removes it from where it was.
    pub async fn adopt(&self, key: &str, path: &FilePath) -> Result<Stored, MediaError> {
        let stored = hash_file(path).await?;
        reach("media: file read");
        match &self.folder {
            Some(folder) => move_into(path, &folder.join(key)).await?,
            None => {
                self.send(key, path).await?;
                reach("media: file sent");
                tokio::fs::remove_file(path).await?;
            }
        }
        Ok(stored)
    }

    /// Every key there is.
    pub fn keys(&self) -> BoxStream<'static, Result<String, MediaError>> {
        let listed = self.store.list(None).map_ok(|found| String::from(found.location));
        listed.map_err(MediaError::from).boxed()
    }

    /// Stores bytes under a new key; a key is never written twice.
    pub async fn put(&self, key: &str, bytes: Bytes) -> Result<Stored, MediaError> {
        let stored = Stored { bytes: bytes.len() as u64, sha256: hex::encode(Sha256::digest(&bytes)) };
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        let key = Key::parse(key).map_err(object_store::Error::from)?;
        reach("media: before bytes are put");
        self.store.put_opts(&key, bytes.into(), options).await?;
        reach("media: after bytes are put");
        Ok(stored)
    }

    /// Opens a stored file, whole or a range of bytes that lies inside it.
    pub async fn get(&self, key: &str, range: Option<Range<u64>>) -> Result<Reading, MediaError> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        let found = self.store.get_opts(&Key::parse(key).map_err(object_store::Error::from)?, options).await?;
        let size = found.meta.size;
        Ok(Reading { size, stream: found.into_stream().map_err(MediaError::from).boxed() })
    }

    /// All bytes of a small stored file; refuses one larger than `max`.
    pub async fn bytes(&self, key: &str, max: u64) -> Result<Bytes, MediaError> {
        let key = Key::parse(key).map_err(object_store::Error::from)?;
        let found = self.store.get(&key).await?;
        if found.meta.size > max {
            return Err(MediaError::Missing(format!("{key} within {max} bytes")));
        }
        Ok(found.bytes().await?)
    }

    /// Size of a stored file.
    pub async fn size(&self, key: &str) -> Result<u64, MediaError> {
        Ok(self.store.head(&Key::parse(key).map_err(object_store::Error::from)?).await?.size)
    }

    /// Removes a stored file; one that is gone already is no error.
    pub async fn delete(&self, key: &str) -> Result<(), MediaError> {
        reach("media: before a file is deleted");
        match self.store.delete(&Key::parse(key).map_err(object_store::Error::from)?).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// A stored file on the local disk: in place for a folder, else copied into `scratch`.
    pub async fn local(&self, key: &str, scratch: &FilePath) -> Result<LocalCopy, MediaError> {
        if let Some(folder) = &self.folder {
            let path = folder.join(key);
            if !tokio::fs::try_exists(&path).await? {
                return Err(MediaError::Missing(key.to_owned()));
            }
            return Ok(LocalCopy { path, fetched: false });
        }
        // Each copy has a name of its own: two jobs may read the same file, and each removes its copy when it is done.
        let nth = COPIES.fetch_add(1, Ordering::Relaxed);
        let path = scratch.join(format!("copy-{}-{nth}-{}", std::process::id(), key.replace('/', "-")));
        let copy = LocalCopy { path, fetched: true };
        let mut stream = self.get(key, None).await?.stream;
        let mut file = tokio::fs::File::create(&copy.path).await?;
        while let Some(bytes) = stream.try_next().await? {
            tokio::io::AsyncWriteExt::write_all(&mut file, &bytes).await?;
        }
        tokio::io::AsyncWriteExt::flush(&mut file).await?;
        Ok(copy)
    }

    /// Writes, reads and deletes a small file, to show that the store works.
    pub async fn check(&self, key: &str) -> Result<(), MediaError> {
        self.put(key, Bytes::from_static(b"rostrum")).await?;
        let read = self.bytes(key, 7).await;
        self.delete(key).await?;
        read.map(drop)
    }
}

async fn hash_file(path: &FilePath) -> Result<Stored, MediaError> {
    let mut file = tokio::fs::File::open(path).await?;
    let (mut hasher, mut bytes) = (Sha256::new(), 0);
    let mut buffer = vec![0; 1024 * 1024];
    loop {
        let read = file.read(&mut buffer).await?;
        if read == 0 {
            break;
        }
        hasher.update(&buffer[..read]);
        bytes += read as u64;
    }
    Ok(Stored { bytes, sha256: hex::encode(hasher.finalize()) })
}

/// Copies a file durably to `to`, by way of `beside` in the same folder.
async fn copy(from: &FilePath, beside: &FilePath, to: &FilePath) -> Result<(), MediaError> {
    tokio::fs::copy(from, beside).await?;
    tokio::fs::File::open(beside).await?.sync_all().await?;
    Ok(tokio::fs::rename(beside, to).await?)
}

/// Moves a file durably: its bytes, then its name, then the folder that holds the name.
async fn move_into(from: &FilePath, to: &FilePath) -> Result<(), MediaError> {
    let folder = to.parent().expect("a key has at least one folder above it").to_owned();
    keep::make_folder(&folder).await?;
    tokio::fs::File::open(from).await?.sync_all().await?;
    reach("media: bytes synced");
    if tokio::fs::rename(from, to).await.is_err() {
        // Scratch and media may lie on different file systems.
        let beside = to.with_extension("part");
        if let Err(error) = copy(from, &beside, to).await {
            // What was copied of it would only take room that is missing already.
            let _not_even_begun = tokio::fs::remove_file(&beside).await;
            return Err(error);
        }
        tokio::fs::remove_file(from).await?;
    }
    reach("media: file renamed");
    tokio::fs::File::open(&folder).await?.sync_all().await?;
    reach("media: folder synced");
    Ok(())
}
