//! What is kept: agents' sessions, where the events of a destination go, and which commands were begun.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use gc_core::ClientId;
use gc_protocol::command::Callback;
use gc_protocol::{AgentId, Destination, Secret};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::mark::Mark;

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Record {
    Agent(KeptAgent),
    Destination(KeptDestination),
    Command(KeptCommand),
}

/// What a record is about; there is one of each at most.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum About {
    Agent(AgentId),
    Destination(Destination),
    Command(Mark),
}

/// A command that was begun, and must not be begun again by the next process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeptCommand {
    pub(crate) mark: Mark,
    pub(crate) since: SystemTime,
}

/// An agent's session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeptAgent {
    pub(crate) agent: AgentId,
    pub(crate) client: ClientId,
    pub(crate) destination: Destination,
    /// Host of the node: its number may be another one in other settings.
    pub(crate) host: String,
    pub(crate) secret: Secret,
    pub(crate) kind: Kind,
}

/// What an agent signed in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Password,
    Token { ends: SystemTime },
}

/// How a destination is reached without a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeptDestination {
    pub(crate) destination: Destination,
    pub(crate) client: ClientId,
    pub(crate) callback: Option<KeptCallback>,
    /// Whether its events go to the topic of its name.
    pub(crate) topic: bool,
    /// `sessionUrl`s that stand for it: of the client, or of nobody where nobody has a key.
    pub(crate) sessions: Vec<(Option<ClientId>, String)>,
}

/// A receiver and the session that it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeptCallback {
    pub(crate) address: Callback,
    pub(crate) session_url: String,
}

impl Record {
    pub(crate) fn about(&self) -> About {
        match self {
            Self::Agent(kept) => About::Agent(kept.agent.clone()),
            Self::Destination(kept) => About::Destination(kept.destination.clone()),
            Self::Command(kept) => About::Command(kept.mark),
        }
    }

    /// As text; it holds the secret.
    pub(super) fn write(&self) -> Zeroizing<Vec<u8>> {
        let written = match self {
            Self::Agent(kept) => Written::Agent {
                agent: kept.agent.as_str(),
                client: kept.client.as_str(),
                destination: kept.destination.as_str(),
                host: &kept.host,
                secret: kept.secret.expose(),
                token_ends: match kept.kind {
                    Kind::Password => None,
                    Kind::Token { ends } => Some(seconds(ends)),
                },
            },
            Self::Destination(kept) => Written::Destination {
                destination: kept.destination.as_str(),
                client: kept.client.as_str(),
                callback: kept.callback.as_ref().map(|callback| {
                    let Callback { fqdn, endpoint } = &callback.address;
                    [fqdn, endpoint, &callback.session_url]
                }),
                topic: kept.topic,
                sessions: &kept.sessions_as_written(),
            },
            Self::Command(kept) => Written::Command {
                mark: kept.mark,
                since: seconds(kept.since),
            },
        };
        // It must not grow: what it left behind would not be wiped.
        let mut text = Zeroizing::new(Vec::with_capacity(self.longest()));
        // Maps of text into memory cannot fail.
        let _ = serde_json::to_writer(&mut *text, &written);
        text
    }

    /// From such text.
    pub(super) fn read(text: &[u8]) -> Option<Self> {
        Some(match serde_json::from_slice(text).ok()? {
            Read::Agent {
                agent,
                client,
                destination,
                host,
                secret,
                token_ends,
            } => Self::Agent(KeptAgent {
                secret: Secret::new(secret),
                agent: AgentId::from(agent),
                client: ClientId::new(client),
                destination: Destination::from(destination),
                host,
                kind: token_ends.map_or(Kind::Password, |ends| Kind::Token {
                    ends: UNIX_EPOCH + Duration::from_secs(ends),
                }),
            }),
            Read::Destination {
                destination,
                client,
                callback,
                topic,
                sessions,
            } => Self::Destination(KeptDestination {
                destination: Destination::from(destination),
                client: ClientId::new(client),
                callback: callback.map(|[fqdn, endpoint, session_url]| KeptCallback {
                    address: Callback { fqdn, endpoint },
                    session_url,
                }),
                topic,
                sessions: sessions
                    .into_iter()
                    .map(|(client, url)| (client.map(ClientId::new), url))
                    .collect(),
            }),
            Read::Command { mark, since } => Self::Command(KeptCommand {
                mark,
                since: UNIX_EPOCH + Duration::from_secs(since),
            }),
        })
    }

