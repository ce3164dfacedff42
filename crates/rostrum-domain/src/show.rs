//! A show: a podcast or series, and the facts its feed is made of.

use crate::category::Category;
use crate::credit::{Credit, Funding, License, Location, Txt, check_credits, check_license, check_location, check_txt};
use crate::time::Timestamp;
use crate::{Id, Problems, Slug, asset::Asset};

/// Namespace of `podcast:guid` (UUIDv5), given by the podcast namespace.
const GUID_NAMESPACE: uuid::Uuid = uuid::uuid!("ead4c236-bf58-58c6-a2c6-a6b28d128cb6");

/// A podcast or series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Show {
    /// Names the show.
    pub id: Id<Show>,
    /// Its part of the address.
    pub slug: Slug,
    /// `podcast:guid`: assigned once and carried on moves.
    pub guid: String,
    /// What its creator says of it.
    pub facts: ShowFacts,
    /// The served artwork, once there is one.
    pub artwork_id: Option<Id<Asset>>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Counts changes, for the optimistic lock.
    pub version: i64,
}

/// How a show's episodes are meant to be heard (`itunes:type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ShowKind {
    /// Newest first, each stands alone.
    #[default]
    Episodic,
    /// In order; episodes need numbers.
    Serial,
}

/// Another feed a creator recommends (`podcast:podroll`).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recommendation {
    /// The other show's `podcast:guid`.
    pub feed_guid: String,
    /// Its feed's address.
    #[serde(default)]
    pub feed_url: Option<String>,
    /// Its title.
    #[serde(default)]
    pub title: Option<String>,
}

/// What a creator says of a show; the shape of the API and of the stored row.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ShowFacts {
    /// The title, at most 255 characters.
    pub title: String,
    /// One sentence under the title.
    pub subtitle: String,
    /// What it is about: Markdown, at most 4000 bytes.
    pub description: String,
    /// Who makes it, as directories show it.
    pub author: String,
    /// The owner's name for directories.
    pub owner_name: String,
    /// The owner's address; directories verify ownership with it.
    pub owner_email: String,
    /// BCP 47 language tag, as in `en` or `de-AT`.
    pub language: String,
    /// One to three categories, `Group` or `Group > Subcategory`.
    pub categories: Vec<String>,
    /// Whether it holds explicit language or themes.
    pub explicit: bool,
    /// Episodic or serial.
    pub kind: ShowKind,
    /// `podcast:medium`, as in `podcast`, `music`, `audiobook`.
    pub medium: String,
    /// A copyright line.
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
    pub funding: Vec<Funding>,
    /// Who takes part in every episode.
    pub persons: Vec<Credit>,
    /// Where it is about.
    pub location: Option<Location>,
    /// Its licence.
    pub license: Option<License>,
    /// Free texts.
    pub txt: Vec<Txt>,
    /// How often it comes, an RFC 5545 recurrence rule (`podcast:updateFrequency`).
    pub update_rule: Option<String>,
    /// The same in words.
    pub update_text: String,
    /// Feeds it recommends.
    pub podroll: Vec<Recommendation>,
    /// The show's accent colour as `#rrggbb`; derived from the artwork when none is set.
    pub accent: Option<String>,
    /// The code with which Apple Podcasts proves that the feed is its owner's (`itunes:applepodcastsverify`), at most
    /// 50 printable ASCII characters; empty for none.
    pub apple_verify: String,
}

impl Default for ShowFacts {
    fn default() -> Self {
        Self {
            title: String::new(),
            subtitle: String::new(),
            description: String::new(),
            author: String::new(),
            owner_name: String::new(),
            owner_email: String::new(),
            language: "en".to_owned(),
            categories: Vec::new(),
            explicit: false,
            kind: ShowKind::default(),
            medium: "podcast".to_owned(),
            copyright: String::new(),
            link: None,
            locked: true,
            complete: false,
            block: false,
            new_feed_url: None,
            funding: Vec::new(),
            persons: Vec::new(),
            location: None,
            license: None,
            txt: Vec::new(),
            update_rule: None,
            update_text: String::new(),
            podroll: Vec::new(),
            accent: None,
            apple_verify: String::new(),
        }
    }
}

/// Values of `podcast:medium` that fit what Rostrum publishes.
pub const MEDIUMS: [&str; 7] = ["podcast", "music", "video", "film", "audiobook", "newsletter", "course"];

impl ShowFacts {
    /// Every problem of the facts at once, named by field.
    pub fn check(&self) -> Result<(), Problems> {
        let mut problems = Problems::default();
        problems.text("title", &self.title, 255);
        problems.length("subtitle", &self.subtitle, 255);
        problems.length("description", &self.description, 4000);
        let bytes = self.description.len();
        problems.require(bytes <= 4000, "description", format!("{bytes} bytes are too many; directories take 4000."));
        problems.length("author", &self.author, 255);
        problems.length("owner_name", &self.owner_name, 255);
        problems.length("copyright", &self.copyright, 255);
        self.check_form(&mut problems);
        self.check_lists(&mut problems);
        problems.into_result()
    }

