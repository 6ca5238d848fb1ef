//! Answers of Finesse's REST API, read against the request they belong to.

use crate::dialog::Dialog;
use crate::phonebook::PhoneBook;
use crate::queue::Queue;
use crate::reason::{ReasonCode, WrapUpReason};
use crate::system::SystemInfo;
use crate::team::Team;
use crate::user::User;

/// A successful answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// Taken for processing; the outcome comes as a notification.
    Accepted,
    /// A user.
    User(Box<User>),
    /// A user's dialogs.
    Dialogs(Vec<Dialog>),
    /// One dialog.
    Dialog(Box<Dialog>),
    /// Reason codes of a category.
    ReasonCodes(Vec<ReasonCode>),
    /// Wrap-up reasons.
    WrapUpReasons(Vec<WrapUpReason>),
    /// A team.
    Team(Box<Team>),
    /// Queues.
    Queues(Vec<Queue>),
    /// Phone books, with their contacts where embedded.
    PhoneBooks(Vec<PhoneBook>),
    /// A node's health.
    SystemInfo(Box<SystemInfo>),
}
