//! Who may command whom, and what a refused command leaves behind: nothing.

use std::time::{Duration, Instant};

use gc_protocol::command::table;

use gc_protocol::event::{ErrorEvent, Event};
use gc_protocol::{Action, AgentId, Body, Command, Destination, ErrorType, Heartbeat, Outcome};

use super::Gateway;
use crate::clusters::ClusterId;
use crate::io::{ClientId, Output, Product, SecretHandle, Sender, Ticket};
use crate::session::queue::{NOT_CONNECTED, NOT_YOURS};
use crate::session::task::{TaskOrigin, connects};
use crate::session::{Session, is_for_members, secret_of};

impl Gateway {
    pub(super) fn command(
        &mut self,
        now: Instant,
        ticket: Ticket,
        from: Sender,
        command: Command<SecretHandle>,
        token_life: Option<Duration>,
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
                    told_at: None,
                    name,
                    command_id,
                };
                self.agent_command(now, agent, origin, action, token_life);
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
        let forgotten = match kind {
            Heartbeat::Hello => self.clients.hello(&destination),
            Heartbeat::Beat => self.clients.beat(now, &destination),
        };
        if let Some(forgotten) = forgotten {
            self.forget_standing(&forgotten);
        }
        self.presence_changed(now, &destination);
        self.tell_system(destination);
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
        token_life: Option<Duration>,
    ) {
        let Some(client) = origin.client().cloned() else {
            return;
        };
        let administrated = self.administrated_by(&agent, &action);
        let Some(cluster) = administrated.or_else(|| self.clusters.of(&agent)) else {
            let message = "no Finesse cluster of this gateway has this agent";
            return self.refuse(&agent, &origin, &action, ErrorType::UserNotFound, message);
        };
        if let Some(message) = self.other_product(cluster, &action) {
            return self.refuse(&agent, &origin, &action, ErrorType::NotSupported, message);
        }
        if administrated.is_some() {
            return self.begin_administrators(now, cluster, agent, origin, action);
        }
        if let Some((error_type, message)) = self.refusal(&agent, &client, &action) {
            if error_type != ErrorType::LicensesExceeded && is_for_members(&action) {
                return self.supervised_command(now, agent, origin, action);
            }
            return self.refuse(&agent, &origin, &action, error_type, message);
        }
        if !self.sessions.contains_key(&agent) {
            let names = self.clusters.names(cluster);
            let session = Session::new(agent.clone(), client, cluster, names);
            self.sessions.insert(agent.clone(), session);
        }
        self.with_session_for(now, &agent, origin.ticket(), |session, cx| {
            session.command(cx, origin, action, token_life)
        });
    }

    /// A command that the cluster's product does not know.
    fn other_product(
        &self,
        cluster: ClusterId,
        action: &Action<SecretHandle>,
    ) -> Option<&'static str> {
        match (action.spec().product, *self.products.get(&cluster)?) {
            (table::Product::Ucce, Product::Uccx) => {
                Some("Unified CCX does not know this command: it is one of Unified CCE's")
            }
            (table::Product::Uccx, Product::Ucce) => {
                Some("Unified CCE does not know this command: it is one of Unified CCX's")
            }
            (table::Product::Both, _)
            | (table::Product::Ucce, Product::Ucce)
            | (table::Product::Uccx, Product::Uccx) => None,
        }
    }

    /// Why a command may not reach the agent's session, or not make one.
    pub(super) fn refusal(
        &self,
        agent: &AgentId,
        client: &ClientId,
        action: &Action<SecretHandle>,
    ) -> Option<(ErrorType, &'static str)> {
        let connects = connects(action);
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
    pub(super) fn refuse(
        &mut self,
        agent: &AgentId,
        origin: &TaskOrigin,
        action: &Action<SecretHandle>,
        error_type: ErrorType,
        message: &str,
    ) {
        self.counters.commands_failed += 1;
        let error: ErrorEvent = origin.error(agent, error_type.clone(), message.to_owned());
        let connect = match action {
            Action::Connect { destination, .. } => Some(destination.clone()),
            _ => None,
        };
        if let Some(destination) = origin.destination().cloned().or(connect) {
            self.tell(destination, Event::Error(error.clone()));
        }
        if let Some(ticket) = origin.ticket() {
            self.out.push_back(Output::CommandResult {
                ticket,
                outcome: Outcome::Failed(error_type),
                error: Some(error),
            });
        }
        self.forget_secret_of(agent, action);
    }

    /// An equal secret has the same handle, which a session may still hold.
    pub(super) fn forget_secret_of(&mut self, agent: &AgentId, action: &Action<SecretHandle>) {
        if let Some(secret) = secret_of(action) {
            self.forget_secret(agent, secret);
        }
    }
}
