//! Between the core's words and those of the Finesse client.

use std::path::PathBuf;

use finesse_client::{
    Account, Cluster, ClusterConfig, ConfigApi, ConfigApiConfig, ConfigError, Credential,
    LinkConfig, NodeConfig, NodeStatus, RequestError, TlsConfig,
};
use finesse_protocol::{ApiError, Fault};
use gc_core::{LinkEvent, Reply};
use gc_protocol::Secret;
use secrecy::SecretString;

use crate::config::{Finesse, Node, Scheme, SecretError, Site, Transport, XmppSecurity};
use crate::recorder::RecorderError;

/// The cluster as the settings describe it; connects to nothing yet.
pub(crate) fn cluster(settings: &Finesse) -> Result<Cluster, ConfigError> {
    Cluster::new(ClusterConfig {
        nodes: settings.nodes.iter().map(node).collect(),
        tls: trust(settings),
        request_timeout: settings.request_timeout,
        connect_timeout: settings.connect_timeout,
        max_requests_per_node: settings.max_requests,
        link: link(settings),
        ..ClusterConfig::default()
    })
}

fn trust(settings: &Finesse) -> TlsConfig {
    TlsConfig {
        ca_files: paths(&settings.ca_files),
        ca_pem: Some(settings.ca_pem.clone())
            .filter(|pem| !pem.is_empty())
            .into_iter()
            .collect(),
        system_roots: settings.system_roots,
        pinned_certificates: paths(&settings.pinned_certificates),
    }
}

/// Why an account of the gateway's own cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// The password cannot be read.
    #[error("{key}: {reason}")]
    Password {
        /// The setting.
        key: String,
        /// Why.
        reason: SecretError,
    },
    /// The client refused its settings.
    #[error("{key}: {reason}")]
    ConfigApi {
        /// The section.
        key: String,
        /// Why.
        reason: ConfigError,
    },
}

impl Site {
    /// Finesse's administrator, if there is one.
    pub fn administrator(&self) -> Result<Option<Account>, AccountError> {
        let settings = &self.finesse.administrator;
        if settings.name.is_empty() {
            return Ok(None);
        }
        let password = settings
            .password()
            .map_err(|reason| AccountError::Password {
                key: format!("{}.administrator.password_file", self.sections.0),
                reason,
            })?;
        let credential = basic(&settings.name, &password);
        Ok(Some(Account::new(credential)))
    }

    /// The configuration API of Unified CCE, if there is one; connects to nothing yet.
    pub fn config_api(&self) -> Result<Option<ConfigApi>, AccountError> {
        let settings = &self.ucce_config;
        if settings.host.is_empty() {
            return Ok(None);
        }
        let password = settings
            .password()
            .map_err(|reason| AccountError::Password {
                key: format!("{}.password_file", self.sections.1),
                reason,
            })?;
        let api = ConfigApi::new(ConfigApiConfig {
            address: given(&settings.address),
            port: settings.port,
            tls: trust(&self.finesse),
            request_timeout: self.finesse.request_timeout,
            connect_timeout: self.finesse.connect_timeout,
            ..ConfigApiConfig::new(&settings.host, basic(&settings.user, &password))
        })
        .map_err(|reason| AccountError::ConfigApi {
            key: self.sections.1.clone(),
            reason,
        })?;
        Ok(Some(api))
    }
}

fn basic(user: &str, password: &Secret) -> Credential {
    Credential::basic(user, SecretString::from(password.expose()))
}

