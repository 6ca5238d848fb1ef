//! WebSocket messages, one element each (RFC 7395).

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};

use super::super::framer::{Frame, FrameError, MAX_STANZA};
use super::{Wire, WireError, Word, alone, error, features};

const FRAMING: &str = "urn:ietf:params:xml:ns:xmpp-framing";

/// How long a client may leave unread what it was sent.
const UNREAD: Duration = Duration::from_secs(60);

/// A WebSocket, and what was not yet sent.
pub(crate) struct Messages<Io> {
    socket: WebSocketStream<Io>,
    out: VecDeque<Message>,
}

impl<Io: AsyncRead + AsyncWrite + Unpin> Messages<Io> {
    /// A connection that has just been upgraded.
    pub(crate) async fn new(io: Io) -> Self {
        // Thousands of links in one process: the library's own buffers would be 256 KiB each.
        let config = WebSocketConfig::default()
            .read_buffer_size(2 * 1024)
            .write_buffer_size(0)
            .max_message_size(Some(MAX_STANZA))
            .max_frame_size(Some(MAX_STANZA));
        Self {
            socket: WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await,
            out: VecDeque::new(),
        }
    }

    fn push(&mut self, text: impl Into<Utf8Bytes>) {
        self.out.push_back(Message::Text(text.into()));
    }
}

impl<Io: AsyncRead + AsyncWrite + Unpin + Send> Wire for Messages<Io> {
    async fn next(&mut self) -> Result<Option<Frame>, WireError> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => return Ok(Some(frame(text.as_str()))),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Binary(_) | Message::Frame(_))) => {
                    return Err(FrameError::Malformed.into());
                }
                Some(Ok(Message::Close(_)) | Err(Error::ConnectionClosed)) | None => {
                    return Ok(None);
                }
                Some(Err(Error::Capacity(_))) => return Err(FrameError::TooLarge.into()),
                Some(Err(error)) => return Err(io::Error::other(error).into()),
            }
        }
    }

    fn restart(&mut self) {}

    fn say(&mut self, word: Word) {
        let close = format!("<close xmlns='{FRAMING}'/>");
        match word {
            Word::Open {
                domain,
                id,
                features: offer,
            } => {
                self.push(format!(
                    "<open xmlns='{FRAMING}' from='{domain}' id='{id:08x}' version='1.0' xml:lang='en'/>"
                ));
                self.push(features(offer));
            }
            Word::Element(element) => {
                // Everything that a link says is text.
                if let Ok(text) = Utf8Bytes::try_from(alone(&element)) {
                    self.push(text);
                }
            }
            Word::Error(condition) => {
                self.push(error(condition));
                self.push(close);
            }
            Word::Close => self.push(close),
        }
    }

    async fn flush(&mut self) -> io::Result<()> {
        let sent = async {
            while let Some(message) = self.out.pop_front() {
                self.socket.feed(message).await?;
            }
            self.socket.flush().await
        };
        match tokio::time::timeout(UNREAD, sent).await {
            Ok(sent) => sent.map_err(io::Error::other),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    async fn finish(&mut self) -> io::Result<()> {
        self.flush().await?;
        self.socket.close(None).await.map_err(io::Error::other)
    }
}

fn frame(text: &str) -> Frame {
    let root = text.trim_start().trim_start_matches('<');
    let mut words = root.split(|c: char| c.is_whitespace() || "/>".contains(c));
    match words.next() {
        Some("open") => Frame::Open(text.to_owned()),
        Some("close") => Frame::Close,
        Some(_) | None => Frame::Stanza(text.to_owned()),
    }
}
