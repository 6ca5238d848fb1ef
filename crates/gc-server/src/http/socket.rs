//! One WebSocket: frames in are commands, frames out are events.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use gc_core::ClientId;
use gc_protocol::command::{Body, CommandError};
use gc_protocol::{Command, ErrorType};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};

use crate::clients::Lease;
use crate::driver::{Place, Socket, Submitted, Via};
use crate::hub::{End, Form, Frame, Queue};

use super::Api;
use super::crowd::Seat;
use super::listen::Permit;
use super::unfinished::Watched;

/// A client's connection, upgraded.
pub(super) type WebSocket = WebSocketStream<Watched<TokioIo<Upgraded>>>;

/// How often a client is pinged; one that stays silent over two of them is gone, and one whose message takes longer than that is
/// given up.
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
#[derive(Debug, PartialEq, Eq)]
enum Ending {
    /// The client closed, or the network broke.
    Lost,
    /// We close, and say why.
    Closed(CloseCode, &'static str),
}

pub(super) async fn run(mut socket: WebSocket, connection: Connection) {
    let mut pings = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut pulse = Pulse::default();
    let mut deaf_until = None;
    let ending = loop {
        let step = tokio::select! {
            next = connection.queue.pop() => connection.pass_on(&mut socket, next).await,
            () = sleep_until(deaf_until.unwrap_or_else(Instant::now)), if deaf_until.is_some() => {
                deaf_until = None;
                Ok(())
            }
            message = socket.next(), if deaf_until.is_none() => {
                pulse.silent = 0;
                match connection.hear(message).await {
                    Ok(pause) => {
                        deaf_until = pause.map(|pause| Instant::now() + pause);
                        Ok(())
                    }
                    Err(ending) => Err(ending),
                }
            }
            () = connection.lease.revoked() => {
                Err(Ending::Closed(CloseCode::Policy, "the key was revoked"))
            }
            _ = pings.tick() => match pulse.beat(socket.get_ref().begun()) {
                Ok(()) => connection.send(&mut socket, Message::Ping(Vec::new().into())).await,
                Err(ending) => Err(ending),
            },
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

/// What was found at the last ping.
#[derive(Default)]
struct Pulse {
    /// Pings since the client was heard.
    silent: u32,
    /// When the message began that was under way.
    unfinished: Option<Instant>,
}

impl Pulse {
    /// Looks whether the client lives, and whether the message that was under way has come to its end. No clock says so: what
    /// has come while this machine was busy is read first.
    fn beat(&mut self, unfinished: Option<Instant>) -> Result<(), Ending> {
        self.silent += 1;
        if self.silent > 2 {
            return Err(Ending::Lost);
        }
        if unfinished.is_some() && unfinished == self.unfinished {
            let reason = "a message took too long";
            return Err(Ending::Closed(CloseCode::Policy, reason));
        }
        self.unfinished = unfinished;
        Ok(())
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
            Err(End::TooSlow) => Err(Ending::Closed(CloseCode::Policy, "slow consumer")),
            Err(End::Drain) => Err(Ending::Closed(CloseCode::Away, "the gateway is stopping")),
        }
    }

    async fn send(&self, socket: &mut WebSocket, message: Message) -> Result<(), Ending> {
        tokio::select! {
            sent = timeout(SEND_LIMIT, socket.send(message)) => match sent {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) | Err(_) => Err(Ending::Lost),
            },
            () = self.queue.cut() => Err(Ending::Closed(CloseCode::Policy, "slow consumer")),
        }
    }

    /// Takes one message; a client that is too fast is not listened to for a moment.
    async fn hear(
        &self,
        message: Option<Result<Message, Error>>,
    ) -> Result<Option<Duration>, Ending> {
        match message {
            Some(Ok(Message::Text(text))) => self.hand_in(&text).await,
            Some(Ok(Message::Binary(_))) => Err(Ending::Closed(
                CloseCode::Unsupported,
                "commands are text frames",
            )),
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Ok(None),
            Some(Ok(Message::Close(_))) | None => Err(Ending::Lost),
            Some(Err(_)) => Err(Ending::Closed(
                CloseCode::Size,
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
        handed.map_err(|_| Ending::Closed(CloseCode::Away, "the gateway is stopping"))?;
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
async fn close(mut socket: WebSocket, code: CloseCode, reason: &'static str) {
    let frame = CloseFrame {
        code,
        reason: Utf8Bytes::from_static(reason),
    };
    let _ = timeout(GOODBYE, async {
        if socket.send(Message::Close(Some(frame))).await.is_ok() {
            while let Some(Ok(_)) = socket.next().await {}
        }
    })
    .await;
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    const TOO_LONG: Ending = Ending::Closed(CloseCode::Policy, "a message took too long");

    #[test]
    fn a_message_under_way_at_one_ping_is_whole_at_the_next() {
        let (one, other) = (Instant::now(), Instant::now() + PING_EVERY);
        let mut pulse = Pulse::default();
        for unfinished in [None, Some(one), None, Some(other), Some(one), None] {
            pulse.silent = 0;
            assert_eq!(pulse.beat(unfinished), Ok(()));
        }
        assert_eq!(pulse.beat(Some(other)), Ok(()));
        // Answers to pings between its pieces change nothing.
        pulse.silent = 0;
        assert_eq!(pulse.beat(Some(other)), Err(TOO_LONG));
    }

    #[test]
    fn who_is_silent_over_two_pings_is_gone() {
        let mut pulse = Pulse::default();
        assert_eq!([pulse.beat(None), pulse.beat(None)], [Ok(()), Ok(())]);
        assert_eq!(pulse.beat(None), Err(Ending::Lost));
    }
}
