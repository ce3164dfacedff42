//! What was said, as timed cues.

/// One timed line of a transcript.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Cue {
    /// Where it begins, in milliseconds of episode time.
    pub start_ms: i64,
    /// Where it ends; never before it begins.
    pub end_ms: i64,
    /// Who speaks, if known.
    pub speaker: Option<String>,
    /// What is said, plain text.
    pub text: String,
}
