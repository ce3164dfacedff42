//! `/api/v1/shows`: podcasts and series.

pub mod artwork;
pub mod list;
pub mod members;
pub mod one;

use jiff::Timestamp;
use rostrum_app::{App, shows};
use rostrum_domain::Slug;
use rostrum_domain::show::{Show, ShowFacts};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::schema;
use super::version::Versioned;
use crate::shape::artwork_path;

/// A show as those who work on it see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShowBody {
    /// The show's id.
    id: String,
    /// Its part of the address.
    slug: String,
    /// `podcast:guid`; never changes.
    guid: String,
    /// What its creator says of it.
    #[schema(value_type = schema::ShowFacts)]
    facts: ShowFacts,
    /// Where it is found.
    urls: ShowUrls,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// Counts changes; also the entity tag.
    version: i64,
}

/// Where a show is found.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShowUrls {
    /// Its page.
    page: String,
    /// Its feed.
    feed: String,
    /// Its artwork, once there is one.
    artwork: Option<String>,
    /// Its episodes in this API.
    episodes: String,
}

impl ShowBody {
    /// What the API says of `show`.
    pub fn of(app: &App, show: &Show) -> Self {
        Self {
            id: show.id.to_string(),
            slug: show.slug.to_string(),
            guid: show.guid.clone(),
            facts: show.facts.clone(),
            urls: ShowUrls {
                page: app.address(&shows::path(show)),
                feed: app.address(&shows::feed_path(&show.slug)),
                artwork: show.artwork_id.map(|id| app.address(&artwork_path(id))),
                episodes: app.address(&format!("{}/episodes", path(show))),
            },
            created_at: show.created_at,
            updated_at: show.updated_at,
            version: show.version,
        }
    }
}

/// A show to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewShow {
    /// What its creator says of it.
    #[schema(value_type = schema::ShowFacts)]
    facts: ShowFacts,
}

/// What of a show can be changed, before a merge patch and after it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShowChange {
    slug: Slug,
    facts: ShowFacts,
}

fn path(show: &Show) -> String {
    format!("/api/v1/shows/{}", show.id)
}

fn answer(app: &App, show: &Show) -> Versioned<ShowBody> {
    Versioned(show.version, ShowBody::of(app, show))
}
