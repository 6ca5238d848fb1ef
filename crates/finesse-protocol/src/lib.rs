//! Cisco Finesse's objects, requests and notifications: XML in and out, tolerant, pure.

mod string_enum;
mod xml;

pub mod answer;
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
pub use decode_error::{DecodeError, Problem};
pub use dialog::{CallType, CallVariable, Dialog, DialogState, Participant, ParticipantState};
pub use document::{Document, Stanza, notification_texts, read_document};
pub use error::{ApiError, Fault, parse_api_errors};
pub use failure_codes::{control_failure, cti_status};
pub use phonebook::{Contact, PhoneBook};
pub use queue::{Queue, QueueStatistics};
pub use reason::{ReasonCode, WrapUpReason};
pub use request::{Action, Method, MobileMode, ReasonCategory, Request};
pub use system::{ServiceStatus, SystemInfo};
pub use team::{Team, TeamRef};
pub use update::{Data, Source, Update, UpdateEvent};
pub use user::{MobileAgent, Settings, User, UserState};
