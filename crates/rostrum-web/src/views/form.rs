//! A form as it was last filled in: values by field name, problems by field name. The names are those of the facts.

use std::collections::BTreeMap;

use rostrum_domain::Problems;

/// Values and problems of one form.
#[derive(Debug, Clone, Default)]
pub struct Form {
    values: BTreeMap<String, String>,
    /// What is wrong; a problem whose field the form does not show is listed above it.
    pub problems: Problems,
}

impl Form {
    /// A form with these values, as stored or as posted; of a repeated name the last one counts.
    pub fn new<K: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        let values = pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self { values, problems: Problems::default() }
    }

    /// The same form with problems to show.
    pub fn with(mut self, problems: Problems) -> Self {
        self.problems = problems;
        self
    }

    /// The value of a field; empty when there is none.
    pub fn value(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// Whether a checkbox is set or a select stands on `value`.
    pub fn is(&self, name: &str, value: &str) -> bool {
        self.value(name) == value
    }

    /// What is wrong with a field.
    pub fn problem(&self, name: &str) -> Option<&str> {
        self.problems.of(name)
    }

    /// Whether anything is wrong.
    pub fn failed(&self) -> bool {
        !self.problems.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_problems_by_name() {
        let form = Form::new([("title", "One"), ("explicit", "on")]).with(Problems::one("title", "Too short."));
        assert_eq!((form.value("title"), form.value("none")), ("One", ""));
        assert!(form.is("explicit", "on") && form.failed());
        assert_eq!((form.problem("title"), form.problem("explicit")), (Some("Too short."), None));
    }
}
