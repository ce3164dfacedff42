//! Lists in text fields: one entry a line, `|` between its parts, and `\` before what is meant as itself. It knows
//! no field.

/// The lines of a text, each as its trimmed parts; empty lines are left out. A backslash before `|`, a backslash or a
/// line's end makes that a part of the text.
pub(super) fn read(text: &str) -> Vec<Vec<String>> {
    let (mut lines, mut parts, mut part) = (Vec::new(), Vec::new(), String::new());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => part.push(chars.next_if(|next| matches!(next, '|' | '\\' | '\n')).unwrap_or('\\')),
            '|' => parts.push(std::mem::take(&mut part)),
            '\n' => {
                parts.push(std::mem::take(&mut part));
                lines.push(std::mem::take(&mut parts));
            }
            c => part.push(c),
        }
    }
    parts.push(part);
    lines.push(parts);
    let trimmed = |parts: Vec<String>| -> Vec<String> { parts.iter().map(|part| part.trim().to_owned()).collect() };
    lines.into_iter().map(trimmed).filter(|parts| parts.len() > 1 || !parts[0].is_empty()).collect()
}

/// Parts with ` | ` between them, up to the last that is there, as [`read`] reads them.
pub(super) fn write(parts: &[Option<&str>]) -> String {
    let last = parts.iter().rposition(Option::is_some).map_or(0, |at| at + 1);
    let texts: Vec<String> = parts[..last].iter().map(|part| escaped(part.unwrap_or_default())).collect();
    texts.join(" | ")
}

/// The same for a field of one line, where browsers drop line ends.
pub(super) fn write_one(parts: &[Option<&str>]) -> String {
    let flat: Vec<Option<String>> = parts.iter().map(|part| part.map(|text| text.replace('\n', " "))).collect();
    write(&flat.iter().map(Option::as_deref).collect::<Vec<_>>())
}

fn escaped(part: &str) -> String {
    let mut text = String::with_capacity(part.len());
    for c in part.chars() {
        if matches!(c, '|' | '\\' | '\n') {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_backslash_takes_a_sign_as_itself() {
        assert_eq!(read(r"a \| b | C:\new\\ | d"), [[r"a | b", r"C:\new\", "d"]]);
        assert_eq!(read("one\\\ntwo\n\n  \n|three"), [vec!["one\ntwo"], vec!["", "three"]]);
        assert_eq!(write(&[Some("a|b"), None, Some("c\\"), None]), r"a\|b |  | c\\");
        assert_eq!(write_one(&[Some("a\nb")]), "a b");
    }

    proptest! {
        #[test]
        fn written_lines_read_back(
            lines in prop::collection::vec(prop::collection::vec(r"[a-c|\\ö]([a-c|\\\n ö]{0,6}[a-cö|\\])?", 1..4), 0..4)
        ) {
            let written = |parts: &Vec<String>| write(&parts.iter().map(|p| Some(p.as_str())).collect::<Vec<_>>());
            let text = lines.iter().map(written).collect::<Vec<_>>().join("\n");
            prop_assert_eq!(read(&text), lines);
        }
    }
}
