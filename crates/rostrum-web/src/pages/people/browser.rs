//! What a browser calls itself, in words a person knows.

use crate::words::say;

/// `Firefox on Linux`; a program's own name where it is no browser we know.
pub(super) fn words(agent: &str) -> String {
    let first =
        |known: &[(&str, &'static str)]| known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    // Order matters: Edge and Opera also say Chrome, Chrome also says Safari, Android also says Linux.
    let browser = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("CriOS/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => {
            say("account-browser-on").with("browser", browser).with("system", system).into()
        }
        (Some(browser), None) => browser.to_owned(),
        (None, _) => match agent.split(['/', ' ']).find(|word| !word.is_empty()) {
            Some(word) => word.to_owned(),
            None => say("account-browser-unnamed").into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_apart() {
        let chrome = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 \
                      Mobile Safari/537.36";
        for (agent, expected) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0", "Firefox on Linux"),
            (chrome, "Chrome on Android"),
            ("curl/8.5.0", "curl"),
            ("", "An unnamed browser"),
        ] {
            assert_eq!(words(agent), expected);
        }
    }
}
