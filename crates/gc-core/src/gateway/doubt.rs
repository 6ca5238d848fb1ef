//! Commands that may have been carried out already: they are not carried out again.

use std::time::Instant;

use gc_protocol::event::Event;
use gc_protocol::{Action, AgentId, Body, Command, ErrorType, Outcome};

use super::Gateway;
use crate::io::{Output, SecretHandle, Sender, Ticket};
use crate::session::task::TaskOrigin;

impl Gateway {
    /// Ends a command as unknown, whether its agent is known now or not.
    pub(super) fn doubtful_command(
        &mut self,
        now: Instant,
        ticket: Ticket,
        from: Sender,
        command: Command<SecretHandle>,
        reason: &'static str,
    ) {
        let name = command.body.name();
        let Command { command_id, body } = command;
        let Body::Agent { agent, action } = body else {
            // Nothing of a heartbeat can be in doubt.
            let command = Command { command_id, body };
            return self.command(now, ticket, from, command, None);
        };
        self.counters.commands += 1;
        let admitted = self
            .sessions
            .get(&agent)
            .is_some_and(|session| session.admits(&from.client));
        let origin = TaskOrigin::Client {
            ticket,
            from,
            told_at: None,
            name,
            command_id,
        };
        if admitted {
            return self.with_session_for(now, &agent, Some(ticket), |session, cx| {
                session.leave_in_doubt(cx, origin, action, reason);
            });
        }
        self.doubtful_for_nobody(&agent, ticket, &origin, &action, reason);
    }

    /// Nobody can be read; whether an earlier process has done it is as unknown.
    fn doubtful_for_nobody(
        &mut self,
        agent: &AgentId,
        ticket: Ticket,
        origin: &TaskOrigin,
        action: &Action<SecretHandle>,
        reason: &str,
    ) {
        self.counters.commands_failed += 1;
        let code = ErrorType::NotReachable;
        let error = origin.error(agent, code.clone(), reason.to_owned());
        if let Some(destination) = origin.destination().cloned() {
            self.tell(destination, Event::Error(error.clone()));
        }
        self.out.push_back(Output::CommandResult {
            ticket,
            outcome: Outcome::Unknown(code),
            error: Some(error),
        });
        self.forget_secret_of(agent, action);
    }
}
