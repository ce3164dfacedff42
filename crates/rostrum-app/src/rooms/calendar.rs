//! A show's calendar (RFC 5545): its public rooms with a time, each under an identifier that never changes.

use std::fmt::Write as _;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use rostrum_domain::Timestamp;
use rostrum_domain::room::{Room, RoomState};
use rostrum_domain::show::Show;
use rostrum_store::{room, show};

use super::path;
use crate::{App, Error};

/// How far back the calendar reaches.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 90);
/// How long a room is said to last that has not ended.
const LENGTH: SignedDuration = SignedDuration::from_hours(1);
/// Bytes of a line before it is folded (section 3.1).
const LINE_BYTES: usize = 75;

/// The calendar of the show called `name`.
pub async fn of_show(app: &App, name: &str) -> Result<String, Error> {
    let mut tx = app.store.read().await?;
    let show = show::find(&mut tx, name).await?.ok_or(Error::Missing("show"))?;
    let since = app.now().checked_sub(KEPT).unwrap_or(Timestamp::UNIX_EPOCH);
    let rooms = room::dated(&mut tx, show.id, since).await?;
    Ok(write(&show, &rooms, |room| app.address(&path(room))))
}

fn write(show: &Show, rooms: &[Room], address: impl Fn(&Room) -> String) -> String {
    let mut out = Calendar::default();
    out.line("BEGIN", "VCALENDAR");
    out.line("VERSION", "2.0");
    out.line("PRODID", "-//Rostrum//Rooms//EN");
    out.line("METHOD", "PUBLISH");
    out.text("NAME", &show.facts.title);
    out.text("X-WR-CALNAME", &show.facts.title);
    out.line("REFRESH-INTERVAL;VALUE=DURATION", "PT1H");
    for room in rooms {
        event(&mut out, room, &address(room));
    }
    out.line("END", "VCALENDAR");
    out.0
}

fn event(out: &mut Calendar, room: &Room, address: &str) {
    let Some(planned) = room.facts.starts_at else { return };
    let start = room.live_at.unwrap_or(planned);
    let end = room.ended_at.filter(|end| *end > start).or_else(|| start.checked_add(LENGTH).ok());
    out.line("BEGIN", "VEVENT");
    out.line("UID", &format!("{}@rostrum", room.id));
    out.line("SEQUENCE", &(room.version - 1).to_string());
    out.line("DTSTAMP", &time(room.updated_at));
    out.line("DTSTART", &time(start));
    out.line("DTEND", &time(end.unwrap_or(start)));
    out.text("SUMMARY", &room.facts.title);
    if !room.facts.description.is_empty() {
        out.text("DESCRIPTION", &room.facts.description);
    }
    out.line("URL", address);
    out.line("STATUS", if room.state == RoomState::Scheduled { "TENTATIVE" } else { "CONFIRMED" });
    out.line("TRANSP", "TRANSPARENT");
    out.line("END", "VEVENT");
}

fn time(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Lines as they go out: folded, ended by CRLF.
#[derive(Default)]
struct Calendar(String);

impl Calendar {
    /// A value of the program's own.
    fn line(&mut self, name: &str, value: &str) {
        let line = format!("{name}:{value}");
        let (mut rest, mut room) = (line.as_str(), LINE_BYTES);
        while rest.len() > room {
            let cut = rest.floor_char_boundary(room);
            write!(self.0, "{}\r\n ", &rest[..cut]).expect("writing to text cannot fail");
            rest = &rest[cut..];
            // The space in front counts.
            room = LINE_BYTES - 1;
        }
        write!(self.0, "{rest}\r\n").expect("writing to text cannot fail");
    }

    /// A text of a person's (section 3.3.11).
    fn text(&mut self, name: &str, value: &str) {
        let mut escaped = String::with_capacity(value.len());
        for c in value.chars() {
            match c {
                '\\' | ';' | ',' => escaped.extend(['\\', c]),
                '\n' => escaped.push_str("\\n"),
                c if c.is_control() => {}
                c => escaped.push(c),
            }
        }
        self.line(name, &escaped);
    }
}

#[cfg(test)]
mod tests {
    use rostrum_domain::Id;
    use rostrum_domain::room::RoomFacts;

    use super::*;
    use crate::testing::facts;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("small numbers are times")
    }

    fn sample() -> (Show, Room) {
        let show = Show {
            id: Id::from_bits(1),
            slug: "talk".parse().expect("a slug"),
            guid: "g".into(),
            facts: facts("Talk"),
            artwork_id: None,
            created_at: at(0),
            updated_at: at(0),
            version: 1,
        };
        let title = "Brücken, Flüsse; und ein sehr langer Titel, der über das Zeilenende hinausreicht".to_owned();
        let description = "Line one\nLine two \\ end".to_owned();
        let facts = RoomFacts { title, description, starts_at: Some(at(1_800_000_000)), ..RoomFacts::default() };
        let room = Room {
            id: Id::from_bits(2),
            show_id: show.id,
            slug: "b".parse().expect("a slug"),
            facts,
            state: RoomState::Scheduled,
            live_at: None,
            ended_at: None,
            peak: 0,
            episode_id: None,
            created_at: at(5),
            updated_at: at(6),
            version: 3,
        };
        (show, room)
    }

    #[test]
    fn lines_are_folded_and_texts_escaped() {
        let (show, room) = sample();
        let text = write(&show, std::slice::from_ref(&room), |room| format!("https://example.org/rooms/{}", room.slug));
        assert!(text.split("\r\n").all(|line| line.len() <= LINE_BYTES), "{text}");
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
        let unfolded = text.replace("\r\n ", "");
        for line in [
            "UID:00000000000000000000000002@rostrum",
            "SEQUENCE:2",
            "DTSTART:20270115T080000Z",
            "DTEND:20270115T090000Z",
            "DESCRIPTION:Line one\\nLine two \\\\ end",
            "URL:https://example.org/rooms/b",
            "STATUS:TENTATIVE",
        ] {
            assert!(unfolded.contains(&format!("\r\n{line}\r\n")), "{line} in {unfolded}");
        }
        assert!(unfolded.contains("SUMMARY:Brücken\\, Flüsse\\; und"), "{unfolded}");
    }

    #[test]
    fn what_was_live_says_when() {
        let (show, room) = sample();
        let over = Room {
            state: RoomState::Ended,
            live_at: Some(at(1_800_000_060)),
            ended_at: Some(at(1_800_003_000)),
            ..room
        };
        let text = write(&show, &[over], |_| String::new());
        assert!(text.contains("DTSTART:20270115T080100Z") && text.contains("DTEND:20270115T085000Z"), "{text}");
        assert!(text.contains("STATUS:CONFIRMED"));
    }
}
