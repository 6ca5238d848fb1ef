//! The target `xmpp_stream` under libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gc_fuzz::finesse::xmpp_stream(bytes));
