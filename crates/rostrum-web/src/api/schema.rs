//! Shapes of domain values for the API's document: the domain knows nothing of OpenAPI, so they are described here.
//! A test holds each against what the domain really writes.

use utoipa::openapi::{Object, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// What a creator says of a show.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShowFacts {
    /// The title.
    #[schema(min_length = 1, max_length = 255)]
    pub title: String,
    /// One sentence under the title.
    #[schema(max_length = 255)]
    pub subtitle: String,
    /// What it is about: Markdown, at most 4000 bytes.
    #[schema(max_length = 4000)]
    pub description: String,
    /// Who makes it, as directories show it.
    #[schema(max_length = 255)]
    pub author: String,
    /// The owner's name for directories.
    #[schema(max_length = 255)]
    pub owner_name: String,
    /// The owner's address; directories verify ownership with it.
    pub owner_email: String,
    /// BCP 47 language tag, as in `en` or `de-AT`.
    #[schema(max_length = 35, pattern = "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
    pub language: String,
    /// Apple's categories, `Group` or `Group > Subcategory`; one to three before it is published.
    #[schema(max_items = 3)]
    pub categories: Vec<String>,
    /// Whether it holds explicit language or themes.
    pub explicit: bool,
    /// Episodic or serial.
    pub kind: ShowKind,
    /// `podcast:medium`.
    pub medium: Medium,
    /// A copyright line.
    #[schema(max_length = 255)]
    pub copyright: String,
    /// The show's own website; the show page here stands in for none.
    pub link: Option<String>,
    /// Whether other hosts must refuse to import the feed.
    pub locked: bool,
    /// Whether no further episode will come.
    pub complete: bool,
    /// Whether directories should hide it.
    pub block: bool,
    /// Where the feed has moved to.
    pub new_feed_url: Option<String>,
    /// Ways to support it.
    #[schema(max_items = 10)]
    pub funding: Vec<Funding>,
    /// Who takes part in every episode.
    #[schema(max_items = 50)]
    pub persons: Vec<Credit>,
    /// Where it is about.
    pub location: Option<Location>,
    /// Its licence.
    pub license: Option<License>,
    /// Free texts.
    #[schema(max_items = 20)]
    pub txt: Vec<Txt>,
    /// How often it comes, an RFC 5545 recurrence rule, as in `FREQ=WEEKLY`.
    pub update_rule: Option<String>,
    /// The same in words.
    #[schema(max_length = 128)]
    pub update_text: String,
    /// Feeds it recommends.
    #[schema(max_items = 50)]
    pub podroll: Vec<Recommendation>,
    /// The show's accent colour as `#rrggbb`; derived from the artwork when none is set.
    pub accent: Option<String>,
    /// The code with which Apple Podcasts proves that the feed is its owner's; printable ASCII, empty for none.
    #[schema(max_length = 50)]
    pub apple_verify: String,
}

/// What a creator says of an episode.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EpisodeFacts {
    /// The title, without numbers.
    #[schema(min_length = 1, max_length = 255)]
    pub title: String,
    /// One or two plain sentences for lists.
    #[schema(max_length = 500)]
    pub summary: String,
    /// Show notes: Markdown.
    #[schema(max_length = 100_000)]
    pub notes: String,
    /// Season, from 1.
    #[schema(minimum = 1, maximum = 9999)]
    pub season: Option<u32>,
    /// The season's name.
    #[schema(max_length = 128)]
    pub season_name: String,
    /// Number, from 1.
    #[schema(minimum = 1, maximum = 99_999)]
    pub number: Option<u32>,
    /// Full, trailer or bonus.
    pub kind: EpisodeKind,
    /// Overrides the show's mark.
    pub explicit: Option<bool>,
    /// Whether directories should hide it.
    pub block: bool,
    /// A page elsewhere that goes with it; the episode page here stands in for none.
    pub link: Option<String>,
    /// Who takes part; replaces the show's list when not empty.
    #[schema(max_items = 50)]
    pub persons: Vec<Credit>,
    /// Marked places, each later than the one before.
    #[schema(max_items = 500)]
    pub chapters: Vec<Chapter>,
    /// Quotable spans.
    #[schema(max_items = 50)]
    pub soundbites: Vec<Soundbite>,
    /// Where it is about.
    pub location: Option<Location>,
    /// Its licence, if not the show's.
    pub license: Option<License>,
    /// Free texts.
    #[schema(max_items = 20)]
    pub txt: Vec<Txt>,
}

/// A change to a show: what is left out stays, `null` sets a fact back.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShowPatch {
    /// A new part of the address; old addresses then lead nowhere.
    #[schema(max_length = 80, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")]
    #[serde(default)]
    pub slug: String,
    /// The facts that change.
    #[schema(schema_with = loose::<ShowFacts>, required = false)]
    pub facts: (),
}

/// A change to an episode: what is left out stays, `null` sets a fact back.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EpisodePatch {
    /// A new part of the address; old addresses then lead nowhere.
    #[schema(max_length = 80, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")]
    #[serde(default)]
    pub slug: String,
    /// The facts that change.
    #[schema(schema_with = loose::<EpisodeFacts>, required = false)]
    pub facts: (),
}

