//! Names that people show in a room: what one may hold, and whether one could be taken for another.
//! Knows nothing of who bears them.

use rostrum_domain::room::NAME_MAX;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Most marks that may stand on one letter; more is a tower, not an accent.
const MARKS_MAX: usize = 2;

/// Why a name cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing, or nothing that can be read out.
    #[error("A name needs at least one letter or digit; please choose another.")]
    Empty,
    /// More than [`NAME_MAX`] characters.
    #[error("This name is too long; {NAME_MAX} characters are allowed.")]
    Long,
    /// Characters that cannot be seen or that turn the direction of writing.
    #[error("This name holds invisible characters; please type it again as plain text.")]
    Hidden,
}

/// The name as it is shown: trimmed, single spaces, composed (NFC).
pub fn clean(name: &str) -> Result<String, NameError> {
    if name.len() > NAME_MAX * 16 {
        return Err(NameError::Long);
    }
    let words: Vec<&str> = name.split_whitespace().collect();
    let name: String = words.join(" ").nfc().collect();
    if name.chars().any(is_hidden) || towers(&name) {
        return Err(NameError::Hidden);
    }
    match name.chars().count() {
        length if length > NAME_MAX => Err(NameError::Long),
        _ if !name.chars().any(char::is_alphanumeric) => Err(NameError::Empty),
        _ => Ok(name),
    }
}

/// Whether a reader could take `name` for one of `taken`, or for somebody of the house (“Host”, “Moderator”).
pub fn too_like<'a>(name: &str, taken: impl IntoIterator<Item = &'a str>) -> bool {
    let words = tokens(name);
    if words.is_empty() {
        return true;
    }
    let sorted = in_order(&words);
    taken.into_iter().map(tokens).any(|other| other.concat() == words.concat() || in_order(&other) == sorted)
}

/// The words of a name as the eye reads them, without titles such as “host” or “official”.
fn tokens(name: &str) -> Vec<String> {
    let folded = fold(name);
    let words = folded.split(|c: char| !c.is_alphanumeric()).map(squeeze).filter(|word| !word.is_empty());
    words.filter(|word| !TITLES.iter().any(|title| squeeze(&fold(title)) == *word)).collect()
}

/// Words that claim a standing; they neither tell two names apart nor make one by themselves.
const TITLES: [&str; 14] = [
    "host",
    "cohost",
    "co",
    "speaker",
    "producer",
    "moderator",
    "mod",
    "admin",
    "administrator",
    "staff",
    "team",
    "official",
    "real",
    "the",
];

fn in_order(words: &[String]) -> String {
    let mut words = words.to_vec();
    words.sort_unstable();
    words.concat()
}

/// Compatibility forms, marks, case and look-alikes away; what is no letter stays as a gap between words.
fn fold(name: &str) -> String {
    let plain = name.nfkd().filter(|c| !is_combining_mark(*c) && !is_hidden(*c));
    let seen = plain.map(look_of_capital).flat_map(char::to_lowercase).nfkd().filter(|c| !is_combining_mark(*c));
    seen.flat_map(|c| look(c).chars().chain(look(c).is_empty().then_some(c)).collect::<Vec<_>>()).collect()
}

/// Doubled letters once, and two letters that look like one as that one.
fn squeeze(word: &str) -> String {
    let word = word.replace("rn", "m").replace("vv", "w");
    let mut letters: Vec<char> = word.chars().collect();
    letters.dedup();
    letters.into_iter().collect()
}

/// Greek capitals whose small letters look like something else.
fn look_of_capital(c: char) -> char {
    match c {
        'Η' => 'H',
        'Ν' => 'N',
        'Ρ' => 'P',
        'Υ' => 'Y',
        'Χ' => 'X',
        'Ζ' => 'Z',
        'Σ' => 'E',
        other => other,
    }
}

