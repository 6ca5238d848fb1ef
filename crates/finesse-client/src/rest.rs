//! REST towards one node: a connection pool, a limit, and care about what may be sent twice (nothing that Finesse may have seen,
//! but questions that need no credential).

mod again;
mod connector;

use std::error::Error;
use std::io;

use bytes::Bytes;
use finesse_protocol::request::{Method, Request};
use finesse_protocol::{Answer, answer::AnswerError};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, RANGE};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::sync::Semaphore;
use tokio::time::{Duration, Instant, sleep_until, timeout_at};

use crate::body::{Handover, OnceBody};
use crate::credential::Credential;
use crate::deadline;
use crate::dial::Dialer;
use crate::error::RequestError;
use crate::tls;
use again::{again_at, retry_after};
use connector::Connector;

// Shorter than Tomcat keeps a connection, so that it is we who close idle ones.
const POOL_IDLE: Duration = Duration::from_secs(15);

/// Calls to one node.
pub(crate) struct RestNode {
    client: Client<Connector, OnceBody>,
    base: String,
    permits: Semaphore,
    timeout: Duration,
    max_answer_bytes: usize,
}

/// Limits of a node's calls.
pub(crate) struct RestLimits {
    pub(crate) parallel: usize,
    pub(crate) timeout: Duration,
    pub(crate) max_answer_bytes: usize,
}

/// One call, ready to be made.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) credential: Option<&'a Credential>,
    pub(crate) request: &'a Request,
    pub(crate) request_id: &'a str,
}

impl RestNode {
    /// `authority` goes into the Host header; where the connection goes is the dialer's business.
    pub(crate) fn new(authority: &str, dialer: Dialer, limits: RestLimits) -> Self {
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(POOL_IDLE)
            .pool_max_idle_per_host(limits.parallel)
            .build(Connector::new(dialer));
        Self {
            client,
            // The connector adds TLS; to the pool every connection is just a connection.
            base: format!("http://{authority}"),
            permits: Semaphore::new(limits.parallel),
            timeout: limits.timeout,
            max_answer_bytes: limits.max_answer_bytes,
        }
    }

    pub(crate) async fn call(&self, call: Call<'_>) -> Result<Answer, RequestError> {
        let deadline = self.deadline();
        let mut asked = 0;
        loop {
            let result = self.call_until(call, deadline).await;
            asked += 1;
            let again_at = |error| again_at(call.request, error, asked, deadline);
            match result.as_ref().err().and_then(again_at) {
                Some(at) => sleep_until(at).await,
                None => return result,
            }
        }
    }

    /// As [`call`](Self::call), for who asks again anyway.
    pub(crate) async fn call_once(&self, call: Call<'_>) -> Result<Answer, RequestError> {
        self.call_until(call, self.deadline()).await
    }

    /// When a call that begins now must have ended.
    pub(crate) fn deadline(&self) -> Instant {
        Instant::now() + self.timeout
    }

    pub(crate) async fn call_until(
        &self,
        call: Call<'_>,
        deadline: Instant,
    ) -> Result<Answer, RequestError> {
        let _permit = timeout_at(deadline, self.permits.acquire())
            .await
            .map_err(|_| not_sent("time-out while waiting for a free connection"))?
            .map_err(|_| not_sent("the client is closed"))?;
        let mut result = self.exchange(call, deadline).await;
        // What broke off may have reached Finesse, and a wrong password sent twice counts as two failed sign-ins.
        if let Err(RequestError::OutcomeUnknown { .. }) = &result
            && call.credential.is_none()
            && Instant::now() < deadline
        {
            result = self.exchange(call, deadline).await;
        }
        let (status, retry_after, body) = result?;
        decode(call.request, status, &body).map_err(|error| match error {
            RequestError::Fault(mut fault) => {
                fault.retry_after = retry_after;
                RequestError::Fault(fault)
            }
            error => error,
        })
    }

