//! One WebSocket: frames in are commands, frames out are events.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use gc_core::ClientId;
use gc_protocol::command::{Body, CommandError};
use gc_protocol::{Command, ErrorType};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout};

use crate::clients::Lease;
use crate::driver::{Place, Socket, Submitted, Via};
use crate::hub::{End, Form, Frame, Queue};

use super::Api;
use super::crowd::Seat;
use super::listen::Permit;

/// How often a client is pinged; one that stays silent over two of them is gone.
const PING_EVERY: Duration = Duration::from_secs(20);
/// How long one frame may take to leave: meanwhile nobody is pinged, and a client that reads a little now and then is as good as gone.
const SEND_LIMIT: Duration = Duration::from_secs(40);
/// How long a closing client may take to read what is left.
const GOODBYE: Duration = Duration::from_secs(5);

/// What a connection is made of.
pub(super) struct Connection {
    pub(super) place: Place,
    pub(super) queue: Queue,
    pub(super) form: Form,
    pub(super) lease: Lease,
    pub(super) from: SocketAddr,
    pub(super) api: Api,
    pub(super) _permit: Arc<Permit>,
    pub(super) _seat: Option<Seat<ClientId>>,
}

/// Why a connection ends.
enum Ending {
    /// The client closed, or the network broke.
    Lost,
    /// We close, and say why.
    Closed(u16, &'static str),
}

pub(super) async fn run(mut socket: WebSocket, connection: Connection) {
    let mut pings = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut silent = 0;
    let mut deaf_until = None;
    let ending = loop {
        let step = tokio::select! {
            next = connection.queue.pop() => connection.pass_on(&mut socket, next).await,
            () = sleep_until(deaf_until.unwrap_or_else(Instant::now)), if deaf_until.is_some() => {
                deaf_until = None;
                Ok(())
            }
            message = socket.recv(), if deaf_until.is_none() => {
                silent = 0;
                match connection.hear(message).await {
                    Ok(pause) => {
                        deaf_until = pause.map(|pause| Instant::now() + pause);
                        Ok(())
                    }
                    Err(ending) => Err(ending),
                }
            }
            () = connection.lease.revoked() => {
                Err(Ending::Closed(close_code::POLICY, "the key was revoked"))
            }
            _ = pings.tick() => {
                silent += 1;
                connection.ping(&mut socket, silent).await
            }
        };
        if let Err(ending) = step {
            break ending;
        }
    };
    let Connection { place, .. } = connection;
    drop(place);
    if let Ending::Closed(code, reason) = ending {
        close(socket, code, reason).await;
    }
}

impl Connection {
    /// Sends one frame; a client that does not read is given up in the middle of it.
    async fn pass_on(
        &self,
        socket: &mut WebSocket,
        next: Result<Frame, End>,
    ) -> Result<(), Ending> {
        match next {
            Ok(frame) => self.send(socket, Message::Text(frame.text)).await,
            Err(End::TooSlow) => Err(Ending::Closed(close_code::POLICY, "slow consumer")),
            Err(End::Drain) => Err(Ending::Closed(close_code::AWAY, "the gateway is stopping")),
        }
    }

    async fn send(&self, socket: &mut WebSocket, message: Message) -> Result<(), Ending> {
        tokio::select! {
            sent = timeout(SEND_LIMIT, socket.send(message)) => match sent {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) | Err(_) => Err(Ending::Lost),
            },
            () = self.queue.cut() => Err(Ending::Closed(close_code::POLICY, "slow consumer")),
        }
    }

    async fn ping(&self, socket: &mut WebSocket, silent: u32) -> Result<(), Ending> {
        if silent > 2 {
            return Err(Ending::Lost);
        }
        self.send(socket, Message::Ping(Vec::new().into())).await
    }

    /// Takes one message; a client that is too fast is not listened to for a moment.
    async fn hear(
        &self,
        message: Option<Result<Message, axum::Error>>,
    ) -> Result<Option<Duration>, Ending> {
        match message {
            Some(Ok(Message::Text(text))) => self.hand_in(&text).await,
            Some(Ok(Message::Binary(_))) => Err(Ending::Closed(
                close_code::UNSUPPORTED,
                "commands are text frames",
            )),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
            Some(Ok(Message::Close(_))) | None => Err(Ending::Lost),
            Some(Err(_)) => Err(Ending::Closed(
                close_code::SIZE,
                "a frame was too large or broken",
            )),
        }
    }

    async fn hand_in(&self, text: &Utf8Bytes) -> Result<Option<Duration>, Ending> {
        let place = &self.place;
        let limits = &self.api.0.limits;
        let counted = limits
            .source(self.from)
            .and_then(|()| limits.client(place.client.as_str(), self.from));
        let pause = counted.err();
        // Read even so: its sender waits for the end of the command that it knows by its id.
        let read = Command::parse_line(text);
        let read = match pause {
            None => read,
            Some(_) => Err(too_fast(read)),
        };
        let submitted = Submitted {
            read,
            via: Via::Socket(Socket {
                id: place.id,
                destination: place.destination.clone(),
                naming: place.naming,
                client: place.client.clone(),
                from: self.from,
                results: self.form == Form::Enveloped,
            }),
        };
        // Waiting here means that this client is not read from, and nothing else.
        let handed = self.api.0.door.commands.send(submitted).await;
        handed.map_err(|_| Ending::Closed(close_code::AWAY, "the gateway is stopping"))?;
        Ok(pause)
    }
}

fn too_fast(read: Result<Command, CommandError>) -> CommandError {
    let (command, agent_id, command_id) = match read {
        Ok(read) => {
            let agent = match &read.body {
                Body::Agent { agent, .. } => Some(agent.clone()),
                Body::Heartbeat { .. } => None,
            };
            (Some(read.body.name()), agent, read.command_id)
        }
        Err(error) => (error.command, error.agent_id, error.command_id),
    };
    CommandError {
        error_type: ErrorType::PleaseRetry,
        message: "too many commands; slow down".to_owned(),
        command,
        agent_id,
        command_id,
        session_url: None,
        malformed: false,
    }
}

/// Says why, and waits until the client has read it; a connection dropped too early would take it back.
async fn close(mut socket: WebSocket, code: u16, reason: &'static str) {
    let frame = CloseFrame {
        code,
        reason: Utf8Bytes::from_static(reason),
    };
    let _ = timeout(GOODBYE, async {
        if socket.send(Message::Close(Some(frame))).await.is_ok() {
            while let Some(Ok(_)) = socket.recv().await {}
        }
    })
    .await;
}
