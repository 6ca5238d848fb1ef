//! A command begins: if it is the client's to give, and was not begun before.

use std::time::{Duration, SystemTime};

use gc_core::{Input, SecretHandle, Sender, Ticket};
use gc_protocol::command::{Action, Body, CommandError};
use gc_protocol::{AgentId, Command, CommandId, ErrorType};

use crate::token;

use super::commands::Pending;
use super::doubt::BEGUN_BEFORE;
use super::keys::Repeat;
use super::permit::forbidden_to;
use super::submit::{Origin, agent_of, named, wrong};
use super::{Answered, Driver, Waiter, now};

impl Driver {
    pub(super) fn run_command(&mut self, origin: Origin, command: Command) {
        if self.was_begun_before(&origin.client, &command) {
            return self.leave_in_doubt(origin, command, BEGUN_BEFORE);
        }
        let once = command.command_id.clone();
        let once = once.filter(|_| command.makes_or_ends_a_call());
        let Some(begun) = self.begin_command(origin, command) else {
            return;
        };
        if let Some(id) = once {
            self.mark_begun(&begun.from.client, &id);
        }
        let ticket = begun.ticket;
        self.feed(Input::ClientCommand {
            ticket,
            from: begun.from,
            command: begun.command,
            token_life: begun.token_life,
        });
        if !self.core.is_undecided(ticket) {
            self.command_taken(ticket);
        }
    }

    /// Takes a command in, if it is the client's to give and a new one; else its sender is told why not.
    pub(super) fn begin_command(&mut self, origin: Origin, command: Command) -> Option<Begun> {
        let keyed = command.command_id.is_some();
        let command_id = command.command_id.clone().unwrap_or_else(new_id);
        let socket = match &origin.waiter {
            Waiter::Socket(socket) => Some(socket.clone()),
            Waiter::Request(_) | Waiter::Nobody => None,
        };
        let scope = self.clients.scope(&origin.client);
        if let Some(forbidden) = scope.forbids(&command) {
            self.refuse(origin, forbidden_to(&command, forbidden));
            return None;
        }
        if keyed {
            match self
                .commands
                .keys
                .repeat(&origin.client, &command_id, socket.as_ref(), now())
            {
                Repeat::New => {}
                Repeat::Full => {
                    let message = "too many commands with an id within ten minutes";
                    let error = CommandError {
                        error_type: ErrorType::CfResourceBusy,
                        ..wrong(&command, message)
                    };
                    self.refuse(origin, error);
                    return None;
                }
                Repeat::Running => {
                    accepted(origin.waiter, command_id);
                    return None;
                }
                Repeat::Ended(ended) => {
                    self.tell_end(origin.waiter, &ended);
                    return None;
                }
            }
        }
        if self.stopping {
            let error = wrong(&command, "the gateway is stopping");
            self.refuse(origin, error);
            return None;
        }
        let ticket = self.commands.begin(Pending {
            client: origin.client.clone(),
            from: origin.from,
            command_id,
            keyed,
            agent: agent_of(&command).cloned(),
            name: command.body.name(),
            connects: named(&command)
                .filter(|_| agent_of(&command).is_some())
                .cloned(),
            since: now(),
            waiter: origin.waiter,
        });
        let from = Sender {
            client: origin.client,
            destination: origin.destination,
            rights: scope.rights(),
        };
        Some(Begun {
            ticket,
            from,
            token_life: token_life(&command, self.wall.now()),
            command: self.keep_secrets(command),
        })
    }

    /// A request need not wait longer: the command is its sender's to give, and under way.
    pub(super) fn command_taken(&mut self, ticket: Ticket) {
        if let Some((answer, command_id)) = self.commands.release(ticket) {
            accepted(Waiter::Request(answer), command_id);
        }
    }

    fn keep_secrets(&mut self, command: Command) -> Command<SecretHandle> {
        let vault = &mut self.vault;
        let agent = agent_of(&command).cloned();
        // Only commands about an agent hold a secret.
        let agent = agent.unwrap_or_else(|| AgentId::from(""));
        command.map_secret(|secret| vault.intern(&agent, secret))
    }
}

/// A command that was taken in.
pub(super) struct Begun {
    pub(super) ticket: Ticket,
    pub(super) from: Sender,
    pub(super) command: Command<SecretHandle>,
    token_life: Option<Duration>,
}

/// How long the access token lasts that a command carries, if it is one that tells.
fn token_life(command: &Command, wall: SystemTime) -> Option<Duration> {
    let Body::Agent { action, .. } = &command.body else {
        return None;
    };
    let secret = match action {
        Action::Connect {
            password,
            sso: true,
            ..
        } => password,
        Action::UpdateToken { token } => token,
        Action::Login { password, .. } | Action::MobileAgentLogin { password, .. } => password,
        _ => return None,
    };
    token::token_life(secret, wall)
}

fn accepted(waiter: Waiter, command_id: CommandId) {
    if let Waiter::Request(answer) = waiter {
        // Whoever asked may have hung up.
        let _ = answer.send(Answered {
            command_id,
            failure: None,
        });
    }
}

pub(super) fn new_id() -> CommandId {
    CommandId::from(uuid::Uuid::now_v7().to_string())
}
