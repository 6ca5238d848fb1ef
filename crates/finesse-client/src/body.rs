//! A request body that knows whether it was handed over to a connection.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

const WAITING: u8 = 0;
const TAKEN: u8 = 1;
const WITHDRAWN: u8 = 2;

/// Decides between "may have been written" and "will never be": whoever moves first wins, so the answer is certain.
#[derive(Debug, Clone, Default)]
pub(crate) struct Handover(Arc<AtomicU8>);

impl Handover {
    /// Calls the request back; false when the connection already has it.
    pub(crate) fn withdraw(&self) -> bool {
        self.advance(WITHDRAWN)
    }

    fn take(&self) -> bool {
        self.advance(TAKEN)
    }

    fn advance(&self, to: u8) -> bool {
        self.0
            .compare_exchange(WAITING, to, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }
}

/// A whole body, given out once.
pub(crate) struct OnceBody {
    bytes: Bytes,
    handover: Handover,
}

impl OnceBody {
    pub(crate) fn new(bytes: Bytes, handover: Handover) -> Self {
        Self { bytes, handover }
    }
}

/// The request was called back before its body was written.
#[derive(Debug, thiserror::Error)]
#[error("the request was withdrawn")]
pub(crate) struct Withdrawn;

impl Body for OnceBody {
    type Data = Bytes;
    type Error = Withdrawn;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Withdrawn>>> {
        if self.bytes.is_empty() {
            return Poll::Ready(None);
        }
        if !self.handover.take() {
            return Poll::Ready(Some(Err(Withdrawn)));
        }
        let bytes = std::mem::take(&mut self.bytes);
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test]
    async fn a_body_that_was_called_back_is_never_given_out() {
        let handover = Handover::default();
        let body = OnceBody::new(Bytes::from_static(b"<User/>"), handover.clone());
        assert!(handover.withdraw());
        assert!(body.collect().await.is_err());
    }

    #[tokio::test]
    async fn a_body_that_was_given_out_cannot_be_called_back() {
        let handover = Handover::default();
        let body = OnceBody::new(Bytes::from_static(b"<User/>"), handover.clone());
        assert_eq!(body.collect().await.unwrap().to_bytes(), "<User/>");
        assert!(!handover.withdraw());
    }
}
