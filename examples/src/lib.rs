//! Examples of every layer; run one with `cargo run -p gc-examples --example <name>`.
//!
//! * `embed_core`: the state machine driven by a loop of your own, without tokio.
//! * `decode_recorded`: Finesse's XML in, GC's events out.
//! * `websocket_client`: a client of a running gateway in a page of code.
//! * `callback_receiver`: where a gateway posts events to, with their signatures verified.
