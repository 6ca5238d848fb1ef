//! Requests on their way: to the site's REST API as text, and back.

use finesse_protocol::answer::AnswerError;
use finesse_protocol::{Fault, Request};
use finesse_sim::{Node, Question};
use gc_core::{Authority, Input, Reply, RequestId, SecretHandle};

use super::{Happening, World};

/// The administrator's password at the demo site.
const ADMINISTRATORS: &str = "demo";
/// When the driver gives up waiting for an answer.
const TIMEOUT: u64 = 10_000;

/// A request that has no reply yet.
#[derive(Debug)]
pub(crate) struct Flight {
    pub(crate) agent: String,
    pub(crate) header: String,
    pub(crate) request: Request,
    /// Finesse has seen it.
    pub(crate) acted: bool,
    /// A notification has told its effect, or its command is at its end.
    pub(crate) settled: bool,
    node: Node,
    sender: Option<(String, String)>,
    secret: Option<SecretHandle>,
    fate: Fate,
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Answered,
    NotSent,
    LostBefore,
    LostAfter,
    /// 202, and nothing is done.
    Silence,
    Status(u16),
    Garbled,
}

const FATES: &[(u64, Fate)] = &[
    (3, Fate::NotSent),
    (3, Fate::LostBefore),
    (4, Fate::LostAfter),
    (3, Fate::Silence),
    (2, Fate::Status(500)),
    (2, Fate::Status(503)),
    (1, Fate::Status(502)),
    (1, Fate::Garbled),
];

impl Flight {
    /// Whether it signs an agent in.
    pub(super) fn signs_in(&self, agent: &str) -> bool {
        self.agent == agent && matches!(self.request, Request::Login { .. })
    }
}

impl World {
    pub(super) fn send_request(
        &mut self,
        id: RequestId,
        header: String,
        agent: &str,
        node: usize,
        authority: Authority,
        request: Request,
    ) {
        if !self.headers.insert(header.clone()) {
            self.breach(|| format!("the request id {header} is used twice"));
        }
        let secret = match authority {
            Authority::Agent(credential) => Some(credential.secret),
            Authority::Administrator | Authority::ConfigApi => None,
        };
        let sender = match secret {
            None => Some(("administrator".to_owned(), ADMINISTRATORS.to_owned())),
            Some(handle) => match self.vault.get(handle) {
                Some(text) => Some((agent.to_owned(), text.to_owned())),
                None => {
                    return self.breach(|| format!("{} with a forgotten secret", request.name()));
                }
            },
        };
        self.check_credential(agent, secret, &request);
        if let Some(what) = self.ledger.emitted(agent, &request) {
            self.breach(|| what);
        }
        self.check_sign_ins(agent, secret, &request);
        let fate = self.fate(&request);
        let slow = self.dice.permille(30);
        let millis = self.dice.between(1, if slow { 1500 } else { 40 });
        let flight = Flight {
            agent: agent.to_owned(),
            header,
            node: Node::ALL[node.min(1)],
            sender,
            secret,
            request,
            acted: false,
            settled: false,
            fate,
        };
        self.flights.insert(id, flight);
        self.later(millis, Happening::Arrives(id));
    }

    /// One sign-in of an agent at a time; and of reads that try a credential no more than may be refused, for each of them may.
    fn check_sign_ins(&mut self, agent: &str, secret: Option<SecretHandle>, request: &Request) {
        let signs_in = |request: &Request| matches!(request, Request::Login { .. });
        let of_session = self.wires.get(agent).map(|wire| wire.secret.clone());
        let tries = |request: &Request, secret: Option<SecretHandle>| {
            let text = secret.and_then(|secret| self.vault.get(secret));
            matches!(request, Request::User { .. }) && text != of_session.as_deref()
        };
        let of_agent = self.flights.values().filter(|flight| flight.agent == agent);
        let of_agent: Vec<&Flight> = of_agent.collect();
        let open = |flight: &&Flight| signs_in(&flight.request) && !flight.settled;
        let twice = signs_in(request) && of_agent.iter().copied().any(|flight| open(&flight));
        let tried = of_agent
            .iter()
            .filter(|flight| tries(&flight.request, flight.secret));
        let most = self.config.sign_in_failures;
        let many = tries(request, secret) && tried.count() >= most;
        if twice || many {
            let name = request.name();
            self.breach(|| format!("{name} of {agent} while another sign-in is under way"));
        }
    }

