//! A gateway on a bench: no runtime, no clock, no Finesse but what the test says.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use finesse_protocol::{
    Action as DialogAction, Answer, Fault, ReasonCategory, ReasonCode, Request, Update,
    WrapUpReason, parse_api_errors,
};
use gc_core::{
    Authority, ClientId, Config, Credential, Epoch, Gateway, Input, LinkEvent, Origin, Output,
    Reply, RequestId, Rights, SecretHandle, Sender, Standing, Ticket,
};
use gc_protocol::event::ErrorEvent;
use gc_protocol::style::{Profile, Style};
use gc_protocol::{AgentId, Body, Command, Destination, Event, Outcome, Printer};
use serde_json::Value;

use super::docs::{DialogDoc, LOGOUT_REASONS, NOT_READY_REASONS, UserDoc, user};

pub(crate) struct Bench {
    pub(crate) gateway: Gateway,
    pub(crate) now: Instant,
    tickets: u64,
    /// What the driver would keep: secrets by agent and text, until the core lets go of them.
    vault: BTreeMap<(String, String), SecretHandle>,
    last_handle: u64,
    told: BTreeMap<String, Vec<Told>>,
    requests: Vec<Sent>,
    results: BTreeMap<Ticket, (Outcome, Option<ErrorEvent>)>,
    links: BTreeMap<String, (Epoch, Credential)>,
    last_epochs: BTreeMap<String, Epoch>,
    pub(crate) link_log: Vec<String>,
    /// Topics that the driver keeps subscribed, by agent.
    topics: BTreeMap<String, BTreeSet<String>>,
    /// What recorders were told, and has no reply yet.
    records: Vec<(RequestId, String)>,
    /// Commands that were found to be their senders' to give.
    taken: Vec<Ticket>,
    /// What clients may do beside commanding their own agents.
    pub(crate) rights: Rights,
    /// Life of the tokens that commands carry from now on.
    pub(crate) token_life: Option<Duration>,
    /// What another process would go on with, by agent.
    pub(crate) standings: BTreeMap<String, Standing>,
    /// Everything that came out, in order.
    pub(crate) log: Vec<Logged>,
    /// Finesse as the reads find it.
    pub(crate) users: BTreeMap<String, UserDoc>,
    pub(crate) calls: BTreeMap<String, Vec<DialogDoc>>,
}

/// An event as it was put out.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) origin: Origin,
    pub(crate) event: Event,
}

/// One thing that came out.
#[derive(Debug, Clone)]
pub(crate) enum Logged {
    Told(String, Box<Told>),
    Result(Ticket),
    Request(Box<Sent>),
    Opened(String),
}

