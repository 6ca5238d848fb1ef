//! Inner decoders for the fuzz targets in `tests/fuzz`; nothing else uses it, and it promises nothing.

use crate::link::fuzzing as link;

/// What a link makes of the bytes of a stream between two sign-ins: the stanzas, and whether it would have closed.
pub fn stream(bytes: &[u8]) -> (Vec<String>, bool) {
    link::stream(bytes)
}

/// The stream that the messages of a WebSocket stand for, or nothing where a link would have closed.
pub fn websocket(bytes: &[u8]) -> Option<Vec<u8>> {
    link::websocket(bytes)
}
