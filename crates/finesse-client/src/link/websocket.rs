//! XMPP over WebSocket (RFC 7395) in the shape of a plain XMPP stream, so that everything above is the same for both.
//!
//! What is written is cut into messages, one stanza each; what comes is joined. `<open/>` and `<close/>` take the place of the
//! stream's tags. The library's own socket would keep the memory of the largest message for as long as the link lives; here
//! nothing outlives the read that needed it.

mod cutter;
mod frames;
pub(crate) mod fuzzing;
mod tags;
mod upgrade;

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::stream::poll_append;
use crate::dial::Socket;
use cutter::Cutter;
use frames::{Decoder, Piece};
use tags::Translator;
pub(crate) use upgrade::{Endpoint, UpgradeError};

/// What a sign of life below the stream looks like to it.
const LIFE: &[u8] = b" ";

/// Frames that may wait for a server that does not read; beyond it, its pings stay unanswered.
const MAX_WAITING: usize = 64 * 1024;

/// An XMPP stream inside WebSocket messages.
struct Framed {
    socket: Socket,
    /// What was read and not yet decoded.
    raw: Vec<u8>,
    decoder: Decoder,
    translator: Translator,
    /// What was decoded and not yet taken.
    ready: Vec<u8>,
    /// The server has said that it sends no more.
    ended: bool,
    cutter: Cutter,
    /// Frames on their way out.
    outgoing: Vec<u8>,
    closing: bool,
}

impl Framed {
    /// `raw` is what came behind the answer to the upgrade.
    fn new(socket: Socket, raw: Vec<u8>, domain: &str) -> Self {
        Self {
            socket,
            raw,
            decoder: Decoder::default(),
            translator: Translator::default(),
            ready: Vec::new(),
            ended: false,
            cutter: Cutter::new(domain),
            outgoing: Vec::new(),
            closing: false,
        }
    }

    /// Decodes until there is something to take, or the server has ended.
    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            // Nobody else sends what is answered here, nor comes back to it when the socket was full.
            if let Poll::Ready(sent) = self.poll_send(context) {
                sent?;
            }
            if !self.ready.is_empty() || self.ended {
                return Poll::Ready(Ok(()));
            }
            let Some(piece) = self.decoder.next(&mut self.raw)? else {
                let added = ready!(poll_append(&mut self.socket, &mut self.raw, context))?;
                self.ended = added == 0;
                continue;
            };
            match piece {
                Piece::Text { text, last } => self.ready = self.translator.take(text, last)?,
                Piece::Pong => self.show_life(),
                Piece::Ping(payload) => {
                    self.show_life();
                    if self.outgoing.len() < MAX_WAITING {
                        frames::pong(payload, &mut self.outgoing);
                    }
                }
                Piece::Close => {
                    self.ended = true;
                    self.say_close();
                }
            }
        }
    }

    /// Inside a message it would become a part of what the message says.
    fn show_life(&mut self) {
        if !self.decoder.is_inside() {
            self.ready = LIFE.to_vec();
        }
    }

    fn say_close(&mut self) {
        if !self.closing {
            self.closing = true;
            frames::close(&mut self.outgoing);
        }
    }

    /// Sends what waits, and flushes.
    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_write_out(context))?;
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_write_out(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.outgoing.is_empty() {
            let socket = Pin::new(&mut self.socket);
            let written = ready!(socket.poll_write(context, &self.outgoing))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.outgoing.drain(..written);
        }
        self.outgoing = Vec::new();
        Poll::Ready(Ok(()))
    }
}

fn invalid(reason: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

impl AsyncRead for Framed {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        target: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_ready(context))?;
        let amount = this.ready.len().min(target.remaining());
        target.put_slice(&this.ready[..amount]);
        if amount == this.ready.len() {
            this.ready = Vec::new();
        } else {
            this.ready.drain(..amount);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Framed {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_write_out(context))?;
        for message in this.cutter.push(bytes)? {
            frames::text(message, &mut this.outgoing);
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().poll_send(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.say_close();
        ready!(this.poll_write_out(context))?;
        Pin::new(&mut this.socket).poll_shutdown(context)
    }
}
