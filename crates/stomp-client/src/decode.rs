//! Bytes to frames, however the bytes are cut.

mod oversized;

use bytes::{Buf, BytesMut};

use crate::escape::unescape;
use crate::frame::{Command, Frame};
use oversized::HeadLine;

/// What a peer may send at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one header line, and of the command's.
    pub header_line: usize,
    /// Headers of one frame.
    pub headers: usize,
    /// Bytes of one body.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_line: 8 * 1024,
            headers: 128,
            body: 64 * 1024,
        }
    }
}

/// What was found in the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A whole frame.
    Frame(Frame),
    /// A message beyond the limits, without what was too long: it can be refused by its headers, where an error would
    /// end the connection and the broker would deliver the same message again.
    Oversized(Frame),
    /// An empty line between frames: the peer is alive.
    HeartBeat,
}

/// Why the stream cannot be read any further.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// Not a command of STOMP 1.2.
    #[error("unknown command {0:?}")]
    UnknownCommand(String),
    /// A line is longer than the limit.
    #[error("a line is longer than {0} bytes")]
    LineTooLong(usize),
    /// A frame has more headers than the limit.
    #[error("a frame has more than {0} headers")]
    TooManyHeaders(usize),
    /// A body is longer than the limit.
    #[error("a body is longer than {0} bytes")]
    BodyTooLong(usize),
    /// A header line without a colon, or without a name.
    #[error("not a header: {0:?}")]
    NoHeader(String),
    /// An escape that STOMP does not define.
    #[error("undefined escape in header {0:?}")]
    BadEscape(String),
    /// The head is not UTF-8.
    #[error("a line is not UTF-8")]
    NotUtf8,
    /// The content-length is no number.
    #[error("content-length {0:?} is no number")]
    BadLength(String),
    /// The body does not end where its content-length says.
    #[error("no NUL where the content-length says that the body ends")]
    NoNul,
    /// A body in a frame that carries none.
    #[error("a body in a {0} frame")]
    BodyNotAllowed(Command),
}

/// Reads frames out of a stream.
#[derive(Debug, Default)]
pub struct Decoder {
    limits: Limits,
    buffer: BytesMut,
    /// Bytes at the front of the buffer that are known not to hold the end looked for.
    searched: usize,
    /// Whether the frame at hand is beyond a limit.
    oversized: bool,
    /// Whether the line at hand is too long, and its rest is thrown away.
    skipping: bool,
    stage: Stage,
}

#[derive(Debug, Default)]
enum Stage {
    #[default]
    Between,
    Headers(Frame),
    Body {
        frame: Frame,
        length: Option<usize>,
    },
    Skip {
        frame: Frame,
        left: Option<usize>,
    },
    Broken(DecodeError),
}

