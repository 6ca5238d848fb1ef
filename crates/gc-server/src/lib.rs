//! The gateway as a library: I/O towards clients (REST with callbacks, WebSocket, a message broker), configuration, and the driver of `gc-core`.
//!
//! [`serve`] gives a handle and a future. The listeners are bound when it returns; everything works while the future is polled,
//! and whatever it started ends with it. It holds no rule about calls or agents, those are in `gc-core`, and knows nothing of
//! Finesse's XML, that is in `finesse-client`.
//!
//! ```no_run
//! # async fn demo() -> Result<(), gc_server::ServeError> {
//! use gc_server::config::{Config, Node};
//!
//! let mut config = Config::default();
//! config.finesse.nodes.push(Node::new("finesse-a.example.org"));
//! let (handle, gateway) = gc_server::serve(config).await?;
//! println!("clients connect to {}", handle.client_addr());
//! gateway.await
//! # }
//! ```

pub mod config;
pub mod logs;
pub mod recorder;
pub mod token;

mod admin;
mod audit;
mod broker;
mod callback;
mod clients;
mod core;
mod descriptors;
mod driver;
mod finesse;
#[doc(hidden)]
pub mod fuzzing;
mod http;
mod hub;
mod key;
mod mark;
mod outgoing;
mod rate;
mod reload;
mod scope;
mod seldom;
mod serve;
mod store;
mod telemetry;
mod tls;
mod trust;
mod vault;
mod wall;

pub use broker::BrokerSetupError;
pub use config::Config;
pub use core::Core;
pub use finesse::AccountError;
pub use key::{NewKey, NoRandomBits};
pub use reload::ReloadError;
pub use serve::{Handle, ServeError, serve, serve_by, serve_with};
pub use store::{NewStoreKey, NotSealed, StoreError, StoreKeyError};
pub use tls::TlsError;
pub use trust::NoTrust;
pub use wall::Wall;
