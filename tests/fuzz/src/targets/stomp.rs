//! What a broker sends.

use bytes::BytesMut;
use stomp_client::{DecodeError, Decoder, Item, Limits, encode};

/// A stream of frames. Cutting it into reads changes nothing, and a frame that was read can be written again.
pub fn frame(bytes: &[u8]) {
    let (whole, ended) = items(bytes, bytes.len().max(1), TIGHT);
    let (pieces, cut_ended) = items(bytes, 3, TIGHT);
    assert_eq!((&pieces, cut_ended), (&whole, ended), "cut into pieces");
    for item in whole {
        if let Item::Frame(frame) = item {
            let mut wire = BytesMut::new();
            if encode(&frame, &mut wire).is_ok() {
                // Escapes make it longer.
                let (again, _) = items(&wire, wire.len(), Limits::default());
                assert!(
                    matches!(&again[..], [Item::Frame(read)] if read.command == frame.command && read.body == frame.body),
                    "{frame:?} came back as {again:?}"
                );
            }
        }
    }
}

/// So tight that fuzzing meets them.
const TIGHT: Limits = Limits {
    header_line: 256,
    headers: 16,
    body: 1_024,
};

/// The items, and what ended the stream.
fn items(bytes: &[u8], piece: usize, limits: Limits) -> (Vec<Item>, Option<DecodeError>) {
    let mut decoder = Decoder::new(limits);
    let mut items = Vec::new();
    for chunk in bytes.chunks(piece) {
        decoder.feed(chunk);
        loop {
            match decoder.next_item() {
                Ok(Some(item)) => items.push(item),
                Ok(None) => break,
                Err(error) => return (items, Some(error)),
            }
        }
    }
    (items, None)
}
