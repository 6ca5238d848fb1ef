//! A session that is up: notifications out, pings both ways, until it ends.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use finesse_protocol::Update;
use tokio::time::{Instant, Sleep, sleep_until, timeout};

use super::report::{Owner, Unwanted};
use super::stanza::{Reply, Stanza, escaped};
use super::stream::{Stanzas, StreamError};
use super::subscriptions::{Outcome, Subscriptions};
use super::{LinkEvent, NodeLinks};
use crate::config::LinkConfig;

/// Why a session ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Nobody wants it any more.
    Unwanted,
    /// Another session took its place.
    Conflict,
    /// It broke.
    Lost(String),
}

impl From<Unwanted> for End {
    fn from(_: Unwanted) -> Self {
        Self::Unwanted
    }
}

/// How long a goodbye may take.
const GOODBYE: Duration = Duration::from_secs(2);

/// How long one stanza may take to arrive: nothing behind it gets through, so whoever sends a byte now and then has gone. The largest
/// takes 52 s on a line of 5 kB/s.
const STANZA_TIME: Duration = Duration::from_secs(60);

/// Who is woken later than by this share of the time between pings has not been listening.
const LATE: u32 = 4;

/// A session that is up.
pub(super) struct Session<'a, S> {
    stanzas: S,
    domain: &'a str,
    config: &'a LinkConfig,
    owner: &'a Owner,
    subscriptions: Subscriptions,
    next_ping: Instant,
    pings: u64,
    /// Until when silence is our own fault: we were waiting for the owner.
    excused: Instant,
}

impl<'a, S: Stanzas> Session<'a, S> {
    pub(super) fn new<D>(
        stanzas: S,
        address: String,
        node: &'a NodeLinks<D>,
        owner: &'a Owner,
    ) -> Self {
        let now = Instant::now();
        let (domain, config) = (node.domain.as_str(), &node.config);
        Self {
            stanzas,
            domain,
            config,
            owner,
            subscriptions: Subscriptions::new(address, domain, config.subscribe_timeout),
            next_ping: now + config.ping_interval,
            pings: 0,
            excused: now,
        }
    }

    /// Tells the owner, and serves until the end.
    pub(super) async fn run(mut self) -> End {
        let end = match self.owner.report.report(LinkEvent::Up).await {
            Ok(()) => match self.serve().await {
                Ok(never) => match never {},
                Err(end) => end,
            },
            Err(Unwanted) => End::Unwanted,
        };
        if end == End::Unwanted {
            // What is not taken back stays on the server.
            let mut goodbye = self.subscriptions.goodbye().concat();
            goodbye.push_str("<presence type='unavailable'/></stream:stream>");
            // A server that does not listen any more sees the connection go instead.
            let _ = timeout(GOODBYE, self.stanzas.finish(&goodbye)).await;
        }
        end
    }

    async fn serve(&mut self) -> Result<Infallible, End> {
        let owner = self.owner;
        let mut alarm = std::pin::pin!(sleep_until(self.next_alarm()));
        self.on_wishes(alarm.as_mut()).await?;
        loop {
            tokio::select! {
                biased;
                () = owner.report.closed() => return Err(End::Unwanted),
                () = alarm.as_mut() => self.on_alarm(alarm.as_mut()).await?,
                () = owner.wishes.changed() => self.on_wishes(alarm.as_mut()).await?,
                stanza = self.stanzas.next() => match stanza {
                    Ok(stanza) => self.on_stanza(stanza, alarm.as_mut()).await?,
                    Err(StreamError::Undecodable(error)) => {
                        self.deliver(undecodable(&error), alarm.as_mut()).await?;
                    }
                    Err(error) => return Err(End::Lost(error.to_string())),
                },
            }
        }
    }

    async fn on_stanza(&mut self, stanza: Stanza, alarm: Pin<&mut Sleep>) -> Result<(), End> {
        match stanza {
            Stanza::Notifications(texts) => self.on_notifications(texts, alarm).await,
            Stanza::Request { id, from, ping } => {
                let answer = if ping { pong } else { unavailable };
                self.send(&answer(&id, from.as_deref())).await
            }
            Stanza::Presence { from, available } if self.is_finesse_user(&from) => {
                self.deliver(LinkEvent::FinesseUserAvailable(available), alarm)
                    .await
            }
            Stanza::StreamError(condition) if condition == "conflict" => Err(End::Conflict),
            Stanza::StreamError(condition) => Err(End::Lost(format!("stream error {condition}"))),
            Stanza::Reply { id, reply } => self.on_reply(&id, reply, alarm).await,
            Stanza::Presence { .. } | Stanza::Other => Ok(()),
        }
    }

