//! Commands, events, error codes and dialects of the Generic Connector contract.
//!
//! The crate does no input or output: it turns text into [`Command`]s and [`Event`]s into text.
//!
//! ```
//! use gc_protocol::event::{ConnectStatus, Event};
//! use gc_protocol::{Command, Printer, Style};
//!
//! let command = Command::parse_line("MakeCall# 41027 6133")?;
//! assert_eq!(command.body.name(), "MakeCall");
//!
//! let mistyped = Command::parse_line("MakeRedy#41027").unwrap_err();
//! assert!(mistyped.message.contains("did you mean `MakeReady`?"));
//!
//! let printer = Printer::new(&Style::default())?;
//! let event = Event::ConnectStatus(ConnectStatus { agent_id: "41027".into() });
//! assert_eq!(printer.print(&event), r#"{"type":"ConnectStatus","status":"ConnectSuccess"}"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! * [`command`]: what clients ask for; [`command::table::COMMANDS`] is the one table of all commands.
//! * [`event`]: what clients are told; [`Style`] chooses keys and shapes, [`Printer`] writes them.
//! * [`error`]: the codes of `Error` events, what they mean and what a client does about them.
//! * [`schema`]: JSON Schemas of both, made by the writer and the table themselves.
//! * [`secret`]: passwords, which nothing prints.

pub mod command;
pub mod error;
pub mod event;
pub mod ids;
pub mod schema;
pub mod secret;
pub mod style;

pub use command::{Action, Body, Callback, Command, CommandError, Heartbeat, Submission};
pub use error::ErrorType;
pub use event::{Event, Outcome, Printer, StyleError};
pub use ids::{AgentId, CommandId, Destination, DialogId};
pub use secret::Secret;
pub use style::Style;