impl Decoder {
    /// A decoder with limits of your own.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    /// Takes bytes as they came.
    pub fn feed(&mut self, bytes: &[u8]) {
        if !matches!(self.stage, Stage::Broken(_)) {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// The next frame or heart-beat; `None` when more bytes are needed.
    pub fn next_item(&mut self) -> Result<Option<Item>, DecodeError> {
        let item = self.advance();
        if let Err(error) = &item {
            self.stage = Stage::Broken(error.clone());
            self.buffer.clear();
        }
        item
    }

    /// Whether a frame has begun and not ended.
    pub fn is_inside(&self) -> bool {
        !self.buffer.is_empty() || !matches!(self.stage, Stage::Between)
    }

    fn advance(&mut self) -> Result<Option<Item>, DecodeError> {
        loop {
            match std::mem::take(&mut self.stage) {
                Stage::Between => {
                    let Some(line) = self.line()? else {
                        return Ok(None);
                    };
                    if line.is_empty() {
                        return Ok(Some(Item::HeartBeat));
                    }
                    self.stage = Stage::Headers(Frame::new(command(&line)?));
                }
                Stage::Headers(frame) => {
                    if !self.header(frame)? {
                        return Ok(None);
                    }
                }
                Stage::Body { frame, length } if self.is_oversized(&frame, length) => {
                    self.oversized = true;
                    self.stage = Stage::Skip {
                        frame,
                        left: length,
                    };
                }
                Stage::Body { frame, length } => return self.body(frame, length),
                Stage::Skip { frame, left } => return self.skip(frame, left),
                Stage::Broken(error) => return Err(error),
            }
        }
    }

    /// Reads one line of the head; `false` when it is not there yet.
    fn header(&mut self, mut frame: Frame) -> Result<bool, DecodeError> {
        let line = match self.head_line(frame.command)? {
            HeadLine::Missing => {
                self.stage = Stage::Headers(frame);
                return Ok(false);
            }
            HeadLine::Skipped => {
                self.stage = Stage::Headers(frame);
                return Ok(true);
            }
            HeadLine::Whole(line) => line,
        };
        if line.is_empty() {
            let length = self.announced_length(&frame)?;
            self.stage = Stage::Body { frame, length };
            return Ok(true);
        }
        let header = header(frame.command, &line)?;
        if self.has_room(&frame, &header.0)? {
            frame.headers.push(header);
        }
        self.stage = Stage::Headers(frame);
        Ok(true)
    }

    fn announced_length(&self, frame: &Frame) -> Result<Option<usize>, DecodeError> {
        let Some(text) = frame.header("content-length") else {
            return Ok(None);
        };
        let length = text.trim().parse::<usize>();
        let length = length.map_err(|_| DecodeError::BadLength(text.to_owned()))?;
        if length > self.limits.body && !oversized::tolerated(frame.command) {
            return Err(DecodeError::BodyTooLong(self.limits.body));
        }
        Ok(Some(length))
    }

    fn body(
        &mut self,
        mut frame: Frame,
        length: Option<usize>,
    ) -> Result<Option<Item>, DecodeError> {
        let Some(end) = self.body_end(length)? else {
            self.stage = Stage::Body { frame, length };
            return Ok(None);
        };
        if end > 0 && !frame.command.may_have_body() {
            return Err(DecodeError::BodyNotAllowed(frame.command));
        }
        frame.body = self.buffer.split_to(end).freeze();
        self.buffer.advance(1);
        self.searched = 0;
        Ok(Some(self.whole(frame)))
    }

    /// Where the NUL after the body is.
    fn body_end(&mut self, length: Option<usize>) -> Result<Option<usize>, DecodeError> {
        if let Some(length) = length {
            return match self.buffer.get(length) {
                Some(0) => Ok(Some(length)),
                Some(_) => Err(DecodeError::NoNul),
                None => Ok(None),
            };
        }
        let end = self.find(0);
        if end.unwrap_or(self.buffer.len()) > self.limits.body {
            return Err(DecodeError::BodyTooLong(self.limits.body));
        }
        Ok(end)
    }

    /// The next line without its end.
    fn line(&mut self) -> Result<Option<String>, DecodeError> {
        let end = self.find(b'\n');
        if end.unwrap_or(self.buffer.len()) > self.limits.header_line {
            return Err(DecodeError::LineTooLong(self.limits.header_line));
        }
        let Some(end) = end else {
            return Ok(None);
        };
        let line = self.buffer.split_to(end);
        self.buffer.advance(1);
        self.searched = 0;
        let line = line.strip_suffix(b"\r").unwrap_or(&line);
        let line = std::str::from_utf8(line).map_err(|_| DecodeError::NotUtf8)?;
        Ok(Some(line.to_owned()))
    }

    /// Looks for a byte and remembers how far it looked.
    fn find(&mut self, wanted: u8) -> Option<usize> {
        let unseen = self.buffer.get(self.searched..)?;
        match unseen.iter().position(|byte| *byte == wanted) {
            Some(offset) => Some(self.searched + offset),
            None => {
                self.searched = self.buffer.len();
                None
            }
        }
    }
}

fn command(line: &str) -> Result<Command, DecodeError> {
    Command::from_word(line).ok_or_else(|| DecodeError::UnknownCommand(start_of(line)))
}

fn header(command: Command, line: &str) -> Result<(String, String), DecodeError> {
    let (name, value) = line
        .split_once(':')
        .filter(|(name, _)| !name.is_empty())
        .ok_or_else(|| DecodeError::NoHeader(start_of(line)))?;
    if !command.escapes_headers() {
        return Ok((name.to_owned(), value.to_owned()));
    }
    unescape(name)
        .zip(unescape(value))
        .ok_or_else(|| DecodeError::BadEscape(start_of(name)))
}

/// Enough of a line to recognise it by in an error.
fn start_of(line: &str) -> String {
    line.chars().take(40).collect()
}
