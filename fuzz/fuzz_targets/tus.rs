//! Any bytes for `rostrum_fuzz::tus`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rostrum_fuzz::tus(data));
