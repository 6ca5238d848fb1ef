//! The target `recorder_url` under libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gc_fuzz::urls::recorder_url(bytes));
