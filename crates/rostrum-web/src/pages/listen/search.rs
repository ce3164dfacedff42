//! `/search?q=`: titles, notes and transcripts; a hit in a transcript leads to its second.

use axum::extract::{Query, State};
use axum::response::Response;
use rostrum_app::search::{self, Found};
use rostrum_store::search::fold;

use crate::call::Signed;
use crate::html::html;
use crate::state::Web;
use crate::views::search::{Hit, Quote, Run};
use crate::views::{Art, When};
use crate::words::say;
use crate::{Error, shape, views};

/// Characters of a passage shown round the first match.
const EXCERPT: usize = 220;

/// What to look for.
#[derive(serde::Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
}

/// The results.
pub async fn find(
    State(web): State<Web>,
    Query(asked): Query<Asked>,
    signed: Option<Signed>,
) -> Result<Response, Error> {
    let query: String = asked.q.chars().take(200).collect();
    let (found, words) = search::find(&web.app, &query).await?;
    let hits: Vec<Hit> = found.iter().map(|one| hit(one, &words)).collect();
    let cut = hits.len() >= search::FOUND_MAX;
    let mut page = web.page(&say("search").to_string(), "/search", signed.as_ref());
    page.meta.noindex = true;
    html(&views::search::Search { page, query, hits, cut })
}

fn hit(one: &Found, words: &[String]) -> Hit {
    let path = rostrum_app::episodes::path(&one.show, &one.episode);
    Hit {
        title: runs(&one.episode.facts.title, words),
        show: one.show.facts.title.clone(),
        show_path: rostrum_app::shows::path(&one.show),
        art: art(one),
        published: When::from(one.episode.published_at.unwrap_or(one.episode.created_at)),
        duration_ms: one.duration_ms,
        excerpt: runs(&around(&one.notes, words), words),
        quotes: one.quotes.iter().map(|said| quote(&path, said, words)).collect(),
        path,
    }
}

fn art(one: &Found) -> Art {
    let own = one.artwork_id.map(shape::artwork_path);
    let of_show = shape::art(&one.show);
    Art { url: own.or(of_show.url), title: of_show.title }
}

fn quote(path: &str, said: &search::Quote, words: &[String]) -> Quote {
    Quote {
        path: format!("{path}?t={}", said.start_ms / 1000),
        start_ms: said.start_ms,
        speaker: said.speaker.clone(),
        text: runs(&around(&said.text, words), words),
    }
}

/// The part of a passage round its first match.
fn around(text: &str, words: &[String]) -> String {
    let all: Vec<&str> = text.split_whitespace().collect();
    let first = all.iter().position(|word| matches(word, words)).unwrap_or(0);
    let mut kept = String::new();
    for word in &all[first.saturating_sub(8)..] {
        if kept.chars().count() + word.chars().count() > EXCERPT {
            kept.push('…');
            break;
        }
        kept.push_str(word);
        kept.push(' ');
    }
    kept.trim_end().to_owned()
}

fn matches(word: &str, words: &[String]) -> bool {
    fold(word).split_whitespace().any(|part| words.iter().any(|wanted| part.starts_with(wanted.as_str())))
}

/// A text in runs of words that match and words that do not.
fn runs(text: &str, words: &[String]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for piece in text.split_inclusive(char::is_whitespace) {
        let hit = matches(piece, words);
        match runs.last_mut() {
            Some(last) if last.hit == hit => last.text.push_str(piece),
            Some(last) if last.hit => {
                let after = trailing(&mut last.text);
                runs.push(Run { text: after + piece, hit });
            }
            _ => runs.push(Run { text: piece.to_owned(), hit }),
        }
    }
    let after = runs.last_mut().filter(|last| last.hit).map(|last| trailing(&mut last.text)).unwrap_or_default();
    if !after.is_empty() {
        runs.push(Run { text: after, hit: false });
    }
    runs
}

/// Takes away what follows the last letter or digit.
fn trailing(text: &mut String) -> String {
    let end = text.trim_end_matches(|letter: char| !letter.is_alphanumeric()).len();
    text.split_off(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_are_marked_with_accents_folded() {
        let runs = runs("Le café, fermé", &["cafe".into()]);
        let texts: Vec<_> = runs.iter().map(|run| (run.text.as_str(), run.hit)).collect();
        assert_eq!(texts, [("Le ", false), ("café", true), (", fermé", false)]);
        let runs = super::runs("Thé, café!", &["the".into(), "cafe".into()]);
        let texts: Vec<_> = runs.iter().map(|run| (run.text.as_str(), run.hit)).collect();
        assert_eq!(texts, [("Thé, café", true), ("!", false)]);
    }

    #[test]
    fn excerpts_begin_near_the_match() {
        let text = format!("{}needle {}", "hay ".repeat(500), "straw ".repeat(500));
        let kept = around(&text, &["needle".into()]);
        assert!(kept.contains("needle") && kept.chars().count() <= EXCERPT + 2, "{kept}");
    }
}
