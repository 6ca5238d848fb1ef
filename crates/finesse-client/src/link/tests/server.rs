//! The scripted server: pipes in memory instead of connections.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::config::LinkConfig;
use crate::credential::Credential;
use crate::dial::{Dial, Socket};
use crate::link::{
    Endpoint, LinkEvent, LinkHandle, LinkReport, LinkSpec, NodeLinks, Route, RouteLimits, Turns,
    Way, open,
};
use crate::transport::Transport;

/// Longer than anything a link does by itself; simulated, so it costs nothing.
pub(super) const PATIENCE: Duration = Duration::from_secs(120);

/// What a server answers to each thing a client says while it logs in.
pub(super) struct Login;

impl Login {
    pub(super) const ROSTER: &str =
        "<iq type='result' id='r1'><query xmlns='jabber:iq:roster'/></iq>";

    pub(super) const ANSWERS: [&str; 7] = [
        "<?xml version='1.0' encoding='UTF-8'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client' from='fin-a.acme.test' id='3k1' xml:lang='en' version='1.0'>\
         <stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>\
         <auth xmlns='http://jabber.org/features/iq-auth'/></stream:features>",
        "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
        "<?xml version='1.0' encoding='UTF-8'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client' from='fin-a.acme.test' id='3k1' xml:lang='en' version='1.0'>\
         <stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></stream:features>",
        "<iq type='result' id='b1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>41027@fin-a.acme.test/gw-1</jid></bind></iq>",
        "<iq type='result' id='s1'/>",
        Self::ROSTER,
        "<iq type='result' id='a1'/>",
    ];
}

pub(super) fn denied(id: &str) -> String {
    format!(
        "<iq type='error' id='{id}'><error type='cancel'><feature-not-implemented xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
    )
}

pub(super) struct MemoryDial {
    transport: Transport,
    pipes: mpsc::UnboundedSender<(Transport, DuplexStream)>,
    dials: Arc<AtomicUsize>,
    refused: Arc<AtomicUsize>,
    closed: Closed,
}

/// Ports on which nobody listens.
type Closed = Arc<std::sync::Mutex<BTreeSet<Transport>>>;

impl Dial for MemoryDial {
    async fn dial(&self) -> io::Result<Socket> {
        let number = self.dials.fetch_add(1, Ordering::SeqCst);
        let closed = self.closed.lock().unwrap().contains(&self.transport);
        if closed || number < self.refused.load(Ordering::SeqCst) {
            return Err(io::ErrorKind::ConnectionRefused.into());
        }
        let (ours, theirs) = duplex(1024 * 1024);
        self.pipes.send((self.transport, theirs)).unwrap();
        Ok(Box::new(ours))
    }
}

/// One node, its links, and the server's side of each.
pub(super) struct World {
    pub(super) node: Arc<NodeLinks<MemoryDial>>,
    pipes: mpsc::UnboundedReceiver<(Transport, DuplexStream)>,
    dials: Arc<AtomicUsize>,
    refused: Arc<AtomicUsize>,
    closed: Closed,
}

/// At Finesse's own ports and paths.
fn way(dial: MemoryDial) -> Way<MemoryDial> {
    let (port, endpoint) = match dial.transport {
        Transport::WebSocket => (8445, Some("/ws")),
        Transport::LegacyWebSocket => (7443, Some("/ws/")),
        Transport::Tcp => (5223, None),
    };
    let authority = format!("fin-a.acme.test:{port}");
    Way {
        transport: dial.transport,
        port,
        dial,
        endpoint: endpoint.map(|path| Endpoint::new(&authority, path).unwrap()),
    }
}

pub(super) struct TestLink {
    pub(super) handle: Option<LinkHandle>,
    pub(super) task: JoinHandle<()>,
    pub(super) reports: ReportSource,
}

/// The owner's side of a link's channel.
pub(super) struct ReportSource(Mutex<mpsc::Receiver<LinkReport>>);

impl ReportSource {
    pub(super) async fn recv(&self) -> Option<LinkReport> {
        let mut reports = self.0.lock().await;
        timeout(PATIENCE, reports.recv()).await.expect("no report")
    }
}

impl World {
    pub(super) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(super) fn with(change: impl FnOnce(&mut LinkConfig)) -> Self {
        Self::by(&[Transport::Tcp], change)
    }

