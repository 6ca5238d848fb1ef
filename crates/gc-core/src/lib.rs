//! The session state machine of the gateway: pure, no I/O, no clock.

mod agent;
mod calls;
mod clients;
pub mod config;
mod faults;
mod gateway;
mod health;
pub mod io;
mod reasons;
pub mod replay;
mod session;
pub mod view;

pub use config::{Config, MonitorAgentEvent};
pub use gateway::Gateway;
pub use io::{
    ClientId, Credential, Epoch, Input, LinkEvent, Origin, Output, Reply, RequestId, SecretHandle,
    Sender, Ticket,
};
pub use view::{AgentView, Counters};
