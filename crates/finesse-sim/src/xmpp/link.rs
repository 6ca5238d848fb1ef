//! One client connection: stream, sign-in, binding, then stanzas both ways.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::framer::{Frame, Framer};
use super::handle::{Handle, Outgoing};
use super::hub::finesse_presence;
use super::iq;
use crate::core::Core;
use crate::engine::Node;
use crate::xml::{Element, escape_into};

/// A link that says nothing for this long is pinged, and closed after as long again.
const QUIET: Duration = Duration::from_secs(60);

/// Notifications that may wait for a slow reader.
const BACKLOG: usize = 1024;

const STREAMS: &str = "urn:ietf:params:xml:ns:xmpp-streams";

/// Serves a connection until either side ends it.
pub(crate) async fn serve<Io>(core: Arc<Core>, node: Node, io: Io)
where
    Io: AsyncRead + AsyncWrite + Unpin,
{
    let (sender, receiver) = mpsc::channel(BACKLOG);
    let mut link = Link {
        core,
        node,
        io,
        framer: Framer::default(),
        phase: Phase::Anonymous,
        sender,
        receiver,
        out: String::new(),
    };
    if let Err(error) = link.run().await {
        tracing::debug!(%error, "link ended");
    }
    link.sign_off();
}

pub(super) struct Link<Io> {
    pub(super) core: Arc<Core>,
    pub(super) node: Node,
    pub(super) io: Io,
    pub(super) framer: Framer,
    pub(super) phase: Phase,
    pub(super) sender: mpsc::Sender<Outgoing>,
    pub(super) receiver: mpsc::Receiver<Outgoing>,
    /// Answers that were not written yet.
    pub(super) out: String,
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

impl<Io: AsyncRead + AsyncWrite + Unpin> Link<Io> {
    async fn run(&mut self) -> io::Result<()> {
        let stop = self.core.stop.clone();
        let mut heard = Instant::now();
        let mut pinged = false;
        let quiet = tokio::time::sleep(QUIET);
        tokio::pin!(quiet);
        loop {
            self.framer.buffer.reserve(1024);
            tokio::select! {
                () = stop.cancelled() => return self.close("system-shutdown").await,
                read = self.io.read_buf(&mut self.framer.buffer) => {
                    heard = Instant::now();
                    pinged = false;
                    if read? == 0 || matches!(self.take_frames().await?, Next::End) {
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
                        self.flush().await?;
                    }
                    let since = if pinged { Instant::now() } else { heard };
                    quiet.as_mut().reset(since + QUIET);
                }
            }
        }
    }

    async fn take_frames(&mut self) -> io::Result<Next> {
        loop {
            let frame = match self.framer.next() {
                Ok(Some(frame)) => frame,
                Ok(None) => break,
                Err(_) => {
                    self.close("policy-violation").await?;
                    return Ok(Next::End);
                }
            };
            if matches!(self.take(frame).await?, Next::End) {
                return Ok(Next::End);
            }
        }
        self.flush().await?;
        Ok(Next::GoOn)
    }

    async fn take(&mut self, frame: Frame) -> io::Result<Next> {
        match frame {
            Frame::Open(_) => self.open_stream(),
            Frame::Stanza(text) => match Element::parse(&text) {
                Ok(stanza) => return self.stanza(&stanza).await,
                Err(_) => {
                    self.close("not-well-formed").await?;
                    return Ok(Next::End);
                }
            },
            Frame::Close => {
                self.out.push_str("</stream:stream>");
                self.flush().await?;
                return Ok(Next::End);
            }
        }
        Ok(Next::GoOn)
    }

    async fn stanza(&mut self, stanza: &Element) -> io::Result<Next> {
        match (&self.phase, stanza.name.as_str()) {
            (Phase::Anonymous, "auth") => self.authenticate(stanza),
            (Phase::SignedIn(user), "iq") => {
                let user = user.clone();
                self.bind(stanza, &user);
            }
            (Phase::Bound(link), "iq") => {
                let answer = iq::answer(&self.core, self.node, link, stanza);
                self.out.push_str(&answer.unwrap_or_default());
            }
            (Phase::Bound(link), "presence") => {
                let link = Arc::clone(link);
                self.presence(&link, stanza);
            }
            (Phase::Bound(_), "message") => {}
            (Phase::Anonymous | Phase::SignedIn(_) | Phase::Bound(_), _) => {
                self.close("not-authorized").await?;
                return Ok(Next::End);
            }
        }
        Ok(Next::GoOn)
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
        if link.available.swap(true, Ordering::AcqRel) {
            return;
        }
        let node = self.node;
        self.core
            .command(|engine, now| engine.desktop_arrived(now, &link.user, node));
        let domain = self.core.hub.domain(node);
        let serving = self.core.is_serving(node);
        self.out
            .push_str(&finesse_presence(domain, &link.full, serving));
    }

    fn leave(&self, link: &Handle) {
        if link.available.swap(false, Ordering::AcqRel) {
            let node = self.node;
            self.core
                .command(|engine, now| engine.desktop_left(now, &link.user, node));
        }
    }

    /// Sends what the hub put in the queue, as much as there is.
    async fn pass_on(&mut self, first: Outgoing) -> io::Result<Next> {
        let mut next = Some(first);
        while let Some(outgoing) = next {
            match outgoing {
                Outgoing::Stanza(bytes) if self.is_silent() => drop(bytes),
                Outgoing::Stanza(bytes) => write(&mut self.io, &bytes).await?,
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
        self.io.flush().await?;
        Ok(Next::GoOn)
    }

    async fn close(&mut self, condition: &str) -> io::Result<()> {
        self.out.push_str(&format!(
            "<stream:error><{condition} xmlns='{STREAMS}'/></stream:error></stream:stream>"
        ));
        self.flush().await?;
        self.io.shutdown().await
    }

    fn ping(&mut self) {
        if let Phase::Bound(link) = &self.phase {
            let domain = self.core.hub.domain(self.node);
            self.out.push_str(&format!(
                "<iq type='get' id='ping-{}' from='{domain}' to='",
                link.serial
            ));
            escape_into(&mut self.out, &link.full);
            self.out.push_str("'><ping xmlns='urn:xmpp:ping'/></iq>");
        }
    }

    async fn flush(&mut self) -> io::Result<()> {
        let out = std::mem::take(&mut self.out);
        if out.is_empty() || self.is_silent() {
            return Ok(());
        }
        write(&mut self.io, out.as_bytes()).await?;
        self.io.flush().await
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

/// Writes, unless the client does not read for too long.
async fn write(io: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> io::Result<()> {
    match tokio::time::timeout(QUIET, io.write_all(bytes)).await {
        Ok(written) => written,
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    }
}
