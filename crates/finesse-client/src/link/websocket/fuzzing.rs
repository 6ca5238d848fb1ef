//! A server's frames through the decoder and the translator.

use super::frames::{Decoder, Piece};
use super::tags::Translator;

/// The stream that the frames stand for; nothing where a link would have closed.
pub(crate) fn stream(bytes: &[u8]) -> Option<Vec<u8>> {
    let (mut raw, mut stream) = (bytes.to_vec(), Vec::new());
    let (mut decoder, mut translator) = (Decoder::default(), Translator::default());
    while let Some(piece) = decoder.next(&mut raw).ok()? {
        if let Piece::Text { text, last } = piece {
            stream.extend(translator.take(text, last).ok()?);
        }
    }
    Some(stream)
}
