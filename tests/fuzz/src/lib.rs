//! Every decoder of bytes from outside, as a function that returns whatever comes, or panics.
//!
//! libFuzzer calls the targets (`tests/fuzz/libfuzzer`); the tests of this package replay the corpus and its mutations through
//! them. What a target asserts beside "no panic" stands in its comment.

// A target that finds something ends in a panic.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod targets;

pub use targets::{client, finesse, stomp, urls};

/// One decoder.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Name of the target, its corpus and its libFuzzer program.
    pub name: &'static str,
    /// Decodes.
    pub run: fn(&[u8]),
}

/// All targets, in the order of their names.
pub const TARGETS: &[Target] = &[
    target("access_token", client::access_token),
    target("broker_message", client::broker_message),
    target("callback_url", urls::callback_url),
    target("finesse_update", finesse::update),
    target("finesse_xml", finesse::xml),
    target("gc_json", client::gc_json),
    target("gc_text", client::gc_text),
    target("recorder_url", urls::recorder_url),
    target("rest_answer", finesse::rest_answer),
    target("stomp_frame", stomp::frame),
    target("xmpp_stream", finesse::xmpp_stream),
    target("xmpp_websocket", finesse::xmpp_websocket),
];

const fn target(name: &'static str, run: fn(&[u8])) -> Target {
    Target { name, run }
}
