//! The configuration API of Unified CCE, on a host of its own.

use std::sync::Arc;
use std::time::Duration;

use finesse_protocol::limits::MAX_LIST_BYTES;
use finesse_protocol::{Answer, Request, Service};

use crate::account::Account;
use crate::cluster::{rest_node, secured, tls_of};
use crate::config::{ClusterConfig, ConfigError, NodeConfig, Scheme, TlsConfig, XmppSecurity};
use crate::credential::Credential;
use crate::error::RequestError;
use crate::rest::RestNode;

/// Where the configuration API is, and who asks it.
#[derive(Debug, Clone)]
pub struct ConfigApiConfig {
    /// FQDN: goes into the Host header and is checked against the certificate.
    pub host: String,
    /// Where to connect instead of `host`.
    pub address: Option<String>,
    /// Its port.
    pub port: u16,
    /// How it is spoken.
    pub scheme: Scheme,
    /// An administrator or supervisor, as `user@domain`.
    pub credential: Credential,
    /// Whom to trust.
    pub tls: TlsConfig,
    /// Longest a request may take, waiting for its turn included.
    pub request_timeout: Duration,
    /// Longest a connection may take to open, name resolution and TLS included.
    pub connect_timeout: Duration,
    /// Largest answer that is read.
    pub max_answer_bytes: usize,
}

impl ConfigApiConfig {
    /// The API at its usual port, over TLS.
    pub fn new(host: impl Into<String>, credential: Credential) -> Self {
        Self {
            host: host.into(),
            address: None,
            port: 443,
            scheme: Scheme::Https,
            credential,
            tls: TlsConfig::default(),
            request_timeout: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(5),
            max_answer_bytes: MAX_LIST_BYTES,
        }
    }

    fn node(&self) -> NodeConfig {
        NodeConfig {
            address: self.address.clone(),
            https_port: self.port,
            scheme: self.scheme,
            xmpp_security: match self.scheme {
                Scheme::Https => XmppSecurity::Tls,
                Scheme::Http => XmppSecurity::Plain,
            },
            ..NodeConfig::new("configuration API", &self.host)
        }
    }
}

/// The configuration API; clones share connections, limits and what is known of the account.
#[derive(Clone)]
pub struct ConfigApi(Arc<Inner>);

struct Inner {
    host: String,
    account: Account,
    rest: RestNode,
}

impl std::fmt::Debug for ConfigApi {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConfigApi")
            .field("host", &self.0.host)
            .finish_non_exhaustive()
    }
}

impl ConfigApi {
    /// Reads certificates; connects to nothing yet.
    pub fn new(config: ConfigApiConfig) -> Result<Self, ConfigError> {
        let node = config.node();
        let cluster = ClusterConfig {
            nodes: vec![node.clone()],
            tls: config.tls,
            request_timeout: config.request_timeout,
            connect_timeout: config.connect_timeout,
            max_answer_bytes: config.max_answer_bytes,
            ..ClusterConfig::default()
        };
        cluster.check()?;
        let secured = secured(&node, tls_of(&cluster)?.as_ref())?;
        Ok(Self(Arc::new(Inner {
            host: config.host,
            account: Account::new(config.credential),
            rest: rest_node(&cluster, &node, &secured),
        })))
    }

    /// Makes one call. Nothing is sent twice; after a refused credential nothing is sent for ten minutes.
    pub async fn request(&self, request: &Request) -> Result<Answer, RequestError> {
        match request.service() {
            Service::UnifiedConfig => self.0.account.call(&self.0.rest, request, "").await,
            Service::Finesse => Err(RequestError::NotSent {
                reason: "the configuration API does not serve that".into(),
            }),
        }
    }
}
