//! The cluster: what callers hold.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use finesse_protocol::{Answer, Request, Service, SystemInfo};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::sync::{Notify, mpsc};

use crate::account::Account;
use crate::config::{ClusterConfig, ConfigError, NodeConfig, Scheme, XmppSecurity};
use crate::credential::Credential;
use crate::dial::{Dialer, Security};
use crate::error::RequestError;
use crate::health::{self, HealthReport};
use crate::link::{
    self, Endpoint, LinkHandle, LinkReport, LinkSpec, NodeLinks, Route, RouteLimits, Turns, Way,
};
use crate::rest::{Call, RestLimits, RestNode};
use crate::tls;
use crate::transport::{self, Transport, TransportReport};

/// A Finesse cluster; clones share connections and limits.
#[derive(Clone)]
pub struct Cluster(Arc<Inner>);

struct Inner {
    nodes: Vec<NodeConfig>,
    rest: Vec<RestNode>,
    links: Vec<Arc<NodeLinks<Dialer>>>,
    /// Nodes that have said that they do not serve: their health is to be asked for.
    doubts: Vec<Notify>,
}

impl std::fmt::Debug for Cluster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cluster")
            .field("nodes", &self.0.nodes)
            .finish_non_exhaustive()
    }
}

impl Cluster {
    /// Reads certificates and prepares the nodes; connects to nothing yet.
    pub fn new(config: ClusterConfig) -> Result<Self, ConfigError> {
        config.check()?;
        let tls = tls_of(&config)?;
        let mut rest = Vec::new();
        let mut links = Vec::new();
        for node in &config.nodes {
            let secured = secured(node, tls.as_ref())?;
            rest.push(rest_node(&config, node, &secured));
            links.push(Arc::new(node_links(&config, node, &secured)?));
        }
        Ok(Self(Arc::new(Inner {
            doubts: config.nodes.iter().map(|_| Notify::new()).collect(),
            nodes: config.nodes,
            rest,
            links,
        })))
    }

    /// The nodes, in the order of the configuration.
    pub fn nodes(&self) -> &[NodeConfig] {
        &self.0.nodes
    }

    /// Makes one REST call on behalf of a user.
    ///
    /// `request_id` travels with writes and comes back in the notification that results. Nothing that Finesse may have seen
    /// is sent twice, reads neither: each carries the credential, and a wrong one must not be tried again.
    pub async fn request(
        &self,
        node: usize,
        credential: &Credential,
        request: &Request,
        request_id: &str,
    ) -> Result<Answer, RequestError> {
        self.call(
            node,
            Call {
                credential: Some(credential),
                request,
                request_id,
            },
        )
        .await
    }

    /// Makes one REST call on behalf of the gateway itself, whose [`Account`] many people's commands use.
    ///
    /// As [`request`](Self::request); and once the credential was refused, that refusal is the answer for ten minutes.
    pub async fn request_for(
        &self,
        node: usize,
        account: &Account,
        request: &Request,
        request_id: &str,
    ) -> Result<Answer, RequestError> {
        let rest = self.rest(node, request)?;
        account.call(rest, request, request_id).await
    }

    /// What a node says of itself; needs no credential, so it is asked once more when the connection breaks.
    pub async fn system_info(&self, node: usize) -> Result<SystemInfo, RequestError> {
        let call = Call {
            credential: None,
            request: &Request::SystemInfo,
            request_id: "",
        };
        match self.rest(node, call.request)?.call_once(call).await? {
            Answer::SystemInfo(info) => Ok(*info),
            _ => Err(RequestError::Garbage {
                status: 200,
                reason: "not a SystemInfo document".into(),
            }),
        }
    }

    /// An agent's notification link: a handle, and the future that does the work until the link is closed or ends for good.
    ///
    /// The future reconnects by itself. It ends after [`Refused`](crate::LinkEvent::Refused) and
    /// [`Conflict`](crate::LinkEvent::Conflict), when the handle is closed or dropped, and when nobody receives its reports.
    pub fn link(
        &self,
        spec: LinkSpec,
        events: mpsc::Sender<LinkReport>,
    ) -> (
        LinkHandle,
        impl Future<Output = ()> + Send + 'static + use<>,
    ) {
        let node = self.0.links.get(spec.node).cloned();
        link::open(node, spec, events)
    }

