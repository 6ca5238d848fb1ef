//! The site without sockets, on time that its owner tells.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::request::Parts;
use axum::http::{Method, Request};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::FutureExt;
use http_body_util::BodyExt;

use crate::clock::Clock;
use crate::config::Transports;
use crate::core::Core;
use crate::counters::Counters;
use crate::engine::{Engine, Node, ServiceStatus, Settings, SimTime};
use crate::rest::Service;
use crate::site::Site;
use crate::state::State;
pub use crate::xmpp::Heard;
use crate::xmpp::Line;

/// A link of an [`Offline`] site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LinkId(u64);

/// A request to the REST API, as it stands on the wire.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// `GET`, `PUT` or `POST`.
    pub method: &'a str,
    /// Path and query.
    pub path: &'a str,
    /// User and password.
    pub credentials: Option<(&'a str, &'a str)>,
    /// The `requestId` header; empty for none.
    pub request_id: &'a str,
    /// The document.
    pub body: String,
}

/// What the REST API answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The document; may be empty.
    pub body: Vec<u8>,
}

/// A site in one thread: requests are answered where they are asked, notifications are fetched.
///
/// After anything but a look, call [`Offline::pass_to`] and fetch what links have heard.
///
/// ```
/// use std::time::Duration;
/// use finesse_sim::{Heard, Node, Offline, Question, Settings, Site};
///
/// let mut site = Offline::new(Site::demo(), Settings::default(), 7);
/// let link = site.sign_in(Node::A, "41027", "demo", "desktop").ok_or("refused")?;
/// assert_eq!(site.next_heard(), Some((link, Heard::FinessePresent(true))));
/// let login = Question {
///     method: "PUT",
///     path: "/finesse/api/User/41027",
///     credentials: Some(("41027", "demo")),
///     request_id: "r-1",
///     body: "<User><state>LOGIN</state><extension>6127</extension></User>".to_owned(),
/// };
/// assert_eq!(site.ask(Node::A, &login)?.status, 202);
/// site.pass_to(site.now() + Duration::from_secs(1));
/// assert!(matches!(site.next_heard(), Some((of, Heard::Notification(_))) if of == link));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Offline {
    core: Arc<Core>,
    nodes: [Service; 2],
    links: BTreeMap<LinkId, Line>,
    /// Links that broke with their node, until that was heard.
    broken: VecDeque<LinkId>,
    last_link: u64,
}

impl Offline {
    /// A site where nobody is signed in, on the 2nd of May 2024.
    pub fn new(site: Site, settings: Settings, seed: u64) -> Self {
        let engine = Engine::new(site, settings, seed);
        let clock = Clock::given(SimTime::from_unix_millis(1_714_640_400_000));
        let core = Arc::new(Core::new(engine, clock, seed, Transports::default()));
        Self {
            nodes: Node::ALL.map(|node| Service::new(Arc::clone(&core), node)),
            core,
            links: BTreeMap::new(),
            broken: VecDeque::new(),
            last_link: 0,
        }
    }

    /// The time.
    pub fn now(&self) -> SimTime {
        self.core.now()
    }

    /// Lets time pass, and tells until when nothing more happens by itself.
    pub fn pass_to(&mut self, now: SimTime) -> Option<SimTime> {
        self.core.clock.advance(now);
        self.core.publish_due()
    }

    /// Does something to the engine, or looks at it.
    pub fn engine<R>(&mut self, act: impl FnOnce(&mut Engine, SimTime) -> R) -> R {
        self.core.command(act)
    }

    /// Takes a node out of service, or back.
    pub fn set_service(&mut self, node: Node, status: ServiceStatus) {
        self.core.set_service(node, status);
    }

    /// Kills a node's process: its links break, and it answers nobody.
    pub fn kill(&mut self, node: Node) {
        self.core.node_died(node);
        let here = |(id, line): (&LinkId, &Line)| (line.node() == node).then_some(*id);
        let here: Vec<LinkId> = self.links.iter().filter_map(here).collect();
        for link in here {
            self.sign_off(link);
            self.broken.push_back(link);
        }
    }

    /// Starts a node that was killed; one that runs goes on.
    pub fn start(&mut self, node: Node) {
        if !self.is_alive(node) {
            self.core.node_started(node);
        }
    }

    /// Whether a node's process runs.
    pub fn is_alive(&self, node: Node) -> bool {
        self.core.read(|engine| engine.is_alive(node))
    }

