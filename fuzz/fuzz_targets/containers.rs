//! Any bytes for `rostrum_fuzz::containers`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rostrum_fuzz::containers(data));