    fn fate(&mut self, request: &Request) -> Fate {
        if !self.dice.permille(self.weather.requests) {
            return Fate::Answered;
        }
        match self.dice.weighted(FATES, Fate::Answered) {
            Fate::Silence if request.is_read() => Fate::LostAfter,
            fate => fate,
        }
    }

    /// With a secret that was refused only a command's own try may go out.
    fn check_credential(&mut self, agent: &str, secret: Option<SecretHandle>, request: &Request) {
        let Some(secret) = secret else { return };
        let Some(tries) = self.refused.get_mut(&(agent.to_owned(), secret)) else {
            return;
        };
        let tried = matches!(request, Request::User { .. }) && *tries > 0;
        *tries = tries.saturating_sub(1);
        if !tried {
            let name = request.name();
            self.breach(|| format!("{name} of {agent} with a secret that Finesse has refused"));
        }
    }

    pub(super) fn request_arrives(&mut self, id: RequestId) {
        let Some(flight) = self.flights.get_mut(&id) else {
            return;
        };
        let (node, fate) = (flight.node, flight.fate);
        let (sender, header) = (flight.sender.clone(), flight.header.clone());
        let request = flight.request.clone();
        let acts = matches!(fate, Fate::Answered | Fate::LostAfter | Fate::Garbled);
        flight.acted = acts;
        let agent = flight.agent.clone();
        if acts {
            self.note_late_login(&agent, node, &request);
        }
        let answer = acts.then(|| self.ask(node, sender, &request, &header));
        if acts && request.is_read() {
            self.read_at.insert(agent.clone(), self.now());
        }
        let lost = |reason: &str| Reply::Unknown {
            reason: reason.to_owned(),
        };
        self.see_fate(fate, &request);
        let (millis, reply) = match (fate, answer) {
            (Fate::Answered, Some(answer)) => (self.answer_time(), answer),
            (Fate::Garbled, _) => (self.answer_time(), garbage()),
            (Fate::NotSent, _) => (1, not_sent()),
            (Fate::Silence, _) => (
                self.answer_time(),
                Reply::Answer(finesse_protocol::Answer::Accepted),
            ),
            (Fate::Status(502), _) => (self.answer_time(), lost("Finesse answered 502")),
            (Fate::Status(status), _) => (self.answer_time(), Reply::Fault(fault(status))),
            (Fate::LostBefore | Fate::LostAfter | Fate::Answered, _) => {
                let cut = self.dice.permille(500);
                let millis = if cut {
                    self.dice.between(1, 200)
                } else {
                    TIMEOUT
                };
                (millis, lost("no answer"))
            }
        };
        self.later(millis, Happening::Replied(id, reply));
    }

    /// Arrives after its gateway has ended; nobody waits for the answer.
    pub(super) fn arrives_unheard(&mut self, flight: Flight) {
        let acts = matches!(
            flight.fate,
            Fate::Answered | Fate::LostAfter | Fate::Garbled
        );
        if acts && !flight.acted {
            self.ask(flight.node, flight.sender, &flight.request, &flight.header);
        }
    }

    /// Mostly at once, now and then after the notification.
    fn answer_time(&mut self) -> u64 {
        let slow = self.dice.permille(60);
        self.dice.between(1, if slow { 2500 } else { 40 })
    }

    fn see_fate(&mut self, fate: Fate, request: &Request) {
        let changes = !request.is_read();
        match fate {
            Fate::LostAfter if changes => self
                .seen
                .see("F11 a reply is lost after the command was executed"),
            Fate::LostBefore if changes => self
                .seen
                .see("F11 a reply is lost before the command was executed"),
            Fate::Silence => self.seen.see("F12 accepted, and nothing is heard of it"),
            Fate::Status(500) => self.seen.see("F14 Finesse answers 500"),
            Fate::Status(503) => self.seen.see("F14 Finesse answers 503"),
            Fate::LostAfter
            | Fate::LostBefore
            | Fate::Status(_)
            | Fate::Answered
            | Fate::NotSent
            | Fate::Garbled => {}
        }
    }

