//! Audio formats and signal measures; pure.