    /// Both nodes lose the CTI server; Finesse's own user stays on the bus.
    pub fn lose_cti(&mut self) {
        self.core.lose_cti();
    }

    /// The CTI server is back; who was READY is not any more.
    pub fn regain_cti(&mut self) {
        self.core.regain_cti();
    }

    /// Whether Finesse's own user is present at a node; links hear of it.
    pub fn announce_finesse(&mut self, node: Node, present: bool) {
        self.core.hub.announce_finesse(node, present);
    }

    /// Asks the REST API of a node. An error stands for a connection that ends without an answer.
    pub fn ask(&mut self, node: Node, question: &Question<'_>) -> io::Result<Answer> {
        if !self.is_alive(node) {
            return Err(io::ErrorKind::ConnectionRefused.into());
        }
        let (parts, body) = question.on_the_wire()?;
        let answered = self.nodes[node.index()].answer(parts, body).now_or_never();
        let (parts, body) = answered.ok_or_else(delayed)??.into_parts();
        let body = body.collect().now_or_never().ok_or_else(delayed)?;
        Ok(Answer {
            status: parts.status.as_u16(),
            body: body.map_err(io::Error::other)?.to_bytes().to_vec(),
        })
    }

    /// Makes a link; `None` if the credentials are refused, or the node is dead.
    pub fn sign_in(
        &mut self,
        node: Node,
        user: &str,
        password: &str,
        resource: &str,
    ) -> Option<LinkId> {
        if !self.is_alive(node) {
            return None;
        }
        let line = Line::sign_in(&self.core, node, (user, password), resource)?;
        self.last_link += 1;
        let id = LinkId(self.last_link);
        self.links.insert(id, line);
        Some(id)
    }

    /// Subscribes to a pubsub node; tells whether it is granted.
    pub fn subscribe(&mut self, link: LinkId, path: &str) -> bool {
        let line = self.links.get(&link);
        line.is_some_and(|line| line.subscribe(path))
    }

    /// Does not want a pubsub node any more.
    pub fn unsubscribe(&mut self, link: LinkId, path: &str) {
        if let Some(line) = self.links.get(&link) {
            line.unsubscribe(path);
        }
    }

    /// Ends a link: the desktop is gone.
    pub fn sign_off(&mut self, link: LinkId) {
        self.links.remove(&link);
    }

    /// The next thing that any link has heard; a link that was closed signs off.
    pub fn next_heard(&mut self) -> Option<(LinkId, Heard)> {
        if let Some(broken) = self.broken.pop_front() {
            return Some((broken, Heard::Cut));
        }
        let heard = |(id, line): (&LinkId, &mut Line)| Some((*id, line.next()?));
        let (link, heard) = self.links.iter_mut().find_map(heard)?;
        if matches!(heard, Heard::Closed(_) | Heard::Cut) {
            self.sign_off(link);
        }
        Some((link, heard))
    }

    /// Links at a node.
    pub fn link_count(&self, node: Node) -> usize {
        self.core.hub.link_count(node)
    }

    /// Links of a user, at whichever node.
    pub fn link_count_of(&self, user: &str) -> usize {
        self.core.hub.link_count_of(user)
    }

    /// Whether a node serves.
    pub fn is_serving(&self, node: Node) -> bool {
        self.core.is_serving(node)
    }

    /// Counts since the start.
    pub fn counters(&self) -> Counters {
        self.core.tally.snapshot()
    }

    /// The whole state of the site.
    pub fn state(&self) -> State {
        State::of(&self.core)
    }
}

impl Question<'_> {
    fn on_the_wire(&self) -> io::Result<(Parts, Bytes)> {
        let method = Method::from_bytes(self.method.as_bytes()).map_err(io::Error::other)?;
        let mut request = Request::builder().method(method).uri(self.path);
        if let Some((user, password)) = self.credentials {
            let basic = STANDARD.encode(format!("{user}:{password}"));
            request = request.header("authorization", format!("Basic {basic}"));
        }
        if !self.request_id.is_empty() {
            request = request.header("requestId", self.request_id);
        }
        let request = request.body(Bytes::from(self.body.clone()));
        Ok(request.map_err(io::Error::other)?.into_parts())
    }
}

/// A fault that waits needs a runtime.
fn delayed() -> io::Error {
    io::ErrorKind::WouldBlock.into()
}
