//! Requests: what is checked at once, and what is executed later.

use super::model::{AgentIx, CallId, Next, Reason};
use super::refusal::Refusal;
use super::time::SimTime;
use super::words::{AgentState, DialogAction};
use super::{Echo, Engine, Task};
use crate::site::{CODE_SUPERVISOR, ReasonCategory};

/// Body of `PUT /User/{id}`.
#[derive(Debug, Clone, Default)]
pub struct UserRequest {
    /// `state`: LOGIN or an agent state.
    pub state: Option<String>,
    /// `extension`, for LOGIN.
    pub extension: Option<String>,
    /// `reasonCodeId`.
    pub reason_code_id: Option<String>,
}

/// Body of `POST /User/{id}/Dialogs`.
#[derive(Debug, Clone, Default)]
pub struct MakeCall {
    /// `requestedAction`.
    pub action: String,
    /// `fromAddress`.
    pub from: String,
    /// `toAddress`.
    pub to: String,
    /// `callvariables`.
    pub variables: Vec<(String, String)>,
}

/// Body of `PUT /Dialog/{id}`.
#[derive(Debug, Clone, Default)]
pub struct DialogRequest {
    /// `requestedAction`.
    pub action: String,
    /// `targetMediaAddress`.
    pub target: Option<String>,
    /// `toAddress`.
    pub to: Option<String>,
    /// `callvariables`.
    pub variables: Vec<(String, String)>,
    /// `wrapUpReason`.
    pub wrap_up_reason: Option<String>,
    /// `actionParams`.
    pub params: Vec<(String, String)>,
}

/// An accepted request on its way.
#[derive(Debug)]
pub(crate) struct Command {
    pub(crate) agent: AgentIx,
    pub(crate) request_id: String,
    pub(crate) act: Act,
}

#[derive(Debug)]
pub(crate) enum Act {
    Login {
        extension: String,
    },
    Change {
        next: Next,
        by_supervisor: bool,
    },
    MakeCall {
        to: String,
        variables: Vec<(String, String)>,
    },
    Dialog {
        call: CallId,
        action: DialogAction,
        request: DialogRequest,
    },
}

impl Engine {
    /// `PUT /User/{target}` by `requester`. `Ok` is a 202; the effect comes later.
    pub fn put_user(
        &mut self,
        now: SimTime,
        requester: &str,
        target: &str,
        request: &UserRequest,
        request_id: &str,
    ) -> Result<(), Refusal> {
        self.advance(now);
        let agent = self.find_agent(target)?;
        let by_supervisor = self.may_command(requester, agent)?;
        let act = if request.state.as_deref() == Some("LOGIN") && !by_supervisor {
            login(request)?
        } else {
            self.change(agent, request, by_supervisor)?
        };
        self.accept(agent, request_id, act);
        Ok(())
    }

    /// `POST /User/{target}/Dialogs` by `requester`.
    pub fn make_call(
        &mut self,
        now: SimTime,
        requester: &str,
        target: &str,
        request: MakeCall,
        request_id: &str,
    ) -> Result<(), Refusal> {
        self.advance(now);
        let agent = self.find_agent(target)?;
        if self.may_command(requester, agent)? {
            return Err(Refusal::acting_for_another(requester));
        }
        self.check_make_call(agent, &request)?;
        let act = Act::MakeCall {
            to: request.to,
            variables: request.variables,
        };
        self.accept(agent, request_id, act);
        Ok(())
    }

    /// `PUT /Dialog/{id}` by `requester`.
    pub fn put_dialog(
        &mut self,
        now: SimTime,
        requester: &str,
        id: &str,
        request: DialogRequest,
        request_id: &str,
    ) -> Result<(), Refusal> {
        self.advance(now);
        let agent = self.find_agent(requester)?;
        let call = self.find_call(id)?;
        let action = self.check_dialog_request(agent, &request)?;
        let act = Act::Dialog {
            call,
            action,
            request,
        };
        self.accept(agent, request_id, act);
        Ok(())
    }

