//! How a command's end gets back to who sent it.

use gc_core::Ticket;
use gc_protocol::command::CommandError;
use gc_protocol::event::{CommandResult, ErrorEvent};
use gc_protocol::{AgentId, Destination, ErrorType, Event, Outcome};

use crate::audit::{self, Lost, Who};
use crate::telemetry;

use super::begin::new_id;
use super::commands::Ended;
use super::submit::Origin;
use super::{Answered, Driver, Failure, Stage, Waiter, now};

impl Driver {
    /// A command that never reaches the core: an Error to its destination, and its end to who sent it.
    pub(super) fn refuse(&mut self, origin: Origin, error: CommandError) {
        telemetry::command_refused(reason(&error));
        let command_id = error.command_id.clone().unwrap_or_else(new_id);
        let ended = Ended {
            result: CommandResult {
                command_id,
                agent_id: error.agent_id.clone(),
                command: error.command.unwrap_or_default(),
                outcome: Outcome::Failed(error.error_type.clone()),
            },
            failure: Some(Failure {
                error_type: error.error_type.clone(),
                message: error.message.clone(),
                stage: self.stage(&error),
            }),
        };
        self.audit_refused(&origin, &error, &ended.result);
        match &origin.waiter {
            Waiter::Socket(socket) => {
                self.hub
                    .tell(&socket.destination, socket.id, &error.into_event());
            }
            Waiter::Request(_) | Waiter::Nobody => self.tell_destination(&origin, error),
        }
        self.tell_end(origin.waiter, &ended);
    }

    /// An agent that no session has and that no rule names may be anything: a password in the wrong place, say.
    fn audit_refused(&self, origin: &Origin, error: &CommandError, result: &CommandResult) {
        let forbidden = matches!(
            error.error_type,
            ErrorType::InvalidSupervisor | ErrorType::AuthorizationFailure
        );
        let agent = error.agent_id.as_ref();
        let agent = agent.filter(|agent| forbidden || self.core.agent(agent).is_some());
        audit::command(&origin.who(), agent, result);
    }

    /// What the audit log has of an event that no command asked for: that an agent was lost, and to whom.
    pub(super) fn audit_event(&self, destination: &Destination, event: &Event) {
        let Event::Error(error) = event else { return };
        let (Some(agent), None) = (&error.agent_id, error.command) else {
            return;
        };
        let lost = Lost {
            agent,
            client: self.hub.owner(destination),
            destination,
        };
        match error.error_type {
            ErrorType::SessionInvalidated => self.audit_lost(lost, &error.error_message),
            ErrorType::SubscriptionFailed => audit::credential_refused(lost),
            _ => {}
        }
    }

    fn audit_lost(&self, lost: Lost<'_>, reason: &str) {
        let session = self.core.agent(lost.agent);
        match session.filter(|session| session.destination != *lost.destination) {
            Some(now) => {
                let by = Who {
                    client: &now.client,
                    from: self.commands.signs_in_from(lost.agent, &now.client),
                };
                audit::taken_over(lost, &by, &now.destination);
            }
            None => audit::lost(lost, reason),
        }
    }

    fn stage(&self, error: &CommandError) -> Stage {
        if error.malformed {
            Stage::Unreadable
        } else if self.stopping {
            // Nothing is begun any more, however good it is.
            Stage::Started
        } else {
            Stage::Checked
        }
    }

    /// The Error goes where the client's events go, if that is known to be its own.
    fn tell_destination(&mut self, origin: &Origin, error: CommandError) {
        let session = error
            .agent_id
            .as_ref()
            .and_then(|agent| self.core.agent(agent));
        // What stands in an agent's place in a broken command may be anything, and callbacks carry the agent in a header.
        let error = CommandError {
            agent_id: session.as_ref().map(|session| session.agent_id.clone()),
            ..error
        };
        let event = &error.into_event();
        let of_agent = session
            .filter(|session| session.client == origin.client)
            .map(|session| session.destination);
        let destination = origin
            .destination
            .clone()
            .filter(|destination| self.hub.is_owned(destination, &origin.client))
            .or(of_agent);
        if let Some(destination) = destination {
            let change = self
                .hub
                .publish(now(), &destination, gc_core::Origin::Live, event);
            self.presence_changed(&destination, change);
        }
    }

    pub(super) fn command_ended(
        &mut self,
        ticket: Ticket,
        outcome: Outcome,
        error: Option<ErrorEvent>,
    ) {
        let Some((pending, others, ended)) = self.commands.end(ticket, outcome, error) else {
            return;
        };
        let took = now().saturating_duration_since(pending.since);
        let outcome = outcome_name(&ended.result.outcome);
        telemetry::command(pending.name, outcome, took);
        tracing::debug!(
            client = pending.client.as_str(),
            agent = pending.agent.as_ref().map(AgentId::as_str),
            command = pending.name,
            outcome,
            ?took,
            "command"
        );
        if pending.agent.is_some() {
            audit::command(&pending.who(), pending.agent.as_ref(), &ended.result);
        }
        self.tell_end(pending.waiter, &ended);
        for socket in others {
            self.tell_end(Waiter::Socket(socket), &ended);
        }
    }

    pub(super) fn tell_end(&self, waiter: Waiter, ended: &Ended) {
        match waiter {
            Waiter::Request(answer) => {
                // Whoever asked may have hung up.
                let _ = answer.send(Answered {
                    command_id: ended.result.command_id.clone(),
                    failure: ended.failure.clone(),
                });
            }
            Waiter::Socket(socket) if socket.results => {
                self.hub
                    .result(&socket.destination, socket.id, &ended.result);
            }
            Waiter::Socket(_) | Waiter::Nobody => {}
        }
    }
}

fn reason(error: &CommandError) -> &'static str {
    match error.error_type {
        ErrorType::CfResourceBusy => "busy",
        _ if error.malformed => "malformed",
        _ => "invalid",
    }
}

fn outcome_name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::Failed(_) => "failed",
        Outcome::Unknown(_) => "unknown",
    }
}
