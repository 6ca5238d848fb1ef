//! One client connection: stream, sign-in, binding, then stanzas both ways.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::framer::Frame;
use super::handle::{Handle, Outgoing};
use super::hub::finesse_presence;
use super::iq;
use super::wire::{Wire, WireError, Word};
use crate::core::Core;
use crate::engine::Node;
use crate::xml::{Element, escape_into};

/// A link that says nothing for this long is pinged, and closed after as long again.
const QUIET: Duration = Duration::from_secs(60);

/// Notifications that may wait for a slow reader.
pub(super) const BACKLOG: usize = 1024;

/// Serves a connection until either side ends it.
pub(super) async fn serve(core: Arc<Core>, node: Node, wire: impl Wire) {
    let (sender, receiver) = mpsc::channel(BACKLOG);
    let mut link = Link {
        core,
        node,
        wire,
        phase: Phase::Anonymous,
        sender,
        receiver,
    };
    if let Err(error) = link.run().await {
        tracing::debug!(%error, "link ended");
    }
    link.sign_off();
}

pub(super) struct Link<W> {
    pub(super) core: Arc<Core>,
    pub(super) node: Node,
    pub(super) wire: W,
    pub(super) phase: Phase,
    pub(super) sender: mpsc::Sender<Outgoing>,
    pub(super) receiver: mpsc::Receiver<Outgoing>,
}

pub(super) enum Phase {
    Anonymous,
    SignedIn(String),
    Bound(Arc<Handle>),
}

/// Whether the stream goes on.
enum Next {
    GoOn,
    End,
}

impl<W: Wire> Link<W> {
    async fn run(&mut self) -> io::Result<()> {
        let stop = self.core.stop.clone();
        let killed = self.core.power(self.node).killed();
        let mut heard = Instant::now();
        let mut pinged = false;
        let quiet = tokio::time::sleep(QUIET);
        tokio::pin!(quiet);
        loop {
            tokio::select! {
                () = killed.cancelled() => return Ok(()),
                () = stop.cancelled() => return self.close("system-shutdown").await,
                frame = self.wire.next() => {
                    heard = Instant::now();
                    pinged = false;
                    if matches!(self.take_frame(frame).await?, Next::End) {
                        return Ok(());
                    }
                }
                Some(outgoing) = self.receiver.recv() => {
                    if matches!(self.pass_on(outgoing).await?, Next::End) {
                        return Ok(());
                    }
                }
                () = &mut quiet => {
                    if heard.elapsed() >= QUIET {
                        if pinged {
                            return self.close("connection-timeout").await;
                        }
                        pinged = true;
                        self.ping();
                        self.wire.flush().await?;
                    }
                    let since = if pinged { Instant::now() } else { heard };
                    quiet.as_mut().reset(since + QUIET);
                }
            }
        }
    }

    async fn take_frame(&mut self, frame: Result<Option<Frame>, WireError>) -> io::Result<Next> {
        match frame {
            Ok(None) => return Ok(Next::End),
            Err(WireError::Io(error)) => return Err(error),
            Err(WireError::Frame(_)) => {
                self.close("policy-violation").await?;
                return Ok(Next::End);
            }
            Ok(Some(Frame::Open(_))) => self.open_stream(),
            Ok(Some(Frame::Stanza(text))) => {
                if matches!(self.stanza(&text).await?, Next::End) {
                    return Ok(Next::End);
                }
            }
            Ok(Some(Frame::Close)) => {
                self.say(Word::Close);
                self.wire.finish().await?;
                return Ok(Next::End);
            }
        }
        self.wire.flush().await?;
        Ok(Next::GoOn)
    }

