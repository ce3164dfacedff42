//! The form of a room's facts.

use rostrum_domain::Problems;
use rostrum_domain::room::{Room, RoomFacts};

use super::{Posted, moment};
use crate::views::Form;

/// The facts a form holds; what is wrong with any of them is told at once.
pub fn facts(posted: &Posted) -> Result<RoomFacts, Problems> {
    let mut problems = Problems::default();
    let plain = RoomFacts::default();
    let starts = posted.some("starts_at");
    let starts_at = starts.as_deref().and_then(moment::read);
    problems.require(starts.is_none() || starts_at.is_some(), "starts_at", "Choose a day and a time.");
    let mut number = |name, usual: u16| match posted.number(name, &mut problems) {
        Some(number) => u16::try_from(number).unwrap_or(u16::MAX),
        None => usual,
    };
    let (seats, delay_s, slow_mode_s) =
        (number("seats", u16::from(plain.seats)), number("delay_s", 0), number("slow_mode_s", 0));
    let facts = RoomFacts {
        title: posted.text("title"),
        description: posted.text("description"),
        starts_at,
        audience: word(posted, "audience", &mut problems),
        seats: u8::try_from(seats).unwrap_or(u8::MAX),
        on_end: word(posted, "on_end", &mut problems),
        delay_s: u8::try_from(delay_s).unwrap_or(u8::MAX),
        chat: word(posted, "chat", &mut problems),
        slow_mode_s,
        hands: posted.flag("hands"),
        shows_count: posted.flag("shows_count"),
    };
    if let Err(more) = facts.check() {
        problems.0.extend(more.0);
    }
    problems.into_result().map(|()| facts)
}

/// One of the words of a field; the usual one where none was sent.
fn word<T: Default + std::str::FromStr<Err = Problems>>(posted: &Posted, name: &str, problems: &mut Problems) -> T {
    let Some(text) = posted.some(name) else { return T::default() };
    text.parse().unwrap_or_else(|wrong: Problems| {
        problems.0.extend(wrong.0);
        T::default()
    })
}

/// The facts of a new room, as its form shows them.
pub fn blank() -> Form {
    values(&RoomFacts::default(), Vec::new())
}

/// A room's facts as the form shows them.
pub fn form(room: &Room) -> Form {
    values(&room.facts, vec![("version", room.version.to_string()), ("slug", room.slug.to_string())])
}

fn values(facts: &RoomFacts, more: Vec<(&'static str, String)>) -> Form {
    let switch = |on: bool| if on { "on" } else { "" }.to_owned();
    let own = [
        ("title", facts.title.clone()),
        ("description", facts.description.clone()),
        ("starts_at", facts.starts_at.map(moment::show).unwrap_or_default()),
        ("audience", facts.audience.to_string()),
        ("seats", facts.seats.to_string()),
        ("on_end", facts.on_end.to_string()),
        ("delay_s", facts.delay_s.to_string()),
        ("chat", facts.chat.to_string()),
        ("slow_mode_s", facts.slow_mode_s.to_string()),
        ("hands", switch(facts.hands)),
        ("shows_count", switch(facts.shows_count)),
    ];
    Form::new(own.into_iter().chain(more))
}

#[cfg(test)]
mod tests {
    use rostrum_domain::room::{Audience, ChatRule};

    use super::*;

    fn posted(pairs: &[(&str, &str)]) -> Posted {
        Posted(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn a_form_becomes_facts() {
        let form = [
            ("title", "Friday talk"),
            ("starts_at", "2027-01-15T18:00"),
            ("audience", "private"),
            ("seats", "4"),
            ("delay_s", "10"),
            ("chat", "signed_in"),
            ("hands", "on"),
        ];
        let facts = facts(&posted(&form)).expect("nothing is wrong");
        assert_eq!(facts.starts_at, Some("2027-01-15T18:00:00Z".parse().expect("a time")));
        assert_eq!(
            (facts.audience, facts.chat, facts.seats, facts.delay_s),
            (Audience::Private, ChatRule::SignedIn, 4, 10)
        );
        assert!(facts.hands && !facts.shows_count);
    }

    #[test]
    fn everything_wrong_is_told_at_once() {
        let form = [("starts_at", "soon"), ("audience", "all"), ("seats", "99"), ("delay_s", "x")];
        let problems = facts(&posted(&form)).expect_err("much is wrong");
        let fields: Vec<_> = problems.0.iter().map(|problem| problem.field.as_ref()).collect();
        assert_eq!(fields, ["starts_at", "delay_s", "audience", "title", "seats"]);
    }
}
