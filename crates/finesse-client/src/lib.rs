//! I/O towards Cisco Finesse: REST calls, one notification link per agent, and the health of the nodes.
//!
//! A [`Cluster`] is built once per Finesse cluster and cloned freely. [`Cluster::request`] makes one REST call;
//! [`Cluster::link`] gives a handle and a future that the caller spawns, which keeps one agent's XMPP session alive and
//! reports what it hears; [`Cluster::health`] watches the nodes, [`Cluster::transports`] tells how notifications come.
//! [`ConfigApi`] asks Unified CCE what is configured there. The crate never spawns for an agent behind the caller's back and
//! decides nothing about agents or calls: no command is sent twice, no password is tried twice.
//!
//! Logging: `tokio_xmpp` prints credentials at TRACE, so a subscriber should cap that target at INFO.
//!
//! ```no_run
//! use finesse_client::{Cluster, ClusterConfig, Credential, LinkSpec, NodeConfig};
//! use tokio::sync::mpsc;
//!
//! # async fn demo() -> Result<(), finesse_client::ConfigError> {
//! let cluster = Cluster::new(ClusterConfig {
//!     nodes: vec![NodeConfig::new("a", "fin-a.acme.test")],
//!     ..ClusterConfig::default()
//! })?;
//! let (events, mut reports) = mpsc::channel(16);
//! let (handle, link) = cluster.link(
//!     LinkSpec {
//!         agent: "41027".into(),
//!         user: "41027".into(),
//!         epoch: 1,
//!         node: 0,
//!         credential: Credential::basic("41027", "demo"),
//!     },
//!     events,
//! );
//! tokio::spawn(link);
//! while let Some(report) = reports.recv().await {
//!     println!("{:?}", report.event);
//! }
//! handle.close();
//! # Ok(())
//! # }
//! ```

mod account;
mod body;
mod cluster;
mod config;
mod config_api;
mod credential;
mod deadline;
mod dial;
mod error;
#[doc(hidden)]
pub mod fuzzing;
mod health;
mod link;
mod rest;
mod tls;
mod transport;

pub use account::Account;
pub use cluster::Cluster;
pub use config::{
    ClusterConfig, ConfigError, LinkConfig, NodeConfig, Scheme, TlsConfig, XmppSecurity,
};
pub use config_api::{ConfigApi, ConfigApiConfig};
pub use credential::Credential;
pub use error::{RequestError, Retry};
pub use health::{HealthReport, NodeStatus};
pub use link::{LinkEvent, LinkHandle, LinkReport, LinkSpec, SubscribeError};
pub use transport::{Transport, TransportReport};