fn given(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

fn paths(files: &[String]) -> Vec<PathBuf> {
    files.iter().map(PathBuf::from).collect()
}

fn node(node: &Node) -> NodeConfig {
    NodeConfig {
        name: node.label().to_owned(),
        host: node.host.clone(),
        address: given(&node.address),
        https_port: node.https_port,
        legacy_websocket_port: node.legacy_websocket_port,
        xmpp_port: node.xmpp_port,
        transport: match node.transport {
            Transport::Auto => None,
            Transport::WebSocket => Some(finesse_client::Transport::WebSocket),
            Transport::LegacyWebSocket => Some(finesse_client::Transport::LegacyWebSocket),
            Transport::Tcp => Some(finesse_client::Transport::Tcp),
        },
        xmpp_domain: given(&node.xmpp_domain),
        scheme: match node.scheme {
            Scheme::Https => finesse_client::Scheme::Https,
            Scheme::Http => finesse_client::Scheme::Http,
        },
        xmpp_security: match node.xmpp_security {
            XmppSecurity::Tls => finesse_client::XmppSecurity::Tls,
            XmppSecurity::Plain => finesse_client::XmppSecurity::Plain,
        },
    }
}

fn link(settings: &Finesse) -> LinkConfig {
    let link = &settings.link;
    LinkConfig {
        resource: link.resource.clone(),
        ping_interval: link.ping_interval,
        ping_timeout: link.ping_timeout,
        login_timeout: link.login_timeout,
        probe_timeout: link.probe_timeout,
        reprobe_after: link.reprobe_after,
        reconnect_min: link.reconnect_min,
        reconnect_max: link.reconnect_max,
        parallel_logins: link.parallel_logins,
        logins_per_second: link.logins_per_second,
        ..LinkConfig::default()
    }
}

/// What an agent signs in with.
pub(crate) fn credential(user: &str, secret: &Secret, token: bool) -> finesse_client::Credential {
    let secret = SecretString::from(secret.expose());
    if token {
        finesse_client::Credential::bearer(secret)
    } else {
        finesse_client::Credential::basic(user, secret)
    }
}

/// What came of a request, for the core.
pub(crate) fn reply(outcome: Result<finesse_protocol::Answer, RequestError>) -> Reply {
    match outcome {
        Ok(answer) => Reply::Answer(answer),
        // A proxy gave up on Finesse, which may have gone on.
        Err(error @ RequestError::Fault(_)) if !error.outcome_known() => Reply::Unknown {
            reason: error.to_string(),
        },
        Err(RequestError::Fault(fault)) => Reply::Fault(fault),
        Err(RequestError::NotSent { reason } | RequestError::NoTls { reason }) => {
            Reply::NotSent { reason }
        }
        Err(RequestError::OutcomeUnknown { reason }) => Reply::Unknown { reason },
        Err(error @ (RequestError::TooLarge | RequestError::Garbage { .. })) => Reply::Garbage {
            reason: error.to_string(),
        },
        Err(error) => Reply::Unknown {
            reason: error.to_string(),
        },
    }
}

/// What came of telling the recorder, for the core.
pub(crate) fn recorder_reply(outcome: Result<(), RecorderError>) -> Reply {
    match outcome {
        Ok(()) => Reply::Answer(finesse_protocol::Answer::Accepted),
        Err(error @ RecorderError::NotSent { .. }) => Reply::NotSent {
            reason: error.to_string(),
        },
        Err(error @ RecorderError::OutcomeUnknown { .. }) => Reply::Unknown {
            reason: error.to_string(),
        },
        Err(error @ (RecorderError::NoId { .. } | RecorderError::Refused { .. })) => {
            Reply::Fault(recorders_fault(&error))
        }
    }
}

fn recorders_fault(error: &RecorderError) -> Fault {
    let mut said = ApiError::default();
    said.error_type = "Generic Error".to_owned();
    said.error_message = error.to_string();
    let mut fault = Fault::default();
    fault.status = 400;
    fault.errors = vec![said];
    fault
}

/// Name of an outcome in metrics.
pub(crate) fn reply_name(reply: &Reply) -> &'static str {
    match reply {
        Reply::Answer(_) => "answer",
        Reply::Fault(_) => "fault",
        Reply::NotSent { .. } => "not_sent",
        Reply::Unknown { .. } => "unknown",
        Reply::Garbage { .. } => "garbage",
    }
}

/// News of a link, for the core.
pub(crate) enum LinkNews {
    /// A notification.
    Update(Box<finesse_protocol::Update>),
    /// A change of the link itself.
    Change(LinkEvent),
}

/// Reads a link's report; the reason of a trouble goes to the log.
pub(crate) fn link_news(event: finesse_client::LinkEvent) -> LinkNews {
    use finesse_client::LinkEvent as Heard;
    let change = match event {
        Heard::Notification(update) => return LinkNews::Update(update),
        Heard::Up => LinkEvent::Up,
        Heard::Conflict => LinkEvent::Conflict,
        Heard::FinesseUserAvailable(present) => LinkEvent::FinessePresent(present),
        Heard::Down { reason } => {
            tracing::info!(reason, "the link is down");
            LinkEvent::Down
        }
        Heard::Unreachable { reason } => {
            tracing::info!(reason, "the link cannot be made");
            LinkEvent::Unreachable
        }
        Heard::Refused { reason } => {
            tracing::info!(reason, "the link was refused");
            LinkEvent::Refused
        }
        Heard::Subscribed { node } => LinkEvent::Subscribed(node),
        Heard::SubscriptionRefused { node, reason } => {
            tracing::info!(node, reason, "a subscription was refused");
            LinkEvent::NotSubscribed(node)
        }
        Heard::Undecodable { reason } => {
            tracing::warn!(reason, "a notification cannot be read");
            LinkEvent::Undecodable
        }
    };
    LinkNews::Change(change)
}

/// A node's status in readiness: whether it serves, and why not.
pub(crate) fn service(status: NodeStatus) -> (bool, &'static str, String) {
    match status {
        NodeStatus::InService { .. } => (true, "IN_SERVICE", String::new()),
        NodeStatus::OutOfService { reason } => (false, "OUT_OF_SERVICE", reason),
        NodeStatus::NoTls { reason } | NodeStatus::Unreachable { reason } => {
            (false, "UNREACHABLE", reason)
        }
    }
}