    /// Every character may be written as six.
    fn longest(&self) -> usize {
        match self {
            Self::Agent(kept) => {
                let texts = [
                    kept.agent.as_str(),
                    kept.client.as_str(),
                    kept.destination.as_str(),
                    &kept.host,
                    kept.secret.expose(),
                ];
                256 + texts.map(|text| 6 * text.len()).iter().sum::<usize>()
            }
            // Nothing secret is in them.
            Self::Destination(_) | Self::Command(_) => 0,
        }
    }
}

impl KeptDestination {
    /// Whether it is reached by anything but connections.
    pub(crate) fn tells_anything(&self) -> bool {
        self.callback.is_some() || self.topic || !self.sessions.is_empty()
    }

    fn sessions_as_written(&self) -> Vec<(Option<&str>, &str)> {
        let sessions = self.sessions.iter();
        sessions
            .map(|(client, url)| (client.as_ref().map(ClientId::as_str), url.as_str()))
            .collect()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Written<'a> {
    #[serde(rename_all = "camelCase")]
    Agent {
        agent: &'a str,
        client: &'a str,
        destination: &'a str,
        host: &'a str,
        secret: &'a str,
        token_ends: Option<u64>,
    },
    Destination {
        destination: &'a str,
        client: &'a str,
        callback: Option<[&'a String; 3]>,
        topic: bool,
        sessions: &'a [(Option<&'a str>, &'a str)],
    },
    Command {
        mark: Mark,
        since: u64,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
enum Read {
    #[serde(rename_all = "camelCase")]
    Agent {
        agent: String,
        client: String,
        destination: String,
        host: String,
        secret: String,
        token_ends: Option<u64>,
    },
    Destination {
        destination: String,
        client: String,
        callback: Option<[String; 3]>,
        topic: bool,
        sessions: Vec<(Option<String>, String)>,
    },
    Command {
        mark: Mark,
        since: u64,
    },
}

fn seconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agent(secret: &str, kind: Kind) -> Record {
        Record::Agent(KeptAgent {
            agent: AgentId::from("41027"),
            client: ClientId::new("crm"),
            destination: "desk-17".into(),
            host: "finesse-a.example.org".to_owned(),
            secret: Secret::new(secret),
            kind,
        })
    }

    #[test]
    fn a_session_is_read_as_it_was_written() {
        let ends = UNIX_EPOCH + Duration::from_secs(1_795_000_000);
        for record in [
            agent("de,mo#\"\u{1}ü", Kind::Password),
            agent("eyJhbGciOi", Kind::Token { ends }),
        ] {
            assert_eq!(Record::read(&record.write()), Some(record));
        }
    }

    #[test]
    fn a_destination_is_read_as_it_was_written() {
        let record = Record::Destination(KeptDestination {
            destination: "desk-17".into(),
            client: ClientId::new("crm"),
            callback: Some(KeptCallback {
                address: Callback {
                    fqdn: "https://crm.example.org".to_owned(),
                    endpoint: "/events".to_owned(),
                },
                session_url: "s-1".to_owned(),
            }),
            topic: false,
            sessions: vec![
                (None, "s-1".to_owned()),
                (Some(ClientId::new("crm")), "s-2".to_owned()),
            ],
        });
        assert_eq!(Record::read(&record.write()), Some(record));
    }

    #[test]
    fn a_command_is_read_as_it_was_written() {
        let record = Record::Command(KeptCommand {
            mark: *b"sixteen bytes...",
            since: UNIX_EPOCH + Duration::from_secs(1_795_000_000),
        });
        assert_eq!(Record::read(&record.write()), Some(record));
    }

    #[test]
    fn the_text_never_grows_where_it_would_leave_a_secret_behind() {
        let worst = agent(&"\u{1}".repeat(16_000), Kind::Password);
        let text = worst.write();
        assert!(text.len() <= worst.longest());
        assert_eq!(text.capacity(), worst.longest());
    }

    #[test]
    fn what_is_no_record_is_none() {
        for text in [
            "",
            "{}",
            "[]",
            r#"{"agent":{}}"#,
            "{\"agent\":{\"agent\":\"41027\"",
        ] {
            assert_eq!(Record::read(text.as_bytes()), None, "{text}");
        }
    }
}
