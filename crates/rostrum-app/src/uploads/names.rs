//! From a sender's file name to what people see: never a path, never part of one.

use rostrum_domain::Slug;

/// Longest file name kept, in characters.
const NAME_MAX: usize = 200;

/// The last part of the name, without control characters; `recording` where nothing is left.
pub(super) fn plain(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control()).take(NAME_MAX).collect();
    let clean = clean.trim();
    if clean.is_empty() { "recording".to_owned() } else { clean.to_owned() }
}

/// The title of a draft that was made for a file.
pub(super) fn title(name: &str) -> String {
    let spaced = stem(name).0.replace('_', " ");
    let words: Vec<_> = spaced.split_whitespace().collect();
    if words.is_empty() { "Untitled recording".to_owned() } else { words.join(" ") }
}

/// The name under which the file can be fetched again, safe in an address.
pub(super) fn safe(name: &str) -> String {
    let (stem, ending) = stem(name);
    let short = (1..=8).contains(&ending.len()) && ending.bytes().all(|b| b.is_ascii_alphanumeric());
    let ending = if short { ending.to_ascii_lowercase() } else { "bin".to_owned() };
    format!("{}.{ending}", Slug::from_title(stem, "recording"))
}

fn stem(name: &str) -> (&str, &str) {
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && !ending.contains(' ') => (stem, ending),
        _ => (name, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_and_titles() {
        for (sent, kept, shown, stored) in [
            ("Friday_talk 3.WAV", "Friday_talk 3.WAV", "Friday talk 3", "friday-talk-3.wav"),
            ("C:\\fakepath\\über.mp3", "über.mp3", "über", "ueber.mp3"),
            ("../../etc/passwd", "passwd", "passwd", "passwd.bin"),
            ("No. 5 with guests", "No. 5 with guests", "No. 5 with guests", "no-5-with-guests.bin"),
            ("\u{0}\n", "recording", "recording", "recording.bin"),
            ("___.flac", "___.flac", "Untitled recording", "recording.flac"),
            (".wav", ".wav", ".wav", "wav.bin"),
        ] {
            assert_eq!(plain(sent), kept);
            assert_eq!((title(kept).as_str(), safe(kept).as_str()), (shown, stored), "{sent}");
        }
    }

    proptest! {
        #[test]
        fn any_name_is_tamed(sent in "\\PC{0,300}|.{0,300}") {
            let name = plain(&sent);
            prop_assert!(!name.is_empty() && !name.contains(['/', '\\', '\0', '\n']));
            prop_assert!((1..=255).contains(&title(&name).chars().count()));
            prop_assert!(safe(&name).bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b)));
        }
    }
}