/// A request as it was put out.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) id: RequestId,
    pub(crate) header: String,
    pub(crate) agent: String,
    pub(crate) node: usize,
    pub(crate) authority: Authority,
    pub(crate) request: Request,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(Config::default())
    }

    /// A gateway whose nodes are IN_SERVICE, with nobody connected.
    pub(crate) fn with(config: Config) -> Self {
        let mut bench = Self::untouched(config.clone());
        for node in 0..config.clusters.iter().map(|cluster| cluster.nodes).sum() {
            bench.feed(Input::NodeHealth {
                node,
                in_service: true,
                asked: bench.now,
            });
        }
        for destination in ["desk-1", "desk-2", "desk-3"] {
            bench.client_up(destination);
        }
        bench.told.clear();
        bench
    }

    pub(crate) fn untouched(config: Config) -> Self {
        Self {
            gateway: Gateway::new(config, 0x5eed),
            now: Instant::now(),
            tickets: 0,
            vault: BTreeMap::new(),
            last_handle: 0,
            told: BTreeMap::new(),
            requests: Vec::new(),
            results: BTreeMap::new(),
            links: BTreeMap::new(),
            last_epochs: BTreeMap::new(),
            link_log: Vec::new(),
            topics: BTreeMap::new(),
            records: Vec::new(),
            taken: Vec::new(),
            rights: Rights::ALL,
            token_life: None,
            standings: BTreeMap::new(),
            log: Vec::new(),
            users: ["41027", "41033", "41900"]
                .map(|id| (id.to_owned(), user(id)))
                .into(),
            calls: BTreeMap::new(),
        }
    }

    // What clients do.

    /// A client that is known by its destination sends a command.
    pub(crate) fn send(&mut self, desk: &str, message_type: &str, body: &str) -> Ticket {
        self.send_as(desk, Some(desk), message_type, body)
    }

    pub(crate) fn send_as(
        &mut self,
        client: &str,
        desk: Option<&str>,
        message_type: &str,
        body: &str,
    ) -> Ticket {
        let command = Command::parse_text(message_type, Some(body)).unwrap();
        self.submit(client, desk, command)
    }

    /// The typed form, for a command that has no other.
    pub(crate) fn send_typed(&mut self, desk: &str, json: &str) -> Ticket {
        self.send_typed_as(desk, Some(desk), json)
    }

    pub(crate) fn send_typed_as(&mut self, client: &str, desk: Option<&str>, json: &str) -> Ticket {
        let command = gc_protocol::command::Submission::parse_json(json.as_bytes())
            .unwrap()
            .command;
        self.submit(client, desk, command)
    }

    /// A command that an earlier process may have carried out.
    pub(crate) fn send_in_doubt(&mut self, client: &str, message_type: &str, body: &str) -> Ticket {
        let command = Command::parse_text(message_type, Some(body)).unwrap();
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        self.feed(Input::DoubtfulCommand {
            ticket,
            from: Sender {
                client: ClientId::new(client),
                destination: Some(Destination::from(client)),
                rights: self.rights,
            },
            command: command.map_secret(|_| unreachable!("no command about a call has a secret")),
            reason: "it was delivered again",
        });
        ticket
    }

    fn submit(&mut self, client: &str, desk: Option<&str>, command: Command) -> Ticket {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        let agent = match &command.body {
            Body::Agent { agent, .. } => agent.as_str().to_owned(),
            Body::Heartbeat { .. } => String::new(),
        };
        let command = command.map_secret(|secret| self.handle(&agent, secret.expose()));
        let from = Sender {
            client: ClientId::new(client),
            destination: desk.map(Destination::from),
            rights: self.rights,
        };
        self.feed(Input::ClientCommand {
            ticket,
            from,
            command,
            token_life: self.token_life,
        });
        ticket
    }

    fn handle(&mut self, agent: &str, text: &str) -> SecretHandle {
        let last = &mut self.last_handle;
        *self
            .vault
            .entry((agent.to_owned(), text.to_owned()))
            .or_insert_with(|| {
                *last += 1;
                SecretHandle(*last)
            })
    }

    pub(crate) fn client_up(&mut self, desk: &str) {
        self.feed(Input::ClientUp {
            destination: desk.into(),
        });
    }

    pub(crate) fn client_gone(&mut self, desk: &str) {
        self.feed(Input::ClientGone {
            destination: desk.into(),
        });
    }

    /// Another process goes on with what this one has kept; nobody is there yet, and no node's health is known.
    pub(crate) fn restarted(self) -> Self {
        let mut next = Self::untouched(Config::default());
        next.now = self.now;
        (next.users, next.calls) = (self.users, self.calls);
        for standing in self.standings.into_values() {
            let secret = standing.credential.secret;
            let ((_, text), _) = self
                .vault
                .iter()
                .find(|(_, kept)| **kept == secret)
                .unwrap();
            next.restore(standing, text);
        }
        next
    }

    /// Goes on with a session.
    pub(crate) fn restore(&mut self, mut standing: Standing, secret: &str) {
        standing.credential.secret = self.handle(standing.agent.as_str(), secret);
        self.feed(Input::Restore(Box::new(standing)));
    }

    // What Finesse does.

    pub(crate) fn reply(&mut self, sent: &Sent, reply: Reply) {
        self.feed(Input::FinesseReply {
            request: sent.id,
            reply,
        });
    }

    pub(crate) fn accept(&mut self, sent: &Sent) {
        self.reply(sent, Reply::Answer(Answer::Accepted));
    }

    pub(crate) fn answer(&mut self, sent: &Sent, answer: Answer) {
        self.reply(sent, Reply::Answer(answer));
    }

    /// Finesse's own words, read as the driver reads them.
    pub(crate) fn answer_xml(&mut self, sent: &Sent, xml: &str) {
        self.answer_status(sent, 200, xml);
    }

    pub(crate) fn answer_status(&mut self, sent: &Sent, status: u16, xml: &str) {
        let answer = sent.request.decode(status, xml.as_bytes()).unwrap();
        self.answer(sent, answer);
    }

    /// The recorder's reply to the oldest thing that it was told.
    pub(crate) fn recorder(&mut self, reply: Reply) -> String {
        let (request, told) = self.records.remove(0);
        self.feed(Input::FinesseReply { request, reply });
        told
    }

    /// Whether a recorder was told something and has not replied.
    pub(crate) fn is_recorder_asked(&self) -> bool {
        !self.records.is_empty()
    }

    /// Topics that the driver keeps subscribed for an agent.
    pub(crate) fn topics(&self, agent: &str) -> Vec<&str> {
        let topics = self.topics.get(agent).into_iter().flatten();
        topics.map(String::as_str).collect()
    }

    /// Finesse confirms a topic.
    pub(crate) fn subscribed(&mut self, agent: &str, topic: &str) {
        assert!(
            self.topics(agent).contains(&topic),
            "{topic} was not asked for"
        );
        self.link(agent, LinkEvent::Subscribed(topic.to_owned()));
    }

    pub(crate) fn was_taken(&self, ticket: Ticket) -> bool {
        self.taken.contains(&ticket)
    }

    pub(crate) fn fault(&mut self, sent: &Sent, status: u16) {
        let mut fault = Fault::default();
        fault.status = status;
        self.reply(sent, Reply::Fault(fault));
    }

    pub(crate) fn fault_with(&mut self, sent: &Sent, status: u16, class: &str, message: &str) {
        let mut fault = Fault::default();
        fault.status = status;
        fault.errors = parse_api_errors(&format!(
            "<ApiErrors><ApiError><ErrorType>{class}</ErrorType><ErrorMessage>{message}</ErrorMessage></ApiError></ApiErrors>"
        ))
        .unwrap();
        self.reply(sent, Reply::Fault(fault));
    }

    pub(crate) fn not_sent(&mut self, sent: &Sent) {
        self.reply(
            sent,
            Reply::NotSent {
                reason: "connection refused".to_owned(),
            },
        );
    }

    pub(crate) fn unknown(&mut self, sent: &Sent) {
        self.reply(
            sent,
            Reply::Unknown {
                reason: "no answer".to_owned(),
            },
        );
    }

    /// A read finds what this bench's Finesse holds.
    pub(crate) fn answer_read(&mut self, sent: &Sent) {
        let answer = match &sent.request {
            Request::User { .. } => Answer::User(self.users[&sent.agent].parsed().into()),
            request => self.read(request),
        };
        self.answer(sent, answer);
    }

    pub(crate) fn read(&self, request: &Request) -> Answer {
        match request {
            Request::User { user } => Answer::User(self.users[user].parsed().into()),
            Request::Dialogs { user } => {
                let calls = self.calls.get(user).into_iter().flatten();
                Answer::Dialogs(calls.map(DialogDoc::parsed).collect())
            }
            Request::ReasonCodes { category: ReasonCategory::NotReady, .. } => {
                Answer::ReasonCodes(ReasonCode::parse_list(NOT_READY_REASONS).unwrap())
            }
            Request::ReasonCodes { category: ReasonCategory::Logout, .. } => {
                Answer::ReasonCodes(ReasonCode::parse_list(LOGOUT_REASONS).unwrap())
            }
            Request::WrapUpReasons { .. } => Answer::WrapUpReasons(
                WrapUpReason::parse_list(
                    "<WrapUpReasons><WrapUpReason><label>Refund</label><uri>/finesse/api/WrapUpReason/31</uri>\
                     </WrapUpReason></WrapUpReasons>",
                )
                .unwrap(),
            ),
            other => panic!("no read: {other:?}"),
        }
    }

    /// Answers every read that is out, and those that follow.
    pub(crate) fn answer_reads(&mut self) {
        while let Some(at) = self.requests.iter().position(|sent| is_read(&sent.request)) {
            let sent = self.requests.remove(at);
            self.answer_read(&sent);
        }
    }

    pub(crate) fn notify(&mut self, agent: &str, update: &str) {
        let epoch = self.last_epochs[agent];
        self.notify_at(agent, epoch, update);
    }

    pub(crate) fn notify_at(&mut self, agent: &str, epoch: Epoch, update: &str) {
        self.feed(Input::Notification {
            agent: agent.into(),
            epoch,
            update: Box::new(Update::parse(update).unwrap()),
        });
    }

    pub(crate) fn post(&mut self, agent: &str, call: &DialogDoc) {
        self.notify(agent, &call.in_collection("POST", agent));
    }

    pub(crate) fn put(&mut self, agent: &str, call: &DialogDoc) {
        self.notify(agent, &call.changed(""));
    }

    pub(crate) fn delete(&mut self, agent: &str, call: &DialogDoc) {
        self.notify(agent, &call.in_collection("DELETE", agent));
    }

    /// The agent's new state, as Finesse holds it and as it tells.
    pub(crate) fn user_is(&mut self, agent: &str, state: &str) {
        let update = self.users.get_mut(agent).unwrap().set(state).update("");
        self.notify(agent, &update);
    }

    pub(crate) fn link(&mut self, agent: &str, event: LinkEvent) {
        let epoch = self.last_epochs[agent];
        self.feed(Input::Link {
            agent: agent.into(),
            epoch,
            event,
        });
    }

    pub(crate) fn node(&mut self, node: usize, in_service: bool) {
        self.feed(Input::NodeHealth {
            node,
            in_service,
            asked: self.now,
        });
    }

    // Time.

    /// Lets time pass, waking the gateway when it wants to be woken.
    pub(crate) fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        let mut wakes = 0;
        while let Some((at, _)) = self.gateway.poll_timeout().filter(|(at, _)| *at <= end) {
            wakes += 1;
            assert!(
                wakes < 10_000,
                "a timeout that does not move on: {:?}",
                self.gateway.poll_timeout()
            );
            self.now = self.now.max(at);
            self.gateway.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
    }

    pub(crate) fn pass_seconds(&mut self, seconds: u64) {
        self.pass(Duration::from_secs(seconds));
    }

    // What came out.

    /// Events of a destination since the last call, in short.
    pub(crate) fn told(&mut self, desk: &str) -> Vec<String> {
        self.taken(desk).iter().map(Told::in_short).collect()
    }

    /// Events of a destination since the last call, as printed in the union.
    pub(crate) fn told_json(&mut self, desk: &str) -> Vec<Value> {
        let told = self.taken(desk);
        told.iter()
            .map(|told| serde_json::from_str(&told.union()).unwrap())
            .collect()
    }

    pub(crate) fn taken(&mut self, desk: &str) -> Vec<Told> {
        self.told.remove(desk).unwrap_or_default()
    }

    /// The next request that is out and was not taken yet.
    pub(crate) fn expect_request(&mut self) -> Sent {
        assert!(!self.requests.is_empty(), "no request is out");
        self.requests.remove(0)
    }

    /// The requests that are out, in short.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.iter().map(Sent::in_short).collect()
    }

    /// A request that is out, by its short form.
    pub(crate) fn request(&mut self, short: &str) -> Sent {
        let at = self
            .requests
            .iter()
            .position(|sent| sent.in_short() == short);
        let at = at.unwrap_or_else(|| panic!("{short} is not out, but {:?}", self.requests()));
        self.requests.remove(at)
    }

    pub(crate) fn drop_requests(&mut self) -> Vec<Sent> {
        std::mem::take(&mut self.requests)
    }

    /// `done`, `failed CODE`, `unknown CODE`, or `open`.
    pub(crate) fn result(&self, ticket: Ticket) -> String {
        match self.results.get(&ticket) {
            None => "open".to_owned(),
            Some((Outcome::Done, None)) => "done".to_owned(),
            Some((Outcome::Failed(code), Some(_))) => format!("failed {}", code.as_str()),
            Some((Outcome::Unknown(code), Some(_))) => format!("unknown {}", code.as_str()),
            Some(odd) => panic!("{odd:?}"),
        }
    }

    pub(crate) fn result_error(&self, ticket: Ticket) -> &ErrorEvent {
        self.results[&ticket].1.as_ref().unwrap()
    }

    pub(crate) fn tickets(&self) -> u64 {
        self.tickets
    }

    pub(crate) fn results(&self) -> usize {
        self.results.len()
    }

    /// Secrets that the driver still keeps.
    pub(crate) fn secrets(&self) -> usize {
        self.vault.len()
    }

    pub(crate) fn open_links(&self) -> Vec<&str> {
        self.links.keys().map(String::as_str).collect()
    }

    pub(crate) fn epoch(&self, agent: &str) -> Option<Epoch> {
        self.links.get(agent).map(|(epoch, _)| *epoch)
    }

    /// The text of the secret that an agent's link was opened with.
    pub(crate) fn link_secret(&self, agent: &str) -> &str {
        let handle = self.links[agent].1.secret;
        let secret = self.vault.iter().find(|(_, known)| **known == handle);
        &secret
            .unwrap_or_else(|| panic!("the link's secret was forgotten"))
            .0
            .1
    }

    // Scenarios that many tests begin with.

    /// Connect, with everything answered; what was told is dropped.
    pub(crate) fn connect(&mut self, desk: &str, agent: &str) {
        let ticket = self.send(desk, &format!("Connect#{agent}"), &format!("{desk},demo"));
        self.answer_reads();
        if self.result(ticket) == "open" {
            self.link(agent, LinkEvent::Up);
            self.answer_reads();
        }
        assert_eq!(self.result(ticket), "done");
        self.taken(desk);
    }

    /// Connect and Login; the agent is NOT_READY, what was told is dropped.
    pub(crate) fn login(&mut self, desk: &str, agent: &str) {
        self.connect(desk, agent);
        let extension = extension_of(agent);
        let ticket = self.send(
            desk,
            &format!("Login#{agent}"),
            &format!("demo,{extension}"),
        );
        let user = at_finesse(agent);
        let login = self.request(&format!("PUT /User/{user} LOGIN {extension}"));
        self.accept(&login);
        extension.clone_into(&mut self.users.get_mut(agent).unwrap().extension);
        self.user_is(agent, "NOT_READY");
        self.answer_reads();
        assert_eq!(self.result(ticket), "done");
        self.taken(desk);
    }

    /// An agent at work, with a call that is ACTIVE.
    pub(crate) fn talking(&mut self, desk: &str, agent: &str) -> DialogDoc {
        self.login(desk, agent);
        let mut call = super::docs::routed("207", extension_of(agent));
        self.post(agent, &call);
        call.state = "ACTIVE".to_owned();
        call.set(extension_of(agent), "ACTIVE")
            .set("03005550142", "ACTIVE");
        self.put(agent, &call);
        self.calls.insert(agent.to_owned(), vec![call.clone()]);
        self.taken(desk);
        call
    }

    /// Finesse signs out who was logged out by force.
    pub(crate) fn see_off(&mut self, agent: &str) {
        let logout = self.request(&format!("PUT /User/{agent} LOGOUT"));
        self.accept(&logout);
    }

    /// Nothing is left of anybody.
    pub(crate) fn assert_empty(&self) {
        let counters = self.gateway.counters();
        assert_eq!((counters.sessions, counters.links_up), (0, 0));
        assert_eq!(self.secrets(), 0, "secrets are kept");
        assert_eq!(self.open_links(), Vec::<&str>::new());
        assert_eq!(
            self.results() as u64,
            self.tickets,
            "a command without a result"
        );
    }

    // The driver.

    pub(crate) fn feed(&mut self, input: Input) {
        self.gateway.handle(self.now, input);
        assert_eq!(self.gateway.counters().mishaps, 0, "a panic, see above");
        self.drain();
    }

    pub(crate) fn drain(&mut self) {
        while let Some(output) = self.gateway.poll_output() {
            self.take(output);
        }
        self.assert_standings();
    }

    /// What is kept is what stands, and nothing else.
    fn assert_standings(&self) {
        for (agent, standing) in &self.standings {
            let view = self.gateway.agent(&AgentId::from(agent.as_str()));
            let view = view.expect("a session that is kept");
            let owner = (view.client, view.destination, view.node);
            let kept = (&standing.client, &standing.destination, standing.node);
            assert_eq!((&owner.0, &owner.1, owner.2), kept, "{agent}");
            self.assert_kept(standing.credential.secret);
        }
    }

    fn take(&mut self, output: Output) {
        match output {
            Output::Event {
                destination,
                origin,
                event,
            } => {
                let desk = destination.as_str().to_owned();
                let told = Told { origin, event };
                self.log
                    .push(Logged::Told(desk.clone(), Box::new(told.clone())));
                self.told.entry(desk).or_default().push(told);
            }
            Output::CommandResult {
                ticket,
                outcome,
                error,
            } => {
                let before = self.results.insert(ticket, (outcome, error));
                assert!(before.is_none(), "two results for {ticket:?}");
                self.log.push(Logged::Result(ticket));
            }
            Output::Request {
                id,
                header,
                agent,
                node,
                authority,
                request,
            } => {
                if let Authority::Agent(credential) = authority {
                    self.assert_kept(credential.secret);
                }
                let agent = agent.as_str().to_owned();
                let sent = Sent {
                    id,
                    header,
                    agent,
                    node,
                    authority,
                    request,
                };
                self.log.push(Logged::Request(Box::new(sent.clone())));
                self.requests.push(sent);
            }
            Output::OpenLink {
                agent,
                epoch,
                node,
                credential,
            } => {
                self.assert_kept(credential.secret);
                let agent = agent.as_str().to_owned();
                self.link_log.push(format!("open {agent} at {node}"));
                self.log.push(Logged::Opened(agent.clone()));
                self.topics.remove(&agent);
                self.last_epochs.insert(agent.clone(), epoch);
                let before = self.links.insert(agent, (epoch, credential));
                assert!(before.is_none(), "two links for one agent");
            }
            Output::CloseLink { agent, epoch } => {
                self.link_log.push(format!("close {agent}"));
                self.topics.remove(agent.as_str());
                let (open, _) = self
                    .links
                    .remove(agent.as_str())
                    .expect("a link that is open");
                assert_eq!(open, epoch);
            }
            Output::RenewLink {
                agent,
                epoch,
                credential,
            } => {
                self.assert_kept(credential.secret);
                self.link_log.push(format!("renew {agent}"));
                let link = self
                    .links
                    .get_mut(agent.as_str())
                    .expect("a link that is open");
                assert_eq!(link.0, epoch);
                link.1 = credential;
            }
            Output::Subscribe {
                agent,
                epoch,
                topic,
            } => {
                assert_eq!(self.epoch(agent.as_str()), Some(epoch));
                let topics = self.topics.entry(agent.as_str().to_owned()).or_default();
                assert!(topics.insert(topic.clone()), "{topic} twice");
            }
            Output::Unsubscribe {
                agent,
                epoch,
                topic,
            } => {
                assert_eq!(self.epoch(agent.as_str()), Some(epoch));
                let topics = self.topics.entry(agent.as_str().to_owned()).or_default();
                assert!(topics.remove(&topic), "{topic} was not subscribed");
            }
            Output::Record {
                id,
                recording,
                agent,
                extension,
                dialog,
            } => {
                let dialog = dialog.map_or(String::new(), |dialog| format!(" {dialog}"));
                let told = format!("{recording:?} {agent} {extension}{dialog}");
                self.records.push((id, told));
            }
            Output::CommandTaken { ticket } => self.taken.push(ticket),
            Output::ForgetSecret(handle) => self.forget(handle),
            Output::Keep(standing) => {
                self.assert_kept(standing.credential.secret);
                let agent = standing.agent.as_str().to_owned();
                self.standings.insert(agent, *standing);
            }
            Output::Unkeep { agent } => {
                self.standings.remove(agent.as_str());
            }
        }
    }

    fn forget(&mut self, handle: SecretHandle) {
        let before = self.vault.len();
        self.vault.retain(|_, known| *known != handle);
        assert_eq!(
            self.vault.len() + 1,
            before,
            "{handle:?} was forgotten already"
        );
        let in_use = self
            .links
            .values()
            .any(|(_, credential)| credential.secret == handle);
        assert!(!in_use, "{handle:?} is in use by a link");
    }

    fn assert_kept(&self, handle: SecretHandle) {
        assert!(
            self.vault.values().any(|known| *known == handle),
            "{handle:?} was forgotten"
        );
    }
}

