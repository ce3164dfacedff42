//! `rostrum config`: each setting, its value and its origin; secrets are shown as set or not.

use std::fmt::Write;

use super::print;
use crate::cli::Common;
use crate::config::{Config, KEYS, Key, Settings};

pub(super) fn run(common: &Common) -> anyhow::Result<()> {
    let settings = common.settings()?;
    Config::build(&settings)?;
    print(&listing(&settings))
}

fn listing(settings: &Settings) -> String {
    let mut text = String::new();
    let mut section = "";
    for key in KEYS {
        let (own, name) = key.path.split_once('.').expect("a key has a section");
        if own != section {
            let gap = if section.is_empty() { "" } else { "\n" };
            writeln!(text, "{gap}[{own}]").expect("writing to text cannot fail");
            section = own;
        }
        writeln!(text, "{}", line(key, name, settings)).expect("writing to text cannot fail");
    }
    text
}

fn line(key: &Key, name: &str, settings: &Settings) -> String {
    match settings.get(key.path) {
        None => format!("# {name} is not set ({}). {}", key.variable(), key.about),
        Some(setting) if key.secret => format!("{name} = \"•••\"  # {}", setting.origin),
        Some(setting) => format!("{name} = {}  # {}", toml::Value::from(setting.text.clone()), setting.origin),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_show_and_secrets_do_not() {
        let mut settings = Settings::defaults();
        settings.set_flag("--http", "http.listen", "127.0.0.1:0".into()).unwrap();
        settings.set_flag("--test", "database.url", "postgres://u:hunter2@h/d".into()).unwrap();
        let text = listing(&settings);
        assert!(
            text.contains(
                "[http]\nlisten = \"127.0.0.1:0\"  # --http\n# public_url is not set (ROSTRUM_HTTP__PUBLIC_URL). "
            ),
            "{text}"
        );
        assert!(text.contains("url = \"•••\"  # --test") && !text.contains("hunter2"), "{text}");
        assert!(text.contains("dir = \"data\"  # default"), "{text}");
    }

    #[test]
    fn the_listing_is_itself_a_configuration_file() {
        let table: toml::Table = listing(&Settings::defaults()).parse().unwrap();
        assert_eq!(table["edge"]["edges"].as_str(), Some("1"));
    }
}
