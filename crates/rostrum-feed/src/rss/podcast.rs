//! The Podcasting 2.0 namespace (podcastindex.org/namespace/1.0), for shows and for episodes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rostrum_domain::Timestamp;
use rostrum_domain::chapter::Soundbite;
use rostrum_domain::credit::{Credit, License, Location, Txt};
use rostrum_domain::show::ShowFacts;

use super::text::{Attributes, Xml, at_most, rfc2822, seconds};
use super::{Alternate, Channel, Item, Trailer};
use crate::chapters;

/// Writes what the namespace knows of a show.
pub(super) fn show(xml: &mut Xml, channel: &Channel<'_>) {
    let facts = &channel.show.facts;
    xml.text("podcast:guid", &channel.show.guid);
    let owner = optional(&[("owner", &facts.owner_email)]);
    xml.text_with("podcast:locked", &owner, if facts.locked { "yes" } else { "no" });
    xml.text_if("podcast:medium", &facts.medium);
    if facts.block {
        xml.text("podcast:block", "yes");
    }
    for funding in &facts.funding {
        xml.text_with("podcast:funding", &[("url", &funding.url)], &funding.text);
    }
    image(xml, channel.artwork_url, &facts.title);
    shared(xml, &Shared::of_show(facts));
    update_frequency(xml, facts, channel.show.created_at);
    for entry in &channel.trailers {
        trailer(xml, entry);
    }
    podroll(xml, facts);
}

/// Writes what the namespace knows of an episode.
pub(super) fn episode(xml: &mut Xml, item: &Item<'_>) {
    let facts = &item.episode.facts;
    if let Some(season) = facts.season.filter(|number| *number >= 1) {
        xml.text_with("podcast:season", &optional(&[("name", &facts.season_name)]), &season.to_string());
    }
    if let Some(number) = facts.number.filter(|number| *number >= 1) {
        xml.text("podcast:episode", &number.to_string());
    }
    for link in &item.transcripts {
        let mut attributes = vec![("url", link.url.as_str()), ("type", link.mime)];
        attributes.extend(optional(&[
            ("language", link.language.unwrap_or_default()),
            ("rel", link.rel.unwrap_or_default()),
        ]));
        xml.empty("podcast:transcript", &attributes);
    }
    if let Some(url) = &item.chapters_url {
        xml.empty("podcast:chapters", &[("url", url), ("type", chapters::MIME)]);
    }
    for bite in &facts.soundbites {
        soundbite(xml, bite, &facts.title);
    }
    image(xml, item.artwork_url.as_deref(), &facts.title);
    shared(xml, &Shared::of_episode(item));
    for entry in &item.alternates {
        alternate(xml, entry);
    }
}

/// What shows and episodes have alike.
struct Shared<'a> {
    persons: &'a [Credit],
    location: Option<&'a Location>,
    license: Option<&'a License>,
    txt: &'a [Txt],
}

impl<'a> Shared<'a> {
    fn of_show(facts: &'a ShowFacts) -> Self {
        let ShowFacts { persons, location, license, txt, .. } = facts;
        Self { persons, location: location.as_ref(), license: license.as_ref(), txt }
    }

    fn of_episode(item: &'a Item<'_>) -> Self {
        let facts = &item.episode.facts;
        let (location, license) = (facts.location.as_ref(), facts.license.as_ref());
        Self { persons: &facts.persons, location, license, txt: &facts.txt }
    }
}

fn shared(xml: &mut Xml, shared: &Shared<'_>) {
    for person in shared.persons {
        let attributes = optional(&[
            ("role", &person.role),
            ("group", &person.group),
            ("img", person.image.as_deref().unwrap_or_default()),
            ("href", person.href.as_deref().unwrap_or_default()),
        ]);
        xml.text_with("podcast:person", &attributes, &person.name);
    }
    if let Some(place) = shared.location {
        let mut attributes = vec![("rel", "subject")];
        let geo = ("geo", place.geo.as_deref().unwrap_or_default());
        attributes.extend(optional(&[geo, ("osm", place.osm.as_deref().unwrap_or_default())]));
        xml.text_with("podcast:location", &attributes, &place.name);
    }
    if let Some(license) = shared.license {
        let url = optional(&[("url", license.url.as_deref().unwrap_or_default())]);
        xml.text_with("podcast:license", &url, &license.name);
    }
    for txt in shared.txt {
        let purpose = optional(&[("purpose", txt.purpose.as_deref().unwrap_or_default())]);
        xml.text_with("podcast:txt", &purpose, &txt.value);
    }
}

