//! Layers: defaults, then `rostrum.toml`, then the environment, then flags; the last to set a key has its way.
//! Every value remembers where it came from, and a key that does not exist is refused wherever it stands.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use super::{ConfigError, KEYS, Key};

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Nothing set it.
    Default,
    /// A line of a file.
    File(String),
    /// An environment variable.
    Variable(String),
    /// A flag of the command line.
    Flag(&'static str),
    /// The supervisor, which has read them all.
    Supervisor,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => f.write_str(path),
            Self::Variable(name) => f.write_str(name),
            Self::Flag(name) => f.write_str(name),
            Self::Supervisor => f.write_str("supervisor"),
        }
    }
}

/// A value and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setting {
    pub(crate) text: String,
    pub(crate) origin: Origin,
}

/// All settings that have a value.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    values: BTreeMap<&'static str, Setting>,
}

impl Settings {
    /// What holds when nothing is set.
    pub(crate) fn defaults() -> Self {
        let value = |text: &str| Setting { text: text.to_owned(), origin: Origin::Default };
        Self { values: KEYS.iter().filter_map(|key| Some((key.path, value(key.default?)))).collect() }
    }

    /// Takes over the file's settings.
    pub(crate) fn read_file(&mut self, path: &Path) -> Result<(), ConfigError> {
        let name = path.display().to_string();
        let failed = |reason: String| ConfigError::File { path: name.clone(), reason };
        let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
        self.read_toml(&text, &name)
    }

    fn read_toml(&mut self, text: &str, name: &str) -> Result<(), ConfigError> {
        let failed = |error: toml::de::Error| ConfigError::File { path: name.into(), reason: error.to_string() };
        let table: toml::Table = text.parse().map_err(failed)?;
        let origin = Origin::File(name.to_owned());
        for (section, content) in table {
            let toml::Value::Table(content) = content else {
                return Err(unknown(&section, origin));
            };
            for (key, value) in content {
                self.set_toml(&format!("{section}.{key}"), &value, &origin)?;
            }
        }
        Ok(())
    }

    fn set_toml(&mut self, path: &str, value: &toml::Value, origin: &Origin) -> Result<(), ConfigError> {
        let key = Key::find(path).ok_or_else(|| unknown(path, origin.clone()))?;
        let text = plain_text(value).ok_or_else(|| bad(key, origin.clone()))?;
        self.set(key, text, origin.clone())
    }

    /// Takes over the variables whose names begin with `ROSTRUM_` and hold the `__` between section and key.
    pub(crate) fn read_variables(
        &mut self,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<(), ConfigError> {
        for (name, text) in variables {
            let Some(rest) = name.strip_prefix("ROSTRUM_") else { continue };
            let origin = Origin::Variable(name.clone());
            let path = rest.to_lowercase().replacen("__", ".", 1);
            match Key::find(&path) {
                Some(key) => self.set(key, text, origin)?,
                None if rest.contains("__") || is_slip(rest) => return Err(unknown(&path, origin)),
                None => {}
            }
        }
        Ok(())
    }

    /// Takes over a flag.
    pub(crate) fn set_flag(&mut self, flag: &'static str, path: &str, text: String) -> Result<(), ConfigError> {
        let key = Key::find(path).ok_or_else(|| unknown(path, Origin::Flag(flag)))?;
        self.set(key, text, Origin::Flag(flag))
    }

    fn set(&mut self, key: &'static Key, text: String, origin: Origin) -> Result<(), ConfigError> {
        key.kind.parse(&text).ok_or_else(|| bad(key, origin.clone()))?;
        self.values.insert(key.path, Setting { text, origin });
        Ok(())
    }

    /// The value of `path`, if it has one.
    pub(crate) fn get(&self, path: &str) -> Option<&Setting> {
        debug_assert!(Key::find(path).is_some(), "{path} is a setting");
        self.values.get(path)
    }

    /// Every value with its secrets, for the pipe to a role.
    pub(crate) fn plain(&self) -> BTreeMap<String, String> {
        self.values.iter().map(|(path, setting)| ((*path).to_owned(), setting.text.clone())).collect()
    }

    /// What came through that pipe.
    pub(crate) fn from_plain(values: BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let mut settings = Self { values: BTreeMap::new() };
        for (path, text) in values {
            let key = Key::find(&path).ok_or_else(|| unknown(&path, Origin::Supervisor))?;
            settings.set(key, text, Origin::Supervisor)?;
        }
        Ok(settings)
    }
}

/// A TOML value as the text of an environment variable.
fn plain_text(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Array(items) => {
            let texts: Option<Vec<&str>> = items.iter().map(toml::Value::as_str).collect();
            texts.map(|texts| texts.join(", "))
        }
        _ => None,
    }
}

/// Whether a variable is a setting's name with one underscore where two belong.
fn is_slip(rest: &str) -> bool {
    KEYS.iter().any(|key| key.path.replace('.', "_").eq_ignore_ascii_case(rest))
}

fn bad(key: &'static Key, origin: Origin) -> ConfigError {
    ConfigError::Bad { key: key.path, origin, wanted: key.kind.name(), example: key.example }
}

