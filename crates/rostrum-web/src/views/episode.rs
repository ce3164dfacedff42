//! An episode's page and its embedded form: the player, notes, chapters, transcript.

use rostrum_domain::chapter::Chapter;
use rostrum_domain::transcript::Cue;

use super::parts::{LinkText, Person};
use super::{EpisodeCard, Page, Safe, filters};

/// An episode's page.
#[derive(Debug, Clone, askama::Template)]
#[template(path = "episode.html")]
pub struct Episode {
    /// What every page knows.
    pub page: Page,
    /// The episode as lists show it.
    pub card: EpisodeCard,
    /// The language of the show.
    pub lang: String,
    /// A sentence shown above a page only members see, as in `This is a draft.`
    pub banner: Option<String>,
    /// The large waveform, at most 240 values of 0 to 100; empty shows a plain line.
    pub wave: Vec<u8>,
    /// The show notes, sanitised.
    pub notes_html: Safe,
    /// The chapters that lists show.
    pub chapters: Vec<Chapter>,
    /// The transcript, grouped by speaker.
    pub transcript: Vec<Turn>,
    /// The transcript's files: form and path.
    pub transcript_files: Vec<LinkText>,
    /// Where what was written while it was live is to be had; none where nothing was.
    pub chat: Option<String>,
    /// Who takes part.
    pub persons: Vec<Person>,
    /// The renditions, the MP3 first.
    pub downloads: Vec<Download>,
    /// Page elsewhere that goes with it.
    pub link: Option<String>,
    /// Where it is about.
    pub location: Option<String>,
    /// Its licence, with the address of its text.
    pub license: Option<LinkText>,
    /// The episode before this one in the order of the show.
    pub previous: Option<LinkText>,
    /// The episode after this one.
    pub next: Option<LinkText>,
    /// The absolute address of this page, for sharing.
    pub share_url: String,
    /// The absolute address of the embedded player.
    pub embed_url: String,
    /// The path of the show's page with its subscribe section.
    pub subscribe: String,
    /// Where the viewer may edit it.
    pub edit: Option<String>,
}

/// The player alone, for other people's pages.
#[derive(Debug, Clone, askama::Template)]
#[template(path = "embed.html")]
pub struct Embed {
    /// What every page knows.
    pub page: Page,
    /// The episode.
    pub card: EpisodeCard,
    /// The large waveform, at most 240 values of 0 to 100.
    pub wave: Vec<u8>,
    /// The chapters that lists show.
    pub chapters: Vec<Chapter>,
    /// The absolute address of the episode's page.
    pub page_url: String,
}

/// One rendition to save.
#[derive(Debug, Clone)]
pub struct Download {
    /// Its form, as in `MP3`.
    pub label: String,
    /// Its path.
    pub path: String,
    /// Its size in bytes.
    pub bytes: i64,
}

/// What one speaker says in one go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Who speaks; empty if unknown.
    pub speaker: String,
    /// Where it begins, in milliseconds.
    pub start_ms: i64,
    /// The cues in order.
    pub cues: Vec<Cue>,
}

/// Longest turn in milliseconds before a new time mark is set, so that a monologue can be walked through.
const TURN_MS: i64 = 45_000;

/// Cues grouped for reading: a new turn at each change of speaker and at least every 45 seconds.
pub fn turns(cues: Vec<Cue>) -> Vec<Turn> {
    let mut turns: Vec<Turn> = Vec::new();
    for cue in cues {
        let speaker = cue.speaker.clone().unwrap_or_default();
        match turns.last_mut() {
            Some(turn) if turn.speaker == speaker && cue.start_ms - turn.start_ms < TURN_MS => turn.cues.push(cue),
            _ => turns.push(Turn { speaker, start_ms: cue.start_ms, cues: vec![cue] }),
        }
    }
    turns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_follow_speakers_and_time() {
        let cue = |start_ms, speaker: Option<&str>| Cue {
            start_ms,
            end_ms: start_ms + 900,
            speaker: speaker.map(str::to_owned),
            text: "so".into(),
        };
        let turns = turns(vec![cue(0, Some("Ada")), cue(1000, Some("Ada")), cue(2000, None), cue(50_000, None)]);
        assert_eq!(turns.iter().map(|turn| turn.cues.len()).collect::<Vec<_>>(), [2, 1, 1]);
        assert_eq!(turns[2].start_ms, 50_000);
    }
}