    pub(super) fn execute(&mut self, command: Command) {
        let Command {
            agent,
            request_id,
            act,
        } = command;
        self.echo = Some(Echo {
            agent,
            request_id,
            of_user: matches!(act, Act::Login { .. } | Act::Change { .. }),
        });
        match act {
            Act::Login { extension } => self.login(agent, extension),
            Act::Change {
                next,
                by_supervisor,
            } => self.change_state(agent, next, by_supervisor),
            Act::MakeCall { to, variables } => self.place_call(agent, to, variables),
            Act::Dialog {
                call,
                action,
                request,
            } => self.act(agent, call, action, request),
        }
    }

    fn accept(&mut self, agent: AgentIx, request_id: &str, act: Act) {
        let command = Command {
            agent,
            request_id: request_id.to_owned(),
            act,
        };
        let at = (self.now + self.latency()).max(self.agent(agent).busy_until);
        self.agent_mut(agent).busy_until = at;
        self.at(at, Task::Execute(Box::new(command)));
    }

    pub(super) fn find_agent(&self, id: &str) -> Result<AgentIx, Refusal> {
        let known = self.by_id.get(id).copied();
        known.ok_or_else(|| Refusal::unknown_user(id))
    }

    pub(super) fn find_call(&self, id: &str) -> Result<CallId, Refusal> {
        let call = id.parse().map(CallId).ok();
        call.filter(|call| self.calls.contains_key(call))
            .ok_or_else(|| Refusal::unknown_dialog(id))
    }

    /// Whether the requester acts as a supervisor; refuses strangers.
    fn may_command(&self, requester: &str, agent: AgentIx) -> Result<bool, Refusal> {
        if self.agent(agent).profile.id == requester {
            return Ok(false);
        }
        let by = self.agent(self.find_agent(requester)?);
        if by.profile.supervises.is_empty() {
            return Err(Refusal::acting_for_another(requester));
        }
        if !by
            .profile
            .supervises
            .contains(&self.agent(agent).profile.team)
        {
            return Err(Refusal::not_the_supervisor(requester));
        }
        Ok(true)
    }

    fn change(
        &self,
        agent: AgentIx,
        request: &UserRequest,
        by_supervisor: bool,
    ) -> Result<Act, Refusal> {
        let word = request
            .state
            .as_deref()
            .ok_or_else(|| Refusal::missing("state"))?;
        let state = settable(word, by_supervisor)?;
        let signed_out = self.agent(agent).state == AgentState::Logout;
        if state == AgentState::Logout && signed_out {
            return Err(Refusal::invalid_state("state"));
        }
        let reason = match &request.reason_code_id {
            Some(id) if by_supervisor => {
                return Err(Refusal::invalid(
                    "reasonCodeId not allowed for supervisor",
                    id,
                ));
            }
            Some(id) => self.chosen_reason(state, id)?,
            None if by_supervisor => self.supervisor_reason(state),
            None => no_reason(state),
        };
        let next = Next { state, reason };
        Ok(Act::Change {
            next,
            by_supervisor,
        })
    }

    fn chosen_reason(&self, state: AgentState, id: &str) -> Result<Reason, Refusal> {
        let Some(category) = category(state) else {
            return Ok(Reason::Absent);
        };
        if id == "-1" || id.is_empty() {
            return Ok(Reason::NotChosen);
        }
        let known = id.parse().ok().and_then(|id: u32| self.site.reason(id));
        match known.filter(|reason| reason.category == category) {
            Some(reason) => Ok(Reason::Id(reason.id)),
            None => Err(Refusal::invalid(
                "Invalid reason code specified",
                "reasonCodeId",
            )),
        }
    }

    fn supervisor_reason(&self, state: AgentState) -> Reason {
        let code =
            category(state).and_then(|category| self.site.system_reason(category, CODE_SUPERVISOR));
        code.map_or(no_reason(state), Reason::Id)
    }

