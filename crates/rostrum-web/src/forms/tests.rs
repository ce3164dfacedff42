//! A form that is sent back as it was drawn: whatever the facts are, nothing of them is lost.

use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use rostrum_domain::chapter::{Chapter, Soundbite};
use rostrum_domain::credit::{Credit, Funding, License, Location, Txt};
use rostrum_domain::episode::{Episode, EpisodeFacts, EpisodeKind, State};
use rostrum_domain::show::{MEDIUMS, Recommendation, Show, ShowFacts, ShowKind};
use rostrum_domain::{Id, Timestamp};

use super::{Posted, episode, show};
use crate::views::Form;

const SHOW: &str = include_str!("../../../../templates/admin/show.html");
const EPISODE: &str = include_str!("../../../../templates/admin/episode.html");

/// What a browser sends of a form that was not touched: a switch that is off is left out, a field of one line holds no
/// line ends, one of several ends them with two signs.
fn sent_back(template: &str, form: &Form) -> Posted {
    let mut pairs = vec![("version".to_owned(), form.value("version").to_owned())];
    for (before, after) in template.match_indices("(form, \"").map(|(at, sign)| template.split_at(at + sign.len())) {
        let name = after.split('"').next().unwrap_or_default();
        let value = form.value(name);
        if before.ends_with("ui::check(form, \"") && value != "on" {
            continue;
        }
        let end = if before.ends_with("ui::area(form, \"") { "\r\n" } else { "" };
        pairs.push((name.to_owned(), value.replace('\n', end)));
    }
    Posted(pairs)
}

/// Text of one line that nothing is trimmed off.
fn text() -> impl Strategy<Value = String> {
    r"[!-~ä漢|\\]([ -~ö|\\]{0,12}[!-~é|\\])?"
}

/// The same over several lines.
fn long() -> impl Strategy<Value = String> {
    r"[!-~ä漢|\\]([ -~\nö|\\]{0,20}[!-~é|\\])?"
}

fn or_none(some: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    of(some).prop_map(Option::unwrap_or_default)
}

fn link() -> impl Strategy<Value = String> {
    select(vec!["https://example.org/", "https://example.org/a|b", r"http://example.org/?q=\|&x=%7C", "https://x.y/ö"])
        .prop_map(str::to_owned)
}

/// People, some of one name in groups of their own.
fn persons() -> impl Strategy<Value = Vec<Credit>> {
    let name = prop_oneof![Just("Ada".to_owned()), text()];
    let role = select(vec!["host", "guest", "Host", "", "a|b"]).prop_map(str::to_owned);
    let group = select(vec!["cast", "writing", "audio production"]).prop_map(str::to_owned);
    let person = (name, role, group, of(link()), of(link()));
    vec(person.prop_map(|(name, role, group, href, image)| Credit { name, role, group, href, image }), 0..4)
}

fn location() -> impl Strategy<Value = Option<Location>> {
    let osm = of(Just("R113314".to_owned()));
    of((text(), of(Just("geo:48.2,16.37".to_owned())), osm).prop_map(|(name, geo, osm)| Location { name, geo, osm }))
}

fn license() -> impl Strategy<Value = Option<License>> {
    of((text(), of(link())).prop_map(|(name, url)| License { name, url }))
}

fn txt() -> impl Strategy<Value = Vec<Txt>> {
    vec((of(text()), long()).prop_map(|(purpose, value)| Txt { purpose, value }), 0..3)
}

fn show_words(facts: ShowFacts) -> impl Strategy<Value = ShowFacts> {
    let names = (text(), or_none(text()), or_none(text()), or_none(text()));
    let mail = select(vec!["", "ada@example.org"]);
    let rule = of(Just("FREQ=WEEKLY;BYDAY=FR".to_owned()));
    let (long, code) = (or_none(long()), "[!-~]([ -~]{0,48}[!-~])?");
    let rest =
        (or_none(text()), of(link()), of(link()), rule, or_none(text()), of(Just("#1f6f6b".to_owned())), or_none(code));
    (names, long, mail, select(vec!["en", "de-AT"]), rest).prop_map(
        move |(names, description, mail, language, rest)| ShowFacts {
            title: names.0,
            subtitle: names.1,
            author: names.2,
            owner_name: names.3,
            description,
            owner_email: mail.to_owned(),
            language: language.to_owned(),
            copyright: rest.0,
            link: rest.1,
            new_feed_url: rest.2,
            update_rule: rest.3,
            update_text: rest.4,
            accent: rest.5,
            apple_verify: rest.6,
            ..facts.clone()
        },
    )
}

