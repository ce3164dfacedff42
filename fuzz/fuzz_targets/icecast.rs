//! Any bytes for `rostrum_fuzz::icecast`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rostrum_fuzz::icecast(data));
