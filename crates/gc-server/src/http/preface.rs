//! HTTP/2 is not spoken here. The library waits for ever after its opening words, so the connection ends at them.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How every HTTP/2 connection begins.
const PREFACE: &[u8] = b"PRI * HTTP/2.0";

/// A connection that breaks when it begins as one of HTTP/2.
pub(super) struct NoHttp2<S> {
    inner: S,
    /// How much of the opening words has come, while nothing else has.
    seen: Option<usize>,
}

impl<S> NoHttp2<S> {
    pub(super) fn over(inner: S) -> Self {
        Self {
            inner,
            seen: Some(0),
        }
    }

    fn look_at(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some(seen) = self.seen else {
            return Ok(());
        };
        let expected = &PREFACE[seen..];
        let length = expected.len().min(bytes.len());
        if bytes[..length] != expected[..length] {
            self.seen = None;
        } else if seen + length == PREFACE.len() {
            let reason = "HTTP/2 is not spoken here";
            return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
        } else {
            self.seen = Some(seen + length);
        }
        Ok(())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for NoHttp2<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(context, buffer))?;
        let looked = self.look_at(&buffer.filled()[before..]);
        if looked.is_err() {
            buffer.set_filled(before);
        }
        Poll::Ready(looked)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for NoHttp2<S> {
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

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(context, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;

    use super::*;

    async fn read(begin: &[u8], rest: &[u8]) -> io::Result<Vec<u8>> {
        let mut all = Vec::new();
        let mut connection = NoHttp2::over(begin.chain(rest));
        connection.read_to_end(&mut all).await?;
        Ok(all)
    }

    #[tokio::test]
    async fn the_opening_words_of_http_2_break_the_connection_however_they_come() {
        for at in 0..PREFACE.len() {
            let (begin, rest) = PREFACE.split_at(at);
            let broken = read(begin, &[rest, b"\r\n\r\nSM\r\n\r\n"].concat()).await;
            assert_eq!(broken.unwrap_err().kind(), io::ErrorKind::InvalidData);
        }
    }

    #[tokio::test]
    async fn other_words_pass_even_when_they_look_alike() {
        for (begin, rest) in [
            (&b"PRI * HTTP/1"[..], &b".1\r\n"[..]),
            (b"GET / HTTP/1.1\r\n\r\n", b"PRI * HTTP/2.0\r\n"),
            (b"PR", b""),
        ] {
            assert_eq!(read(begin, rest).await.unwrap(), [begin, rest].concat());
        }
    }
}
