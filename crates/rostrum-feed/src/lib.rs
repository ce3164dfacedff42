//! Feeds, chapters, cues and notes; pure.
