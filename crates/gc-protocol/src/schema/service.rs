//! What a description of the API depends on, beside the wire types.

use crate::style::Style;

/// The settings of a gateway that its clients notice; the default is that of the files in `schemas/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// How events are printed for who has no style of an own.
    pub style: Style,
    /// Who is let in.
    pub access: Access,
    /// Whether the gateway itself speaks TLS.
    pub transport: Transport,
    /// What is posted to receivers of callbacks.
    pub callback_body: CallbackBody,
    /// Paths that take commands, besides `/gc/v1/commands`.
    pub command_paths: Vec<String>,
    /// Queues of the broker that commands are taken from; none without a broker.
    pub queues: Vec<String>,
}

/// Who is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody; a gateway on loopback.
    Open,
    /// Who has a key.
    Keys,
    /// Who has a key, or a certificate that stands for one.
    KeysOrCertificates,
}

/// What clients' connections are made over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// TCP.
    Plain,
    /// TLS.
    Tls,
}

/// What is posted to receivers of callbacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallbackBody {
    /// `{"data": <event>, "sessionUrl": "…"}`
    Wrapped,
    /// The event.
    Bare,
}

impl Default for Service {
    fn default() -> Self {
        Self {
            style: Style::default(),
            access: Access::Keys,
            transport: Transport::Plain,
            callback_body: CallbackBody::Wrapped,
            command_paths: Vec::new(),
            queues: vec!["Connector1".to_owned()],
        }
    }
}

impl Service {
    /// The name of the document in which the events of this style are described.
    pub(super) fn events_document(&self) -> String {
        super::events_document(&self.style)
    }
}