/// An agent's name at Finesse, which knows no domain.
pub(crate) fn at_finesse(agent: &str) -> &str {
    agent.split('@').next().unwrap()
}

pub(crate) fn extension_of(agent: &str) -> &'static str {
    match at_finesse(agent) {
        "41027" => "6127",
        "41033" => "6133",
        "41900" => "6190",
        other => panic!("no extension for {other}"),
    }
}

pub(crate) fn is_read(request: &Request) -> bool {
    matches!(
        request,
        Request::User { .. }
            | Request::Dialogs { .. }
            | Request::ReasonCodes { .. }
            | Request::WrapUpReasons { .. }
    )
}

impl Told {
    pub(crate) fn union(&self) -> String {
        Printer::new(&Style::default()).unwrap().print(&self.event)
    }

    pub(crate) fn documented(&self) -> String {
        let style = Style {
            profile: Profile::Documented,
            ..Style::default()
        };
        Printer::new(&style).unwrap().print(&self.event)
    }

    /// One line; `~` marks what a re-read found.
    pub(crate) fn in_short(&self) -> String {
        let mark = match self.origin {
            Origin::Live => "",
            Origin::Snapshot => "~",
        };
        format!(
            "{mark}{}",
            in_short(&serde_json::from_str(&self.union()).unwrap())
        )
    }
}

