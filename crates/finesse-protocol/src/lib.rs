//! Cisco Finesse's objects, requests and notifications: XML in and out, tolerant, pure.
//!
//! It opens no connection and knows nothing of time, sessions or passwords: a [`Request`] says what to send and reads the
//! answer to it, [`Update::parse`] reads the text of a notification.
//! Releases of Finesse differ in order, casing and namespaces, so all of that is ignored; what a document leaves out is
//! empty, and words nobody knows are kept. Damaged or oversized documents are a [`DecodeError`], never a panic.
//!
//! ```
//! use finesse_protocol::{Answer, Data, Request, Update, UserState};
//!
//! let ready = Request::ChangeState {
//!     user: "41027".into(),
//!     state: UserState::Ready,
//!     reason_code_id: None,
//! };
//! assert_eq!(ready.path(), "/User/41027");
//! assert_eq!(ready.body().as_deref(), Some("<User><state>READY</state></User>"));
//! assert_eq!(ready.decode(202, b""), Ok(Answer::Accepted));
//!
//! let update = Update::parse(
//!     "<Update><data><user><state>READY</state></user></data><event>PUT</event></Update>",
//! )?;
//! assert!(matches!(update.data, Data::User(user) if user.state == UserState::Ready));
//! # Ok::<(), finesse_protocol::DecodeError>(())
//! ```

mod string_enum;
mod xml;

pub mod answer;
pub mod config_api;
pub mod decode_error;
pub mod dialog;
pub mod document;
pub mod error;
pub mod failure_codes;
pub mod limits;
pub mod phonebook;
pub mod queue;
pub mod reason;
pub mod request;
pub mod system;
pub mod team;
pub mod update;
pub mod user;

pub use answer::{Answer, AnswerError};
pub use config_api::{ConfigAgent, ConfigSkillGroup, Page};
pub use decode_error::{DecodeError, Problem};
pub use dialog::{CallType, CallVariable, Dialog, DialogState, Participant, ParticipantState};
pub use document::{Document, Stanza, notification_texts, read_document};
pub use error::{ApiError, Fault, parse_api_errors};
pub use failure_codes::{control_failure, cti_status};
pub use phonebook::{Contact, ContactList, PhoneBook, PhoneBookList};
pub use queue::{Queue, QueueStatistics};
pub use reason::{ReasonCode, WrapUpReason};
pub use request::{Action, Method, MobileMode, ReasonCategory, Request, Service};
pub use system::{NodeInfo, Product, Release, ServiceStatus, SystemInfo};
pub use team::{Team, TeamRef};
pub use update::{Data, Source, Update, UpdateEvent};
pub use user::{MobileAgent, Settings, User, UserState};
