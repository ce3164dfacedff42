//! Any bytes for `rostrum_fuzz::cues`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rostrum_fuzz::cues(data));
