//! Between posted forms and the facts of shows and episodes. Pure: text in, facts or problems by field out.

pub mod episode;
mod line;
pub mod moment;
pub mod room;
pub mod show;
#[cfg(test)]
mod tests;
pub(crate) mod time;

use rostrum_domain::credit::{Credit, License, Location, Txt};
use rostrum_domain::{Problems, Secret, Slug, chapter::Soundbite};

use crate::views::Form;

/// A posted form: names and values in the order they came.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(transparent)]
pub struct Posted(pub Vec<(String, String)>);

impl Posted {
    /// The last value of a field, trimmed of line ends that browsers add; empty when it was not sent.
    pub fn text(&self, name: &str) -> String {
        let found = self.0.iter().rev().find(|(field, _)| field == name);
        found.map(|(_, value)| value.replace("\r\n", "\n").trim().to_owned()).unwrap_or_default()
    }

    /// The value of a field, unless it is empty.
    pub fn some(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|value| !value.is_empty())
    }

    /// Whether a switch is on.
    pub fn flag(&self, name: &str) -> bool {
        self.text(name) == "on"
    }

    /// A whole number; none when empty, a problem when it is none.
    pub fn number(&self, name: &'static str, problems: &mut Problems) -> Option<u32> {
        let value = self.some(name)?;
        let number = value.parse().ok();
        problems.require(number.is_some(), name, format!("“{value}” is not a whole number."));
        number
    }

    /// A place in a recording, in milliseconds; none when empty, a problem when it is none.
    pub fn time_ms(&self, name: &'static str, problems: &mut Problems) -> Option<u64> {
        let found = time::millis(&self.some(name)?);
        problems.require(found.is_some(), name, "Write a time as in 1:02:03 or 2:03.5.");
        found
    }

    /// The lines of a field, each cut at `|` into trimmed parts; empty lines are left out, and a backslash keeps the
    /// `|` or the line's end after it.
    pub fn lines(&self, name: &str) -> Vec<Vec<String>> {
        line::read(&self.text(name))
    }

    /// The version the form was drawn from.
    pub fn version(&self) -> Option<i64> {
        self.text("version").parse().ok()
    }

    /// The address asked for, when the field was sent and is not empty.
    pub fn slug(&self) -> Result<Option<Slug>, Problems> {
        let parse = |text: String| text.parse::<Slug>().map_err(|error| Problems::one("slug", format!("{error}.")));
        self.some("slug").map(parse).transpose()
    }

    /// The last value of a field as it was typed; nobody may see it.
    pub fn secret(&self, name: &str) -> Secret<String> {
        let found = self.0.iter().rev().find(|(field, _)| field == name);
        Secret::new(found.map(|(_, value)| value.clone()).unwrap_or_default())
    }

    /// Every value of a field that may repeat.
    pub fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// The form as it was filled in, with what is wrong.
    pub fn back(self, problems: Problems) -> Form {
        Form::new(self.0).with(problems)
    }
}

/// The part at `at` of a line, unless it is missing or empty.
fn part(parts: &[String], at: usize) -> Option<String> {
    parts.get(at).filter(|part| !part.is_empty()).cloned()
}

/// The people of a form. A line that was left as it was stays what it was in `old`; the group, for which the form has
/// no field, stays with the name otherwise, each with one person of that name.
fn persons(posted: &Posted, old: &[Credit]) -> Vec<Credit> {
    let lines = posted.lines("persons");
    let mut left: Vec<&Credit> = old.iter().collect();
    let mut take = |same: &dyn Fn(&Credit) -> bool| left.iter().position(|was| same(was)).map(|at| left.remove(at));
    let unchanged: Vec<_> =
        lines.iter().map(|parts| take(&|was| line::read(&person_text(was)) == [&parts[..]])).collect();
    let person = |(parts, same): (&Vec<String>, Option<&Credit>)| {
        let name = part(parts, 0).unwrap_or_default();
        let known = same.or_else(|| take(&|was| was.name == name));
        let known = known.or_else(|| old.iter().find(|was| was.name == name));
        same.cloned().unwrap_or_else(|| Credit {
            role: part(parts, 1).map_or_else(|| "host".to_owned(), |role| role.to_lowercase()),
            group: known.map_or_else(|| "cast".to_owned(), |credit| credit.group.clone()),
            href: part(parts, 2),
            image: part(parts, 3),
            name,
        })
    };
    lines.iter().zip(unchanged).map(person).collect()
}

