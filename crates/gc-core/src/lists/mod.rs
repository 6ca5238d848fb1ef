//! Lists that take several requests to read: what to ask next, and what to tell at the end.

mod books;
mod config_api;
mod people;
mod queues;

use finesse_protocol::Request;
use gc_protocol::event::Event;
use gc_protocol::{Action, AgentId, ErrorType};

use crate::clusters::{Cluster, Names};
use crate::faults::{About, error_of};
use crate::io::{Reply, SecretHandle};
use books::Books;
use config_api::{SkillPages, SupervisorPages};
use people::People;
pub(crate) use queues::{queue_stats, queue_topics};

/// A list on its way.
#[derive(Debug)]
pub(crate) enum ListRead {
    Books(Books),
    People(People),
    Skills(SkillPages),
    Supervisors(SupervisorPages),
}

/// Who asks.
#[derive(Debug)]
pub(crate) enum Reader<'a> {
    /// An agent, with the teams that the agent supervises, and the agent's own.
    Agent {
        id: &'a AgentId,
        names: &'a Names,
        supervises: Vec<String>,
        own_team: &'a str,
        /// Whether the administrator may be asked for what Finesse does not tell the agent.
        administrator: bool,
    },
    /// Finesse's administrator.
    Administrator { id: &'a AgentId, names: &'a Names },
}

/// In whose name a list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum By {
    /// Who asks.
    Agent,
    Administrator,
    ConfigApi,
}

/// What comes next.
#[derive(Debug)]
pub(crate) enum Next {
    /// One more request.
    Ask(By, Request),
    /// The list, and what else is to be said about it.
    Tell(Vec<Event>),
    /// There will be no list.
    Fail(ErrorType, String),
}

impl ListRead {
    /// Begins a list; `None` when the command asks for none.
    pub(crate) fn begin(
        action: &Action<SecretHandle>,
        reader: &Reader<'_>,
        cluster: &Cluster,
    ) -> Option<Begun> {
        Some(match action {
            Action::GetPhonebooks
            | Action::GetTeamPhonebooks { .. }
            | Action::GetPhonebookContacts { .. } => Books::begin(action, reader, cluster)?,
            Action::GetLoggedInAgents => People::begin(reader, cluster),
            Action::GetSkillGroup { mode, start, count } => {
                SkillPages::begin(reader, cluster, mode, *start, *count)
            }
            Action::GetSupervisor => SupervisorPages::begin(reader, cluster),
            _ => return None,
        })
    }

    /// Takes the reply to the last request.
    pub(crate) fn next(&mut self, reply: Reply) -> Next {
        match self {
            ListRead::Books(books) => books.next(reply),
            ListRead::People(people) => people.next(reply),
            ListRead::Skills(pages) => pages.next(reply),
            ListRead::Supervisors(pages) => pages.next(reply),
        }
    }
}

/// A list that was begun: what it is, and its first request, or that it cannot be had.
pub(crate) type Begun = Result<(ListRead, By, Request), (ErrorType, String)>;

impl Reader<'_> {
    /// Whether the administrator can be asked, and may.
    fn has_administrator(&self, cluster: &Cluster) -> bool {
        let may = match self {
            Reader::Agent { administrator, .. } => *administrator,
            Reader::Administrator { .. } => true,
        };
        may && cluster.administrator.is_some()
    }

    fn id(&self) -> &AgentId {
        match self {
            Reader::Agent { id, .. } | Reader::Administrator { id, .. } => id,
        }
    }

    fn names(&self) -> &Names {
        match self {
            Reader::Agent { names, .. } | Reader::Administrator { names, .. } => names,
        }
    }
}

fn failed(reply: &Reply) -> Next {
    let (error_type, message) = match reply {
        Reply::Fault(fault) => error_of(fault, About::List),
        Reply::NotSent { reason } => (ErrorType::Down, format!("not reached: {reason}")),
        Reply::Unknown { reason } => (ErrorType::NotReachable, format!("no answer: {reason}")),
        Reply::Garbage { reason } => (
            ErrorType::GeneralError,
            format!("the answer could not be read: {reason}"),
        ),
        Reply::Answer(_) => (
            ErrorType::GeneralError,
            "the answer was about something else".to_owned(),
        ),
    };
    Next::Fail(error_type, message)
}
