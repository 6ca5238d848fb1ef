//! The target `stomp_frame` under libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gc_fuzz::stomp::frame(bytes));
