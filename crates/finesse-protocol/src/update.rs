//! The Update document: what a notification carries (Finesse API, section 6.7).

use crate::dialog::Dialog;
use crate::error::ApiError;
use crate::queue::Queue;
use crate::system::SystemInfo;
use crate::team::Team;
use crate::user::User;

/// What happened to an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// Created, changed or removed.
    pub event: UpdateEvent,
    /// Id of the request this results from; empty when none or not echoed.
    pub request_id: String,
    /// What changed.
    pub source: Source,
    /// Its new form.
    pub data: Data,
}

/// Kind of change, read without regard to case.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum UpdateEvent {
    /// The object entered the collection.
    Post,
    /// The object changed.
    Put,
    /// The object left the collection.
    Delete,
    /// A word this version does not know.
    Other(Box<str>),
}

/// The object an update speaks of, by its address.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// `/finesse/api/User/{id}`
    User(String),
    /// `/finesse/api/User/{id}/Dialogs`
    UserDialogs(String),
    /// `/finesse/api/User/{id}/Queues`
    UserQueues(String),
    /// `/finesse/api/Dialog/{id}`
    Dialog(String),
    /// `/finesse/api/Team/{id}` and `/finesse/api/Team/{id}/Users`
    Team(String),
    /// `/finesse/api/Queue/{id}`
    Queue(String),
    /// `/finesse/api/SystemInfo`
    SystemInfo,
    /// Anything else, as it came.
    Other(String),
}

/// What an update carries.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Data {
    /// A user, or a team member's summary.
    User(Box<User>),
    /// One dialog that changed.
    Dialog(Box<Dialog>),
    /// Dialogs that entered or left a collection.
    Dialogs(Vec<Dialog>),
    /// A team.
    Team(Box<Team>),
    /// A queue's figures.
    Queue(Box<Queue>),
    /// Queues that were assigned or removed.
    Queues(Vec<Queue>),
    /// A node's health.
    SystemInfo(Box<SystemInfo>),
    /// A request failed after it had been accepted.
    Errors(Vec<ApiError>),
    /// Nothing, as when a user is removed.
    Empty,
    /// An object this version does not know, by its element name.
    Unknown(String),
}
