//! A show's own accent: any colour becomes one that can be read on paper and on the night ground.

/// Relative luminance of the paper ground and of the night ground of `static/css/tokens.css` (WCAG 2.2).
const PAPER: f64 = 0.85;
const NIGHT: f64 = 0.012;
/// The contrast asked for; AA for text of body size is 4.5.
const CONTRAST: f64 = 4.6;

/// A stylesheet that gives a page the accent `#rrggbb`; none if the text is not a colour.
pub fn stylesheet(accent: &str) -> Option<String> {
    let colour = parse(accent)?;
    let (day, night) = (readable(colour, PAPER, 0.0), readable(colour, NIGHT, 255.0));
    Some(format!(":root{{--show-day:{};--show-night:{}}}\n", text(day), text(night)))
}

/// The colour moved towards `pole` (black or white) until it stands out from a ground of the given luminance.
fn readable(colour: [f64; 3], ground: f64, pole: f64) -> [f64; 3] {
    let mixed = |step: u32| colour.map(|part| part + (pole - part) * f64::from(step) / 50.0);
    (0..=50).map(mixed).find(|mix| contrast(luminance(*mix), ground) >= CONTRAST).unwrap_or([pole; 3])
}

fn contrast(a: f64, b: f64) -> f64 {
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(colour: [f64; 3]) -> f64 {
    let [r, g, b] = colour.map(|part| {
        let part = part / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn parse(text: &str) -> Option<[f64; 3]> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
    let mut colour = [0.0; 3];
    for (at, part) in colour.iter_mut().enumerate() {
        *part = f64::from(u8::from_str_radix(&digits[at * 2..at * 2 + 2], 16).ok()?);
    }
    Some(colour)
}

fn text(colour: [f64; 3]) -> String {
    let [r, g, b] = colour.map(|part| part.round().clamp(0.0, 255.0));
    format!("rgb({r} {g} {b})")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_good_colour_stays() {
        let sheet = stylesheet("#1f6f6b").expect("it is a colour");
        assert!(sheet.contains("--show-day:rgb(31 111 107)"), "{sheet}");
        assert!(stylesheet("red").is_none() && stylesheet("#12345é").is_none());
    }

    proptest! {
        #[test]
        fn every_colour_can_be_read(r: u8, g: u8, b: u8) {
            let colour = [r, g, b].map(f64::from);
            prop_assert!(contrast(luminance(readable(colour, PAPER, 0.0)), PAPER) >= CONTRAST);
            prop_assert!(contrast(luminance(readable(colour, NIGHT, 255.0)), NIGHT) >= CONTRAST);
        }
    }
}