    /// A node that may be reached by these.
    pub(super) fn by(transports: &[Transport], change: impl FnOnce(&mut LinkConfig)) -> Self {
        let mut config = LinkConfig {
            resource: "gw-1".into(),
            ..LinkConfig::default()
        };
        change(&mut config);
        let (sender, pipes) = mpsc::unbounded_channel();
        let dials = Arc::new(AtomicUsize::new(0));
        let refused = Arc::new(AtomicUsize::new(0));
        let closed = Closed::default();
        let ways = transports.iter().map(|transport| {
            way(MemoryDial {
                transport: *transport,
                pipes: sender.clone(),
                dials: Arc::clone(&dials),
                refused: Arc::clone(&refused),
                closed: Arc::clone(&closed),
            })
        });
        let (domain, limits) = ("fin-a.acme.test", RouteLimits::of(&config));
        let node = NodeLinks {
            route: Route::new("a", domain, ways.collect(), "configured", limits),
            domain: domain.into(),
            logins: Turns::new(config.parallel_logins, config.logins_per_second),
            config,
        };
        Self {
            node: Arc::new(node),
            pipes,
            dials,
            refused,
            closed,
        }
    }

    pub(super) fn link(&self, agent: &str) -> TestLink {
        self.link_with_room(agent, 16)
    }

    pub(super) fn link_with_room(&self, agent: &str, room: usize) -> TestLink {
        canaries::watch();
        let (events, reports) = mpsc::channel(room);
        let spec = LinkSpec {
            agent: agent.into(),
            user: agent.into(),
            epoch: 7,
            node: 0,
            credential: Credential::basic(agent, canaries::CANARY),
        };
        let (handle, link) = open(Some(Arc::clone(&self.node)), spec, events);
        TestLink {
            handle: Some(handle),
            task: tokio::spawn(link),
            reports: ReportSource(Mutex::new(reports)),
        }
    }

    pub(super) async fn dialled(&mut self) -> Server {
        Server(self.pipe().await.1)
    }

    /// The server's end of the next connection, and the port it came to.
    pub(super) async fn pipe(&mut self) -> (Transport, DuplexStream) {
        let pipe = timeout(PATIENCE, self.pipes.recv()).await;
        pipe.expect("nobody dials").unwrap()
    }

    /// Nobody listens on this port any more, or somebody does again.
    pub(super) fn set_closed(&self, transport: Transport, closed: bool) {
        let mut ports = self.closed.lock().unwrap();
        if closed {
            ports.insert(transport);
        } else {
            ports.remove(&transport);
        }
    }

    pub(super) async fn logged_in(&mut self) -> Server {
        let mut server = self.dialled().await;
        server.log_in().await;
        server
    }

    /// Whether no dial comes for as long as a login may take.
    pub(super) async fn nobody_dials(&mut self) -> bool {
        timeout(Duration::from_secs(5), self.pipes.recv())
            .await
            .is_err()
    }

    pub(super) async fn event(&self, link: &TestLink) -> LinkEvent {
        link.reports.recv().await.expect("the link has ended").event
    }

    pub(super) fn refuse_dials(&self, number: usize) {
        self.refused.store(number, Ordering::SeqCst);
    }

    pub(super) fn dials(&self) -> usize {
        self.dials.load(Ordering::SeqCst)
    }
}

impl TestLink {
    pub(super) async fn ended(&mut self) {
        let ended = timeout(PATIENCE, &mut self.task).await;
        ended.expect("the link goes on").unwrap();
    }
}

/// The server's end of one connection.
pub(super) struct Server(pub(super) DuplexStream);

impl Server {
    pub(super) async fn log_in(&mut self) {
        for answer in Login::ANSWERS {
            self.heard().await;
            self.say(answer).await;
        }
    }

    /// What the client says next, in one go.
    pub(super) async fn heard(&mut self) -> String {
        let mut bytes = vec![0; 64 * 1024];
        let read = timeout(PATIENCE, self.0.read(&mut bytes)).await;
        let length = read.expect("the client says nothing").unwrap();
        assert_ne!(length, 0, "the client has closed the connection");
        bytes.truncate(length);
        String::from_utf8(bytes).unwrap()
    }

    pub(super) async fn heard_until_closed(&mut self) -> String {
        let mut text = String::new();
        let read = timeout(PATIENCE, self.0.read_to_string(&mut text)).await;
        read.expect("the client stays").unwrap();
        text
    }

    pub(super) async fn say(&mut self, text: &str) {
        // A client that has hung up shows in what it does, not here.
        let _ = self.0.write_all(text.as_bytes()).await;
    }

    pub(super) async fn say_bytes(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }

    pub(super) async fn say_slowly(&mut self, text: &str) {
        for byte in text.as_bytes() {
            self.0.write_all(&[*byte]).await.unwrap();
            tokio::task::yield_now().await;
        }
    }
}
