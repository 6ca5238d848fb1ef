//! One connection to one receiver, made only to addresses that the rules allow.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response, StatusCode, header};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::time::timeout_at;
use tokio_rustls::TlsConnector;

use crate::config::Callbacks;
use crate::outgoing::{Connection, is_short};
use crate::trust::{NoTrust, Trust};

use super::network::{Internet, Network};
use super::signature::SigningKey;
use super::target::{Policy, Target};

/// A connection is used this long at most, so that a receiver's new address is noticed.
const CONNECTION_AGE: Duration = Duration::from_secs(60);

/// Makes couriers; all of them obey the same rules.
#[derive(Clone)]
pub(crate) struct Couriers {
    policy: Arc<Policy>,
    tls: Option<Arc<ClientConfig>>,
    network: Arc<dyn Network>,
}

/// Carries events to one receiver, one at a time.
pub(crate) struct Courier {
    shared: Couriers,
    target: Target,
    connection: Option<Kept>,
}

struct Kept {
    connection: Connection,
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

impl Couriers {
    /// Reads the certificates that receivers are checked against.
    pub(crate) fn new(settings: &Callbacks, policy: Policy) -> Result<Self, NoTrust> {
        // Without a listed receiver nothing will ever be posted, so no certificate is needed.
        let trust = Trust {
            section: "callbacks",
            ca_files: &settings.ca_files,
            system_roots: settings.system_roots,
        };
        let tls = (!policy.allow.is_empty())
            .then(|| trust.client_config())
            .transpose()?;
        Ok(Self {
            policy: Arc::new(policy),
            tls: tls.map(Arc::new),
            network: Arc::new(Internet),
        })
    }

    /// As these, but in another world.
    #[cfg(test)]
    pub(super) fn within(self, network: Arc<dyn Network>) -> Self {
        Self { network, ..self }
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

impl Courier {
    /// Posts one event once, and waits for the receiver's word until the limit.
    pub(super) async fn deliver(&mut self, post: &Post, limit: tokio::time::Instant) -> Verdict {
        let said = timeout_at(limit, self.send(post)).await;
        match said.unwrap_or_else(|_| Err("no answer in time".to_owned())) {
            Ok(answer) => {
                let status = answer.status();
                if !is_short(answer.into_body()).await {
                    self.connection = None;
                }
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
        self.connection().await?.send(request).await
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
            Some(kept) => kept.since.elapsed() < CONNECTION_AGE && kept.connection.ready().await,
            None => false,
        };
        if !usable {
            self.connection = None;
            self.connection = Some(Kept {
                connection: self.connect().await?,
                since: Instant::now(),
            });
        }
        let kept = self.connection.as_mut().ok_or_else(String::new)?;
        Ok(&mut kept.connection)
    }

    async fn connect(&self) -> Result<Connection, String> {
        let network = &*self.shared.network;
        let addresses = self
            .target
            .resolve(&self.shared.policy, network)
            .await
            .map_err(|error| error.to_string())?;
        let socket = network
            .connect(&addresses)
            .await
            .map_err(|error| format!("cannot connect: {error}"))?;
        let _ = socket.set_nodelay(true);
        if !self.target.secure() {
            return Connection::over(socket).await;
        }
        let tls = self.shared.tls.clone().ok_or("no certificate is trusted")?;
        let name = ServerName::try_from(self.target.host()).map_err(|error| error.to_string())?;
        let secured = TlsConnector::from(tls)
            .connect(name, socket)
            .await
            .map_err(|error| format!("TLS: {error}"))?;
        Connection::over(secured).await
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
