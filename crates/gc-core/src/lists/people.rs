//! Logged-in agents: of a supervisor's teams, or of all with the administrator's account (contract, section 1).

use std::collections::{BTreeMap, VecDeque};

use finesse_protocol::{Answer, Request, User, UserState};
use gc_protocol::event::{Agents, Event, TeamUser};
use gc_protocol::{AgentId, ErrorType};

use super::{Begun, By, ListRead, Next, Reader, failed};
use crate::agent::{login_id, team_user};
use crate::clusters::{Cluster, Names};
use crate::io::Reply;

/// Logged-in agents on their way.
#[derive(Debug)]
pub(crate) struct People {
    agent: AgentId,
    names: Names,
    teams: VecDeque<String>,
    /// By login id, as somebody may be in the lists of two teams.
    users: BTreeMap<String, TeamUser>,
}

impl People {
    pub(super) fn begin(reader: &Reader<'_>, cluster: &Cluster) -> Begun {
        let mut people = Self {
            agent: reader.id().clone(),
            names: reader.names().clone(),
            teams: match reader {
                Reader::Agent { supervises, .. } => supervises.iter().cloned().collect(),
                Reader::Administrator { .. } => VecDeque::new(),
            },
            users: BTreeMap::new(),
        };
        if let Some(team) = people.teams.pop_front() {
            return Ok((ListRead::People(people), By::Agent, of_team(team)));
        }
        if reader.has_administrator(cluster) {
            return Ok((ListRead::People(people), By::Administrator, Request::Users));
        }
        let message = "only a supervisor may list agents: no administrator's account is configured for this client";
        Err((ErrorType::AuthorizationFailure, message.to_owned()))
    }

    pub(super) fn next(&mut self, reply: Reply) -> Next {
        let users = match reply {
            Reply::Answer(Answer::Team(team)) => team.users,
            Reply::Answer(Answer::Users(users)) => users,
            reply => return failed(&reply),
        };
        for user in users.iter().filter(|user| is_in(user)) {
            let user = team_user(user, self.names.outside(login_id(user)));
            self.users.insert(user.login_id.clone(), user);
        }
        match self.teams.pop_front() {
            Some(team) => Next::Ask(By::Agent, of_team(team)),
            None => Next::Tell(vec![Event::Agents(Agents {
                users: std::mem::take(&mut self.users).into_values().collect(),
                agent_id: self.agent.clone(),
            })]),
        }
    }
}

fn of_team(team: String) -> Request {
    Request::Team {
        team,
        include_logged_out: Some(false),
    }
}

fn is_in(user: &User) -> bool {
    !matches!(user.state, UserState::Logout | UserState::Unknown)
}
