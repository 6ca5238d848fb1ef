//! Commands, events, error codes and dialects of the Generic Connector contract.

pub mod command;
pub mod error;
pub mod event;
pub mod ids;
pub mod secret;
pub mod style;

pub use command::{Action, Body, Callback, Command, CommandError, Heartbeat, Submission};
pub use error::ErrorType;
pub use event::{Event, Outcome, Printer, StyleError};
pub use ids::{AgentId, CommandId, Destination, DialogId};
pub use secret::Secret;
pub use style::Style;