/// What a host says of a room.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoomFacts {
    /// What it is called; the episode's title to begin with.
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// What it is about: Markdown; the episode's notes to begin with.
    #[schema(max_length = 10_000)]
    pub description: String,
    /// When it is to go live; null for “whenever the host says so”.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub starts_at: Option<String>,
    /// Who finds it and may listen: `public`, `unlisted` or `private`.
    pub audience: String,
    /// How many may speak at once.
    #[schema(minimum = 1, maximum = 20)]
    pub seats: u8,
    /// What becomes of the recording: `publish` or `draft`.
    pub on_end: String,
    /// Seconds by which the program is held back: 0, or 5 to 30.
    #[schema(minimum = 0, maximum = 30)]
    pub delay_s: u8,
    /// Who may write: `everyone`, `signed_in`, `stage` or `off`.
    pub chat: String,
    /// Seconds between two lines of one person; 0 for none.
    #[schema(minimum = 0, maximum = 600)]
    pub slow_mode_s: u16,
    /// Whether listeners may ask to speak.
    pub hands: bool,
    /// Whether pages show how many listen.
    pub shows_count: bool,
}

/// A change to a room: what is left out stays, `null` sets a fact back.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoomPatch {
    /// A new part of the address; old addresses then lead nowhere.
    #[schema(max_length = 80, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")]
    #[serde(default)]
    pub slug: String,
    /// The facts that change.
    #[schema(schema_with = loose::<RoomFacts>, required = false)]
    pub facts: (),
}

/// The shape of facts none of which must be said.
fn loose<T: PartialSchema>() -> Object {
    match T::schema() {
        RefOr::T(Schema::Object(mut object)) => {
            object.required.clear();
            object
        }
        _ => Object::new(),
    }
}

/// A person who takes part (`podcast:person`).
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credit {
    /// The name.
    #[schema(min_length = 1, max_length = 128)]
    pub name: String,
    /// A role of the podcast taxonomy; `host` when left out.
    #[serde(default)]
    #[schema(max_length = 64)]
    pub role: String,
    /// A group of the taxonomy; `cast` when left out.
    #[serde(default)]
    #[schema(max_length = 64)]
    pub group: String,
    /// A page about the person.
    pub href: Option<String>,
    /// A picture of the person.
    pub image: Option<String>,
}

/// A place to give money (`podcast:funding`).
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Funding {
    /// Where.
    pub url: String,
    /// The words of the link.
    #[schema(min_length = 1, max_length = 128)]
    pub text: String,
}

/// A place the content is about (`podcast:location`).
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Location {
    /// Its name for people.
    #[schema(min_length = 1, max_length = 128)]
    pub name: String,
    /// A geo URI (RFC 5870).
    pub geo: Option<String>,
    /// An OpenStreetMap object, as in `R113314`.
    pub osm: Option<String>,
}

/// A licence (`podcast:license`).
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct License {
    /// An SPDX identifier, lower-case, or a name.
    #[schema(min_length = 1, max_length = 128)]
    pub name: String,
    /// The full text's address.
    pub url: Option<String>,
}

/// Free text with a purpose (`podcast:txt`).
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Txt {
    /// What it is for, as in `verify`.
    pub purpose: Option<String>,
    /// The text.
    #[schema(min_length = 1, max_length = 4000)]
    pub value: String,
}

/// Another feed a creator recommends (`podcast:podroll`).
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Recommendation {
    /// The other show's `podcast:guid`, a UUID.
    pub feed_guid: String,
    /// Its feed's address.
    pub feed_url: Option<String>,
    /// Its title.
    pub title: Option<String>,
}

/// A marked place with a title.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Chapter {
    /// Where it begins, in milliseconds of episode time.
    #[schema(minimum = 0)]
    pub start_ms: i64,
    /// What it is called.
    #[schema(min_length = 1, max_length = 256)]
    pub title: String,
    /// A page that goes with it.
    pub url: Option<String>,
    /// A picture that goes with it.
    pub image: Option<String>,
    /// Whether lists of chapters leave it out.
    #[serde(default)]
    pub hidden: bool,
}

/// A quotable span (`podcast:soundbite`).
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Soundbite {
    /// Where it begins, in milliseconds.
    #[schema(minimum = 0)]
    pub start_ms: i64,
    /// How long it is, in milliseconds.
    #[schema(minimum = 1000, maximum = 600_000)]
    pub duration_ms: i64,
    /// The episode's title stands in for none.
    pub title: Option<String>,
}

macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($variant:ident),+ }) => {
        $(#[$about])*
        #[derive(Debug, serde::Serialize, ToSchema)]
        #[serde(rename_all = "lowercase")]
        pub enum $name { $(#[expect(missing_docs, reason = "the word says it")] $variant),+ }
    };
}
words!(/** How a show's episodes are meant to be heard. */ ShowKind { Episodic, Serial });
words!(/** What a show is, in the podcast namespace's words. */
    Medium { Podcast, Music, Video, Film, Audiobook, Newsletter, Course });
words!(/** What sort of item an episode is. */ EpisodeKind { Full, Trailer, Bonus });
words!(/** Where an episode stands. */ State { Draft, Scheduled, Published, Unpublished });
words!(/** Where a job stands. */ JobState { Ready, Running, Done, Failed, Cancelled });
words!(/** What somebody may do in a show. */ Membership { Viewer, Editor, Manager });

/// A file's bytes.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct Bytes(pub ());

/// Why a request was not answered as asked (RFC 9457).
#[derive(ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the status says what kind it is.
    pub r#type: String,
    /// The status in words.
    pub title: String,
    /// The status.
    pub status: u16,
    /// What is wrong and what to do, for a person.
    pub detail: String,
    /// Names this one answer, as the log does.
    pub instance: String,
    /// A stable word for the reason, where the status alone does not tell it.
    pub code: Option<String>,
    /// The values to be mended.
    pub errors: Vec<FieldProblem>,
}

/// One value to be mended.
#[derive(ToSchema)]
pub struct FieldProblem {
    /// The fact's name, or its path where it lies deeper, as in `persons[0].name`.
    pub field: String,
    /// What is wrong and what to do, for a person.
    pub message: String,
}
