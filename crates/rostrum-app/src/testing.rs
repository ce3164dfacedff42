//! A whole context for tests: SQLite and media in a temporary folder, a clock turned by hand, ids that repeat.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use jiff::SignedDuration;
use rostrum_domain::access::Caller;
use rostrum_domain::episode::{Episode, EpisodeFacts};
use rostrum_domain::show::{Show, ShowFacts};
use rostrum_domain::user::{Role, User};
use rostrum_domain::{Clock, Ids, Secret, Timestamp};
use rostrum_fetch::Fetcher;
use rostrum_store::media::{Address, MediaStore};
use rostrum_store::{Store, account};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use url::Url;

use crate::auth::Cost;
use crate::mail::{Mailer, Outbox};
use crate::{App, Limits, Parts, episodes, jobs, shows};

/// The password of everybody a [`House`] knows.
pub const PASSWORD: &str = "correct horse battery";

/// The facts of a show that lacks nothing it must have.
pub fn facts(title: &str) -> ShowFacts {
    ShowFacts {
        title: title.to_owned(),
        description: "Talk.".into(),
        language: "en".into(),
        categories: vec!["Technology".into()],
        ..ShowFacts::default()
    }
}

/// A clock that stands still until it is turned; it begins on 20 November 2026, 18:00 UTC.
#[derive(Debug)]
pub struct HandClock(AtomicI64);

impl HandClock {
    /// Turns it forward.
    pub fn advance(&self, by: SignedDuration) {
        let micros = i64::try_from(by.as_micros()).expect("tests wait for less than an age");
        self.0.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Default for HandClock {
    fn default() -> Self {
        Self(AtomicI64::new(1_795_197_600_000_000))
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::SeqCst)).expect("tests stay within this age")
    }
}

/// Bytes that look random and are the same in every run.
#[derive(Debug, Default)]
pub struct SeededIds(AtomicU64);

impl Ids for SeededIds {
    fn bytes(&self) -> [u8; 32] {
        Sha256::digest(self.0.fetch_add(1, Ordering::SeqCst).to_le_bytes()).into()
    }
}

/// A show with one episode, and whose it is.
pub struct Talk {
    /// Who may do everything with it.
    pub ada: Caller,
    /// The show.
    pub show: Show,
    /// Its episode.
    pub episode: Episode,
}

/// A context and what tests need to reach behind it. The folder goes with it.
pub struct House {
    /// The context.
    pub app: Arc<App>,
    /// Its clock.
    pub clock: Arc<HandClock>,
    /// What it has sent by mail.
    pub outbox: Outbox,
    folder: TempDir,
}

impl House {
    /// An empty house at `http://127.0.0.1:8080` that can send mail.
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// A house some parts of which are different.
    pub async fn with(change: impl FnOnce(&mut Parts)) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let clock = Arc::new(HandClock::default());
        let (mailer, outbox) = Mailer::kept("house@example.org").expect("the address is one");
        let mut parts = parts(&folder, clock.clone(), mailer).await;
        change(&mut parts);
        Self { app: Arc::new(App::new(parts)), clock, outbox, folder }
    }

    /// A new context on the same data, as after a restart; whoever holds the old one still has it.
    pub fn restart(&mut self) {
        let old = &self.app;
        self.app = Arc::new(App::new(Parts {
            store: old.store.clone(),
            media: old.media.clone(),
            clock: old.clock.clone(),
            ids: old.ids.clone(),
            codec: old.codec.clone(),
            fetcher: old.fetcher.clone(),
            scratch: old.scratch.clone(),
            public_url: old.public_url.clone(),
            language: rostrum_words::Lang::ENGLISH,
            limits: old.limits,
            password_cost: old.password_cost,
            mailer: old.mailer.clone(),
            stage: old.stage.clone(),
            wake: old.wake.clone(),
        }));
    }

    /// Where the house keeps its files.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Adds somebody who can sign in with [`PASSWORD`] as `name@example.org`, and gives their rights.
    pub async fn person(&self, name: &str, role: Role) -> Caller {
        let now = self.app.now();
        let user = User {
            id: self.app.id(now),
            email: format!("{}@example.org", name.to_lowercase()),
            name: name.to_owned(),
            role,
            password: Some(self.hash().await),
            disabled: false,
            created_at: now,
            version: 1,
        };
        let mut tx = self.app.store.write().await.expect("a transaction begins");
        account::insert(&mut tx, &user).await.expect("nobody has this name yet");
        tx.commit().await.expect("it commits");
        Caller { user_id: user.id, role, scopes: None, from: String::new() }
    }

    /// Adds Ada, her show “Talk”, and its episode “One”.
    pub async fn talk(&self) -> Talk {
        let ada = self.person("Ada", Role::Creator).await;
        let show = shows::create(&self.app, &ada, facts("Talk")).await.expect("creators may");
        let episode = self.one(&ada).await;
        Talk { ada, show, episode }
    }

    /// Adds the episode “One” to somebody's show “Talk”.
    pub async fn one(&self, whose: &Caller) -> Episode {
        let titled = EpisodeFacts { title: "One".into(), ..EpisodeFacts::default() };
        episodes::create(&self.app, whose, "talk", titled).await.expect("managers may")
    }

    async fn hash(&self) -> Secret<String> {
        let password = Secret::new(PASSWORD.to_owned());
        self.app.door().passwords.hash(&password, [7; 16]).await.expect("the password can be hashed")
    }
}

/// Runs every job that is due, as a worker would, and gives how many there were.
pub async fn work(app: &App) -> usize {
    let mut count = 0;
    while let Some(job) = jobs::claim(app, "house:test").await.expect("it claims") {
        let handle = jobs::Handle::new(&job, "house:test", Arc::new(|_| {}));
        jobs::run(app, &job, &handle).await.expect("its end is written down");
        count += 1;
    }
    count
}

async fn parts(folder: &TempDir, clock: Arc<HandClock>, mailer: Mailer) -> Parts {
    let url = Secret::new(format!("sqlite:{}", folder.path().join("test.db").display()));
    let store = Store::open(&url).await.expect("the file can be made");
    store.migrate().await.expect("the migrations fit");
    let media = folder.path().join("media").display().to_string();
    let scratch = folder.path().join("scratch");
    std::fs::create_dir_all(&scratch).expect("the folder can be made");
    Parts {
        store,
        media: MediaStore::open(&Address { url: media, access_key: None, secret_key: None }).expect("a folder will do"),
        clock,
        ids: Arc::new(SeededIds::default()),
        codec: rostrum_codec::Client::new("no-child".into(), rostrum_codec::Limits::default()),
        fetcher: Fetcher::new(rostrum_fetch::Policy::default()),
        scratch,
        public_url: Url::parse("http://127.0.0.1:8080/").expect("the address is one"),
        language: rostrum_words::Lang::ENGLISH,
        limits: Limits { upload_bytes_max: 1 << 30, show_bytes_max: 4 << 30, disk_reserve_bytes: 0, retired_days: 7 },
        password_cost: Cost { memory_kib: 8, passes: 1 },
        mailer: Some(mailer),
        stage: None,
        wake: Arc::new(|| {}),
    }
}
