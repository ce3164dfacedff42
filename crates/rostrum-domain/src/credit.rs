//! Small facts that both shows and episodes carry into the feed (Podcasting 2.0 namespace).

use crate::Problems;

/// A person who takes part (`podcast:person`).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credit {
    /// The name.
    pub name: String,
    /// A role of the podcast taxonomy, lower-case, as in `host` or `guest`.
    #[serde(default = "host")]
    pub role: String,
    /// A group of the taxonomy, lower-case, as in `cast`.
    #[serde(default = "cast")]
    pub group: String,
    /// A page about the person.
    #[serde(default)]
    pub href: Option<String>,
    /// A picture of the person.
    #[serde(default)]
    pub image: Option<String>,
}

fn host() -> String {
    "host".to_owned()
}

fn cast() -> String {
    "cast".to_owned()
}

/// A place to give money (`podcast:funding`).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Funding {
    /// Where.
    pub url: String,
    /// The words of the link, at most 128 characters.
    pub text: String,
}

/// A place the content is about (`podcast:location`).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Location {
    /// Its name for people.
    pub name: String,
    /// A geo URI (RFC 5870).
    #[serde(default)]
    pub geo: Option<String>,
    /// An OpenStreetMap object, as in `R113314`.
    #[serde(default)]
    pub osm: Option<String>,
}

/// Free text with a purpose (`podcast:txt`).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Txt {
    /// What it is for, as in `verify`.
    #[serde(default)]
    pub purpose: Option<String>,
    /// The text.
    pub value: String,
}

/// A licence (`podcast:license`).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct License {
    /// An SPDX identifier, lower-case, or a name.
    pub name: String,
    /// The full text's address; needed when the name is not a known identifier.
    #[serde(default)]
    pub url: Option<String>,
}

/// Notes what is wrong with a list of credits.
pub fn check_credits(problems: &mut Problems, credits: &[Credit]) {
    problems.require(credits.len() <= 50, "persons", "At most 50 people can be named.");
    for credit in credits {
        problems.text("persons", &credit.name, 128);
        problems.length("persons", &credit.role, 64);
        problems.length("persons", &credit.group, 64);
        for link in credit.href.iter().chain(&credit.image) {
            problems.link("persons", link);
        }
    }
}

/// Notes what is wrong with a list of free texts.
pub fn check_txt(problems: &mut Problems, txt: &[Txt]) {
    problems.require(txt.len() <= 20, "txt", "At most 20 free texts are allowed.");
    for entry in txt {
        problems.text("txt", &entry.value, 4000);
        problems.length("txt", entry.purpose.as_deref().unwrap_or_default(), 128);
    }
}

/// Notes what is wrong with a location.
pub fn check_location(problems: &mut Problems, location: Option<&Location>) {
    let Some(location) = location else { return };
    problems.text("location", &location.name, 128);
    let geo = location.geo.as_deref().is_none_or(|geo| geo.starts_with("geo:") && geo.len() < 100);
    problems.require(geo, "location", "A position looks like geo:48.2,16.37.");
    let osm = location.osm.as_deref().is_none_or(|osm| {
        osm.len() > 1
            && osm.len() < 30
            && osm.starts_with(['N', 'W', 'R'])
            && osm[1..].bytes().all(|b| b.is_ascii_digit())
    });
    problems.require(osm, "location", "An OpenStreetMap object looks like R113314.");
}

/// Notes what is wrong with a licence.
pub fn check_license(problems: &mut Problems, license: Option<&License>) {
    let Some(license) = license else { return };
    problems.text("license", &license.name, 128);
    if let Some(url) = &license.url {
        problems.link("license", url);
    }
}
