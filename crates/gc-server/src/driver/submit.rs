//! A command's way from a transport into the core, and its end back to who sent it.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use gc_core::{ClientId, Input, SecretHandle, Sender, Ticket};
use gc_protocol::command::{Action, Body, Callback, CommandError};
use gc_protocol::{AgentId, Command, CommandId, Destination, ErrorType};
use tokio::sync::oneshot;

use crate::audit::{self, Who};
use crate::callback::Target;
use crate::clients::Caller;
use crate::hub::{Presence, Refusal};
use crate::token;

use super::callbacks::Wanted;
use super::commands::Pending;
use super::doubt::BEGUN_BEFORE;
use super::keys::Repeat;
use super::permit::forbidden_to;
use super::{Answered, Driver, Naming, Socket, Submitted, Via, Waiter, now};

/// Who sent a command, as far as that is settled.
pub(super) struct Origin {
    pub(super) client: ClientId,
    pub(super) destination: Option<Destination>,
    pub(super) from: Option<SocketAddr>,
    pub(super) waiter: Waiter,
}

impl Origin {
    pub(super) fn who(&self) -> Who<'_> {
        Who {
            client: &self.client,
            from: self.from,
        }
    }
}

impl Driver {
    pub(super) fn submit(&mut self, submitted: Submitted) {
        match submitted.via {
            Via::Rest {
                caller,
                from,
                session_url,
                callback,
                answer,
            } => {
                let rest = Rest {
                    caller,
                    from,
                    session_url,
                    callback,
                };
                self.submit_rest(submitted.read, rest, answer);
            }
            Via::Socket(socket) => self.submit_socket(submitted.read, socket),
            Via::Broker {
                client,
                delivered,
                taken,
            } => self.submit_brokered(submitted.read, client, delivered, taken),
        }
    }

    fn submit_socket(&mut self, read: Result<Command, CommandError>, socket: Socket) {
        let origin = Origin {
            client: socket.client.clone(),
            destination: Some(socket.destination.clone()),
            from: Some(socket.from),
            waiter: Waiter::Socket(socket.clone()),
        };
        let read = read.map(|command| match socket.naming {
            Naming::Client => command,
            Naming::Gateway => naming(command, &socket.destination),
        });
        match read {
            Err(error) => self.refuse(origin, error),
            Ok(command) if named(&command).is_some_and(|named| *named != socket.destination) => {
                let error = wrong(
                    &command,
                    "a connection's commands must name its own destination",
                );
                self.refuse(origin, error);
            }
            Ok(command) => self.run_command(origin, command),
        }
    }

    fn submit_rest(
        &mut self,
        read: Result<Command, CommandError>,
        rest: Rest,
        answer: oneshot::Sender<Answered>,
    ) {
        let named = read.as_ref().ok().and_then(named).cloned();
        let agent = read
            .as_ref()
            .map_or_else(|error| error.agent_id.as_ref(), agent_of);
        let destination = named
            .clone()
            .or_else(|| self.known_destination(&rest))
            .or_else(|| self.agents_destination(agent?, |client| rest.is_from(client)));
        let client = self.client_of(&rest.caller, destination.as_ref());
        let origin = Origin {
            client,
            destination,
            from: Some(rest.from),
            waiter: Waiter::Request(answer),
        };
        let command = match read {
            Ok(command) => command,
            Err(error) => return self.refuse(origin, error),
        };
        if let Some(named) = named
            && let Err(error) = self.bind(&origin.client, &named, &rest, &command)
        {
            return self.refuse(origin, *error);
        }
        self.run_command(origin, command);
    }

    fn known_destination(&self, rest: &Rest) -> Option<Destination> {
        let session_url = rest.session_url.as_deref()?;
        self.addresses.find(rest.key(), session_url).cloned()
    }

    /// Where the events of a client's agent go, or will once its Connect has succeeded.
    pub(super) fn agents_destination(
        &self,
        agent: &AgentId,
        is_own: impl Fn(&ClientId) -> bool,
    ) -> Option<Destination> {
        if let Some((client, destination)) = self.commands.connecting(agent)
            && is_own(client)
        {
            return Some(destination.clone());
        }
        let session = self.core.agent(agent)?;
        is_own(&session.client).then_some(session.destination)
    }

