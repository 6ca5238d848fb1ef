//! The target `broker_message` under libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gc_fuzz::client::broker_message(bytes));
