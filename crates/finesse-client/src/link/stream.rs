//! Bytes in, stanzas out: a lean reader for a stream that is already negotiated.
//!
//! A link is idle most of the time, and there are thousands: no buffer outlives the stanza it was needed for.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWriteExt, ReadBuf};
use tokio::time::Instant;

use super::scan::{Border, ScanError, Scanner};
use super::stanza::{self, Stanza, StanzaError};
use crate::config::LinkConfig;
use crate::dial::Socket;

/// How much is read at once; it lives on the stack of one poll.
const READ: usize = 8 * 1024;

/// A source of stanzas, so that a session does not care who parses them.
pub(super) trait Stanzas: Send {
    /// The next stanza; dropping the future loses nothing.
    fn next(&mut self) -> impl Future<Output = Result<Stanza, StreamError>> + Send;
    /// Gives stanzas back to whoever reads next.
    fn keep(&mut self, stanzas: Vec<Stanza>);
    /// Writes markup.
    fn send(&mut self, xml: &str) -> impl Future<Output = io::Result<()>> + Send;
    /// Writes the last markup and ends the connection.
    fn finish(&mut self, xml: &str) -> impl Future<Output = io::Result<()>> + Send;
    /// When the server was last heard, be it half a stanza.
    fn heard(&self) -> Instant;
    /// Since when the stanza is coming of which only a part is there.
    fn waiting_since(&self) -> Option<Instant>;
}

/// Why there is no stanza.
#[derive(Debug, thiserror::Error)]
pub(super) enum StreamError {
    /// One stanza cannot be read; the next may.
    #[error("{0}")]
    Undecodable(#[from] StanzaError),
    /// The server ended the stream.
    #[error("the server closed the stream")]
    Closed,
    /// The connection broke.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The stream is no stream of stanzas.
    #[error("{0}")]
    Markup(#[from] ScanError),
    /// A stanza beyond the limit.
    #[error("a stanza is too large")]
    TooLarge,
}

/// Limits of what is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) bytes: usize,
    pub(crate) depth: usize,
}

impl Limits {
    pub(crate) fn of(config: &LinkConfig) -> Self {
        Self {
            bytes: config.max_stanza_bytes,
            depth: config.max_depth,
        }
    }
}

/// The lean reader.
pub(super) struct LeanStream {
    socket: Socket,
    buffer: Vec<u8>,
    kept: VecDeque<Stanza>,
    /// How much of the buffer holds no border.
    scanned: usize,
    scanner: Scanner,
    max_bytes: usize,
    heard: Instant,
    /// When the stanza in the buffer began.
    begun: Option<Instant>,
}

impl LeanStream {
    /// Takes a stream between two stanzas; `buffer` is what was read and not yet looked at.
    pub(super) fn new(socket: Socket, buffer: Vec<u8>, limits: Limits) -> Self {
        Self {
            socket,
            buffer,
            kept: VecDeque::new(),
            scanned: 0,
            scanner: Scanner::new(limits.depth),
            max_bytes: limits.bytes,
            heard: Instant::now(),
            begun: None,
        }
    }

    fn buffered(&mut self) -> Result<Option<Stanza>, StreamError> {
        let found = self.scanner.scan(&self.buffer[self.scanned..])?;
        let Some((length, border)) = found else {
            self.scanned = self.buffer.len();
            self.forget_whitespace();
            if !self.buffer.is_empty() {
                self.begun.get_or_insert(self.heard);
            }
            return self.within_limit().map(|()| None);
        };
        let end = self.scanned + length;
        self.scanned = end;
        self.within_limit()?;
        let stanza = match border {
            Border::Stanza => stanza::read(&self.buffer[..end]).map_err(StreamError::from),
            Border::Stream => Err(StreamError::Closed),
        };
        self.discard(end);
        stanza.map(Some)
    }

    fn within_limit(&self) -> Result<(), StreamError> {
        if self.scanned > self.max_bytes {
            return Err(StreamError::TooLarge);
        }
        Ok(())
    }

    fn forget_whitespace(&mut self) {
        if self.buffer.iter().all(u8::is_ascii_whitespace) {
            self.discard(self.buffer.len());
        }
    }

    fn discard(&mut self, end: usize) {
        self.scanned = 0;
        self.begun = None;
        if end == self.buffer.len() {
            self.buffer = Vec::new();
        } else {
            self.buffer.drain(..end);
        }
    }

    fn poll_fill(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let added = ready!(poll_append(&mut self.socket, &mut self.buffer, context))?;
        self.heard = Instant::now();
        if added == 0 {
            return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
        }
        Poll::Ready(Ok(()))
    }
}

impl Stanzas for LeanStream {
    async fn next(&mut self) -> Result<Stanza, StreamError> {
        if let Some(stanza) = self.kept.pop_front() {
            return Ok(stanza);
        }
        loop {
            if let Some(stanza) = self.buffered()? {
                return Ok(stanza);
            }
            poll_fn(|context| self.poll_fill(context)).await?;
        }
    }

    fn keep(&mut self, stanzas: Vec<Stanza>) {
        self.kept = stanzas.into();
    }

    async fn send(&mut self, xml: &str) -> io::Result<()> {
        self.socket.write_all(xml.as_bytes()).await?;
        self.socket.flush().await
    }

    async fn finish(&mut self, xml: &str) -> io::Result<()> {
        self.send(xml).await?;
        self.socket.shutdown().await?;
        // A socket that is closed with something unread resets the connection, and what was sent last may be lost with it.
        let (socket, mut unread) = (&mut self.socket, Vec::new());
        while poll_fn(|context| poll_append(socket, &mut unread, context)).await? > 0 {
            unread.clear();
        }
        Ok(())
    }

    fn heard(&self) -> Instant {
        self.heard
    }

    fn waiting_since(&self) -> Option<Instant> {
        self.begun
    }
}

/// Reads once, and appends what came; nothing came when the connection has ended.
pub(super) fn poll_append(
    socket: &mut Socket,
    buffer: &mut Vec<u8>,
    context: &mut Context<'_>,
) -> Poll<io::Result<usize>> {
    let mut chunk = [0; READ];
    let mut read = ReadBuf::new(&mut chunk);
    ready!(Pin::new(socket).poll_read(context, &mut read))?;
    buffer.extend_from_slice(read.filled());
    Poll::Ready(Ok(read.filled().len()))
}