fn person_text(credit: &Credit) -> String {
    joined(&[Some(&credit.name), Some(&credit.role), credit.href.as_ref(), credit.image.as_ref()])
}

fn persons_text(credits: &[Credit]) -> String {
    credits.iter().map(person_text).collect::<Vec<_>>().join("\n")
}

fn txt(posted: &Posted) -> Vec<Txt> {
    let entry = |parts: Vec<String>| match parts.len() {
        1 => Txt { purpose: None, value: parts[0].clone() },
        _ => Txt { purpose: part(&parts, 0), value: parts[1..].join(" | ") },
    };
    posted.lines("txt").into_iter().map(entry).collect()
}

fn txt_text(txt: &[Txt]) -> String {
    let line = |entry: &Txt| line::write(&[Some(entry.purpose.as_deref().unwrap_or_default()), Some(&entry.value)]);
    txt.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn location(posted: &Posted) -> Option<Location> {
    let parts = posted.lines("location").into_iter().next()?;
    Some(Location { name: part(&parts, 0).unwrap_or_default(), geo: part(&parts, 1), osm: part(&parts, 2) })
}

fn location_text(location: Option<&Location>) -> String {
    let text = |l: &Location| line::write_one(&[Some(&l.name), l.geo.as_deref(), l.osm.as_deref()]);
    location.map(text).unwrap_or_default()
}

fn license(posted: &Posted) -> Option<License> {
    let parts = posted.lines("license").into_iter().next()?;
    Some(License { name: part(&parts, 0).unwrap_or_default(), url: part(&parts, 1) })
}

fn license_text(license: Option<&License>) -> String {
    license.map(|l| line::write_one(&[Some(&l.name), l.url.as_deref()])).unwrap_or_default()
}

fn joined(parts: &[Option<&String>]) -> String {
    line::write(&parts.iter().map(|part| part.map(String::as_str)).collect::<Vec<_>>())
}

/// `1:02:03.5`, `2:03` or `83` in milliseconds.
fn millis(text: &str) -> Option<i64> {
    let mut total = 0.0;
    for part in text.split(':') {
        let value: f64 = part.trim().parse().ok().filter(|value: &f64| value.is_finite() && *value >= 0.0)?;
        total = total * 60.0 + value;
    }
    (total < 1e9).then(|| (total * 1000.0).round() as i64)
}

fn clock(millis: i64) -> String {
    let rest = millis % 1000;
    let whole = rostrum_domain::time::clock_text(millis);
    if rest == 0 { whole } else { format!("{whole}.{rest:03}") }
}

fn soundbites(posted: &Posted, problems: &mut Problems) -> Vec<Soundbite> {
    let mut bites = Vec::new();
    for parts in posted.lines("soundbites") {
        let times = (parts.first().and_then(|t| millis(t)), parts.get(1).and_then(|t| millis(t)));
        match times {
            (Some(start_ms), Some(duration_ms)) => {
                bites.push(Soundbite { start_ms, duration_ms, title: part(&parts, 2) });
            }
            _ => problems.add("soundbites", format!("“{}” is no line like 1:20 | 0:45 | Title.", parts.join(" | "))),
        }
    }
    bites
}

fn soundbites_text(bites: &[Soundbite]) -> String {
    let line =
        |bite: &Soundbite| joined(&[Some(&clock(bite.start_ms)), Some(&clock(bite.duration_ms)), bite.title.as_ref()]);
    bites.iter().map(line).collect::<Vec<_>>().join("\n")
}
