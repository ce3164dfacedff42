//! Any bytes for `rostrum_fuzz::ogg`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rostrum_fuzz::ogg(data));