    async fn stanza(&mut self, text: &str) -> io::Result<Next> {
        let Ok(stanza) = Element::parse(text) else {
            self.close("not-well-formed").await?;
            return Ok(Next::End);
        };
        match (&self.phase, stanza.name.as_str()) {
            (Phase::Anonymous, "auth") => self.authenticate(&stanza),
            (Phase::SignedIn(user), "iq") => {
                let user = user.clone();
                self.bind(&stanza, &user);
            }
            (Phase::Bound(link), "iq") => {
                if let Some(answer) = iq::answer(&self.core, self.node, link, &stanza) {
                    self.say(answer.into());
                }
            }
            (Phase::Bound(link), "presence") => {
                let link = Arc::clone(link);
                self.presence(&link, &stanza);
            }
            (Phase::Bound(_), "message") => {}
            (Phase::Bound(_), _) => {
                self.close("unsupported-stanza-type").await?;
                return Ok(Next::End);
            }
            (Phase::Anonymous | Phase::SignedIn(_), _) => {
                self.close("not-authorized").await?;
                return Ok(Next::End);
            }
        }
        Ok(Next::GoOn)
    }

    /// Says nothing on a link that a fault has silenced.
    pub(super) fn say(&mut self, word: Word) {
        if !self.is_silent() {
            self.wire.say(word);
        }
    }

    fn presence(&mut self, link: &Handle, presence: &Element) {
        match presence.attribute("type") {
            None => {
                let priority = presence
                    .child_text("priority")
                    .and_then(|p| p.parse::<i32>().ok());
                if priority.unwrap_or_default() >= 0 {
                    self.arrive(link);
                }
            }
            Some("unavailable") => self.leave(link),
            Some(_) => {}
        }
    }

    fn arrive(&mut self, link: &Handle) {
        if link.arrive(&self.core, self.node) {
            let domain = self.core.hub.domain(self.node);
            let present = self.core.is_on_bus(self.node);
            let presence = finesse_presence(domain, &link.full, present);
            self.say(presence.into());
        }
    }

    fn leave(&self, link: &Handle) {
        link.leave(&self.core, self.node);
    }

    /// Sends what the hub put in the queue, as much as there is.
    async fn pass_on(&mut self, first: Outgoing) -> io::Result<Next> {
        let mut next = Some(first);
        while let Some(outgoing) = next {
            match outgoing {
                Outgoing::Stanza(bytes) => self.pass_stanza(bytes).await?,
                Outgoing::Close(condition) => {
                    self.close(condition).await?;
                    return Ok(Next::End);
                }
                Outgoing::Cut => return Ok(Next::End),
            }
            next = self.receiver.try_recv().ok();
        }
        if self.is_overrun() {
            return Ok(Next::End);
        }
        Ok(Next::GoOn)
    }

    async fn pass_stanza(&mut self, stanza: Bytes) -> io::Result<()> {
        self.say(Word::Element(stanza));
        self.wire.flush().await
    }

    async fn close(&mut self, condition: &'static str) -> io::Result<()> {
        self.say(Word::Error(condition));
        self.wire.finish().await
    }

    fn ping(&mut self) {
        if let Phase::Bound(link) = &self.phase {
            let domain = self.core.hub.domain(self.node);
            let mut ping = format!(
                "<iq type='get' id='ping-{}' from='{domain}' to='",
                link.serial
            );
            escape_into(&mut ping, &link.full);
            ping.push_str("'><ping xmlns='urn:xmpp:ping'/></iq>");
            self.say(ping.into());
        }
    }

    fn is_overrun(&self) -> bool {
        match &self.phase {
            Phase::Bound(link) => link.overrun.load(Ordering::Acquire),
            Phase::Anonymous | Phase::SignedIn(_) => false,
        }
    }

    fn is_silent(&self) -> bool {
        match &self.phase {
            Phase::Bound(link) => link.silent.load(Ordering::Acquire),
            Phase::Anonymous | Phase::SignedIn(_) => false,
        }
    }

    fn sign_off(&self) {
        if let Phase::Bound(link) = &self.phase {
            self.leave(link);
            self.core.hub.leave(self.node, link);
        }
    }
}
