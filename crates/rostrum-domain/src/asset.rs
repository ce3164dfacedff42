//! Stored files: what they are, where the media store keeps them, how they are served.

use crate::Id;
use crate::episode::Episode;
use crate::show::Show;
use crate::time::Timestamp;

/// What a stored file is to its show or episode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AssetKind {
    /// What the creator uploaded, byte for byte; never served to the public.
    Source,
    /// The feed's enclosure: MP3, constant bitrate.
    Mp3,
    /// AAC-LC in MP4, index in front.
    M4a,
    /// Opus in Ogg.
    Opus,
    /// AAC-LC in the fragments that were sent while live.
    AacFragments,
    /// Opus in the fragments that were sent while live.
    OpusFragments,
    /// The playlists (RFC 8216) of a replay by their names, JSON.
    Replay,
    /// One segment of a room's journal, as the stage wrote it; never served.
    Journal,
    /// One speaker of a room alone, as long as the program: Opus in Ogg; for those who work on the show.
    Stem,
    /// The same as WAV.
    StemWav,
    /// The same as FLAC.
    StemFlac,
    /// Waveform peaks, JSON.
    Peaks,
    /// Artwork as it is served: square JPEG.
    Artwork,
    /// Artwork as it was uploaded.
    ArtworkSource,
    /// A picture of somebody who takes part: small square JPEG.
    Portrait,
    /// Transcript, WebVTT.
    Vtt,
    /// Transcript, SubRip.
    Srt,
    /// Transcript, podcast namespace JSON.
    Json,
    /// Transcript, HTML.
    Html,
}

impl AssetKind {
    /// Every kind.
    pub const ALL: [Self; 19] = [
        Self::Source,
        Self::Mp3,
        Self::M4a,
        Self::Opus,
        Self::AacFragments,
        Self::OpusFragments,
        Self::Replay,
        Self::Journal,
        Self::Stem,
        Self::StemWav,
        Self::StemFlac,
        Self::Peaks,
        Self::Artwork,
        Self::ArtworkSource,
        Self::Portrait,
        Self::Vtt,
        Self::Srt,
        Self::Json,
        Self::Html,
    ];

    /// The word of the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Mp3 => "mp3",
            Self::M4a => "m4a",
            Self::Opus => "opus",
            Self::AacFragments => "aac-fragments",
            Self::OpusFragments => "opus-fragments",
            Self::Replay => "replay",
            Self::Journal => "journal",
            Self::Stem => "stem",
            Self::StemWav => "stem-wav",
            Self::StemFlac => "stem-flac",
            Self::Peaks => "peaks",
            Self::Artwork => "artwork",
            Self::ArtworkSource => "artwork-source",
            Self::Portrait => "portrait",
            Self::Vtt => "vtt",
            Self::Srt => "srt",
            Self::Json => "json",
            Self::Html => "html",
        }
    }

    /// The kind a database word names.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether anybody may fetch it once its episode is published (artwork and portraits: at once).
    pub const fn is_public(self) -> bool {
        !matches!(
            self,
            Self::Source | Self::ArtworkSource | Self::Journal | Self::Stem | Self::StemWav | Self::StemFlac
        )
    }

    /// Whether an episode may have several at a time.
    pub const fn is_many(self) -> bool {
        matches!(self, Self::Journal | Self::Stem | Self::StemWav | Self::StemFlac)
    }

    /// The speakers of a room, each alone, in every form.
    pub const STEMS: [Self; 3] = [Self::Stem, Self::StemWav, Self::StemFlac];

    /// The three audio renditions, the enclosure first.
    pub const RENDITIONS: [Self; 3] = [Self::Mp3, Self::M4a, Self::Opus];

    /// The four served forms of a transcript, the best understood first.
    pub const TRANSCRIPTS: [Self; 4] = [Self::Vtt, Self::Srt, Self::Json, Self::Html];

    /// The media type it is served with; sources are always served as plain bytes.
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Source | Self::ArtworkSource | Self::Journal => "application/octet-stream",
            Self::Mp3 => "audio/mpeg",
            Self::M4a => "audio/x-m4a",
            Self::Opus | Self::Stem => "audio/ogg",
            Self::StemWav => "audio/wav",
            Self::StemFlac => "audio/flac",
            Self::AacFragments | Self::OpusFragments => "audio/mp4",
            Self::Peaks | Self::Json | Self::Replay => "application/json",
            Self::Artwork | Self::Portrait => "image/jpeg",
            Self::Vtt => "text/vtt",
            Self::Srt => "application/x-subrip",
            Self::Html => "text/html",
        }
    }

    /// The ending of its file name.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Source | Self::ArtworkSource => "bin",
            Self::Mp3 => "mp3",
            Self::M4a => "m4a",
            Self::Opus | Self::Stem => "opus",
            Self::StemWav => "wav",
            Self::StemFlac => "flac",
            Self::Journal => "journal",
            Self::AacFragments | Self::OpusFragments => "mp4",
            Self::Peaks | Self::Json | Self::Replay => "json",
            Self::Artwork | Self::Portrait => "jpg",
            Self::Vtt => "vtt",
            Self::Srt => "srt",
            Self::Html => "html",
        }
    }
}

/// A stored file. Its bytes never change; a new edit is a new asset with a new address.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Asset {
    /// Names the asset; part of its address.
    pub id: Id<Asset>,
    /// The show it belongs to.
    pub show_id: Id<Show>,
    /// The episode it belongs to; none for a show's artwork.
    pub episode_id: Option<Id<Episode>>,
    /// What it is.
    pub kind: AssetKind,
    /// Where the media store keeps it; a key, never an address.
    pub key: String,
    /// The name a person would save it under, safe in an address.
    pub file_name: String,
    /// Its size.
    pub bytes: i64,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
    /// Length of audio in milliseconds, zero for what has none.
    pub duration_ms: i64,
    /// Audio bit rate in bit/s, zero for what has none.
    pub bitrate: i64,
    /// Integrated loudness in LUFS (EBU R128), if measured.
    pub loudness_lufs: Option<f64>,
    /// When it was stored.
    pub created_at: Timestamp,
}

impl Asset {
    /// The path it is served under.
    pub fn path(&self) -> String {
        format!("/media/{}/{}", self.id, self.file_name)
    }
}