    async fn on_reply(
        &mut self,
        id: &str,
        reply: Reply,
        mut alarm: Pin<&mut Sleep>,
    ) -> Result<(), End> {
        let (granted, reason) = match reply {
            Reply::Done | Reply::Bound(_) => (true, String::new()),
            Reply::Refused(reason) => (false, reason),
        };
        let event = match self.subscriptions.answered(id, granted) {
            None => return Ok(()),
            Some(Outcome::Confirmed(node)) => LinkEvent::Subscribed { node },
            Some(Outcome::Refused { node, wish }) => {
                self.owner.wishes.forget(&node, wish);
                LinkEvent::SubscriptionRefused { node, reason }
            }
        };
        alarm.as_mut().reset(self.next_alarm());
        self.deliver(event, alarm).await
    }

    async fn on_wishes(&mut self, alarm: Pin<&mut Sleep>) -> Result<(), End> {
        let wanted = self.owner.wishes.nodes();
        let requests = self.subscriptions.towards(&wanted, Instant::now());
        self.send_all(requests).await?;
        alarm.reset(self.next_alarm());
        Ok(())
    }

    async fn on_notifications(
        &mut self,
        texts: Vec<String>,
        mut alarm: Pin<&mut Sleep>,
    ) -> Result<(), End> {
        for text in texts {
            let event = match Update::parse(&text) {
                Ok(update) => LinkEvent::Notification(Box::new(update)),
                Err(error) => undecodable(&error),
            };
            self.deliver(event, alarm.as_mut()).await?;
        }
        Ok(())
    }

    /// Hands an event to the owner; while the owner takes its time, the server goes on being pinged.
    async fn deliver(&mut self, event: LinkEvent, mut alarm: Pin<&mut Sleep>) -> Result<(), End> {
        let owner = self.owner;
        let mut sending = std::pin::pin!(owner.report.report(event));
        loop {
            tokio::select! {
                biased;
                sent = sending.as_mut() => return Ok(sent?),
                () = alarm.as_mut() => {
                    self.excused = Instant::now();
                    self.on_alarm(alarm.as_mut()).await?;
                }
            }
        }
    }

    async fn on_alarm(&mut self, alarm: Pin<&mut Sleep>) -> Result<(), End> {
        let now = Instant::now();
        if now.duration_since(alarm.deadline()) >= self.config.ping_interval / LATE {
            // Not the server was silent: this machine slept or was overloaded, and what has come is not read yet. A ping
            // proves the link anew.
            self.excused = now;
            self.next_ping = now;
        }
        if now >= self.silent_at() {
            let seconds = self.config.ping_timeout.as_secs_f32();
            return Err(End::Lost(format!("the server was silent for {seconds} s")));
        }
        if self.stuck_at().is_some_and(|at| now >= at) {
            let seconds = STANZA_TIME.as_secs();
            return Err(End::Lost(format!("a stanza was not whole in {seconds} s")));
        }
        if now >= self.next_ping {
            self.next_ping = now + self.config.ping_interval;
            self.ping().await?;
        }
        let requests = self.subscriptions.overdue(now);
        self.send_all(requests).await?;
        alarm.reset(self.next_alarm());
        Ok(())
    }

    async fn ping(&mut self) -> Result<(), End> {
        self.pings += 1;
        let ping = format!(
            "<iq type='get' id='p{}' to='{}'><ping xmlns='urn:xmpp:ping'/></iq>",
            self.pings,
            escaped(self.domain)
        );
        self.send(&ping).await
    }

    async fn send(&mut self, xml: &str) -> Result<(), End> {
        timeout(self.config.ping_timeout, self.stanzas.send(xml))
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
            .map_err(|error| End::Lost(error.to_string()))
    }

    async fn send_all(&mut self, requests: Vec<String>) -> Result<(), End> {
        if requests.is_empty() {
            return Ok(());
        }
        self.send(&requests.concat()).await
    }

    fn next_alarm(&self) -> Instant {
        let due = self.next_ping.min(self.silent_at());
        let others = [self.subscriptions.next_overdue(), self.stuck_at()];
        others.into_iter().flatten().fold(due, Instant::min)
    }

    fn silent_at(&self) -> Instant {
        self.stanzas.heard().max(self.excused) + self.config.ping_timeout
    }

    fn stuck_at(&self) -> Option<Instant> {
        let since = self.stanzas.waiting_since()?;
        Some(since.max(self.excused) + STANZA_TIME)
    }

    fn is_finesse_user(&self, from: &str) -> bool {
        let bare = from.split('/').next().unwrap_or_default();
        bare.split_once('@').is_some_and(|(user, domain)| {
            user.eq_ignore_ascii_case("finesse") && domain.eq_ignore_ascii_case(self.domain)
        })
    }
}

fn undecodable(error: &dyn std::fmt::Display) -> LinkEvent {
    LinkEvent::Undecodable {
        reason: error.to_string(),
    }
}

fn pong(id: &str, from: Option<&str>) -> String {
    format!("<iq type='result' {}/>", address(id, from))
}

fn unavailable(id: &str, from: Option<&str>) -> String {
    format!(
        "<iq type='error' {}><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
        address(id, from)
    )
}

fn address(id: &str, from: Option<&str>) -> String {
    let id = escaped(id);
    match from {
        Some(from) => format!("id='{id}' to='{}'", escaped(from)),
        None => format!("id='{id}'"),
    }
}
