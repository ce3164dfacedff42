//! What is wrong with a value someone typed, named by field so that a page can show it in place.

use std::borrow::Cow;
use std::fmt;

/// One field and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    /// The field's name as the API and the form call it; deeper in a JSON body, its path.
    pub field: Cow<'static, str>,
    /// What is wrong and what to do, a sentence for a person.
    pub message: String,
}

/// Every problem of one value; an error when there is at least one.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// One problem as an error.
    pub fn one(field: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        let mut problems = Self::default();
        problems.add(field, message);
        problems
    }

    /// Notes a problem.
    pub fn add(&mut self, field: impl Into<Cow<'static, str>>, message: impl Into<String>) {
        self.0.push(Problem { field: field.into(), message: message.into() });
    }

    /// Notes a problem unless `good`.
    pub fn require(&mut self, good: bool, field: &'static str, message: impl Into<String>) {
        if !good {
            self.add(field, message);
        }
    }

    /// Notes a text that is empty after trimming or longer than `max` characters.
    pub fn text(&mut self, field: &'static str, value: &str, max: usize) {
        self.require(!value.trim().is_empty(), field, "Please fill this in.");
        self.length(field, value, max);
    }

    /// Notes a text longer than `max` characters or holding control characters other than line breaks and tabs.
    pub fn length(&mut self, field: &'static str, value: &str, max: usize) {
        let length = value.chars().count();
        self.require(length <= max, field, format!("{length} characters are too many; {max} are allowed."));
        let clean = value.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'));
        self.require(clean, field, "This holds control characters; please type it again as plain text.");
    }

    /// Notes a link that is not an absolute http or https address.
    pub fn link(&mut self, field: &'static str, value: &str) {
        let good = url::Url::parse(value).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        self.require(good, field, format!("“{value}” is not a web address; it should begin with https://."));
    }

    /// Ok when nothing was noted.
    pub fn into_result(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }

    /// The message of `field`, if it has one.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|problem| problem.field == field).map(|problem| problem.message.as_str())
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.0.iter().enumerate() {
            let gap = if at == 0 { "" } else { " " };
            write!(f, "{gap}{}: {}", problem.field, problem.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
