//! Stream negotiation and SASL PLAIN on tokio-xmpp's `xmlstream` (Finesse API, section 6.3).

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio_xmpp::xmlstream::{
    FallibleStreamElement, ReadError, RecvFeaturesError, StreamElementError, StreamHeader,
    Timeouts, XmlStream, XmppStreamElement, initiate_stream,
};
use xmpp_parsers::ns;
use xmpp_parsers::sasl::{Auth, Mechanism, Nonza};
use xmpp_parsers::stream_error::{DefinedCondition, ReceivedStreamError};

use super::login::LoginError;
use super::scan::Scanner;
use super::stream::{LeanStream, Limits, poll_append};
use crate::dial::Socket;

type Stream = XmlStream<GuardedSocket, FallibleStreamElement>;

/// Authenticates, and gives the stream to whoever binds a resource; no byte that follows the negotiation is lost.
pub(super) async fn authenticate(
    socket: Socket,
    domain: &str,
    response: Vec<u8>,
    limits: Limits,
) -> Result<LeanStream, LoginError> {
    let mut stream = open(socket, domain, limits).await?;
    let auth = Auth {
        mechanism: Mechanism::Plain,
        data: response,
    };
    stream
        .send(&XmppStreamElement::Sasl(Nonza::Auth(auth)))
        .await?;
    await_success(&mut stream).await?;
    let pending = stream.initiate_reset().send_header(header(domain)).await?;
    let (_, stream) = pending.recv_features::<FallibleStreamElement>().await?;
    let GuardedSocket { socket, buffer, .. } = stream.into_inner();
    Ok(LeanStream::new(socket, buffer, limits))
}

/// Looks whether a server is there that takes logins, and says goodbye.
pub(super) async fn probe(socket: Socket, domain: &str, limits: Limits) -> Result<(), LoginError> {
    let mut socket = open(socket, domain, limits).await?.into_inner();
    // The server has shown all that counts.
    let _ = socket.write_all(b"</stream:stream>").await;
    let _ = socket.shutdown().await;
    Ok(())
}

/// Opens a stream, as far as the server's offer.
async fn open(socket: Socket, domain: &str, limits: Limits) -> Result<Stream, LoginError> {
    let socket = GuardedSocket::new(socket, limits);
    let pending = initiate_stream(socket, ns::JABBER_CLIENT, header(domain), no_timeouts()).await?;
    let (features, stream) = pending.recv_features::<FallibleStreamElement>().await?;
    if !features.sasl_mechanisms.contains("PLAIN") {
        return Err(LoginError::Failed("the server offers no SASL PLAIN".into()));
    }
    Ok(stream)
}

fn header(domain: &str) -> StreamHeader<'_> {
    StreamHeader {
        from: None,
        to: Some(domain.into()),
        id: None,
    }
}

// The login as a whole has one.
fn no_timeouts() -> Timeouts {
    Timeouts {
        read_timeout: Duration::from_secs(3_600),
        response_timeout: Duration::from_secs(3_600),
    }
}

/// Whatever is not clearly a broken connection counts as a refusal: a second attempt could lock the account.
async fn await_success(stream: &mut Stream) -> Result<(), LoginError> {
    match stream.next().await {
        Some(Ok(FallibleStreamElement::Ok(element))) => match element {
            XmppStreamElement::Sasl(Nonza::Success(_)) => Ok(()),
            XmppStreamElement::Sasl(Nonza::Failure(failure)) => Err(LoginError::Refused(format!(
                "{:?}",
                failure.defined_condition
            ))),
            XmppStreamElement::StreamError(error) => Err(error.into()),
            _ => Err(LoginError::Refused("unexpected answer to the login".into())),
        },
        Some(Ok(FallibleStreamElement::Err(error))) if is_stream_error(&error) => {
            Err(LoginError::Failed(error.to_string()))
        }
        Some(Ok(FallibleStreamElement::Err(error))) => Err(unreadable(&error)),
        Some(Err(ReadError::HardError(error))) => {
            // The parser calls an early end invalid data too.
            if error.kind() == io::ErrorKind::InvalidData && !stream.get_stream().ended {
                Err(unreadable(&error))
            } else {
                Err(error.into())
            }
        }
        Some(Err(ReadError::ParseError(error))) => Err(unreadable(&error)),
        Some(Err(ReadError::SoftTimeout)) => Err(LoginError::Failed("time-out".into())),
        Some(Err(ReadError::StreamFooterReceived)) | None => Err(LoginError::Failed(
            "the server closed the stream during the login".into(),
        )),
    }
}

fn is_stream_error(error: &StreamElementError) -> bool {
    match error {
        StreamElementError::InvalidNonza { qname, .. } => qname.1.as_str() == "error",
        StreamElementError::InvalidStanza { .. } => false,
    }
}

fn unreadable(error: &dyn std::fmt::Display) -> LoginError {
    LoginError::Refused(format!("unreadable answer to the login: {error}"))
}

impl From<io::Error> for LoginError {
    fn from(error: io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<RecvFeaturesError> for LoginError {
    fn from(error: RecvFeaturesError) -> Self {
        match error {
            RecvFeaturesError::Io(error) => error.into(),
            RecvFeaturesError::StreamError(error) => error.into(),
        }
    }
}

impl From<ReceivedStreamError> for LoginError {
    fn from(error: ReceivedStreamError) -> Self {
        match error.0.condition {
            DefinedCondition::Conflict => Self::Conflict,
            _ => Self::Failed(error.to_string()),
        }
    }
}

/// A buffered socket that looks at size and nesting before tokio-xmpp's parser does: minidom aborts on deep documents.
struct GuardedSocket {
    socket: Socket,
    buffer: Vec<u8>,
    scanner: Scanner,
    budget: usize,
    ended: bool,
}

impl GuardedSocket {
    fn new(socket: Socket, limits: Limits) -> Self {
        Self {
            socket,
            buffer: Vec::new(),
            // The stream element is opened twice: before and after authentication.
            scanner: Scanner::new(limits.depth + 2),
            budget: limits.bytes,
            ended: false,
        }
    }

    fn check(&mut self, added: usize) -> io::Result<()> {
        let Some(budget) = self.budget.checked_sub(added) else {
            return Err(invalid("the login is too large"));
        };
        self.budget = budget;
        let mut from = self.buffer.len() - added;
        while let Some((length, _)) = self
            .scanner
            .scan(&self.buffer[from..])
            .map_err(|error| invalid(&error.to_string()))?
        {
            from += length;
        }
        Ok(())
    }
}

fn invalid(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

impl AsyncBufRead for GuardedSocket {
    fn poll_fill_buf(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let this = self.get_mut();
        if this.buffer.is_empty() {
            let added = ready!(poll_append(&mut this.socket, &mut this.buffer, context))?;
            this.ended = added == 0;
            this.check(added)?;
        }
        Poll::Ready(Ok(&this.buffer))
    }

    fn consume(self: Pin<&mut Self>, amount: usize) {
        self.get_mut().buffer.drain(..amount);
    }
}

impl AsyncRead for GuardedSocket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        target: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let available = ready!(self.as_mut().poll_fill_buf(context))?;
        let amount = available.len().min(target.remaining());
        target.put_slice(&available[..amount]);
        self.consume(amount);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for GuardedSocket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn stanzas_are_those_of_clients_and_not_of_components() {
        // The feature `component` of xmpp-parsers, switched on by anybody in the build, changes this for everybody.
        assert_eq!(xmpp_parsers::ns::DEFAULT_NS, "jabber:client");
    }
}
