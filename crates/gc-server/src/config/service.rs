//! The settings that clients notice, for the descriptions of the API.

use std::collections::BTreeSet;

use gc_protocol::schema::{Access, CallbackBody, Service, Transport};

use super::Config;

impl Config {
    /// What the descriptions of the API depend on.
    pub fn service(&self) -> Service {
        let paths: BTreeSet<&String> = self.server.command_paths.iter().collect();
        Service {
            style: self.style(),
            access: self.access(),
            transport: if self.server.tls.is_configured() {
                Transport::Tls
            } else {
                Transport::Plain
            },
            callback_body: if self.callbacks.bare {
                CallbackBody::Bare
            } else {
                CallbackBody::Wrapped
            },
            command_paths: paths.into_iter().cloned().collect(),
            queues: self.command_queues(),
        }
    }

    fn access(&self) -> Access {
        let asks_for_certificates = !self.server.tls.client_ca_files.is_empty();
        if self.clients.is_empty() {
            Access::Open
        } else if asks_for_certificates {
            Access::KeysOrCertificates
        } else {
            Access::Keys
        }
    }

    fn command_queues(&self) -> Vec<String> {
        if self.broker.is_configured() {
            self.broker.queues().into_keys().collect()
        } else {
            Vec::new()
        }
    }
}
