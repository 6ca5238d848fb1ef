//! Who may command whom, and what a refused command leaves behind: nothing.

use std::time::Instant;

use gc_protocol::event::{ErrorEvent, Event, System};
use gc_protocol::{Action, AgentId, Body, Command, Destination, ErrorType, Heartbeat, Outcome};

use super::Gateway;
use crate::io::{ClientId, Output, SecretHandle, Sender, Ticket};
use crate::session::queue::{NOT_CONNECTED, NOT_YOURS};
use crate::session::task::TaskOrigin;
use crate::session::{Session, secret_of};

impl Gateway {
    pub(super) fn command(
        &mut self,
        now: Instant,
        ticket: Ticket,
        from: Sender,
        command: Command<SecretHandle>,
    ) {
        self.counters.commands += 1;
        let name = command.body.name();
        let Command { command_id, body } = command;
        match body {
            Body::Heartbeat { kind, destination } => self.heartbeat(now, ticket, kind, destination),
            Body::Agent { agent, action } => {
                let origin = TaskOrigin::Client {
                    ticket,
                    from,
                    name,
                    command_id,
                };
                self.agent_command(now, agent, origin, action);
            }
        }
    }

    fn heartbeat(
        &mut self,
        now: Instant,
        ticket: Ticket,
        kind: Heartbeat,
        destination: Destination,
    ) {
        match kind {
            Heartbeat::Hello => self.clients.hello(&destination),
            Heartbeat::Beat => self.clients.beat(now, &destination),
        }
        self.presence_changed(now, &destination);
        let system = System {
            status: self.system_status(&destination),
            agent_id: None,
        };
        self.tell(destination, Event::System(system));
        self.out.push_back(Output::CommandResult {
            ticket,
            outcome: Outcome::Done,
            error: None,
        });
    }

    pub(super) fn agent_command(
        &mut self,
        now: Instant,
        agent: AgentId,
        origin: TaskOrigin,
        action: Action<SecretHandle>,
    ) {
        let Some(client) = origin.client().cloned() else {
            return;
        };
        if let Some((error_type, message)) = self.refusal(&agent, &client, &action) {
            return self.refuse(&agent, &origin, &action, error_type, message);
        }
        if !self.sessions.contains_key(&agent) {
            let session = Session::new(agent.clone(), client);
            self.sessions.insert(agent.clone(), session);
        }
        self.with_session(now, &agent, |session, cx| {
            session.command(cx, origin, action)
        });
    }

    /// Why a command may not reach the agent's session, or not make one.
    fn refusal(
        &self,
        agent: &AgentId,
        client: &ClientId,
        action: &Action<SecretHandle>,
    ) -> Option<(ErrorType, &'static str)> {
        let connects = matches!(action, Action::Connect { .. } | Action::Login { .. });
        let full = |limit| self.sessions.len() >= limit;
        match self.sessions.get(agent) {
            Some(session) if connects || session.admits(client) => None,
            None if connects => self.config.max_sessions.is_some_and(full).then_some((
                ErrorType::LicensesExceeded,
                "all licensed sessions are in use",
            )),
            Some(_) => Some(NOT_YOURS),
            None => Some(NOT_CONNECTED),
        }
    }

    /// A command that reaches no session.
    fn refuse(
        &mut self,
        agent: &AgentId,
        origin: &TaskOrigin,
        action: &Action<SecretHandle>,
        error_type: ErrorType,
        message: &str,
    ) {
        self.counters.commands_failed += 1;
        let TaskOrigin::Client { ticket, from, .. } = origin else {
            return;
        };
        let error: ErrorEvent = origin.error(agent, error_type.clone(), message.to_owned());
        let connect = match action {
            Action::Connect { destination, .. } => Some(destination.clone()),
            _ => None,
        };
        if let Some(destination) = from.destination.clone().or(connect) {
            self.tell(destination, Event::Error(error.clone()));
        }
        let outcome = Outcome::Failed(error_type);
        self.out.push_back(Output::CommandResult {
            ticket: *ticket,
            outcome,
            error: Some(error),
        });
        // An equal secret has the same handle, which a session may still hold.
        if let Some(secret) = secret_of(action)
            && !self
                .sessions
                .get(agent)
                .is_some_and(|session| session.holds(secret))
        {
            self.out.push_back(Output::ForgetSecret(secret));
        }
    }
}