    /// Without keys the destination is the client; one that is not known yet commands nobody.
    fn client_of(&self, caller: &Caller, destination: Option<&Destination>) -> ClientId {
        match (caller, destination) {
            (Caller::Named(client), _) => client.clone(),
            (Caller::Open, Some(destination)) => ClientId::new(destination.as_str()),
            (Caller::Open, None) => ClientId::new(""),
        }
    }

    /// Makes a destination the client's, binds its session to it and registers its callback.
    fn bind(
        &mut self,
        client: &ClientId,
        destination: &Destination,
        rest: &Rest,
        command: &Command,
    ) -> Result<(), Box<CommandError>> {
        self.claim(destination, client)
            .map_err(|refusal| Box::new(refused(command, refusal)))?;
        let change = match &rest.callback {
            None => None,
            Some(callback) => self.register(client, destination, callback, rest, command)?,
        };
        if let Some(session_url) = &rest.session_url {
            self.addresses
                .bind(rest.key(), session_url.clone(), destination.clone());
        }
        // The destination is up before its command is heard.
        self.presence_changed(destination, change);
        self.settle();
        self.keep_destination(destination);
        Ok(())
    }

    fn register(
        &mut self,
        client: &ClientId,
        destination: &Destination,
        callback: &Callback,
        rest: &Rest,
        command: &Command,
    ) -> Result<Option<Presence>, Box<CommandError>> {
        let wanted = Wanted {
            client,
            destination,
            callback,
            session_url: rest.session_url.as_deref(),
            signing: self.clients.signing_key(client),
            style: self.clients.style(client),
        };
        self.callbacks
            .register(&mut self.hub, wanted)
            .map_err(|reason| {
                let who = Who {
                    client,
                    from: Some(rest.from),
                };
                let host = Target::parse(&callback.fqdn, &callback.endpoint);
                let host = host.ok().map(|target| target.host());
                let reason = reason.to_string();
                audit::callback_refused(&who, agent_of(command), host.as_deref(), &reason);
                Box::new(wrong(command, &reason))
            })
    }

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

/// What came with a request beside the command.
struct Rest {
    caller: Caller,
    from: SocketAddr,
    session_url: Option<String>,
    callback: Option<Callback>,
}

impl Rest {
    /// A client with a key asks for its own agents only. Without keys a session that nobody has connected is a stranger;
    /// without any session, the agent's id decides.
    fn is_from(&self, client: &ClientId) -> bool {
        match &self.caller {
            Caller::Named(caller) => caller == client,
            Caller::Open => self.session_url.is_none(),
        }
    }

    /// The client as part of a session's key.
    fn key(&self) -> Option<ClientId> {
        match &self.caller {
            Caller::Named(client) => Some(client.clone()),
            Caller::Open => None,
        }
    }
}

/// The destination that a command names.
pub(super) fn named(command: &Command) -> Option<&Destination> {
    match &command.body {
        Body::Heartbeat { destination, .. } => Some(destination),
        Body::Agent {
            action: Action::Connect { destination, .. },
            ..
        } => Some(destination),
        Body::Agent { .. } => None,
    }
}

/// The command with another destination in place of the one it names.
fn naming(mut command: Command, own: &Destination) -> Command {
    match &mut command.body {
        Body::Heartbeat { destination, .. }
        | Body::Agent {
            action: Action::Connect { destination, .. },
            ..
        } => *destination = own.clone(),
        Body::Agent { .. } => {}
    }
    command
}

pub(super) fn agent_of(command: &Command) -> Option<&AgentId> {
    match &command.body {
        Body::Heartbeat { .. } => None,
        Body::Agent { agent, .. } => Some(agent),
    }
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

pub(super) fn wrong(command: &Command, message: &str) -> CommandError {
    CommandError {
        error_type: ErrorType::PleaseRetry,
        message: message.to_owned(),
        command: Some(command.body.name()),
        agent_id: agent_of(command).cloned(),
        command_id: command.command_id.clone(),
        session_url: None,
        malformed: false,
    }
}

pub(super) fn refused(command: &Command, refusal: Refusal) -> CommandError {
    let error_type = match refusal {
        Refusal::Foreign => ErrorType::InvalidSupervisor,
        Refusal::Forbidden => ErrorType::AuthorizationFailure,
        Refusal::Full => ErrorType::CfResourceBusy,
        Refusal::Name => ErrorType::PleaseRetry,
    };
    CommandError {
        error_type,
        ..wrong(command, &refusal.to_string())
    }
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
