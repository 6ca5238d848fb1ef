//! The Update document: what a notification carries (Finesse API, section 6.7).

use crate::decode_error::DecodeError;
use crate::dialog::Dialog;
use crate::error::ApiError;
use crate::limits::MAX_UPDATE_BYTES;
use crate::queue::Queue;
use crate::system::SystemInfo;
use crate::team::Team;
use crate::user::User;
use crate::xml::reader::{Child, Xml, read_root};

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

impl Update {
    /// Reads an `Update` document, which is the text of one notification.
    pub fn parse(xml: &str) -> Result<Self, DecodeError> {
        read_root(xml, "Update", MAX_UPDATE_BYTES, Self::read)
    }

    pub(crate) fn read(xml: &mut Xml<'_>) -> Result<Self, DecodeError> {
        let mut update = Self {
            event: UpdateEvent::Other("".into()),
            request_id: String::new(),
            source: Source::Other(String::new()),
            data: Data::Empty,
        };
        while let Some(child) = xml.child()? {
            match child.name() {
                "event" => update.event = UpdateEvent::from_word(&xml.text()?),
                "requestId" => update.request_id = xml.string()?,
                "source" => update.source = Source::from_uri(&xml.text()?),
                "data" => update.data = Data::read(xml)?,
                _ => xml.skip()?,
            }
        }
        Ok(update)
    }
}

impl UpdateEvent {
    /// Reads the word, in any casing.
    pub fn from_word(word: &str) -> Self {
        let known = [Self::Post, Self::Put, Self::Delete];
        known
            .into_iter()
            .find(|event| event.as_str().eq_ignore_ascii_case(word))
            .unwrap_or_else(|| Self::Other(word.into()))
    }

    /// The word in upper case, or as it came.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
            Self::Other(word) => word,
        }
    }
}

const API_PREFIX: &str = "/finesse/api/";

impl Source {
    /// Reads an address, with or without host, leading and trailing slash; ids are kept as written.
    pub fn from_uri(uri: &str) -> Self {
        let address = match uri.split_once(API_PREFIX) {
            Some((_, address)) => address,
            None => uri.strip_prefix(&API_PREFIX[1..]).unwrap_or(uri),
        };
        let mut segments = address.trim_end_matches('/').split('/');
        let path = (
            segments.next().unwrap_or_default(),
            segments.next().unwrap_or_default(),
            segments.next().unwrap_or_default(),
            segments.next(),
        );
        match path {
            ("SystemInfo", "", "", None) => Self::SystemInfo,
            (_, "", _, _) | (_, _, _, Some(_)) => Self::Other(uri.to_owned()),
            ("User", id, "", None) => Self::User(id.to_owned()),
            ("User", id, "Dialogs", None) => Self::UserDialogs(id.to_owned()),
            ("User", id, "Queues", None) => Self::UserQueues(id.to_owned()),
            ("Dialog", id, "", None) => Self::Dialog(id.to_owned()),
            ("Team", id, "" | "Users", None) => Self::Team(id.to_owned()),
            ("Queue", id, "", None) => Self::Queue(id.to_owned()),
            _ => Self::Other(uri.to_owned()),
        }
    }

    /// The address, relative to the node; a team's is `/finesse/api/Team/{id}`.
    pub fn to_uri(&self) -> String {
        match self {
            Self::User(id) => format!("{API_PREFIX}User/{id}"),
            Self::UserDialogs(id) => format!("{API_PREFIX}User/{id}/Dialogs"),
            Self::UserQueues(id) => format!("{API_PREFIX}User/{id}/Queues"),
            Self::Dialog(id) => format!("{API_PREFIX}Dialog/{id}"),
            Self::Team(id) => format!("{API_PREFIX}Team/{id}"),
            Self::Queue(id) => format!("{API_PREFIX}Queue/{id}"),
            Self::SystemInfo => format!("{API_PREFIX}SystemInfo"),
            Self::Other(uri) => uri.clone(),
        }
    }
}

impl Data {
    /// The first object counts; Finesse never sends a second.
    fn read(xml: &mut Xml<'_>) -> Result<Self, DecodeError> {
        let mut data = Self::Empty;
        while let Some(child) = xml.child()? {
            if data == Self::Empty {
                data = Self::read_object(&child, xml)?;
            } else {
                xml.skip()?;
            }
        }
        Ok(data)
    }

    fn read_object(object: &Child<'_>, xml: &mut Xml<'_>) -> Result<Self, DecodeError> {
        Ok(match object.name() {
            "user" | "User" => Self::User(Box::new(User::read(xml)?)),
            "dialog" | "Dialog" => Self::Dialog(Box::new(Dialog::read(xml)?)),
            "dialogs" | "Dialogs" => Self::Dialogs(xml.list("Dialog", Dialog::read)?),
            "team" | "Team" => Self::Team(Box::new(Team::read(xml)?)),
            "queue" | "Queue" => Self::Queue(Box::new(Queue::read(xml)?)),
            "queues" | "Queues" => Self::Queues(xml.list("Queue", Queue::read)?),
            "systemInfo" | "SystemInfo" => Self::SystemInfo(Box::new(SystemInfo::read(xml)?)),
            "apiErrors" | "ApiErrors" => Self::Errors(xml.list("ApiError", ApiError::read)?),
            unknown => {
                let name = unknown.to_owned();
                xml.skip()?;
                Self::Unknown(name)
            }
        })
    }
}