    async fn exchange(
        &self,
        call: Call<'_>,
        deadline: Instant,
    ) -> Result<(u16, Option<Duration>, Bytes), RequestError> {
        let handover = Handover::default();
        let request = self.build(call, handover.clone())?;
        let sent = deadline::by(deadline, self.client.request(request)).await;
        let response = match sent {
            Ok(Ok(response)) => response,
            Ok(Err(error)) if error.is_connect() => return Err(not_connected(&error)),
            Ok(Err(error)) => return Err(failed(call, &handover, &describe(&error))),
            Err(_) => return Err(failed(call, &handover, "time-out")),
        };
        let status = response.status().as_u16();
        let retry_after = retry_after(response.headers());
        match self.collect(call, response.into_body(), deadline).await {
            Ok(body) => Ok((status, retry_after, body)),
            // The status alone says what became of a write.
            Err(_) if !call.request.is_read() => Ok((status, retry_after, Bytes::new())),
            Err(error) => Err(error),
        }
    }

    fn build(
        &self,
        call: Call<'_>,
        handover: Handover,
    ) -> Result<hyper::Request<OnceBody>, RequestError> {
        let prefix = call.request.service().prefix();
        let mut builder = hyper::Request::builder()
            .method(method(call.request.method()))
            .uri(format!("{}{prefix}{}", self.base, call.request.path()));
        if let Some(credential) = call.credential {
            let value = credential
                .authorization()
                .map_err(|_| not_sent("the credential does not fit a header"))?;
            builder = builder.header(AUTHORIZATION, value);
        }
        if let Some(range) = call.request.range() {
            builder = builder.header(RANGE, range);
        }
        if !call.request.is_read() {
            builder = builder
                .header(CONTENT_TYPE, "application/xml")
                .header("requestId", call.request_id);
        }
        let body = Bytes::from(call.request.body().unwrap_or_default());
        builder
            .body(OnceBody::new(body, handover))
            .map_err(|error| not_sent(&error.to_string()))
    }

    async fn collect(
        &self,
        call: Call<'_>,
        body: Incoming,
        deadline: Instant,
    ) -> Result<Bytes, RequestError> {
        let most = self.max_answer_bytes.min(call.request.largest_answer());
        let limited = Limited::new(body, most);
        match deadline::by(deadline, limited.collect()).await {
            Ok(Ok(collected)) => Ok(collected.to_bytes()),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err(RequestError::TooLarge),
            Ok(Err(error)) => Err(unknown(&describe(error.as_ref()))),
            Err(_) => Err(unknown("time-out while reading the answer")),
        }
    }
}

fn decode(request: &Request, status: u16, body: &[u8]) -> Result<Answer, RequestError> {
    request.decode(status, body).map_err(|error| match error {
        AnswerError::Fault(fault) => RequestError::Fault(fault),
        AnswerError::Garbage(error) => RequestError::Garbage {
            status,
            reason: error.to_string(),
        },
    })
}

fn method(method: Method) -> hyper::Method {
    match method {
        Method::Get => hyper::Method::GET,
        Method::Put => hyper::Method::PUT,
        Method::Post => hyper::Method::POST,
    }
}

fn failed(call: Call<'_>, handover: &Handover, reason: &str) -> RequestError {
    // A read has no body, so nothing tells whether it left; it does no harm either.
    if !call.request.is_read() && handover.withdraw() {
        not_sent(reason)
    } else {
        unknown(reason)
    }
}

fn not_connected(error: &(dyn Error + 'static)) -> RequestError {
    let reason = describe(error);
    if tls::is_behind(error) {
        RequestError::NoTls { reason }
    } else {
        RequestError::NotSent { reason }
    }
}

fn not_sent(reason: &str) -> RequestError {
    RequestError::NotSent {
        reason: reason.into(),
    }
}

fn unknown(reason: &str) -> RequestError {
    RequestError::OutcomeUnknown {
        reason: reason.into(),
    }
}

fn describe(error: &(dyn Error + 'static)) -> String {
    if was_cut(error) {
        return "the connection ended before the answer".to_owned();
    }
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}

// The TLS library words this for programmers, with a link to its manual.
fn was_cut(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(cause) = next {
        let kind = cause.downcast_ref().map(io::Error::kind);
        if kind == Some(io::ErrorKind::UnexpectedEof) {
            return true;
        }
        next = cause.source();
    }
    false
}
