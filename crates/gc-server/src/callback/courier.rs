//! One connection to one receiver, made only to addresses that the rules allow.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, Response, StatusCode, header};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::AbortHandle;
use tokio::time::{timeout, timeout_at};
use tokio_rustls::TlsConnector;

use crate::config::Callbacks;

use super::signature::SigningKey;
use super::target::{Policy, Target};

/// How much of an answer is read before the connection is given up; nothing of it is looked at.
const ANSWER_LIMIT: usize = 4 * 1024;
/// How long the rest of an answer may take.
const ANSWER_TIME: Duration = Duration::from_millis(500);
/// A connection is used this long at most, so that a receiver's new address is noticed.
const CONNECTION_AGE: Duration = Duration::from_secs(60);

/// Makes couriers; all of them obey the same rules.
#[derive(Clone)]
pub(crate) struct Couriers {
    policy: Arc<Policy>,
    tls: Option<Arc<ClientConfig>>,
}

/// Carries events to one receiver, one at a time.
pub(crate) struct Courier {
    shared: Couriers,
    target: Target,
    connection: Option<Connection>,
}

struct Connection {
    sender: SendRequest<Full<Bytes>>,
    driver: AbortHandle,
    since: Instant,
}

/// One event, ready to be posted.
pub(crate) struct Post {
    pub(super) id: String,
    pub(super) sequence: Option<u64>,
    pub(super) agent: Option<String>,
    pub(super) content_type: &'static str,
    pub(super) body: String,
    pub(super) signing: Option<SigningKey>,
}

/// What came of one try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The receiver has it.
    Delivered,
    /// The receiver wants no more, ever.
    Ended,
    /// It did not arrive.
    Failed(String),
}

/// Why no receiver could ever be verified.
#[derive(Debug, thiserror::Error)]
#[error("callbacks: {what}: {reason}")]
pub struct NoTrust {
    what: String,
    reason: String,
}

impl Couriers {
    /// Reads the certificates that receivers are checked against.
    pub(crate) fn new(settings: &Callbacks, policy: Policy) -> Result<Self, NoTrust> {
        // Without a listed receiver nothing will ever be posted, so no certificate is needed.
        let tls = (!policy.allow.is_empty())
            .then(|| tls(settings))
            .transpose()?;
        Ok(Self {
            policy: Arc::new(policy),
            tls: tls.map(Arc::new),
        })
    }

    /// The rules.
    pub(crate) fn policy(&self) -> &Policy {
        &self.policy
    }

    /// A courier to one receiver.
    pub(crate) fn to(&self, target: Target) -> Courier {
        Courier {
            shared: self.clone(),
            target,
            connection: None,
        }
    }
}

fn tls(settings: &Callbacks) -> Result<ClientConfig, NoTrust> {
    let mut roots = RootCertStore::empty();
    if settings.system_roots {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    for file in &settings.ca_files {
        let wrong = |reason: String| NoTrust {
            what: file.clone(),
            reason,
        };
        let certificates = CertificateDer::pem_file_iter(Path::new(file))
            .map_err(|error| wrong(error.to_string()))?;
        for certificate in certificates {
            let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
            roots
                .add(certificate)
                .map_err(|error| wrong(error.to_string()))?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| NoTrust {
            what: "TLS".to_owned(),
            reason: error.to_string(),
        })?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

impl Courier {
    /// Posts one event once, and waits for the receiver's word until the limit.
    pub(super) async fn deliver(&mut self, post: &Post, limit: tokio::time::Instant) -> Verdict {
        let said = timeout_at(limit, self.send(post)).await;
        match said.unwrap_or_else(|_| Err("no answer in time".to_owned())) {
            Ok(answer) => {
                let status = answer.status();
                self.drop_rest(answer.into_body()).await;
                verdict(status)
            }
            Err(reason) => {
                self.connection = None;
                Verdict::Failed(reason)
            }
        }
    }

    async fn send(&mut self, post: &Post) -> Result<Response<Incoming>, String> {
        let request = self.request(post)?;
        let connection = self.connection().await?;
        let answer = connection.sender.send_request(request).await;
        answer.map_err(|error| error.to_string())
    }

    /// The status counted; the rest of an answer is worth neither time nor room, only a short one keeps its connection.
    async fn drop_rest(&mut self, body: Incoming) {
        let rest = Limited::new(body, ANSWER_LIMIT).collect();
        if !matches!(timeout(ANSWER_TIME, rest).await, Ok(Ok(_))) {
            self.connection = None;
        }
    }

    fn request(&self, post: &Post) -> Result<Request<Full<Bytes>>, String> {
        let url = self.target.url();
        let timestamp = jiff::Timestamp::now().as_second();
        let mut request = Request::post(&url[url::Position::BeforePath..])
            .header(
                header::HOST,
                &url[url::Position::BeforeHost..url::Position::AfterPort],
            )
            .header(header::CONTENT_TYPE, post.content_type)
            .header(
                header::USER_AGENT,
                concat!("gc-server/", env!("CARGO_PKG_VERSION")),
            )
            .header("webhook-id", &post.id)
            .header("webhook-timestamp", timestamp);
        if let Some(sequence) = post.sequence {
            request = request.header("gc-sequence", sequence);
        }
        if let Some(agent) = &post.agent {
            request = request.header("gc-agent-id", agent);
        }
        if let Some(key) = &post.signing {
            let signature = key.sign(&post.id, timestamp, post.body.as_bytes());
            request = request.header("webhook-signature", signature);
        }
        request
            .body(Full::from(post.body.clone()))
            .map_err(|error| error.to_string())
    }

    async fn connection(&mut self) -> Result<&mut Connection, String> {
        let usable = match &mut self.connection {
            Some(kept) => {
                kept.since.elapsed() < CONNECTION_AGE && kept.sender.ready().await.is_ok()
            }
            None => false,
        };
        if !usable {
            self.connection = None;
            let fresh = self.connect().await?;
            self.connection = Some(fresh);
        }
        self.connection.as_mut().ok_or_else(String::new)
    }

    async fn connect(&self) -> Result<Connection, String> {
        let addresses = self
            .target
            .resolve(&self.shared.policy)
            .await
            .map_err(|error| error.to_string())?;
        let socket = TcpStream::connect(&*addresses)
            .await
            .map_err(|error| format!("cannot connect: {error}"))?;
        let _ = socket.set_nodelay(true);
        if !self.target.secure() {
            return handshake(socket).await;
        }
        let tls = self.shared.tls.clone().ok_or("no certificate is trusted")?;
        let name = ServerName::try_from(self.target.host()).map_err(|error| error.to_string())?;
        let secured = TlsConnector::from(tls)
            .connect(name, socket)
            .await
            .map_err(|error| format!("TLS: {error}"))?;
        handshake(secured).await
    }
}

async fn handshake(
    socket: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
) -> Result<Connection, String> {
    let (sender, connection) = http1::handshake(TokioIo::new(socket))
        .await
        .map_err(|error| error.to_string())?;
    // Lives no longer than its `Connection`, which ends it when dropped.
    let driver = tokio::spawn(async move {
        let _ = connection.await;
    });
    Ok(Connection {
        sender,
        driver: driver.abort_handle(),
        since: Instant::now(),
    })
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

fn verdict(status: StatusCode) -> Verdict {
    match status {
        StatusCode::GONE => Verdict::Ended,
        _ if status.is_success() => Verdict::Delivered,
        // A redirection is not followed: where it leads to was never checked.
        _ => Verdict::Failed(format!("the receiver answered {status}")),
    }
}