/// An event's type and its telling values, in one line.
pub(crate) fn in_short(event: &Value) -> String {
    let text = |key: &str| event[key].as_str().unwrap_or_default().to_owned();
    let kind = text("type");
    let mut words = vec![kind.clone()];
    match &*kind {
        "State" => {
            words.extend([text("state"), text("reasonCode"), text("label")]);
            if !text("pendingState").is_empty() {
                words.push(format!("then {}", text("pendingState")));
            }
            if !text("supervisorId").is_empty() {
                words.push(format!("of {}", text("agentId")));
            }
        }
        "Error" => words.push(text("errorType")),
        "status" | "control" => words.push(text("message")),
        "callback" => words.extend([text("callback"), format!("({})", text("message"))]),
        "System" => words.extend([text("status"), text("agentId")]),
        "DialogState" => words.extend([text("dialogId"), text("state")]),
        "ReasonCodes" => words.push(text("category")),
        "NewInboundCall" | "InboundCall" | "OutboundCall" | "ConsultCall" => {
            words.extend([text("dialogId"), text("state"), text("callType")]);
            if let Some(link) = event["associatedDialogId"].as_str() {
                words.push(format!("from {link}"));
            }
        }
        _ => {}
    }
    words.retain(|word| !word.is_empty());
    words.join(" ")
}

