//! Commands, events, error codes and dialects of the Generic Connector contract.

pub mod command;
pub mod error;
pub mod event;
pub mod ids;
pub mod secret;
pub mod style;

pub use command::{Action, Body, Command, Heartbeat};
pub use error::ErrorType;
pub use event::{Event, Outcome};
pub use ids::{AgentId, CommandId, Destination, DialogId};
pub use secret::Secret;
pub use style::Style;
