//! Any bytes for `rostrum_fuzz::front`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rostrum_fuzz::front(data));
