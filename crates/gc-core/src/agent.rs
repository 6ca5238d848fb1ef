//! What is known of an agent: User documents, whole or in part, made into `State` and `AgentInfo` facts.

use finesse_protocol::{MobileAgent, MobileMode, User, UserState};
use gc_protocol::AgentId;
use gc_protocol::event::{AgentInfo, AgentState, Team, TeamUser};

use crate::reasons::Reasons;

/// The agent as Finesse last told.
#[derive(Debug, Default)]
pub(crate) struct Agent {
    user: User,
    known: bool,
    pub(crate) not_ready_reasons: Option<Reasons>,
    pub(crate) logout_reasons: Option<Reasons>,
    /// The phone outside that the agent works at; only the node that the agent signed in at knows it.
    pub(crate) mobile: Option<(MobileMode, String)>,
    /// Time of the newest state; empty while whatever comes next counts.
    newest: String,
    /// Whether the agent is READY, or was before the present call.
    ready: bool,
}

impl Agent {
    /// Takes a User document; `false` when it is older than what is known.
    pub(crate) fn merge(&mut self, new: User) -> bool {
        let older = !new.state_change_time.is_empty() && new.state_change_time < self.newest;
        if self.known && older {
            return false;
        }
        self.known = true;
        self.learn_mobile(new.mobile_agent.as_ref(), &new.state);
        let user = &mut self.user;
        if !new.state.as_str().is_empty() {
            self.ready = match new.state {
                UserState::Ready => true,
                UserState::NotReady | UserState::Logout => false,
                _ => self.ready,
            };
            self.newest.clone_from(&new.state_change_time);
            user.state = new.state;
            user.state_change_time = new.state_change_time;
            user.pending_state = new.pending_state;
            user.reason_code = new.reason_code;
            user.reason_code_id = new.reason_code_id;
        }
        if new.extension.is_some() {
            user.extension = new.extension;
        }
        if new.settings.is_some() {
            user.settings = new.settings;
        }
        if !new.roles.is_empty() {
            user.roles = new.roles;
        }
        if !new.teams.is_empty() {
            user.teams = new.teams;
        }
        keep_known(&mut user.login_id, new.login_id);
        keep_known(&mut user.first_name, new.first_name);
        keep_known(&mut user.last_name, new.last_name);
        keep_known(&mut user.team_id, new.team_id);
        keep_known(&mut user.team_name, new.team_name);
        true
    }

    fn learn_mobile(&mut self, told: Option<&MobileAgent>, state: &UserState) {
        if *state == UserState::Logout {
            self.mobile = None;
        } else if let Some(told) = told {
            let mode = match told.mode.as_str() {
                "NAILED_CONNECTION" => MobileMode::NailedConnection,
                _ => MobileMode::CallByCall,
            };
            self.mobile = Some((mode, told.dial_number.clone()));
        }
    }

    /// The next document counts, whatever time it tells: another node has another clock, and what is read is how it stands.
    pub(crate) fn forget_order(&mut self) {
        self.newest.clear();
    }

    /// Whether the agent is READY, or was before the present call.
    pub(crate) fn is_ready_between_calls(&self) -> bool {
        self.known && self.ready
    }

    /// Whether anything was told yet.
    pub(crate) fn is_known(&self) -> bool {
        self.known
    }

    /// The state, once known.
    pub(crate) fn state(&self) -> Option<&UserState> {
        self.known.then_some(&self.user.state)
    }

    /// Whether the agent is signed in at Finesse.
    pub(crate) fn is_logged_in(&self) -> bool {
        self.known && !matches!(self.user.state, UserState::Logout | UserState::Unknown)
    }

    /// The state to come after the call.
    pub(crate) fn pending_state(&self) -> Option<&UserState> {
        self.user.pending_state.as_ref()
    }

    /// The extension signed in with; empty when logged out.
    pub(crate) fn extension(&self) -> &str {
        self.user.extension.as_deref().unwrap_or_default()
    }

    /// Teams whose members the agent supervises.
    pub(crate) fn supervised_teams(&self) -> impl Iterator<Item = &str> {
        let teams = match self.user.is_supervisor() {
            true => self.user.teams.as_slice(),
            false => &[],
        };
        teams.iter().map(|team| team.id.as_str())
    }

    /// Whether a team is one of those.
    pub(crate) fn supervises(&self, team: &str) -> bool {
        self.supervised_teams().any(|known| known == team)
    }

