//! WebSocket frames as they come and go (RFC 6455), on the header codec of the library.

use std::io::{self, Cursor};

use tokio_tungstenite::tungstenite::protocol::frame::coding::{Control, Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::frame::{Frame, FrameHeader};
use uuid::Uuid;

use super::invalid;

/// Longest payload of a frame that is no message.
const MAX_CONTROL: u64 = 125;

/// What came.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// A piece of a message, and whether it is the last.
    Text {
        text: Vec<u8>,
        last: bool,
    },
    Ping(Vec<u8>),
    Pong,
    Close,
}

/// Reads frames of a server.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// The frame being read, and how much of its payload is still to come.
    frame: Option<(FrameHeader, u64)>,
    /// Whether a message has begun and not ended.
    inside: bool,
}

impl Decoder {
    /// Whether a message has begun and not ended.
    pub(super) fn is_inside(&self) -> bool {
        self.inside
    }

    /// The next piece, taken from what was read; nothing when more must be read first.
    pub(super) fn next(&mut self, raw: &mut Vec<u8>) -> io::Result<Option<Piece>> {
        let (header, rest) = match self.frame.take() {
            Some(frame) => frame,
            None => match self.header(raw)? {
                Some(frame) => frame,
                None => return Ok(None),
            },
        };
        match header.opcode {
            OpCode::Control(control) => Ok(self.control(control, header, rest, raw)),
            OpCode::Data(_) => Ok(self.text(header, rest, raw)),
        }
    }

    fn header(&mut self, raw: &mut Vec<u8>) -> io::Result<Option<(FrameHeader, u64)>> {
        let mut cursor = Cursor::new(raw.as_slice());
        let parsed = FrameHeader::parse(&mut cursor).map_err(io::Error::other)?;
        let length = usize::try_from(cursor.position()).unwrap_or(usize::MAX);
        let Some((header, payload)) = parsed else {
            return Ok(None);
        };
        take(raw, length);
        self.check(&header, payload)?;
        Ok(Some((header, payload)))
    }

    fn check(&mut self, header: &FrameHeader, payload: u64) -> io::Result<()> {
        if header.rsv1 || header.rsv2 || header.rsv3 || header.mask.is_some() {
            return Err(invalid("a frame that no server may send"));
        }
        match header.opcode {
            OpCode::Control(_) if header.is_final && payload <= MAX_CONTROL => Ok(()),
            OpCode::Data(Data::Text) if !self.inside => {
                self.inside = true;
                Ok(())
            }
            OpCode::Data(Data::Continue) if self.inside => Ok(()),
            OpCode::Data(Data::Binary) => Err(invalid("a message that is no text")),
            OpCode::Control(_) | OpCode::Data(_) => Err(invalid("a frame out of its place")),
        }
    }

    fn control(
        &mut self,
        control: Control,
        header: FrameHeader,
        rest: u64,
        raw: &mut Vec<u8>,
    ) -> Option<Piece> {
        let length = usize::try_from(rest).unwrap_or(usize::MAX);
        if raw.len() < length {
            self.frame = Some((header, rest));
            return None;
        }
        let payload = take(raw, length);
        Some(match control {
            Control::Ping => Piece::Ping(payload),
            Control::Pong => Piece::Pong,
            // The header codec lets no other pass.
            Control::Close | Control::Reserved(_) => Piece::Close,
        })
    }

    fn text(&mut self, header: FrameHeader, rest: u64, raw: &mut Vec<u8>) -> Option<Piece> {
        let length = usize::try_from(rest).unwrap_or(usize::MAX).min(raw.len());
        let text = take(raw, length);
        let rest = rest - length as u64;
        let last = rest == 0 && header.is_final;
        if rest > 0 {
            self.frame = Some((header, rest));
            if text.is_empty() {
                return None;
            }
        }
        self.inside = !last;
        Some(Piece::Text { text, last })
    }
}

/// The first bytes; keeps no memory when they are all.
fn take(raw: &mut Vec<u8>, length: usize) -> Vec<u8> {
    if length == raw.len() {
        return std::mem::take(raw);
    }
    raw.drain(..length).collect()
}

/// Appends a message.
pub(super) fn text(message: String, out: &mut Vec<u8>) {
    append(Frame::message(message, OpCode::Data(Data::Text), true), out);
}

/// Appends the answer to a ping.
pub(super) fn pong(payload: Vec<u8>, out: &mut Vec<u8>) {
    append(Frame::pong(payload), out);
}

/// Appends the goodbye.
pub(super) fn close(out: &mut Vec<u8>) {
    append(Frame::close(None), out);
}

fn append(mut frame: Frame, out: &mut Vec<u8>) {
    // The first bytes of a random UUID are random.
    let [a, b, c, d, ..] = *Uuid::new_v4().as_bytes();
    frame.header_mut().mask = Some([a, b, c, d]);
    // Memory takes everything.
    let _ = frame.format(out);
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn text(text: &str, last: bool) -> Piece {
        Piece::Text {
            text: text.as_bytes().to_vec(),
            last,
        }
    }

    #[test]
    fn frames_are_the_same_however_they_are_read() {
        // A message in two frames with a ping between them, an empty message, a goodbye.
        let bytes = b"\x01\x03abc\x89\x02hi\x80\x02de\x81\x00\x88\x00";
        let mut whole = bytes.to_vec();
        let mut decoder = Decoder::default();
        let mut pieces = Vec::new();
        while let Some(piece) = decoder.next(&mut whole).unwrap() {
            pieces.push(piece);
        }
        assert_eq!(
            pieces,
            [
                text("abc", false),
                Piece::Ping(b"hi".to_vec()),
                text("de", true),
                text("", true),
                Piece::Close,
            ]
        );
        let mut decoder = Decoder::default();
        let (mut raw, mut said, mut others) = (Vec::new(), String::new(), Vec::new());
        for byte in bytes {
            raw.push(*byte);
            while let Some(piece) = decoder.next(&mut raw).unwrap() {
                match piece {
                    Piece::Text { text, last } => {
                        said.push_str(std::str::from_utf8(&text).unwrap());
                        said.push_str(if last { "|" } else { "" });
                    }
                    other => others.push(other),
                }
            }
        }
        assert_eq!(said, "abcde||");
        assert_eq!(others, [Piece::Ping(b"hi".to_vec()), Piece::Close]);
    }

    #[test]
    fn what_no_server_may_send_is_refused() {
        for bytes in [
            // Reserved bits, a mask, an unknown opcode.
            &b"\xc1\x00"[..],
            b"\x81\x81abcdx",
            b"\x83\x00",
            // Binary; a beginning inside a message; a continuation of none.
            b"\x82\x00",
            b"\x01\x00\x01\x00",
            b"\x80\x00",
            // A ping in fragments, and one that is too long.
            b"\x09\x00",
            b"\x89\x7e\x00\x7e",
        ] {
            let mut raw = bytes.to_vec();
            let mut decoder = Decoder::default();
            let refused = std::iter::from_fn(|| decoder.next(&mut raw).transpose())
                .any(|piece| piece.is_err());
            assert!(refused, "{bytes:?}");
        }
    }

    #[test]
    fn a_frame_of_ours_is_masked_and_whole() {
        let mut out = Vec::new();
        super::text("<iq/>".to_owned(), &mut out);
        assert_eq!(out[..2], [0x81, 0x85]);
        let unmasked: Vec<u8> = (0..5).map(|at| out[6 + at] ^ out[2 + at % 4]).collect();
        assert_eq!(unmasked, b"<iq/>");
        assert_eq!(out.len(), 11);
    }
}
