//! Connections that the gateway itself makes, to callback receivers and to the recorder: HTTP/1.1, answers taken by their status.

use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::AbortHandle;
use tokio::time::timeout;

/// How much of an answer is read before the connection is given up; nothing of it is looked at.
const ANSWER_LIMIT: usize = 4 * 1024;
/// How long the rest of an answer may take.
const ANSWER_TIME: Duration = Duration::from_millis(500);

/// An open connection; dropping it closes it.
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    driver: AbortHandle,
}

impl Connection {
    /// Speaks HTTP over a socket, secured or not.
    pub(crate) async fn over(
        socket: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    ) -> Result<Self, String> {
        let (sender, connection) = http1::handshake(TokioIo::new(socket))
            .await
            .map_err(|error| error.to_string())?;
        // Lives no longer than its `Connection`, which ends it when dropped.
        let driver = tokio::spawn(async move {
            let _ = connection.await;
        });
        Ok(Self {
            sender,
            driver: driver.abort_handle(),
        })
    }

    /// Waits until it can take a request; false when it never will.
    pub(crate) async fn ready(&mut self) -> bool {
        self.sender.ready().await.is_ok()
    }

    /// Sends a request and waits for the head of the answer.
    pub(crate) async fn send(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, String> {
        let answer = self.sender.send_request(request).await;
        answer.map_err(|error| error.to_string())
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// The status counted; the rest of an answer is worth neither time nor room, only a short one keeps its connection.
pub(crate) async fn is_short(body: Incoming) -> bool {
    let rest = Limited::new(body, ANSWER_LIMIT).collect();
    matches!(timeout(ANSWER_TIME, rest).await, Ok(Ok(_)))
}