fn unknown(path: &str, origin: Origin) -> ConfigError {
    let nearest = KEYS.iter().map(|key| key.path).min_by_key(|known| distance(path, known));
    ConfigError::Unknown { key: path.to_owned(), origin, nearest: nearest.expect("there are settings") }
}

/// Insertions, deletions and replacements that lead from one text to the other (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (at, left) in from.chars().enumerate() {
        let mut corner = row[0];
        row[0] = at + 1;
        for (column, right) in to.iter().enumerate() {
            let replaced = corner + usize::from(left != *right);
            corner = row[column + 1];
            row[column + 1] = replaced.min(row[column] + 1).min(corner + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(list: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> {
        list.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect::<Vec<_>>().into_iter()
    }

    fn value<'s>(settings: &'s Settings, path: &str) -> (&'s str, String) {
        let setting = settings.get(path).unwrap();
        (&setting.text, setting.origin.to_string())
    }

    #[test]
    fn the_last_layer_has_its_way() {
        let mut settings = Settings::defaults();
        assert_eq!(value(&settings, "http.listen"), ("127.0.0.1:8080", "default".into()));
        settings.read_toml("[http]\nlisten = \"0.0.0.0:1\"\n[edge]\nedges = 2\n", "rostrum.toml").unwrap();
        assert_eq!(value(&settings, "http.listen"), ("0.0.0.0:1", "rostrum.toml".into()));
        settings.read_variables(variables(&[("ROSTRUM_HTTP__LISTEN", "0.0.0.0:2"), ("PATH", "/bin")])).unwrap();
        assert_eq!(value(&settings, "http.listen"), ("0.0.0.0:2", "ROSTRUM_HTTP__LISTEN".into()));
        settings.set_flag("--http", "http.listen", "0.0.0.0:3".into()).unwrap();
        assert_eq!(value(&settings, "http.listen"), ("0.0.0.0:3", "--http".into()));
        assert_eq!(value(&settings, "edge.edges"), ("2", "rostrum.toml".into()));
    }

    #[test]
    fn unknown_keys_are_refused_with_the_nearest() {
        let mut settings = Settings::defaults();
        let error = settings.read_toml("[http]\nlisen = \"0.0.0.0:1\"\n", "rostrum.toml").unwrap_err();
        let wanted = "rostrum.toml sets “http.lisen”, which is not a setting; did you mean “http.listen”?";
        assert_eq!(error.to_string(), wanted);
        for (name, nearest) in [
            ("ROSTRUM_HTTP__PUBLC_URL", "http.public_url"),
            ("ROSTRUM_HTTP_LISTEN", "http.listen"),
            ("ROSTRUM_DATABASE_URL", "database.url"),
        ] {
            let error = settings.read_variables(variables(&[(name, "x")])).unwrap_err();
            assert!(matches!(error, ConfigError::Unknown { nearest: found, .. } if found == nearest), "{error}");
        }
        settings.read_variables(variables(&[("ROSTRUM_BIN", "/x")])).expect("other programs have variables too");
        assert!(settings.read_toml("listen = \"0.0.0.0:1\"", "f").is_err());
    }

    #[test]
    fn bad_values_say_what_would_do() {
        let mut settings = Settings::defaults();
        let error = settings.set_flag("--http", "http.listen", "8080".into()).unwrap_err().to_string();
        assert_eq!(
            error,
            "--http sets http.listen to something that is no IP address with port; write it like 127.0.0.1:8080"
        );
        assert!(settings.read_toml("[edge]\nedges = 0", "f").is_err());
        assert!(settings.read_toml("[edge]\nedges = true", "f").is_err());
        assert!(settings.read_toml("[http", "f").unwrap_err().to_string().starts_with("cannot read f:"));
        assert!(settings.read_file(Path::new("/nonexistent.toml")).is_err());
    }

    #[test]
    fn lists_and_numbers_of_a_file_are_taken() {
        let mut settings = Settings::defaults();
        let text = "[http]\ntrusted_proxies = [\"10.0.0.0/8\", \"::1\"]\n[limits]\nbody_bytes_max = 1_000\n";
        settings.read_toml(text, "f").unwrap();
        assert_eq!(value(&settings, "http.trusted_proxies").0, "10.0.0.0/8, ::1");
        assert_eq!(value(&settings, "limits.body_bytes_max").0, "1000");
    }

    #[test]
    fn a_role_learns_what_its_supervisor_knows() {
        let mut settings = Settings::defaults();
        settings.set_flag("--data", "data.dir", "/srv".into()).unwrap();
        let told = Settings::from_plain(settings.plain()).unwrap();
        assert_eq!(told.plain(), settings.plain());
        assert_eq!(told.get("data.dir").unwrap().origin, Origin::Supervisor);
    }

    #[test]
    fn distances_are_counted_in_edits() {
        for (from, to, edits) in [("", "", 0), ("abc", "", 3), ("kitten", "sitting", 3), ("lisen", "listen", 1)] {
            assert_eq!(distance(from, to), edits);
        }
    }
}
