//! Answers of Finesse's REST API, read against the request they belong to.

use crate::decode_error::{DecodeError, Problem};
use crate::dialog::Dialog;
use crate::error::{Fault, parse_api_errors};
use crate::phonebook::PhoneBook;
use crate::queue::Queue;
use crate::reason::{ReasonCode, WrapUpReason};
use crate::request::{Method, Request};
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

/// Why there is no [`Answer`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// Finesse refused or failed.
    #[error("Finesse refused: {0}")]
    Fault(Fault),
    /// Finesse said yes and sent something that cannot be read.
    #[error("unreadable answer: {0}")]
    Garbage(DecodeError),
}

impl Request {
    /// Reads the answer to this request.
    pub fn decode(&self, status: u16, body: &[u8]) -> Result<Answer, AnswerError> {
        if !(200..300).contains(&status) {
            return Err(AnswerError::Fault(read_fault(status, body)));
        }
        match self.method() {
            Method::Put | Method::Post => Ok(Answer::Accepted),
            Method::Get => self.read_answer(body).map_err(AnswerError::Garbage),
        }
    }

    fn read_answer(&self, body: &[u8]) -> Result<Answer, DecodeError> {
        let xml = str::from_utf8(body).map_err(|error| DecodeError {
            document: self.name(),
            problem: Problem::NotUtf8,
            position: error.valid_up_to(),
        })?;
        match self {
            Self::SystemInfo => SystemInfo::parse(xml).map(|info| Answer::SystemInfo(info.into())),
            Self::User { .. } => User::parse(xml).map(|user| Answer::User(user.into())),
            Self::Dialogs { .. } => Dialog::parse_list(xml).map(Answer::Dialogs),
            Self::Dialog { .. } => Dialog::parse(xml).map(|dialog| Answer::Dialog(dialog.into())),
            Self::ReasonCodes { .. } => ReasonCode::parse_list(xml).map(Answer::ReasonCodes),
            Self::WrapUpReasons { .. } => WrapUpReason::parse_list(xml).map(Answer::WrapUpReasons),
            Self::Team { .. } => Team::parse(xml).map(|team| Answer::Team(team.into())),
            Self::Queues { .. } => Queue::parse_list(xml).map(Answer::Queues),
            Self::PhoneBooks { .. } => PhoneBook::parse_list(xml).map(Answer::PhoneBooks),
            Self::Login { .. }
            | Self::ChangeState { .. }
            | Self::MakeCall { .. }
            | Self::Act { .. }
            | Self::UpdateWrapUp { .. }
            | Self::UpdateVariables { .. }
            | Self::SilentMonitor { .. }
            | Self::Barge { .. } => Ok(Answer::Accepted),
        }
    }
}

/// A proxy in between answers in its own words: then only the status is known.
fn read_fault(status: u16, body: &[u8]) -> Fault {
    let errors = str::from_utf8(body)
        .ok()
        .and_then(|xml| parse_api_errors(xml).ok())
        .unwrap_or_default();
    Fault { status, errors }
}
