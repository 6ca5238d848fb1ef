//! The target `finesse_xml` under libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gc_fuzz::finesse::xml(bytes));
