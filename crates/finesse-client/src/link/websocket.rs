//! XMPP over WebSocket (RFC 7395) in the shape of a plain XMPP stream, so that everything above is the same for both.
//!
//! What is written is cut into messages, one stanza each; what comes is joined. `<open/>` and `<close/>` take the place of the
//! stream's tags.

mod messages;
mod upgrade;

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use futures_util::{Sink, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};

use crate::dial::Socket;
use messages::Cutter;
pub(crate) use upgrade::{Endpoint, UpgradeError};

/// What a sign of life below the stream looks like to it.
const LIFE: &[u8] = b" ";

/// An XMPP stream inside WebSocket messages.
struct Framed {
    socket: WebSocketStream<Socket>,
    /// What of the last message was not yet read.
    incoming: Bytes,
    cutter: Cutter,
    outgoing: VecDeque<Utf8Bytes>,
}

impl Framed {
    fn new(socket: WebSocketStream<Socket>, cutter: Cutter) -> Self {
        Self {
            socket,
            incoming: Bytes::new(),
            cutter,
            outgoing: VecDeque::new(),
        }
    }

    /// The next piece of the stream; nothing when the server has ended it.
    fn poll_message(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Option<Bytes>>> {
        Poll::Ready(match ready!(self.socket.poll_next_unpin(context)) {
            Some(Ok(Message::Text(text))) => Ok(Some(messages::incoming(text)?)),
            // Answered by the library.
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(Some(Bytes::from_static(LIFE))),
            Some(Ok(Message::Binary(_) | Message::Frame(_))) => {
                Err(invalid("a message that is no text"))
            }
            Some(Ok(Message::Close(_)) | Err(Error::ConnectionClosed | Error::AlreadyClosed))
            | None => Ok(None),
            Some(Err(error)) => Err(broken(error)),
        })
    }

    fn poll_drain(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.outgoing.is_empty() {
            ready!(Pin::new(&mut self.socket).poll_ready(context)).map_err(broken)?;
            if let Some(text) = self.outgoing.pop_front() {
                let sent = Pin::new(&mut self.socket).start_send(Message::Text(text));
                sent.map_err(broken)?;
            }
        }
        self.outgoing = VecDeque::new();
        Poll::Ready(Ok(()))
    }
}

fn invalid(reason: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

fn broken(error: Error) -> io::Error {
    match error {
        Error::Io(error) => error,
        Error::Capacity(_) => invalid("a stanza is too large"),
        error => io::Error::other(error),
    }
}

impl AsyncRead for Framed {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        target: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        while this.incoming.is_empty() {
            match ready!(this.poll_message(context))? {
                Some(piece) => this.incoming = piece,
                None => return Poll::Ready(Ok(())),
            }
        }
        let amount = this.incoming.len().min(target.remaining());
        target.put_slice(&this.incoming[..amount]);
        this.incoming.advance(amount);
        if this.incoming.is_empty() {
            // An empty piece would still hold the memory of its message.
            this.incoming = Bytes::new();
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
        ready!(this.poll_drain(context))?;
        this.cutter.push(bytes, &mut this.outgoing)?;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_drain(context))?;
        Pin::new(&mut this.socket)
            .poll_flush(context)
            .map_err(broken)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_drain(context))?;
        // A server that closed first needs no goodbye.
        let _ = ready!(Pin::new(&mut this.socket).poll_close(context));
        Pin::new(this.socket.get_mut()).poll_shutdown(context)
    }
}
