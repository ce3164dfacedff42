//! Checks of the database and the media store. What does not exist yet is not made: its place is tried instead.

use rostrum_domain::{Id, Secret};
use rostrum_store::{Store, StoreError};

use super::machine::existing;
use super::{Check, Finding};
use crate::config::Config;
use crate::roles::readable_media as open_media;
use crate::system;

/// What a check file is named after.
struct Trial;

pub(super) async fn database(config: &Config) -> Finding {
    let check = Check("database", "Accounts, shows and jobs are in it; nothing works without.");
    let own = config.data.join("rostrum.db");
    if config.database_url.reveal().starts_with("sqlite:") && !own.exists() {
        return check.good("SQLite, still to be made");
    }
    match schema(&config.database_url).await {
        Ok(()) => check.good("reached, and of a version this program knows"),
        Err(error @ StoreError::Newer { .. }) => {
            check.bad(error.to_string(), "Start the newer program, or restore a backup made before it.")
        }
        Err(error) => check.bad(
            format!("{error}"),
            "See that the database server runs and that database.url names it, its user and its password.",
        ),
    }
}

async fn schema(url: &Secret<String>) -> Result<(), StoreError> {
    let store = Store::open(url).await?;
    let known = store.check_version().await;
    store.close().await;
    known
}

pub(super) async fn media(config: &Config) -> Finding {
    let check = Check("media store", "Audio, pictures and transcripts are kept there and read from there.");
    let advice = "See media.url, and that this user (or the access key) may write, read and delete there.";
    if let Some(folder) = config.media.folder().filter(|folder| !folder.exists()) {
        let nearest = existing(folder).display().to_string();
        return check.good(format!("a folder, still to be made in {nearest}"));
    }
    let store = match open_media(config).await {
        Ok(store) => store,
        Err(error) => return check.bad(format!("{error:#}"), advice),
    };
    let key = format!("doctor/{}", Id::<Trial>::new(system::clock().now(), system::ids().as_ref()));
    let kind = if store.folder().is_some() { "folder" } else { "bucket" };
    match store.check(&key).await {
        Ok(()) if is_mixed(config, store.origin()) => check.bad(
            "the bucket speaks plain HTTP, and browsers play nothing from there on a page that came by HTTPS",
            "Give the bucket's endpoint in media.url with https://, or set media.reads to proxied.",
        ),
        Ok(()) => check.good(format!("a {kind}: written, read, deleted")),
        Err(error) => check.bad(error.to_string(), advice),
    }
}

/// Whether pages that come by HTTPS send readers to an origin that has none.
fn is_mixed(config: &Config, origin: Option<&str>) -> bool {
    let secure = config.http.public_url.as_ref().is_some_and(|url| url.scheme() == "https");
    secure && origin.is_some_and(|origin| origin.starts_with("http://"))
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::super::tests::config;
    use super::*;

    #[tokio::test]
    async fn stores_that_are_there_are_tried() {
        let data = tempfile::tempdir().unwrap();
        let config = config(data.path(), &[]);
        std::fs::create_dir(data.path().join("media")).unwrap();
        assert_eq!(media(&config).await.found, "a folder: written, read, deleted");
        let store = Store::open(&config.database_url).await.unwrap();
        store.migrate().await.unwrap();
        store.close().await;
        assert_eq!(database(&config).await.state, State::Good);
        std::fs::write(data.path().join("rostrum.db"), "no database at all, only a text of some length").unwrap();
        assert_eq!(database(&config).await.state, State::Bad);
    }

    #[test]
    fn a_plain_bucket_behind_secure_pages_is_noticed() {
        let data = tempfile::tempdir().unwrap();
        let secure = config(data.path(), &[("http.public_url", "https://radio.example")]);
        assert!(is_mixed(&secure, Some("http://s3.example")));
        assert!(!is_mixed(&secure, Some("https://s3.example")) && !is_mixed(&secure, None));
        assert!(!is_mixed(&config(data.path(), &[]), Some("http://s3.example")));
    }

    #[tokio::test]
    async fn a_database_that_cannot_be_is_bad() {
        let data = tempfile::tempdir().unwrap();
        let config = config(data.path(), &[("database.url", "mysql://localhost/rostrum")]);
        assert_eq!(database(&config).await.state, State::Bad);
    }
}
