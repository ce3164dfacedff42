//! Any bytes for `rostrum_fuzz::turn`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rostrum_fuzz::turn(data));