    /// Polls SystemInfo of every node, and reports each result; ends when nobody receives.
    pub fn health(
        &self,
        interval: Duration,
        events: mpsc::Sender<HealthReport>,
    ) -> impl Future<Output = ()> + Send + 'static + use<> {
        health::watch(self.clone(), interval, events)
    }

    /// Finds out how notifications come from each node, and reports it first and at every change; ends when nobody receives.
    ///
    /// Links find it out themselves when they must; this does it before the first one.
    pub fn transports(
        &self,
        events: mpsc::Sender<TransportReport>,
    ) -> impl Future<Output = ()> + Send + 'static + use<> {
        transport::watch(self.0.links.clone(), events)
    }

    async fn call(&self, node: usize, call: Call<'_>) -> Result<Answer, RequestError> {
        let answer = self.rest(node, call.request)?.call(call).await;
        let doubted = matches!(&answer, Err(RequestError::Fault(fault)) if fault.status == 503);
        if doubted && let Some(doubt) = self.0.doubts.get(node) {
            doubt.notify_one();
        }
        answer
    }

    /// Waits until a node has answered somebody that it does not serve.
    pub(crate) async fn doubted(&self, node: usize) {
        match self.0.doubts.get(node) {
            Some(doubt) => doubt.notified().await,
            None => std::future::pending().await,
        }
    }

    fn rest(&self, node: usize, request: &Request) -> Result<&RestNode, RequestError> {
        match request.service() {
            Service::Finesse => self.0.rest.get(node),
            Service::UnifiedConfig => return Err(not_sent("Finesse does not serve that".into())),
        }
        .ok_or_else(|| not_sent(format!("there is no node {node}")))
    }
}

fn not_sent(reason: String) -> RequestError {
    RequestError::NotSent { reason }
}

/// Certificates and settings of TLS, where any node needs them.
pub(crate) fn tls_of(config: &ClusterConfig) -> Result<Option<Arc<ClientConfig>>, ConfigError> {
    config
        .uses_tls()
        .then(|| tls::client_config(&config.tls))
        .transpose()
}

/// How each service of a node is reached.
pub(crate) struct Secured {
    rest: Security,
    xmpp: Security,
}

pub(crate) fn secured(
    node: &NodeConfig,
    tls: Option<&Arc<ClientConfig>>,
) -> Result<Secured, ConfigError> {
    let tls = match tls {
        Some(config) => Security::Tls {
            config: Arc::clone(config),
            name: server_name(node)?,
        },
        None => Security::Loopback,
    };
    Ok(Secured {
        rest: match node.scheme {
            Scheme::Https => tls.clone(),
            Scheme::Http => Security::Loopback,
        },
        xmpp: match node.xmpp_security {
            XmppSecurity::Tls => tls,
            XmppSecurity::Plain => Security::Loopback,
        },
    })
}

fn server_name(node: &NodeConfig) -> Result<ServerName<'static>, ConfigError> {
    ServerName::try_from(node.host.clone()).map_err(|_| ConfigError::BadHost {
        node: node.name.clone(),
        host: node.host.clone(),
    })
}

fn dialer(config: &ClusterConfig, node: &NodeConfig, port: u16, security: Security) -> Dialer {
    Dialer {
        host: node.connect_to().to_owned(),
        port,
        security,
        timeout: config.connect_timeout,
    }
}

pub(crate) fn rest_node(config: &ClusterConfig, node: &NodeConfig, secured: &Secured) -> RestNode {
    let limits = RestLimits {
        parallel: config.max_requests_per_node,
        timeout: config.request_timeout,
        max_answer_bytes: config.max_answer_bytes,
    };
    let dialer = dialer(config, node, node.https_port, secured.rest.clone());
    RestNode::new(&authority(node, node.https_port), dialer, limits)
}

fn node_links(
    config: &ClusterConfig,
    node: &NodeConfig,
    secured: &Secured,
) -> Result<NodeLinks<Dialer>, ConfigError> {
    let mut ways = Vec::new();
    for transport in node.transports() {
        ways.push(way(config, node, *transport, secured.xmpp.clone())?);
    }
    let why_only = match node.transport {
        Some(_) => "configured",
        None => "plain connections use it",
    };
    let limits = RouteLimits::of(&config.link);
    Ok(NodeLinks {
        route: Route::new(&node.name, node.domain(), ways, why_only, limits),
        domain: node.domain().to_owned(),
        config: config.link.clone(),
        logins: Turns::new(config.link.parallel_logins, config.link.logins_per_second),
    })
}

fn way(
    config: &ClusterConfig,
    node: &NodeConfig,
    transport: Transport,
    security: Security,
) -> Result<Way<Dialer>, ConfigError> {
    let (port, path) = match transport {
        Transport::WebSocket => (node.https_port, Some("/ws")),
        Transport::LegacyWebSocket => (node.legacy_websocket_port, Some("/ws/")),
        Transport::Tcp => (node.xmpp_port, None),
    };
    let endpoint = path.map(|path| Endpoint::new(&authority(node, port), path));
    Ok(Way {
        transport,
        port,
        dial: dialer(config, node, port, security),
        endpoint: endpoint.transpose().map_err(|_| ConfigError::BadHost {
            node: node.name.clone(),
            host: node.host.clone(),
        })?,
    })
}

fn authority(node: &NodeConfig, port: u16) -> String {
    if node.host.contains(':') {
        format!("[{}]:{port}", node.host)
    } else {
        format!("{}:{port}", node.host)
    }
}