/// The attributes that say something.
fn optional<'a>(attributes: &Attributes<'a>) -> Vec<(&'a str, &'a str)> {
    attributes.iter().copied().filter(|(_, value)| !value.is_empty()).collect()
}

fn image(xml: &mut Xml, url: Option<&str>, alt: &str) {
    if let Some(url) = url {
        xml.empty("podcast:image", &[("href", url), ("alt", alt), ("aspect-ratio", "1/1"), ("purpose", "artwork")]);
    }
}

fn update_frequency(xml: &mut Xml, facts: &ShowFacts, since: Timestamp) {
    let rule = facts.update_rule.as_deref().unwrap_or_default();
    if rule.is_empty() && facts.update_text.is_empty() && !facts.complete {
        return;
    }
    // A rule that counts needs to know from when.
    let start = if rule.contains("COUNT=") { since.strftime("%Y-%m-%dT%H:%M:%SZ").to_string() } else { String::new() };
    let complete = if facts.complete { "true" } else { "" };
    let attributes = optional(&[("complete", complete), ("dtstart", &start), ("rrule", rule)]);
    xml.text_with("podcast:updateFrequency", &attributes, &facts.update_text);
}

fn trailer(xml: &mut Xml, trailer: &Trailer<'_>) {
    let Some(at) = trailer.episode.published_at else { return };
    let Trailer { episode, enclosure } = trailer;
    let (date, bytes) = (rfc2822(at), enclosure.bytes.to_string());
    let season = episode.facts.season.filter(|number| *number >= 1).map(|number| number.to_string());
    let mut attributes =
        vec![("pubdate", date.as_str()), ("url", &enclosure.url), ("length", &bytes), ("type", enclosure.mime)];
    attributes.extend(optional(&[("season", season.as_deref().unwrap_or_default())]));
    xml.text_with("podcast:trailer", &attributes, at_most(&episode.facts.title, 128));
}

fn podroll(xml: &mut Xml, facts: &ShowFacts) {
    if facts.podroll.is_empty() {
        return;
    }
    xml.open("podcast:podroll", &[]);
    for entry in &facts.podroll {
        let mut attributes = vec![("feedGuid", entry.feed_guid.as_str())];
        attributes.extend(optional(&[
            ("feedUrl", entry.feed_url.as_deref().unwrap_or_default()),
            ("title", entry.title.as_deref().unwrap_or_default()),
        ]));
        xml.empty("podcast:remoteItem", &attributes);
    }
    xml.close("podcast:podroll");
}

fn soundbite(xml: &mut Xml, bite: &Soundbite, episode_title: &str) {
    let (start, duration) = (seconds(bite.start_ms), seconds(bite.duration_ms));
    let attributes = [("startTime", start.as_str()), ("duration", duration.as_str())];
    // Some readers pass over a soundbite without a title.
    let title = bite.title.as_deref().filter(|title| !title.trim().is_empty()).unwrap_or(episode_title);
    xml.text_with("podcast:soundbite", &attributes, at_most(title, 128));
}

pub(super) fn alternate(xml: &mut Xml, alternate: &Alternate<'_>) {
    let bytes = alternate.bytes.to_string();
    let bitrate = if alternate.bitrate > 0 { alternate.bitrate.to_string() } else { String::new() };
    let mut attributes = vec![("type", alternate.mime), ("length", bytes.as_str())];
    attributes.extend(optional(&[
        ("bitrate", &bitrate),
        ("title", at_most(alternate.title, 32)),
        ("codecs", alternate.codecs),
        ("default", if alternate.default { "true" } else { "" }),
    ]));
    xml.open("podcast:alternateEnclosure", &attributes);
    xml.empty("podcast:source", &[("uri", &alternate.url)]);
    if let Some(integrity) = integrity(alternate.sha256_hex) {
        xml.empty("podcast:integrity", &[("type", "sri"), ("value", &integrity)]);
    }
    xml.close("podcast:alternateEnclosure");
}

/// The W3C subresource-integrity form of a SHA-256 in hex.
fn integrity(sha256_hex: &str) -> Option<String> {
    let digest = hex::decode(sha256_hex).ok().filter(|digest| digest.len() == 32)?;
    Some(format!("sha256-{}", STANDARD.encode(digest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integrity_is_the_digest_in_base_64() {
        // SHA-256 of nothing.
        let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(integrity(hex).as_deref(), Some("sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="));
        assert_eq!(integrity("e3b0"), None);
        assert_eq!(integrity("zz"), None);
    }
}
