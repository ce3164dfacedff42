//! Any bytes for `rostrum_fuzz::signalling`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rostrum_fuzz::signalling(data));
