//! An episode in the studio: a new one, and the editor with sound, transcript, publishing and preview.

use rostrum_domain::Problems;
use rostrum_domain::episode::State;

use super::JobLine;
use crate::views::episode::Download;
use crate::views::parts::LinkText;
use crate::views::{Art, Form, Page, When, filters};

/// A new episode; field `title`.
#[derive(Debug, Clone, askama::Template)]
#[template(path = "admin/episode_new.html")]
pub struct NewEpisode {
    /// What every page knows.
    pub page: Page,
    /// The show's page in the studio.
    pub show_path: String,
    /// The show's title.
    pub show: String,
    /// What was filled in.
    pub form: Form,
}

/// The editor of an episode. The main form has a field for each fact of `EpisodeFacts` under its name; `explicit` is
/// `inherit`, `yes` or `no`; lists are lines: `chapters` `0:00 Title`, `soundbites` `start | duration | title`,
/// `persons` `Name | role | link | picture`, `txt` `purpose | value`; `location` and `license` as with shows.
#[derive(Debug, Clone, askama::Template)]
#[template(path = "admin/episode.html")]
pub struct EditEpisode {
    /// What every page knows.
    pub page: Page,
    /// The episode's id, told to the upload.
    pub id: String,
    /// The show's slug, told to the upload.
    pub show_slug: String,
    /// Its page in the studio; the other forms post below it: `/publish`, `/schedule` (`at`, UTC, as in
    /// `2026-11-27T18:00`), `/unpublish`, `/transcript` (file `file`), `/transcript/remove`, `/artwork` (file
    /// `artwork`, `fit` crop or pad), `/artwork/remove`, `/chapters/adopt`, `/delete`.
    pub path: String,
    /// The show's page in the studio.
    pub show_path: String,
    /// The show's title.
    pub show: String,
    /// The stored title.
    pub title: String,
    /// Its page as listeners (or, before publishing, members) see it.
    pub public_path: String,
    /// Where it stands.
    pub state: State,
    /// When it was or will be published.
    pub at: Option<When>,
    /// The facts; `slug` and `version` besides.
    pub form: Form,
    /// The sound.
    pub sound: Sound,
    /// The speakers of the room it came of, each alone; labels are file names.
    pub stems: Vec<Download>,
    /// Whether they can be made as WAV; the form posts to `/stems`.
    pub may_wav: bool,
    /// The transcript.
    pub transcript: Option<TranscriptLine>,
    /// Problems of the last transcript sent, field `file`.
    pub transcript_problems: Problems,
    /// Its picture, or the show's.
    pub art: Art,
    /// Whether the picture is its own.
    pub own_art: bool,
    /// Problems of the last picture sent, field `artwork`.
    pub art_problems: Problems,
    /// How many chapters its file holds that it could take over.
    pub file_chapters: usize,
    /// Whose picture could not be had, and why.
    pub lacking: Vec<(String, String)>,
    /// What keeps it from being published.
    pub blockers: Problems,
    /// The form that schedules it, field `at`.
    pub schedule: Form,
    /// Its feed item as XML text.
    pub item_preview: String,
    /// Whether that item's recording is there already.
    pub recorded: bool,
    /// Whether the viewer may change it.
    pub may_edit: bool,
}

/// What is to be erased of the room that an episode came of; fields `participant`, `from`, `to`.
#[derive(Debug, Clone, askama::Template)]
#[template(path = "admin/episode_erase.html")]
pub struct EraseRecording {
    /// What every page knows.
    pub page: Page,
    /// The episode's page in the studio.
    pub path: String,
    /// The episode's title.
    pub title: String,
    /// Who took part, by id.
    pub people: Vec<(String, String)>,
    /// What was filled in.
    pub form: Form,
}

/// What there is to hear.
#[derive(Debug, Clone, Default)]
pub struct Sound {
    /// The name of the uploaded file; none before the first upload.
    pub source_name: Option<String>,
    /// Its size in bytes.
    pub source_bytes: i64,
    /// Its length in milliseconds.
    pub duration_ms: i64,
    /// Loudness in words, as in `−16.0 LUFS, was −23.4`; empty for unknown.
    pub loudness: String,
    /// The renditions, once made.
    pub renditions: Vec<Download>,
    /// The path of a rendition to listen to.
    pub listen: Option<String>,
    /// A small waveform, at most 240 values.
    pub wave: Vec<u8>,
    /// The work on it, while there is any or it failed.
    pub job: Option<JobLine>,
    /// What its maker should know of the uploaded file, in the reader's language.
    pub warnings: Vec<String>,
}

/// The transcript in short.
#[derive(Debug, Clone)]
pub struct TranscriptLine {
    /// How many cues it has.
    pub cues: usize,
    /// The served forms.
    pub files: Vec<LinkText>,
}

impl EditEpisode {
    /// The message that says the state.
    pub fn state_words(&self) -> &'static str {
        super::state_words(self.state)
    }

    /// Whether it may go out now.
    pub fn ready(&self) -> bool {
        self.blockers.0.is_empty()
    }
}
