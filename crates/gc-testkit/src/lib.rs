//! Development only: gateway and simulator in one process, clients of every transport, a network that
//! can be spoilt, log guard, scripts.

pub mod actor;
pub mod answers;
pub mod broker;
pub mod client;
pub mod evidence;
pub mod hostile;
pub mod log_guard;
pub mod network;
pub mod proxy;
pub mod recorder;
pub mod schemas;
pub mod script;
pub mod secrets;
pub mod world;

pub use actor::Actor;
pub use broker::Broker;
pub use client::{Client, Transport};
pub use network::Network;
pub use proxy::Proxy;
pub use recorder::Recorder;
pub use script::Names;
pub use world::World;
