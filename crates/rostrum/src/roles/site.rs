//! The use-cases' context, built from the configuration: the same for web, worker and the commands.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use rostrum_app::auth::Cost;
use rostrum_app::mail::{Mailer, Settings};
use rostrum_app::{App, Limits, Parts, Stage};
use rostrum_codec::Client as Codec;
use rostrum_fetch::{Fetcher, Policy};
use rostrum_store::Store;
use rostrum_store::media::{Address, MediaStore};
use rostrum_wire::link::Client;
use rostrum_wire::{Poker, Sockets};

use crate::config::{Config, Reads};
use crate::supervise::grant_key;
use crate::system;

/// The context, with the site at `bound` unless it has a public address.
pub(crate) async fn app(config: &Config, bound: SocketAddr) -> anyhow::Result<Arc<App>> {
    let scratch = config.data.join("scratch");
    std::fs::create_dir_all(&scratch).with_context(|| format!("cannot make {}", scratch.display()))?;
    let sockets = Sockets::open(&config.data)?;
    let (poker, stage) = (Poker::new(sockets.worker())?, sockets.stage());
    let limits = &config.limits;
    Ok(Arc::new(App::new(Parts {
        store: Store::open(&config.database_url).await.context("the database cannot be opened (database.url)")?,
        media: readable_media(config).await?,
        clock: system::clock(),
        ids: system::ids(),
        codec: codec(),
        fetcher: Fetcher::new(Policy::default()),
        scratch,
        public_url: config.public_url(bound),
        language: config.language,
        limits: Limits {
            upload_bytes_max: limits.upload_bytes_max,
            show_bytes_max: limits.show_bytes_max,
            disk_reserve_bytes: limits.disk_reserve_bytes,
            retired_days: u32::try_from(config.media.retired_days).unwrap_or(u32::MAX),
        },
        password_cost: Cost::default(),
        mailer: mailer(config)?,
        // Commands that run before the first start have no key yet, and ask the stage for nothing.
        stage: grant_key(&config.data)
            .ok()
            .map(|key| Stage::new(Client::new(stage, "stage"), key).relayed(config.relay_url(bound))),
        wake: Arc::new(move || poker.poke()),
    })))
}

/// The way to the sandboxed decoder, which is this very program, even after an update has put another at its path.
pub(crate) fn codec() -> Codec {
    Codec::new(PathBuf::from("/proc/self/exe"), rostrum_codec::Limits::default())
}

fn mailer(config: &Config) -> anyhow::Result<Option<Mailer>> {
    let made = config.mail.as_ref().map(|mail| {
        Mailer::new(&Settings { smtp_url: mail.url.clone(), from: mail.from.clone() }).context("mail.url and mail.from")
    });
    made.transpose()
}

/// The media store as readers meet it.
pub(crate) async fn readable_media(config: &Config) -> anyhow::Result<MediaStore> {
    let media = media(config)?;
    match config.media.reads {
        Reads::Proxied => Ok(media),
        Reads::Presigned => {
            media.read_from_bucket().await.context("the bucket's address cannot be signed (media.reads)")
        }
    }
}

/// The media store.
pub(crate) fn media(config: &Config) -> anyhow::Result<MediaStore> {
    let media = config.media.clone();
    let address = Address { url: media.url, access_key: media.access_key, secret_key: media.secret_key };
    MediaStore::open(&address).context("the media store cannot be opened (media.url)")
}
