//! From the settings to a STOMP client.

use std::sync::Arc;
use std::time::Duration;

use gc_protocol::Secret;
use rustls::ClientConfig;
use stomp_client::{HeartBeat, Limits, Login, Settings, Subscription};

use super::intake::Queue;
use crate::clients::of_queue;
use crate::config::{Broker, BrokerUrl, BrokerUrlError, SecretError};
use crate::trust::{NoTrust, Trust};

/// How much of a message's rest the broker's own headers may take: its limit on a line.
const HEADER_LINE: usize = 8 * 1024;

/// Why the broker cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BrokerSetupError {
    /// The password cannot be read.
    #[error("broker.password_file: {0}")]
    Password(#[from] SecretError),
    /// No certificate could ever be verified.
    #[error(transparent)]
    Trust(#[from] NoTrust),
    /// A broker's address.
    #[error("broker.brokers: {0}")]
    Url(#[from] BrokerUrlError),
}

pub(super) struct Setup {
    pub(super) stomp: Settings,
    pub(super) queues: Vec<Queue>,
}

pub(super) fn read(settings: &Broker) -> Result<Setup, BrokerSetupError> {
    let names: Vec<String> = settings.queues().into_keys().collect();
    let beat = milliseconds(settings.heart_beat);
    let stomp = Settings {
        brokers: brokers(settings)?,
        login: login(&settings.user, &settings.password()?),
        subscriptions: names
            .iter()
            .map(|name| subscription(name, settings))
            .collect(),
        heart_beat: HeartBeat {
            can_send: beat,
            wants: beat,
        },
        connect_timeout: settings.connect_timeout,
        reconnect_min: settings.reconnect_min,
        reconnect_max: settings.reconnect_max,
        prefer_every: settings.prefer_every,
        outbox_bytes: settings.outbox_bytes,
        limits: Limits {
            header_line: HEADER_LINE,
            headers: settings.header_limit,
            body: settings.body_limit,
        },
        ..Settings::default()
    };
    let queue = |name: &String| Queue {
        client: of_queue(name),
    };
    Ok(Setup {
        queues: names.iter().map(queue).collect(),
        stomp,
    })
}

fn brokers(settings: &Broker) -> Result<Vec<stomp_client::Broker>, BrokerSetupError> {
    let urls: Vec<BrokerUrl> = settings
        .brokers
        .iter()
        .map(|text| text.parse())
        .collect::<Result<_, _>>()?;
    let trust = Trust {
        section: "broker",
        ca_files: &settings.ca_files,
        system_roots: settings.system_roots,
    };
    // Without TLS no certificate is needed.
    let secured = urls.iter().any(|url| url.secured);
    let tls: Option<Arc<ClientConfig>> = secured
        .then(|| trust.client_config())
        .transpose()?
        .map(Arc::new);
    let broker = |url: BrokerUrl| stomp_client::Broker {
        tls: tls.clone().filter(|_| url.secured),
        host: url.host,
        port: url.port,
    };
    Ok(urls.into_iter().map(broker).collect())
}

fn login(user: &str, password: &Secret) -> Option<Login> {
    (!user.is_empty()).then(|| Login {
        user: user.to_owned(),
        passcode: password.expose().to_owned(),
    })
}

/// Of all gateways only the one with the highest priority gets commands, and another one when that is gone.
fn subscription(queue: &str, settings: &Broker) -> Subscription {
    let header = |name: &str, value: String| (name.to_owned(), value);
    Subscription {
        destination: format!("/queue/{queue}"),
        headers: vec![
            header("activemq.exclusive", "true".to_owned()),
            header("activemq.priority", settings.priority.to_string()),
            header("activemq.prefetchSize", settings.prefetch.to_string()),
        ],
    }
}

fn milliseconds(period: Duration) -> u32 {
    u32::try_from(period.as_millis()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use stomp_client::{Decoder, Item};

    use super::*;

    fn is_oversized(frame: &str) -> bool {
        let limits = read(&Broker::default()).unwrap().stomp.limits;
        let mut decoder = Decoder::new(limits);
        decoder.feed(frame.as_bytes());
        match decoder.next_item() {
            Ok(Some(item)) => matches!(item, Item::Oversized(_)),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_message_may_have_64_kib_and_lines_of_8_kib_unless_it_is_set() {
        let with_body = |bytes: usize| format!("MESSAGE\nack:1\n\n{}\0", "x".repeat(bytes));
        let with_line = |bytes: usize| format!("MESSAGE\nack:1\nx:{}\n\n\0", "x".repeat(bytes - 2));
        for (most, more) in [
            (with_body(64 * 1024), with_body(64 * 1024 + 1)),
            (with_line(8 * 1024), with_line(8 * 1024 + 1)),
        ] {
            assert!(!is_oversized(&most));
            assert!(is_oversized(&more));
        }
    }
}
