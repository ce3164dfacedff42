//! A show's own accent: any colour becomes one that can be read on paper and on the night ground.

/// Relative luminance of the paper ground and of the night ground of `static/css/tokens.css` (WCAG 2.2).
const PAPER: f64 = 0.85;
const NIGHT: f64 = 0.012;
/// The contrast asked for on paper; AA for text of body size is 4.5.
const CONTRAST: f64 = 4.6;
/// The contrast asked for at night, where a colour that only just stands out looks dirty.
const NIGHT_CONTRAST: f64 = 6.5;
/// Steps on the way from a colour to another.
const STEPS: u32 = 50;

/// A stylesheet that gives a page the accent `#rrggbb`; none if the text is not a colour.
pub fn stylesheet(accent: &str) -> Option<String> {
    let colour = parse(accent)?;
    Some(format!(":root{{--show-day:{};--show-night:{}}}\n", text(by_day(colour)), text(by_night(colour))))
}

/// The colour moved towards black until it stands out from paper.
fn by_day(colour: [f64; 3]) -> [f64; 3] {
    let mut darker = (0..=STEPS).map(|step| moved(colour, [0.0; 3], step));
    darker.find(|mix| contrast(luminance(*mix), PAPER) >= CONTRAST).unwrap_or_default()
}

/// The colour made brighter, and only then paler, until it stands out from the night: light keeps its hue.
fn by_night(colour: [f64; 3]) -> [f64; 3] {
    let most = colour.into_iter().fold(1.0, f64::max);
    let bright = colour.map(|part| part * 255.0 / most);
    let brighter = (0..=STEPS).map(|step| moved(colour, bright, step));
    let mut all = brighter.chain((1..=STEPS).map(|step| moved(bright, [255.0; 3], step)));
    all.find(|mix| contrast(luminance(*mix), NIGHT) >= NIGHT_CONTRAST).unwrap_or([255.0; 3])
}

/// The colour so many steps on its way to another.
fn moved(from: [f64; 3], to: [f64; 3], step: u32) -> [f64; 3] {
    let part = f64::from(step) / f64::from(STEPS);
    std::array::from_fn(|at| (to[at] - from[at]).mul_add(part, from[at]))
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
            prop_assert!(contrast(luminance(by_day(colour)), PAPER) >= CONTRAST);
            prop_assert!(contrast(luminance(by_night(colour)), NIGHT) >= NIGHT_CONTRAST);
        }
    }
}
