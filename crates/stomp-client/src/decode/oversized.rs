//! Messages beyond the limits: read over without being kept, so that they can be refused.

use bytes::Buf;

use super::{DecodeError, Decoder, Item, Stage};
use crate::frame::{Command, Frame};

/// Headers without which a message cannot be answered, however many there are.
const NEEDED: [&str; 5] = [
    "ack",
    "message-id",
    "subscription",
    "destination",
    "content-length",
];

/// A line of a head.
pub(super) enum HeadLine {
    /// It is not there yet.
    Missing,
    /// It was too long.
    Skipped,
    /// It is there.
    Whole(String),
}

/// Only others' messages may be of any size; whatever else a server sends is its own.
pub(super) fn tolerated(command: Command) -> bool {
    command == Command::Message
}

impl Decoder {
    pub(super) fn head_line(&mut self, command: Command) -> Result<HeadLine, DecodeError> {
        if self.skipping {
            return Ok(self.skip_line());
        }
        match self.line() {
            Ok(None) => Ok(HeadLine::Missing),
            Ok(Some(line)) => Ok(HeadLine::Whole(line)),
            Err(DecodeError::LineTooLong(_)) if tolerated(command) => {
                self.oversized = true;
                self.skipping = true;
                Ok(self.skip_line())
            }
            Err(error) => Err(error),
        }
    }

    fn skip_line(&mut self) -> HeadLine {
        let end = self.find(b'\n');
        self.searched = 0;
        match end {
            Some(end) => {
                self.buffer.advance(end + 1);
                self.skipping = false;
                HeadLine::Skipped
            }
            None => {
                self.buffer.clear();
                HeadLine::Missing
            }
        }
    }

    /// Whether one more header is kept; each of those needed is kept once.
    pub(super) fn has_room(&mut self, frame: &Frame, name: &str) -> Result<bool, DecodeError> {
        if frame.headers.len() < self.limits.headers {
            return Ok(true);
        }
        if !tolerated(frame.command) {
            return Err(DecodeError::TooManyHeaders(self.limits.headers));
        }
        self.oversized = true;
        Ok(NEEDED.contains(&name) && frame.header(name).is_none())
    }

    pub(super) fn is_oversized(&mut self, frame: &Frame, length: Option<usize>) -> bool {
        if !tolerated(frame.command) {
            return false;
        }
        let length = length.or_else(|| self.find(0)).unwrap_or(self.buffer.len());
        length > self.limits.body
    }

    /// Throws the body away as it comes.
    pub(super) fn skip(
        &mut self,
        frame: Frame,
        left: Option<usize>,
    ) -> Result<Option<Item>, DecodeError> {
        let (ended, left) = match left {
            Some(left) => self.skip_bytes(left)?,
            None => (self.skip_to_nul(), None),
        };
        if ended {
            return Ok(Some(self.whole(frame)));
        }
        self.stage = Stage::Skip { frame, left };
        Ok(None)
    }

    fn skip_bytes(&mut self, left: usize) -> Result<(bool, Option<usize>), DecodeError> {
        let here = left.min(self.buffer.len());
        self.buffer.advance(here);
        self.searched = 0;
        if here < left {
            return Ok((false, Some(left - here)));
        }
        match self.buffer.first() {
            None => Ok((false, Some(0))),
            Some(0) => {
                self.buffer.advance(1);
                Ok((true, None))
            }
            Some(_) => Err(DecodeError::NoNul),
        }
    }

    fn skip_to_nul(&mut self) -> bool {
        let end = self.find(0);
        self.searched = 0;
        self.buffer
            .advance(end.map_or(self.buffer.len(), |end| end + 1));
        end.is_some()
    }

    /// The frame has ended.
    pub(super) fn whole(&mut self, frame: Frame) -> Item {
        if std::mem::take(&mut self.oversized) {
            Item::Oversized(frame)
        } else {
            Item::Frame(frame)
        }
    }
}
