//! Any bytes for `rostrum_fuzz::notes`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rostrum_fuzz::notes(data));
