//! Any bytes for `rostrum_fuzz::rss`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rostrum_fuzz::rss(data));
