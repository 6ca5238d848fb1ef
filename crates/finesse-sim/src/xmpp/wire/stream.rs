//! A stream over TLS.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::super::framer::{Frame, Framer};
use super::{CONDITIONS, STREAMS, Wire, WireError, Word};

/// How long a client may leave unread what it was sent.
const UNREAD: Duration = Duration::from_secs(60);

/// A connection, and what of it was not yet taken or sent.
pub(crate) struct Stream<Io> {
    io: Io,
    framer: Framer,
    out: Vec<u8>,
}

impl<Io> Stream<Io> {
    pub(crate) fn new(io: Io) -> Self {
        Self {
            io,
            framer: Framer::default(),
            out: Vec::new(),
        }
    }
}

impl<Io: AsyncRead + AsyncWrite + Unpin + Send> Wire for Stream<Io> {
    async fn next(&mut self) -> Result<Option<Frame>, WireError> {
        loop {
            if let Some(frame) = self.framer.next()? {
                return Ok(Some(frame));
            }
            self.framer.buffer.reserve(1024);
            if self.io.read_buf(&mut self.framer.buffer).await? == 0 {
                return Ok(None);
            }
        }
    }

    fn restart(&mut self) {
        self.framer.restart();
    }

    fn say(&mut self, word: Word) {
        let text = match word {
            Word::Open {
                domain,
                id,
                features,
            } => format!(
                "<?xml version='1.0' encoding='UTF-8'?><stream:stream xmlns:stream='{STREAMS}' \
                 xmlns='jabber:client' from='{domain}' id='{id:08x}' xml:lang='en' version='1.0'>\
                 <stream:features>{features}</stream:features>"
            ),
            Word::Element(element) => return self.out.extend_from_slice(&element),
            Word::Error(condition) => format!(
                "<stream:error><{condition} xmlns='{CONDITIONS}'/></stream:error></stream:stream>"
            ),
            Word::Close => "</stream:stream>".to_owned(),
        };
        self.out.extend_from_slice(text.as_bytes());
    }

    async fn flush(&mut self) -> io::Result<()> {
        let out = std::mem::take(&mut self.out);
        if out.is_empty() {
            return Ok(());
        }
        let written = async {
            self.io.write_all(&out).await?;
            self.io.flush().await
        };
        tokio::time::timeout(UNREAD, written)
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    async fn finish(&mut self) -> io::Result<()> {
        self.flush().await?;
        self.io.shutdown().await
    }
}
