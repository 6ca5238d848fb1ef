//! Whether a client is in the middle of a message: the library tells of whole ones only, and in a message that comes in pieces
//! pings are answered for ever.

use std::io::{self, Cursor};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::OpCode;

/// Longest head of a frame: two bytes, eight of length, four of mask.
const MAX_HEAD: usize = 14;

/// A connection that knows when the message at hand began.
pub(super) struct Watched<S> {
    inner: S,
    borders: Borders,
    begun: Option<Instant>,
}

impl<S> Watched<S> {
    pub(super) fn over(inner: S) -> Self {
        Self {
            inner,
            borders: Borders::default(),
            begun: None,
        }
    }

    /// When the message began of which only a part is there.
    pub(super) fn begun(&self) -> Option<Instant> {
        self.begun
    }

    fn look_at(&mut self, bytes: &[u8]) {
        if self.borders.pass(bytes) {
            self.begun = None;
        }
        if !self.borders.is_between() {
            self.begun.get_or_insert_with(Instant::now);
        }
    }
}

/// Follows the frames of a client.
#[derive(Default)]
struct Borders {
    head: [u8; MAX_HEAD],
    /// Bytes of the head that are there.
    have: usize,
    /// Bytes of the payload that are not there.
    left: u64,
    /// Whether further frames belong to the message.
    goes_on: bool,
    /// The library ends the connection at the same place.
    broken: bool,
}

impl Borders {
    /// Goes on by what was read; whether a message has ended in it.
    fn pass(&mut self, mut bytes: &[u8]) -> bool {
        let mut ended = false;
        while !bytes.is_empty() && !self.broken {
            bytes = match self.left {
                0 => self.head(bytes),
                _ => self.payload(bytes),
            };
            ended |= self.is_between();
        }
        ended
    }

    fn is_between(&self) -> bool {
        self.broken || (self.have == 0 && self.left == 0 && !self.goes_on)
    }

    fn head<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let (first, rest) = bytes.split_at(1);
        match self.head.get_mut(self.have..=self.have) {
            Some(place) => place.copy_from_slice(first),
            None => self.broken = true,
        }
        self.have += 1;
        let begun = self.head.get(..self.have).unwrap_or_default();
        match FrameHeader::parse(&mut Cursor::new(begun)) {
            Ok(None) => {}
            Ok(Some((header, length))) => {
                self.have = 0;
                self.left = length;
                if let OpCode::Data(_) = header.opcode {
                    self.goes_on = !header.is_final;
                }
            }
            Err(_) => self.broken = true,
        }
        rest
    }

    fn payload<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let length = usize::try_from(self.left).unwrap_or(usize::MAX);
        let (here, rest) = bytes.split_at(length.min(bytes.len()));
        self.left -= here.len() as u64;
        rest
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(context, buffer))?;
        self.look_at(&buffer.filled()[before..]);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(first: u8, text: &str) -> Vec<u8> {
        let mut frame = vec![first];
        match u8::try_from(text.len()).ok().filter(|short| *short < 126) {
            Some(short) => frame.push(0x80 | short),
            None => {
                frame.push(0x80 | 126);
                frame.extend_from_slice(&u16::try_from(text.len()).unwrap().to_be_bytes());
            }
        }
        frame.extend_from_slice(&[1, 2, 3, 4]);
        frame.extend_from_slice(text.as_bytes());
        frame
    }

    /// Messages, and what is one message in several frames with others between.
    fn messages() -> [Vec<u8>; 5] {
        let pieces = [
            frame(0x01, "He"),
            frame(0x8a, "pong"),
            frame(0x00, ""),
            frame(0x89, ""),
            frame(0x80, "llo"),
        ];
        [
            frame(0x81, "Hello"),
            frame(0x81, ""),
            frame(0x8a, "pong"),
            frame(0x81, &"x".repeat(40_000)),
            pieces.concat(),
        ]
    }

    #[test]
    fn a_message_has_begun_from_its_first_byte_to_its_last() {
        let mut watched = Watched::over(tokio::io::empty());
        for message in messages() {
            for end in 1..message.len() {
                watched.look_at(&message[end - 1..end]);
                assert!(watched.begun().is_some(), "{end} of {}", message.len());
            }
            watched.look_at(&message[message.len() - 1..]);
            assert_eq!(watched.begun(), None);
        }
    }

    #[test]
    fn the_next_message_begins_later_even_if_it_comes_with_the_end_of_the_last() {
        let mut watched = Watched::over(tokio::io::empty());
        let all = messages().concat();
        watched.look_at(&all[..3]);
        let first = watched.begun();
        watched.look_at(&all[3..5]);
        assert_eq!(watched.begun(), first);
        watched.look_at(&[&all[5..], &all[..3]].concat());
        assert!(watched.begun() > first);
        watched.look_at(&all[3..]);
        assert_eq!(watched.begun(), None);
    }

    #[test]
    fn what_is_no_frame_is_left_to_the_library() {
        let mut watched = Watched::over(tokio::io::empty());
        watched.look_at(&[0x83, 0x80, 0, 0, 0, 0, 1, 1, 1]);
        assert_eq!(watched.begun(), None);
    }
}