impl Sent {
    /// Method, address and what is asked for.
    pub(crate) fn in_short(&self) -> String {
        let line = format!("{} {}", self.request.method().as_str(), self.request.path());
        match &self.request {
            Request::Login { extension, .. } => format!("{line} LOGIN {extension}"),
            Request::ChangeState {
                state,
                reason_code_id,
                ..
            } => {
                let reason = reason_code_id
                    .as_deref()
                    .map_or(String::new(), |id| format!(" {id}"));
                format!("{line} {state}{reason}")
            }
            Request::MakeCall { from, to, .. } => format!("{line} MAKE_CALL {from} {to}"),
            Request::Act { action, .. } => format!("{line} {}", action_in_short(action)),
            Request::SilentMonitor { from, to, .. } => format!("{line} SILENT_MONITOR {from} {to}"),
            Request::Barge {
                from,
                to,
                monitor_dialog,
                ..
            } => format!("{line} BARGE_CALL {from} {to} {monitor_dialog}"),
            Request::UpdateVariables { variables, .. } => {
                let pairs = variables.iter().map(|v| format!("{}={}", v.name, v.value));
                format!("{line} {}", pairs.collect::<Vec<_>>().join(" "))
            }
            Request::UpdateWrapUp { label, .. } => format!("{line} wrap-up {label}"),
            Request::UpdateWrapUpItems { labels, .. } => {
                format!("{line} wrap-up {}", labels.join(" + "))
            }
            _ => line,
        }
    }
}

fn action_in_short(action: &DialogAction) -> String {
    match action {
        DialogAction::Answer => "ANSWER".to_owned(),
        DialogAction::Hold => "HOLD".to_owned(),
        DialogAction::Retrieve => "RETRIEVE".to_owned(),
        DialogAction::Drop => "DROP".to_owned(),
        DialogAction::Consult { to } => format!("CONSULT_CALL {to}"),
        DialogAction::Transfer => "TRANSFER".to_owned(),
        DialogAction::Conference => "CONFERENCE".to_owned(),
        DialogAction::SingleStepTransfer { to } => format!("TRANSFER_SST {to}"),
        other => format!("{other:?}"),
    }
}

pub(crate) fn agent(id: &str) -> AgentId {
    id.into()
}
