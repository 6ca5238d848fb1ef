//! Frames to bytes.

use bytes::{BufMut, BytesMut};

use crate::escape::escape;
use crate::frame::{Command, Frame};

/// What a peer sends when it has nothing to say.
pub const HEART_BEAT: &[u8] = b"\n";

const CONTENT_LENGTH: &str = "content-length";

/// Why a frame cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// Only SEND, MESSAGE and ERROR carry a body.
    #[error("{0} frames carry no body")]
    BodyNotAllowed(Command),
    /// Headers of CONNECT and CONNECTED are not escaped, so some text does not fit in.
    #[error("header {0:?} of {1} holds a line break, or a colon in its name")]
    Unescapable(String, Command),
    /// A NUL would end the frame.
    #[error("header {0:?} holds a NUL character")]
    Nul(String),
    /// A header without a name.
    #[error("a header has no name")]
    NoName,
}

/// Appends the frame to the bytes; after an error they are as before.
///
/// A text body goes out without `content-length`: ActiveMQ makes a text message of such a frame, and a bytes message,
/// which JMS clients do not expect, of one with it. A body that is no text, or holds a NUL, gets the header. One among
/// the frame's own headers is ignored, so that it cannot be wrong.
pub fn encode(frame: &Frame, out: &mut BytesMut) -> Result<(), EncodeError> {
    if !frame.body.is_empty() && !frame.command.may_have_body() {
        return Err(EncodeError::BodyNotAllowed(frame.command));
    }
    let mut head = Vec::with_capacity(256);
    head.extend_from_slice(frame.command.as_str().as_bytes());
    head.push(b'\n');
    for (name, value) in headers(frame) {
        header(frame.command, name, value, &mut head)?;
    }
    if needs_length(&frame.body) {
        head.extend_from_slice(format!("{CONTENT_LENGTH}:{}\n", frame.body.len()).as_bytes());
    }
    out.reserve(head.len() + frame.body.len() + 2);
    out.put_slice(&head);
    out.put_u8(b'\n');
    out.put_slice(&frame.body);
    out.put_u8(0);
    Ok(())
}

fn headers(frame: &Frame) -> impl Iterator<Item = &(String, String)> {
    frame
        .headers
        .iter()
        .filter(|(name, _)| name != CONTENT_LENGTH)
}

fn needs_length(body: &[u8]) -> bool {
    body.contains(&0) || std::str::from_utf8(body).is_err()
}

fn header(command: Command, name: &str, value: &str, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    if name.is_empty() {
        return Err(EncodeError::NoName);
    }
    if name.contains('\0') || value.contains('\0') {
        return Err(EncodeError::Nul(name.to_owned()));
    }
    if command.escapes_headers() {
        escape(name, out);
        out.push(b':');
        escape(value, out);
    } else {
        if name.contains(['\r', '\n', ':']) || value.contains(['\r', '\n']) {
            return Err(EncodeError::Unescapable(name.to_owned(), command));
        }
        out.extend_from_slice(name.as_bytes());
        out.push(b':');
        out.extend_from_slice(value.as_bytes());
    }
    out.push(b'\n');
    Ok(())
}
