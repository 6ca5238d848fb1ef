//! Cisco Finesse's objects, requests and notifications: XML in and out, tolerant, pure.

mod string_enum;

pub mod answer;
pub mod dialog;
pub mod error;
pub mod phonebook;
pub mod queue;
pub mod reason;
pub mod request;
pub mod system;
pub mod team;
pub mod update;
pub mod user;

pub use answer::Answer;
pub use dialog::{CallType, CallVariable, Dialog, DialogState, Participant, ParticipantState};
pub use error::{ApiError, Fault};
pub use phonebook::{Contact, PhoneBook};
pub use queue::{Queue, QueueStatistics};
pub use reason::{ReasonCode, WrapUpReason};
pub use request::{Action, MobileMode, ReasonCategory, Request};
pub use system::{ServiceStatus, SystemInfo};
pub use team::{Team, TeamRef};
pub use update::{Data, Source, Update, UpdateEvent};
pub use user::{MobileAgent, Settings, User, UserState};