    /// What directories ask for that is still missing; a new show may lack it, a published one may not.
    pub fn missing(&self) -> Problems {
        let mut problems = Problems::default();
        problems.require(!self.description.trim().is_empty(), "description", "Say what the show is about.");
        problems.require(!self.author.trim().is_empty(), "author", "Say who makes the show.");
        problems.require(!self.categories.is_empty(), "categories", "Choose one to three categories.");
        problems
    }

    fn check_form(&self, problems: &mut Problems) {
        if !self.owner_email.is_empty() && crate::user::email(&self.owner_email).is_err() {
            problems.add("owner_email", "This is not an e-mail address, as in ada@example.org.");
        }
        problems.require(is_language(&self.language), "language", "Use a language tag such as en, de or pt-BR.");
        problems.require(MEDIUMS.contains(&self.medium.as_str()), "medium", format!("One of: {}.", MEDIUMS.join(", ")));
        if let Some(link) = &self.link {
            problems.link("link", link);
        }
        if let Some(link) = &self.new_feed_url {
            problems.link("new_feed_url", link);
        }
        let accent = self.accent.as_deref().is_none_or(is_colour);
        problems.require(accent, "accent", "A colour looks like #1f6f6b.");
        problems.length("update_text", &self.update_text, 128);
        let code = self.apple_verify.len() <= 50 && self.apple_verify.bytes().all(|b| matches!(b, b' '..=b'~'));
        problems.require(code, "apple_verify", "A code has at most 50 letters, digits and plain signs.");
        let rule = self.update_rule.as_deref().is_none_or(|rule| {
            rule.len() <= 200
                && rule.starts_with("FREQ=")
                && rule.bytes().all(|b| b.is_ascii_alphanumeric() || b"=;,+-:".contains(&b))
        });
        problems.require(rule, "update_rule", "A rule looks like FREQ=WEEKLY;BYDAY=FR.");
    }

    fn check_lists(&self, problems: &mut Problems) {
        let known = self.categories.iter().all(|text| Category::parse(text).is_some());
        problems.require(known, "categories", "Choose categories from the list.");
        problems.require(self.categories.len() <= 3, "categories", "Choose at most three categories.");
        problems.require(self.funding.len() <= 10, "funding", "At most 10 links are allowed.");
        for funding in &self.funding {
            problems.link("funding", &funding.url);
            problems.text("funding", &funding.text, 128);
        }
        problems.require(self.podroll.len() <= 50, "podroll", "At most 50 feeds are allowed.");
        for entry in &self.podroll {
            let guid = uuid::Uuid::parse_str(&entry.feed_guid).is_ok();
            problems.require(guid, "podroll", "A feed is named by its podcast:guid, a UUID.");
            problems.length("podroll", entry.title.as_deref().unwrap_or_default(), 255);
            if let Some(url) = &entry.feed_url {
                problems.link("podroll", url);
            }
        }
        check_credits(problems, &self.persons);
        check_location(problems, self.location.as_ref());
        check_license(problems, self.license.as_ref());
        check_txt(problems, &self.txt);
    }
}

/// `podcast:guid` for a feed at `feed_url`: UUIDv5 of the address without scheme and trailing slashes.
pub fn podcast_guid(feed_url: &str) -> String {
    let bare = feed_url.split_once("://").map_or(feed_url, |(_, rest)| rest).trim_end_matches('/');
    uuid::Uuid::new_v5(&GUID_NAMESPACE, bare.as_bytes()).to_string()
}

fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts.next().is_some_and(|p| (2..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_lowercase()));
    first
        && tag.len() <= 35
        && parts.all(|p| (2..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}

fn is_colour(text: &str) -> bool {
    text.len() == 7 && text.starts_with('#') && text[1..].bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guid_is_the_published_example() {
        // The example of the podcast namespace's own page on `guid`.
        assert_eq!(podcast_guid("https://podnews.net/rss/"), "9b024349-ccf0-5f69-a609-6b82873eab3c");
        assert_eq!(podcast_guid("podnews.net/rss"), podcast_guid("http://podnews.net/rss"));
    }

    #[test]
    fn a_code_for_apple_is_short_and_plain() {
        for (code, good) in [("", true), ("6f2d-a8 ~", true), ("é", false), ("a\nb", false), ("\u{7f}", false)] {
            let facts = ShowFacts { title: "Friday".into(), apple_verify: code.into(), ..ShowFacts::default() };
            assert_eq!(facts.check().is_ok(), good, "{code:?}");
        }
        for (length, good) in [(50, true), (51, false)] {
            let facts = ShowFacts { title: "Friday".into(), apple_verify: "x".repeat(length), ..ShowFacts::default() };
            assert_eq!(facts.check().is_ok(), good, "{length}");
        }
    }

    #[test]
    fn each_problem_names_its_field() {
        let facts = ShowFacts {
            language: "English".into(),
            link: Some("javascript:alert(1)".into()),
            accent: Some("red".into()),
            ..ShowFacts::default()
        };
        let problems = facts.check().expect_err("it is full of problems");
        for field in ["title", "language", "link", "accent"] {
            assert!(problems.of(field).is_some(), "{field}");
        }
        for field in ["description", "author", "categories"] {
            assert!(problems.of(field).is_none() && facts.missing().of(field).is_some(), "{field}");
        }
    }
}
