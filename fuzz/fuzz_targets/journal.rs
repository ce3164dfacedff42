//! Any bytes for `rostrum_fuzz::journal`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rostrum_fuzz::journal(data));