    fn check_make_call(&self, agent: AgentIx, request: &MakeCall) -> Result<(), Refusal> {
        if request.action != "MAKE_CALL" {
            return Err(Refusal::invalid("Invalid requestedAction", &request.action));
        }
        if request.to.is_empty() {
            return Err(Refusal::missing("toAddress"));
        }
        if request.from.is_empty() {
            return Err(Refusal::missing("fromAddress"));
        }
        if self.agent(agent).extension.as_ref() != Some(&request.from) {
            return Err(Refusal::invalid(
                "fromAddress is not the user's extension",
                &request.from,
            ));
        }
        if request.to == request.from {
            return Err(Refusal::destination(&request.to));
        }
        check_variables(&request.variables)
    }

    fn check_dialog_request(
        &self,
        agent: AgentIx,
        request: &DialogRequest,
    ) -> Result<DialogAction, Refusal> {
        if request.action.is_empty() {
            return Err(Refusal::missing("requestedAction"));
        }
        let action = DialogAction::parse(&request.action)
            .ok_or_else(|| Refusal::invalid("Invalid requestedAction", &request.action))?;
        if action != DialogAction::UpdateCallData || request.target.is_some() {
            self.check_target(agent, request)?;
        }
        let to = request.to.as_deref().unwrap_or_default();
        if matches!(
            action,
            DialogAction::ConsultCall | DialogAction::TransferSst
        ) {
            if to.is_empty() {
                return Err(Refusal::missing("toAddress"));
            }
            if self.agent(agent).extension.as_deref() == Some(to) {
                return Err(Refusal::destination(to));
            }
        }
        check_variables(&request.variables)?;
        Ok(action)
    }

    fn check_target(&self, agent: AgentIx, request: &DialogRequest) -> Result<(), Refusal> {
        let target = request.target.as_deref().unwrap_or_default();
        if target.is_empty() {
            return Err(Refusal::missing("targetMediaAddress"));
        }
        if self.agent(agent).extension.as_deref() != Some(target) {
            return Err(Refusal::invalid("Invalid targetMediaAddress", target));
        }
        Ok(())
    }
}

fn login(request: &UserRequest) -> Result<Act, Refusal> {
    let extension = request.extension.clone().unwrap_or_default();
    if extension.is_empty() {
        return Err(Refusal::missing("extension"));
    }
    Ok(Act::Login { extension })
}

fn settable(word: &str, by_supervisor: bool) -> Result<AgentState, Refusal> {
    match AgentState::parse(word) {
        Some(state @ (AgentState::Ready | AgentState::NotReady | AgentState::Logout)) => Ok(state),
        Some(state @ (AgentState::Work | AgentState::WorkReady)) if !by_supervisor => Ok(state),
        _ => Err(Refusal::invalid(
            "Invalid State specified for user",
            "state",
        )),
    }
}

fn category(state: AgentState) -> Option<ReasonCategory> {
    match state {
        AgentState::NotReady => Some(ReasonCategory::NotReady),
        AgentState::Logout => Some(ReasonCategory::Logout),
        AgentState::Ready
        | AgentState::Reserved
        | AgentState::Talking
        | AgentState::Hold
        | AgentState::Work
        | AgentState::WorkReady => None,
    }
}

fn no_reason(state: AgentState) -> Reason {
    category(state).map_or(Reason::Absent, |_| Reason::NotChosen)
}

fn check_variables(variables: &[(String, String)]) -> Result<(), Refusal> {
    for (place, (name, _)) in variables.iter().enumerate() {
        let twice = variables[..place]
            .iter()
            .any(|(earlier, _)| earlier == name);
        let settable = name.starts_with("callVariable") || name.starts_with("user.");
        if twice || !settable {
            return Err(Refusal::invalid("Invalid call variable", name));
        }
    }
    Ok(())
}
