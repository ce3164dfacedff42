//! Any bytes for `rostrum_fuzz::tags`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rostrum_fuzz::tags(data));
