//! Answers of Finesse's REST API, read against the request they belong to.

use crate::config_api::{ConfigAgent, ConfigSkillGroup, Page};
use crate::decode_error::{DecodeError, Problem};
use crate::dialog::Dialog;
use crate::error::{Fault, parse_api_errors};
use crate::limits::{MAX_LIST_BYTES, MAX_OBJECT_BYTES};
use crate::phonebook::{Contact, ContactList, PhoneBook, PhoneBookList};
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
    /// Users, those logged out included.
    Users(Vec<User>),
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
    /// One queue.
    Queue(Box<Queue>),
    /// Phone books, with their contacts where embedded.
    PhoneBooks(PhoneBookList),
    /// Contacts of one phone book.
    Contacts(ContactList),
    /// Skill groups of Unified CCE.
    SkillGroups(Page<ConfigSkillGroup>),
    /// Supervisors of Unified CCE.
    Supervisors(Page<ConfigAgent>),
    /// A node's health.
    SystemInfo(Box<SystemInfo>),
}

const PARTIAL_CONTENT: u16 = 206;

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
    /// How much of an answer to this request is worth reading, in bytes: what is longer is refused by [`Request::decode`].
    pub fn largest_answer(&self) -> usize {
        match self {
            Self::Users
            | Self::Dialogs { .. }
            | Self::ReasonCodes { .. }
            | Self::WrapUpReasons { .. }
            | Self::Team { .. }
            | Self::Queues { .. }
            | Self::PhoneBooks { .. }
            | Self::TeamPhoneBooks { .. }
            | Self::AllPhoneBooks
            | Self::TeamBooks { .. }
            | Self::PhoneBookContacts { .. }
            | Self::SkillGroups { .. }
            | Self::Supervisors { .. } => MAX_LIST_BYTES,
            Self::SystemInfo | Self::User { .. } | Self::Dialog { .. } | Self::Queue { .. } => {
                MAX_OBJECT_BYTES
            }
            // A status, and what is wrong at most.
            Self::Login { .. }
            | Self::ChangeState { .. }
            | Self::MakeCall { .. }
            | Self::Act { .. }
            | Self::UpdateWrapUp { .. }
            | Self::UpdateWrapUpItems { .. }
            | Self::UpdateVariables { .. }
            | Self::SilentMonitor { .. }
            | Self::Barge { .. } => MAX_OBJECT_BYTES,
        }
    }

    /// Reads the answer to this request.
    pub fn decode(&self, status: u16, body: &[u8]) -> Result<Answer, AnswerError> {
        if !(200..300).contains(&status) {
            return Err(AnswerError::Fault(read_fault(status, body)));
        }
        match self.method() {
            Method::Put | Method::Post => Ok(Answer::Accepted),
            Method::Get => self.read_answer(status, body).map_err(AnswerError::Garbage),
        }
    }

    fn read_answer(&self, status: u16, body: &[u8]) -> Result<Answer, DecodeError> {
        let xml = str::from_utf8(body).map_err(|error| DecodeError {
            document: self.name(),
            problem: Problem::NotUtf8,
            position: error.valid_up_to(),
        })?;
        let partial = status == PARTIAL_CONTENT;
        match self {
            Self::SystemInfo => SystemInfo::parse(xml).map(|info| Answer::SystemInfo(info.into())),
            Self::User { .. } => User::parse(xml).map(|user| Answer::User(user.into())),
            Self::Users => User::parse_list(xml).map(Answer::Users),
            Self::Dialogs { .. } => Dialog::parse_list(xml).map(Answer::Dialogs),
            Self::Dialog { .. } => Dialog::parse(xml).map(|dialog| Answer::Dialog(dialog.into())),
            Self::ReasonCodes { .. } => ReasonCode::parse_list(xml).map(Answer::ReasonCodes),
            Self::WrapUpReasons { .. } => WrapUpReason::parse_list(xml).map(Answer::WrapUpReasons),
            Self::Team { .. } => Team::parse(xml).map(|team| Answer::Team(team.into())),
            Self::Queues { .. } => Queue::parse_list(xml).map(Answer::Queues),
            Self::Queue { .. } => Queue::parse(xml).map(|queue| Answer::Queue(queue.into())),
            Self::PhoneBooks { .. }
            | Self::TeamPhoneBooks { .. }
            | Self::AllPhoneBooks
            | Self::TeamBooks { .. } => PhoneBook::parse_list(xml)
                .map(|books| Answer::PhoneBooks(PhoneBookList { books, partial })),
            Self::PhoneBookContacts { .. } => Contact::parse_list(xml)
                .map(|contacts| Answer::Contacts(ContactList { contacts, partial })),
            Self::SkillGroups { .. } => ConfigSkillGroup::parse_page(xml).map(Answer::SkillGroups),
            Self::Supervisors { .. } => ConfigAgent::parse_page(xml).map(Answer::Supervisors),
            Self::Login { .. }
            | Self::ChangeState { .. }
            | Self::MakeCall { .. }
            | Self::Act { .. }
            | Self::UpdateWrapUp { .. }
            | Self::UpdateWrapUpItems { .. }
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
    Fault {
        status,
        errors,
        retry_after: None,
    }
}
