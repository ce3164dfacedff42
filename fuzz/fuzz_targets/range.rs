//! Any bytes for `rostrum_fuzz::range`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rostrum_fuzz::range(data));
