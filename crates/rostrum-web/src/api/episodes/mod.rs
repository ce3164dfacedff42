//! `/api/v1/episodes` and the episodes of a show.

pub mod artwork;
pub mod chapters;
pub mod erasures;
pub mod life;
pub mod list;
pub mod one;
pub mod remaster;
pub mod stems;
pub mod transcript;
pub mod trim;

use jiff::Timestamp;
use rostrum_app::episodes::Detail;
use rostrum_app::listing::Entry;
use rostrum_app::{App, episodes, shows};
use rostrum_domain::access::Caller;
use rostrum_domain::asset::{Asset, AssetKind};
use rostrum_domain::chapter::Chapter;
use rostrum_domain::episode::{Episode, EpisodeFacts, State, blockers};
use rostrum_domain::{Id, Problem, Slug};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::schema;
use super::version::Versioned;
use crate::Error;

/// An episode as those who work on it see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct EpisodeBody {
    /// The episode's id.
    id: String,
    /// The show it belongs to.
    show_id: String,
    /// Its part of the address.
    slug: String,
    /// The feed's guid; never changes.
    guid: String,
    /// Where it stands.
    #[schema(value_type = schema::State)]
    state: State,
    /// When it was first published or is to be.
    #[schema(value_type = Option<String>, format = DateTime)]
    published_at: Option<Timestamp>,
    /// What its creator says of it.
    #[schema(value_type = schema::EpisodeFacts)]
    facts: EpisodeFacts,
    /// Where it is found.
    urls: EpisodeUrls,
    /// Its audio: the feed's enclosure first.
    renditions: Vec<FileBody>,
    /// Its transcript, in each served form.
    transcripts: Vec<FileBody>,
    /// The speakers of the room it came of, each alone and as long as the program; for those who work on the show.
    stems: Vec<FileBody>,
    /// Chapters in its uploaded file that it could adopt; none when it has some. Lists leave it out.
    #[schema(value_type = Vec<schema::Chapter>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    file_chapters: Option<Vec<Chapter>>,
    /// What its maker should know of the uploaded sound, as that it may be cut off. Lists leave it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    warnings: Option<Vec<String>>,
    /// What keeps it from being published; empty when nothing does.
    #[schema(value_type = Vec<schema::FieldProblem>)]
    blockers: Vec<Problem>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it or one of its files last changed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// Counts changes of the facts; also the entity tag.
    version: i64,
}

/// Where an episode is found. Until it is published, page and files answer those who work on it only.
#[derive(Debug, Serialize, ToSchema)]
pub struct EpisodeUrls {
    /// Its page.
    page: String,
    /// The feed it appears in.
    feed: String,
    /// The feed's enclosure, once there is audio.
    enclosure: Option<String>,
    /// Its chapters in the podcast namespace's form, if it has any.
    chapters: Option<String>,
    /// HLS of the very chunks that were sent, where it was a room.
    replay: Option<String>,
    /// Its own artwork, if it has any.
    artwork: Option<String>,
}

/// A stored file. Its bytes never change.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileBody {
    /// What it is, as in `mp3` or `vtt`.
    kind: &'static str,
    /// Where it is served.
    url: String,
    /// Its media type.
    mime: &'static str,
    /// Its size.
    bytes: i64,
    /// SHA-256 of its bytes, lower-case hex.
    sha256: String,
    /// Length of audio in milliseconds, zero for what has none.
    duration_ms: i64,
    /// Audio bit rate in bit/s, zero for what has none.
    bitrate: i64,
    /// Integrated loudness in LUFS (EBU R128), if measured.
    loudness_lufs: Option<f64>,
}

impl FileBody {
    fn of(app: &App, asset: &Asset) -> Self {
        Self {
            kind: asset.kind.as_str(),
            url: app.address(&asset.path()),
            mime: asset.kind.mime(),
            bytes: asset.bytes,
            sha256: asset.sha256.clone(),
            duration_ms: asset.duration_ms,
            bitrate: asset.bitrate,
            loudness_lufs: asset.loudness_lufs,
        }
    }
}

impl EpisodeBody {
    /// What the API says of an episode with its show and files.
    pub fn of(app: &App, entry: &Entry) -> Self {
        let Entry { show, episode, assets } = entry;
        let files = |kinds: &[AssetKind]| {
            kinds.iter().filter_map(|kind| entry.asset(*kind)).map(|asset| FileBody::of(app, asset)).collect()
        };
        Self {
            id: episode.id.to_string(),
            show_id: show.id.to_string(),
            slug: episode.slug.to_string(),
            guid: episode.guid.clone(),
            state: episode.state,
            published_at: episode.published_at,
            facts: episode.facts.clone(),
            urls: EpisodeUrls::of(app, entry),
            renditions: files(&AssetKind::RENDITIONS),
            transcripts: files(&AssetKind::TRANSCRIPTS),
            stems: rostrum_app::rooms::stems::of(assets).into_iter().map(|asset| FileBody::of(app, asset)).collect(),
            file_chapters: None,
            warnings: None,
            blockers: blockers(show, episode, assets).0,
            created_at: episode.created_at,
            updated_at: episode.updated_at,
            version: episode.version,
        }
    }
}

impl EpisodeUrls {
    fn of(app: &App, entry: &Entry) -> Self {
        let page = app.address(&episodes::path(&entry.show, &entry.episode));
        Self {
            feed: app.address(&shows::feed_path(&entry.show.slug)),
            enclosure: entry.asset(AssetKind::Mp3).map(|asset| app.address(&asset.path())),
            chapters: (!entry.episode.facts.chapters.is_empty()).then(|| format!("{page}/chapters.json")),
            replay: entry.asset(AssetKind::Replay).map(|_| format!("{page}/replay/index.m3u8")),
            artwork: entry.asset(AssetKind::Artwork).map(|asset| app.address(&asset.path())),
            page,
        }
    }
}

/// An episode to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEpisode {
    /// What its creator says of it.
    #[schema(value_type = schema::EpisodeFacts)]
    facts: EpisodeFacts,
}

/// What of an episode can be changed, before a merge patch and after it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EpisodeChange {
    slug: Slug,
    facts: EpisodeFacts,
}

/// The episode as it is now.
async fn answer(app: &App, caller: &Caller, id: Id<Episode>) -> Result<Versioned<EpisodeBody>, Error> {
    let Detail { show, episode, assets, file_chapters, warnings, .. } = episodes::get(app, caller, id).await?;
    let entry = Entry { show, episode, assets };
    let (file_chapters, warnings) = (Some(file_chapters), Some(warnings));
    let body = EpisodeBody { file_chapters, warnings, ..EpisodeBody::of(app, &entry) };
    Ok(Versioned(entry.episode.version, body))
}
