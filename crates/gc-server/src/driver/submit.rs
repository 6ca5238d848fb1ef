//! A command comes from a transport: whose it is, and where its events go.

use std::net::SocketAddr;

use gc_core::ClientId;
use gc_protocol::command::{Action, Body, Callback, CommandError};
use gc_protocol::{AgentId, Command, Destination, ErrorType};
use tokio::sync::oneshot;

use crate::audit::{self, Who};
use crate::callback::Target;
use crate::clients::Caller;
use crate::hub::{Presence, Refusal};

use super::callbacks::Wanted;
use super::{Answered, Driver, Naming, Socket, Submitted, Via, Waiter};

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
