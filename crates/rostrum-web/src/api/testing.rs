//! A desk with work on it: a site where Ada manages one show with one draft and one job.

use jiff::Timestamp;
use rostrum_app::auth::{NewToken, make_token};
use rostrum_app::testing::facts;
use rostrum_app::{episodes, rooms, shows};
use rostrum_domain::access::Caller;
use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::episode::{Episode, EpisodeFacts, State};
use rostrum_domain::job::{Job, JobState};
use rostrum_domain::room::RoomFacts;
use rostrum_domain::show::{Show, ShowFacts};
use rostrum_domain::user::{Role, Scope};
use rostrum_store::{asset, episode, job, show};

use crate::testing::{Site, Visitor};

/// A token of somebody the site knows.
pub(crate) async fn token(site: &Site, caller: &Caller, scopes: &[Scope]) -> String {
    let new = NewToken { name: "test".into(), scopes: scopes.to_vec(), days: None };
    make_token(&site.house.app, caller, new).await.expect("one may").1.reveal().clone()
}

/// The site with Ada's work on it.
pub(crate) struct Desk {
    pub(crate) site: Site,
    pub(crate) ada: Caller,
    show: Show,
    episode: Episode,
    job: Job,
    token: String,
}

impl Desk {
    /// A show at `talk`, a draft called One, a room at `live-talk`, a job that waits.
    pub(crate) async fn new() -> Self {
        let site = Site::new().await;
        let app = &site.house.app;
        let ada = site.house.person("Ada", Role::Creator).await;
        let facts = ShowFacts { author: "Ada".into(), ..facts("Talk") };
        let show = shows::create(app, &ada, facts).await.expect("creators may");
        let first = EpisodeFacts { title: "One".into(), ..EpisodeFacts::default() };
        let episode = episodes::create(app, &ada, "talk", first).await.expect("managers may");
        plan(&site, &ada).await;
        let waiting = waiting(&show, &episode);
        queue(&site, &waiting).await;
        let token = token(&site, &ada, &[Scope::Read, Scope::Write]).await;
        Self { site, ada, show, episode, job: waiting, token }
    }

    /// Ada's program, which may read and write.
    pub(crate) fn program(&self) -> Visitor<'_> {
        self.site.program(&self.token)
    }

    /// Where the draft is.
    pub(crate) fn episode_path(&self) -> String {
        format!("/api/v1/episodes/{}", self.episode.id)
    }

    /// Where the job is.
    pub(crate) fn job_path(&self) -> String {
        format!("/api/v1/jobs/{}", self.job.id)
    }

    /// Gives the show and the draft all that publishing needs.
    pub(crate) async fn complete(&self) {
        let mut tx = self.site.house.app.store.write().await.expect("a transaction begins");
        let picture = self.file(AssetKind::Artwork);
        asset::insert(&mut tx, &picture).await.expect("it is new");
        asset::insert(&mut tx, &self.file(AssetKind::Mp3)).await.expect("it is new");
        let changed = Show { artwork_id: Some(picture.id), ..self.show.clone() };
        show::update(&mut tx, &changed).await.expect("nobody changed it");
        tx.commit().await.expect("it commits");
    }

    /// Stores a file of the draft, publishes that, and gives the file's path.
    pub(crate) async fn publish_file(&self, kind: AssetKind, bytes: Vec<u8>) -> String {
        let path = self.draft_file(kind, bytes).await;
        let mut tx = self.site.house.app.store.write().await.expect("a transaction begins");
        let found = episode::get(&mut tx, self.episode.id).await.expect("it reads").expect("it is there");
        if found.state != State::Published {
            let out = Episode { state: State::Published, published_at: Some(found.created_at), ..found };
            episode::update(&mut tx, &out).await.expect("nobody changed it");
        }
        tx.commit().await.expect("it commits");
        path
    }

    /// Stores a file of the draft, and gives the file's path.
    pub(crate) async fn draft_file(&self, kind: AssetKind, bytes: Vec<u8>) -> String {
        let app = &self.site.house.app;
        let key = format!("test/{}", kind.as_str());
        let stored = app.media.put(&key, bytes.into()).await.expect("it is new");
        let length = i64::try_from(stored.bytes).expect("it is short");
        let kept = Asset { key, bytes: length, sha256: stored.sha256, ..self.file(kind) };
        let file = Asset { episode_id: Some(self.episode.id), ..kept };
        let mut tx = app.store.write().await.expect("a transaction begins");
        asset::insert(&mut tx, &file).await.expect("it is new");
        tx.commit().await.expect("it commits");
        file.path()
    }

    /// Puts so many more published episodes into the show, all older than the first.
    pub(crate) async fn publish_many(&self, count: u128) {
        let app = &self.site.house.app;
        let mut tx = app.store.write().await.expect("a transaction begins");
        for nth in 1..=count {
            let id = rostrum_domain::Id::from_bits(1_000_000 + nth);
            let more = Episode {
                id,
                slug: format!("more-{nth}").parse().expect("letters and digits"),
                guid: id.to_string(),
                state: State::Published,
                published_at: Some(Timestamp::from_second(i64::try_from(nth).expect("few")).expect("a time")),
                ..self.episode.clone()
            };
            episode::insert(&mut tx, &more).await.expect("it is new");
            let sound = Asset { episode_id: Some(id), ..self.file(AssetKind::Mp3) };
            asset::insert(&mut tx, &sound).await.expect("it is new");
        }
        tx.commit().await.expect("it commits");
    }

    fn file(&self, kind: AssetKind) -> Asset {
        let sound = kind == AssetKind::Mp3;
        Asset {
            id: self.site.house.app.id(self.show.created_at),
            show_id: self.show.id,
            episode_id: sound.then_some(self.episode.id),
            kind,
            key: kind.as_str().into(),
            file_name: format!("talk.{}", kind.extension()),
            bytes: 3,
            sha256: "0".repeat(64),
            duration_ms: if sound { 60_000 } else { 0 },
            bitrate: if sound { 128_000 } else { 0 },
            loudness_lufs: sound.then_some(-16.0),
            created_at: self.show.created_at,
        }
    }
}

async fn plan(site: &Site, ada: &Caller) {
    let room = RoomFacts { title: "Live talk".into(), ..RoomFacts::default() };
    rooms::create(&site.house.app, ada, "talk", room).await.expect("managers may");
}

async fn queue(site: &Site, waiting: &Job) {
    let mut tx = site.house.app.store.write().await.expect("a transaction begins");
    job::insert(&mut tx, waiting).await.expect("it is new");
    tx.commit().await.expect("it commits");
}

fn waiting(show: &Show, episode: &Episode) -> Job {
    Job {
        id: rostrum_domain::Id::from_bits(77),
        kind: "transcode".into(),
        payload: "{}".into(),
        show_id: Some(show.id),
        episode_id: Some(episode.id),
        state: JobState::Ready,
        priority: 1,
        attempts: 0,
        run_at: Timestamp::UNIX_EPOCH,
        lease_until: None,
        error: None,
        created_at: show.created_at,
        finished_at: None,
    }
}