    /// Puts a request to the site as text, and reads the answer as the driver does.
    pub(super) fn ask(
        &mut self,
        node: Node,
        sender: Option<(String, String)>,
        request: &Request,
        header: &str,
    ) -> Reply {
        let path = format!("{}{}", request.service().prefix(), request.path());
        let credentials = sender.as_ref().map(|(user, text)| (&**user, &**text));
        let question = Question {
            method: request.method().as_str(),
            path: &path,
            credentials,
            request_id: if request.is_read() { "" } else { header },
            body: request.body().unwrap_or_default(),
        };
        match self.site.ask(node, &question) {
            Err(_) => not_sent(),
            Ok(answer) => match request.decode(answer.status, &answer.body) {
                Ok(answer) => Reply::Answer(answer),
                Err(AnswerError::Fault(fault)) => Reply::Fault(fault),
                Err(AnswerError::Garbage(error)) => {
                    self.breach(|| format!("{path} cannot be read: {error}"));
                    garbage()
                }
            },
        }
    }

    pub(super) fn reply_arrives(&mut self, id: RequestId, reply: Reply) {
        let Some(flight) = self.flights.remove(&id) else {
            return;
        };
        self.history.line(|| {
            let name = flight.request.name();
            format!("reply to {name} of {}: {}", flight.agent, in_short(&reply))
        });
        if let Some(secret) = flight.secret {
            self.note_credential(&flight, secret, &reply);
        }
        self.blur_found(&flight.agent, &reply);
        self.feed(Input::FinesseReply { request: id, reply });
        self.check_found(&flight.agent, &flight.request);
    }

    fn note_credential(&mut self, flight: &Flight, secret: SecretHandle, reply: &Reply) {
        let key = (flight.agent.clone(), secret);
        let reads_user = matches!(flight.request, Request::User { .. });
        match reply {
            Reply::Answer(_) if reads_user => {
                self.refused.remove(&key);
            }
            Reply::Fault(fault) if fault.status == 401 && is_open_to_all(&flight.request) => {
                let waiting = self.ledger.sign_ins_open(&flight.agent, secret);
                self.refused.entry(key).or_insert(waiting);
                self.note_locked_out(&flight.agent, secret);
                if !flight.request.is_read() {
                    self.seen.see("F15 a command's credential is refused");
                }
            }
            Reply::Answer(_)
            | Reply::Fault(_)
            | Reply::NotSent { .. }
            | Reply::Unknown { .. }
            | Reply::Garbage { .. } => {}
        }
    }
}

impl World {
    /// A command of an agent has come to its end: its sign-in is one that is over.
    pub(super) fn settle_sign_ins(&mut self, agent: &str) {
        let of_agent = self.flights.values_mut();
        for flight in of_agent.filter(|flight| flight.agent == agent) {
            flight.settled = true;
        }
    }

    /// Whether it was the session's own credential that Finesse has refused.
    fn note_locked_out(&mut self, agent: &str, secret: SecretHandle) {
        let text = self.vault.get(secret);
        let of_session = self.wires.get(agent).map(|wire| wire.secret.as_str());
        if of_session.is_none() || of_session == text {
            self.locked_out.insert(agent.to_owned());
        }
    }
}

fn fault(status: u16) -> Fault {
    let mut fault = Fault::default();
    fault.status = status;
    fault
}

fn not_sent() -> Reply {
    Reply::NotSent {
        reason: "connection refused".to_owned(),
    }
}

fn garbage() -> Reply {
    Reply::Garbage {
        reason: "cut short".to_owned(),
    }
}

fn in_short(reply: &Reply) -> String {
    match reply {
        Reply::Answer(answer) => {
            let text = format!("{answer:?}");
            text.chars().take(300).collect()
        }
        Reply::Fault(fault) => format!("{} {:?}", fault.status, fault.best_message()),
        Reply::NotSent { .. } => "not sent".to_owned(),
        Reply::Unknown { .. } => "unknown".to_owned(),
        Reply::Garbage { .. } => "garbage".to_owned(),
    }
}

/// Whether a refusal can only mean the credential.
fn is_open_to_all(request: &Request) -> bool {
    !matches!(
        request,
        Request::Dialog { .. }
            | Request::Team { .. }
            | Request::SilentMonitor { .. }
            | Request::Barge { .. }
    )
}