    /// The agent's own team; empty until known.
    pub(crate) fn own_team(&self) -> &str {
        &self.user.team_id
    }

    /// CTI code and label of the present reason; empty when there is none.
    pub(crate) fn reason(&self) -> (&str, &str) {
        if let Some(reason) = &self.user.reason_code {
            return (&reason.code, &reason.label);
        }
        let id = self.user.reason_code_id.as_str();
        if matches!(id, "" | "-1") {
            return ("", "");
        }
        [&self.not_ready_reasons, &self.logout_reasons]
            .into_iter()
            .flatten()
            .flat_map(|reasons| reasons.iter())
            .find(|reason| reason.database_id == id)
            .map_or(("", ""), |reason| (&reason.code, &reason.label))
    }

    /// The facts of a `State` event.
    pub(crate) fn state_event(&self, agent: &AgentId) -> AgentState {
        let (code, label) = self.reason();
        AgentState {
            agent_id: agent.clone(),
            state: self.user.state.as_str().to_owned(),
            reason_code: code.to_owned(),
            pending_state: pending(&self.user).to_owned(),
            state_change_time: self.user.state_change_time.clone(),
            full_name: full_name(&self.user),
            extension: self.extension().to_owned(),
            label: label.to_owned(),
            supervisor_id: None,
        }
    }

    /// The State that a client is told when the agent leaves it without leaving Finesse.
    pub(crate) fn logout_event(&self, agent: &AgentId) -> AgentState {
        AgentState {
            state: UserState::Logout.as_str().to_owned(),
            reason_code: String::new(),
            pending_state: String::new(),
            label: String::new(),
            ..self.state_event(agent)
        }
    }

    /// The facts of an `AgentInfo` event.
    pub(crate) fn info_event(&self, agent: &AgentId) -> AgentInfo {
        let user = &self.user;
        let supervised = if user.is_supervisor() {
            user.teams.as_slice()
        } else {
            &[]
        };
        AgentInfo {
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            supervisor: user.is_supervisor(),
            wrap_up_on_incoming: user
                .settings
                .as_ref()
                .map_or("", |settings| &settings.wrap_up_on_incoming)
                .to_owned(),
            teams: supervised
                .iter()
                .map(|team| Team {
                    id: team.id.clone(),
                    name: team.name.clone(),
                })
                .collect(),
            team: Team {
                id: user.team_id.clone(),
                name: user.team_name.clone(),
            },
            agent_id: agent.clone(),
        }
    }
}

/// The id of a team's member; some summaries have it in their address only.
pub(crate) fn login_id(user: &User) -> &str {
    if user.login_id.is_empty() {
        user.uri
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default()
    } else {
        &user.login_id
    }
}

/// A member's `State` as a supervisor is told it.
pub(crate) fn member_state(user: &User, member: AgentId, supervisor: &AgentId) -> AgentState {
    let (code, label) = user
        .reason_code
        .as_ref()
        .map_or(("", ""), |reason| (&*reason.code, &*reason.label));
    AgentState {
        agent_id: member,
        state: user.state.as_str().to_owned(),
        reason_code: code.to_owned(),
        pending_state: pending(user).to_owned(),
        state_change_time: user.state_change_time.clone(),
        full_name: full_name(user),
        extension: user.extension.clone().unwrap_or_default(),
        label: label.to_owned(),
        supervisor_id: Some(supervisor.clone()),
    }
}

/// A member as lists show it.
pub(crate) fn team_user(user: &User, member: AgentId) -> TeamUser {
    TeamUser {
        first_name: user.first_name.clone(),
        last_name: user.last_name.clone(),
        extension: user.extension.clone().unwrap_or_default(),
        login_id: member.as_str().to_owned(),
        state: user.state.as_str().to_owned(),
        reason_code: user
            .reason_code
            .as_ref()
            .map_or("", |reason| &reason.code)
            .to_owned(),
        pending_state: pending(user).to_owned(),
        state_change_time: user.state_change_time.clone(),
    }
}

fn pending(user: &User) -> &str {
    user.pending_state.as_ref().map_or("", UserState::as_str)
}

fn full_name(user: &User) -> String {
    [&*user.first_name, &*user.last_name]
        .join(" ")
        .trim()
        .to_owned()
}

/// A summary leaves out what did not change.
fn keep_known(known: &mut String, new: String) {
    if !new.is_empty() {
        *known = new;
    }
}
