//! Any bytes for `rostrum_fuzz::chapters`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rostrum_fuzz::chapters(data));