/// The Latin letters that a small letter, digit or sign looks like; empty where it is its own.
fn look(c: char) -> &'static str {
    match c {
        '4' | '@' | 'а' | 'α' | 'ɑ' | 'ᴀ' => "a",
        '8' | 'в' | 'β' | 'ь' | 'ʙ' => "b",
        'с' | 'ς' | 'ϲ' | 'ᴄ' => "c",
        'ԁ' | 'đ' | 'ð' | 'ᴅ' => "d",
        '3' | '€' | 'е' | 'ε' | 'є' | 'з' | 'ᴇ' => "e",
        'ꜰ' => "f",
        '9' | 'ɡ' | 'ɢ' => "g",
        'н' | 'һ' | 'ħ' | 'ʜ' => "h",
        'i' | '1' | '|' | '!' | 'ı' | 'і' | 'ι' | 'ӏ' | 'ɪ' | 'ł' | 'ʟ' => "l",
        'ј' | 'ᴊ' => "j",
        'к' | 'κ' | 'ᴋ' => "k",
        'м' | 'μ' | 'ᴍ' => "m",
        'п' | 'η' | 'ո' | 'ɴ' => "n",
        '0' | 'о' | 'ο' | 'σ' | 'ø' | 'օ' | 'ᴏ' => "o",
        'р' | 'ρ' | 'þ' | 'ᴘ' => "p",
        'ԛ' => "q",
        'г' | 'ʀ' => "r",
        '5' | '$' | 'ѕ' | 'ꜱ' => "s",
        '7' | 'т' | 'τ' | 'ᴛ' => "t",
        'υ' | 'ս' | 'ᴜ' => "u",
        'ν' | 'ᴠ' => "v",
        'ԝ' | 'ω' | 'ᴡ' => "w",
        'х' | 'χ' => "x",
        'у' | 'γ' | 'ʏ' => "y",
        '2' | 'ᴢ' => "z",
        'æ' => "ae",
        'œ' => "oe",
        'ß' => "ss",
        _ => "",
    }
}

/// Characters that show nothing or change how others are shown.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{e000}'..='\u{f8ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffd}'
            | '\u{e0000}'..='\u{10ffff}')
}

fn towers(name: &str) -> bool {
    let mut marks = 0;
    name.chars().any(|c| {
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        marks > MARKS_MAX
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_is_trimmed_and_composed() {
        assert_eq!(clean("  Ada \t Lovelace "), Ok("Ada Lovelace".into()));
        assert_eq!(clean("Zoe\u{308}"), Ok("Zoë".into()));
        assert_eq!(clean("王小明"), Ok("王小明".into()));
        assert_eq!(clean(&"ä".repeat(NAME_MAX)).map(|name| name.chars().count()), Ok(NAME_MAX));
    }

    #[test]
    fn what_cannot_be_seen_is_refused() {
        for name in
            ["A\u{200b}da", "\u{202e}adA", "Ada\u{0}", "A\u{fe0f}", "Ad\u{ad}a", "a\u{301}\u{301}\u{301}\u{301}"]
        {
            assert_eq!(clean(name), Err(NameError::Hidden), "{name:?}");
        }
        assert_eq!(clean("   "), Err(NameError::Empty));
        assert_eq!(clean("★ ☆"), Err(NameError::Empty));
        assert_eq!(clean(&"a".repeat(NAME_MAX + 1)), Err(NameError::Long));
        assert_eq!(clean(&"a\u{301}".repeat(100_000)), Err(NameError::Long));
    }

    #[test]
    fn what_looks_like_the_host_is_found() {
        let taken = ["Ada Lovelace", "Bill Odell"];
        let like = [
            "ada lovelace",
            "ADA-LOVELACE",
            "AdaLovelace",
            "Lovelace, Ada",
            "Àda Lövelace",
            "Аdа Lоvеlасе",
            "Αda Lovelace",
            "4da L0vel4ce",
            "Ada Lovelace (host)",
            "The Real Ada Lovelace",
            "Adaa Lovelacce",
            "𝓐𝓭𝓪 𝓛𝓸𝓿𝓮𝓵𝓪𝓬𝓮",
            "Ａｄａ Ｌｏｖｅｌａｃｅ",
            "ᴀᴅᴀ ʟᴏᴠᴇʟᴀᴄᴇ",
            "Bi11 0de11",
            "BIlI Odell",
            "Host",
            "Co-Host",
            "Моderator",
        ];
        for name in like {
            assert!(too_like(name, taken), "{name}: {:?}", tokens(name));
        }
        for name in ["Ada", "Grace Hopper", "Ada Lovelace 2nd", "Bill", "Hosta", "Adam Lovelace", "王小明"] {
            assert!(!too_like(name, taken), "{name}: {:?}", tokens(name));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_judged(name in ".{0,60}") {
            if let Ok(shown) = clean(&name) {
                prop_assert_eq!(clean(&shown), Ok(shown.clone()));
                prop_assert!(too_like(&shown, [shown.as_str()]));
            }
        }
    }
}