fn show_choices() -> impl Strategy<Value = ShowFacts> {
    let categories = subsequence(vec!["Arts", "News > Tech News", "Comedy", "Music"], 0..=3);
    let kind = select(vec![ShowKind::Episodic, ShowKind::Serial]);
    let feeds = (Just("9b024349-ccf0-5f69-a609-6b82873eab3c".to_owned()), of(link()), of(text()));
    let podroll = feeds.prop_map(|(feed_guid, feed_url, title)| Recommendation { feed_guid, feed_url, title });
    let funding = (link(), long()).prop_map(|(url, text)| Funding { url, text });
    let lists = (vec(funding, 0..3), persons(), location(), license(), txt(), vec(podroll, 0..3));
    (categories, kind, select(&MEDIUMS[..]), any::<[bool; 4]>(), lists).prop_map(
        |(categories, kind, medium, [explicit, locked, complete, block], lists)| ShowFacts {
            categories: categories.into_iter().map(str::to_owned).collect(),
            kind,
            medium: medium.to_owned(),
            explicit,
            locked,
            complete,
            block,
            funding: lists.0,
            persons: lists.1,
            location: lists.2,
            license: lists.3,
            txt: lists.4,
            podroll: lists.5,
            ..ShowFacts::default()
        },
    )
}

fn marks() -> impl Strategy<Value = (Vec<Chapter>, Vec<Soundbite>)> {
    let chapters = btree_map(0i64..90_000_000, (text(), of(link()), of(link()), any::<bool>()), 0..4);
    let chapters = chapters.prop_map(|list| {
        let chapter = |(start_ms, (title, url, image, hidden))| Chapter { start_ms, title, url, image, hidden };
        list.into_iter().map(chapter).collect()
    });
    let bite = (0i64..90_000_000, 1_000i64..600_000, of(long()));
    let bite = bite.prop_map(|(start_ms, duration_ms, title)| Soundbite { start_ms, duration_ms, title });
    (chapters, vec(bite, 0..3))
}

fn episode_facts() -> impl Strategy<Value = EpisodeFacts> {
    let words = (text(), or_none(long()), or_none(long()), or_none(text()), of(link()));
    let kind = select(vec![EpisodeKind::Full, EpisodeKind::Trailer, EpisodeKind::Bonus]);
    let choices = (of(1u32..9999), of(1u32..99_999), kind, of(any::<bool>()), any::<bool>());
    (words, choices, marks(), persons(), (location(), license(), txt())).prop_map(
        |(words, choices, (chapters, soundbites), persons, (location, license, txt))| EpisodeFacts {
            title: words.0,
            summary: words.1,
            notes: words.2,
            season_name: words.3,
            link: words.4,
            season: choices.0,
            number: choices.1,
            kind: choices.2,
            explicit: choices.3,
            block: choices.4,
            persons,
            chapters,
            soundbites,
            location,
            license,
            txt,
        },
    )
}

fn a_show(facts: ShowFacts) -> Show {
    Show {
        id: Id::from_bits(1),
        slug: "friday".parse().expect("a slug"),
        guid: String::new(),
        facts,
        artwork_id: None,
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
        version: 3,
    }
}

fn an_episode(facts: EpisodeFacts) -> Episode {
    Episode {
        id: Id::from_bits(2),
        show_id: Id::from_bits(1),
        slug: "one".parse().expect("a slug"),
        guid: String::new(),
        state: State::Draft,
        published_at: None,
        facts,
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
        version: 1,
    }
}

/// The people as a form alone tells of them.
fn told(persons: &[Credit]) -> Vec<Credit> {
    let role = |role: &str| if role.is_empty() { "host".to_owned() } else { role.to_lowercase() };
    let told = |one: &Credit| Credit { role: role(&one.role), group: "cast".to_owned(), ..one.clone() };
    persons.iter().map(told).collect()
}

proptest! {
    #[test]
    fn a_shows_form_sent_back_unchanged_changes_nothing(old in show_choices().prop_flat_map(show_words)) {
        let posted = sent_back(SHOW, &show::form(&a_show(old.clone())));
        prop_assert_eq!(show::facts(&posted, &old), Ok(old.clone()));
        let alone = ShowFacts { persons: told(&old.persons), ..old };
        prop_assert_eq!(show::facts(&posted, &ShowFacts::default()), Ok(alone));
    }

    #[test]
    fn an_episodes_form_sent_back_unchanged_changes_nothing(old in episode_facts()) {
        let posted = sent_back(EPISODE, &episode::form(&an_episode(old.clone())));
        prop_assert_eq!(episode::facts(&posted, &old), Ok(old.clone()));
        let known = EpisodeFacts { chapters: old.chapters.clone(), ..EpisodeFacts::default() };
        let alone = EpisodeFacts { persons: told(&old.persons), ..old };
        prop_assert_eq!(episode::facts(&posted, &known), Ok(alone));
    }
}

#[test]
fn people_of_one_name_keep_their_groups() {
    let person = |role: &str, group: &str| Credit {
        name: "Ada".into(),
        role: role.into(),
        group: group.into(),
        href: None,
        image: None,
    };
    let old = [person("host", "cast"), person("author", "writing"), person("editor", "audio")];
    let groups = |text: &str| {
        let posted = Posted(vec![("persons".into(), text.into())]);
        super::persons(&posted, &old).into_iter().map(|one| one.group).collect::<Vec<_>>()
    };
    assert_eq!(groups("Ada | host\nAda | author\nAda | editor"), ["cast", "writing", "audio"]);
    assert_eq!(groups("Ada | editor\nAda | host"), ["audio", "cast"], "in another order");
    assert_eq!(groups("Ada | host\nAda | guest\nAda | editor"), ["cast", "writing", "audio"], "another role");
    assert_eq!(groups("Eve | host\nAda"), ["cast", "cast"]);
}
