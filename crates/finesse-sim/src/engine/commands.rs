//! Requests: what is checked at once, and what is executed later.

use super::checks::login;
use super::model::{AgentIx, CallId, Mobile, Next};
use super::publication::Node;
use super::refusal::Refusal;
use super::time::SimTime;
use super::words::DialogAction;
use super::{Echo, Engine, Task};

/// Body of `PUT /User/{id}`.
#[derive(Debug, Clone, Default)]
pub struct UserRequest {
    /// `state`: LOGIN or an agent state.
    pub state: Option<String>,
    /// `extension`, for LOGIN.
    pub extension: Option<String>,
    /// `reasonCodeId`.
    pub reason_code_id: Option<String>,
    /// `mobileAgent`, for LOGIN.
    pub mobile: Option<MobileRequest>,
}

/// `mobileAgent`: where the calls of an agent without a desk phone go.
#[derive(Debug, Clone)]
pub struct MobileRequest {
    /// `mode`.
    pub mode: Option<String>,
    /// `dialNumber`.
    pub dial_number: Option<String>,
    /// The node that was asked: the other one does not know.
    pub node: Node,
}

/// Body of `POST /User/{id}/Dialogs`: a call, a silent monitor, or a barge into a call.
#[derive(Debug, Clone, Default)]
pub struct NewDialog {
    /// `requestedAction`.
    pub action: String,
    /// `fromAddress`.
    pub from: String,
    /// `toAddress`.
    pub to: String,
    /// `associatedDialogUri`: for BARGE_CALL the silent monitor.
    pub associated: Option<String>,
    /// `wrapUpReason`, which no new call may have.
    pub wrap_up_reason: Option<String>,
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
    /// `wrapUpReason`, or each `wrapUpItem`.
    pub wrap_up: Option<Vec<String>>,
    /// `actionParams`.
    pub params: Vec<(String, String)>,
}

impl DialogRequest {
    pub(crate) fn has_no_data(&self) -> bool {
        self.variables.is_empty() && self.wrap_up.is_none()
    }

    /// Value of one of `actionParams`.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        let mut params = self.params.iter();
        params
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
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
        mobile: Option<Mobile>,
    },
    Change {
        next: Next,
        by_supervisor: bool,
    },
    MakeCall {
        to: String,
        variables: Vec<(String, String)>,
    },
    Monitor {
        agent: AgentIx,
    },
    Barge {
        monitor: CallId,
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
            login(self.site.profile, request)?
        } else {
            self.change(agent, request, by_supervisor)?
        };
        self.accept(agent, request_id, act);
        Ok(())
    }

    /// `POST /User/{target}/Dialogs` by `requester`.
    pub fn new_dialog(
        &mut self,
        now: SimTime,
        requester: &str,
        target: &str,
        request: NewDialog,
        request_id: &str,
    ) -> Result<(), Refusal> {
        self.advance(now);
        let agent = self.find_agent(target)?;
        if self.may_command(requester, agent)? {
            return Err(Refusal::acting_for_another(requester));
        }
        let act = self.check_new_dialog(agent, request)?;
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
        let action = self.check_dialog_request(agent, call, &request)?;
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
            Act::Login { extension, mobile } => self.login(agent, extension, mobile),
            Act::Change {
                next,
                by_supervisor,
            } => self.change_state(agent, next, by_supervisor),
            Act::MakeCall { to, variables } => self.place_call(agent, to, variables),
            Act::Monitor { agent: monitored } => self.monitor(agent, monitored),
            Act::Barge { monitor } => self.barge(agent, monitor),
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
}
