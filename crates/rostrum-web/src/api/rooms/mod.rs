//! `/api/v1/rooms`: live events of shows.

pub mod grants;
pub mod invites;
pub mod life;
pub mod list;
pub mod one;
pub mod people;
pub mod told;

use jiff::Timestamp;
use rostrum_app::App;
use rostrum_app::rooms::{self, Detail};
use rostrum_domain::Slug;
use rostrum_domain::room::{Room, RoomFacts, RoomState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::schema;
use super::version::Versioned;
use crate::Error;
use crate::call::Signed;
use crate::state::Web;

/// A room as those who work on its show see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoomBody {
    /// The room's id.
    id: String,
    /// The show's id.
    show_id: String,
    /// The show's part of the address.
    show: String,
    /// Its part of the address.
    slug: String,
    /// What its host says of it.
    #[schema(value_type = schema::RoomFacts)]
    facts: RoomFacts,
    /// `scheduled`, `green_room`, `live` or `ended`.
    #[schema(value_type = String)]
    state: RoomState,
    /// When it went live.
    #[schema(value_type = Option<String>, format = DateTime)]
    live_at: Option<Timestamp>,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
    /// Most listeners at one time.
    #[schema(minimum = 0)]
    peak: i64,
    /// The id of the episode that came of it.
    episode_id: Option<String>,
    /// Where it is found.
    urls: RoomUrls,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// Counts changes; also the entity tag.
    version: i64,
}

/// Where a room is found.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoomUrls {
    /// The page for listeners.
    page: String,
    /// The page for those who speak.
    studio: String,
    /// The program as an endless MP3.
    mp3: String,
    /// The program as low-latency HLS.
    hls: String,
    /// What the audience sees, as server-sent events.
    events: String,
    /// Where encoders send to (RFC 9725), with a grant.
    whip: String,
}

impl RoomBody {
    /// What the API says of a room.
    pub fn of(app: &App, Detail { show, room }: &Detail) -> Self {
        Self {
            id: room.id.to_string(),
            show_id: show.id.to_string(),
            show: show.slug.to_string(),
            slug: room.slug.to_string(),
            facts: room.facts.clone(),
            state: room.state,
            live_at: room.live_at,
            ended_at: room.ended_at,
            peak: room.peak,
            episode_id: room.episode_id.map(|id| id.to_string()),
            urls: RoomUrls {
                page: app.address(&rooms::path(room)),
                studio: app.address(&rooms::studio_path(room)),
                mp3: app.address(&format!("/live/{}.mp3", room.slug)),
                hls: app.address(&format!("/live/{}/index.m3u8", room.slug)),
                events: app.address(&format!("/live/{}/events", room.slug)),
                whip: app.address(&format!("/whip/{}", room.slug)),
            },
            created_at: room.created_at,
            updated_at: room.updated_at,
            version: room.version,
        }
    }
}

/// A room to plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRoom {
    /// The show, by slug or id.
    show: String,
    /// What its host says of it.
    #[schema(value_type = schema::RoomFacts)]
    facts: RoomFacts,
}

/// What of a room can be changed, before a merge patch and after it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoomChange {
    slug: Slug,
    facts: RoomFacts,
}

fn path(room: &Room) -> String {
    format!("/api/v1/rooms/{}", room.id)
}

/// The room as it is now.
async fn answer(web: &Web, signed: &Signed, name: &str) -> Result<Versioned<RoomBody>, Error> {
    let detail = rooms::get(&web.app, &signed.caller, name).await?;
    Ok(Versioned(detail.room.version, RoomBody::of(&web.app, &detail)))
}

#[cfg(test)]
mod tests;
