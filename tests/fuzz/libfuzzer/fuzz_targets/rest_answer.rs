//! The target `rest_answer` under libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gc_fuzz::finesse::rest_answer(bytes));
