//! What the core puts out: carried out as the driver would, and held against what must be.

use finesse_protocol::{Request, UserState};
use gc_core::{ClientId, Input, Output, Rights, Sender, Ticket};
use gc_protocol::{Body, Command, Event, Outcome};
use serde_json::Value;

use super::World;
use super::promises::Put;
use crate::desk::{CallNews, text};
use crate::ledger::{Owners, Sent};
use canaries::CANARY;

impl World {
    /// A client sends a command.
    pub(crate) fn send(
        &mut self,
        client: &str,
        desk: Option<&str>,
        agent: &str,
        word: &'static str,
        body: &str,
    ) {
        let ticket = Ticket(self.ledger.commands.len() as u64 + 1);
        let command = match Command::parse_text(&format!("{word}#{agent}"), Some(body)) {
            Ok(command) => command,
            Err(error) => return self.breach(|| format!("{word} {body}: {error}")),
        };
        let about = match &command.body {
            Body::Agent { agent, .. } => agent.as_str().to_owned(),
            Body::Heartbeat { .. } => String::new(),
        };
        let mut secret = None;
        let mut right = false;
        let command = command.map_secret(|text| {
            right = self.passwords.get(&about).map(String::as_str) == Some(text.expose());
            let handle = self.vault.intern(&about, text.expose());
            secret = Some(handle);
            handle
        });
        if let Some(handle) = secret
            && let Some(tries) = self.refused.get_mut(&(about, handle))
        {
            *tries += 1;
        }
        let sent = Sent {
            client: client.to_owned(),
            desk: desk.map(str::to_owned),
            agent: agent.to_owned(),
            word,
            body: body.to_owned(),
            secret,
            own: self
                .ledger
                .owners
                .get(agent)
                .is_some_and(|(owner, _)| owner == client),
            right,
        };
        self.see_races(&sent);
        self.ledger.asked(ticket, sent);
        let from = Sender {
            client: ClientId::new(client),
            destination: desk.map(Into::into),
            rights: Rights::ALL,
        };
        let greets = matches!(command.body, Body::Heartbeat { .. });
        self.health.greeting = greets.then(|| desk.map(str::to_owned)).flatten();
        self.feed(Input::ClientCommand {
            ticket,
            from,
            command,
            token_life: None,
        });
        self.health.greeting = None;
    }

    fn see_races(&mut self, sent: &Sent) {
        let others = self.ledger.open_commands();
        let others = others.filter(|other| other.agent == sent.agent);
        let (mut two, mut race) = (false, false);
        for other in others {
            two |= sent.enters() && other.enters();
            race |= sent.enters() && other.leaves() || sent.leaves() && other.enters();
        }
        if two {
            self.seen.see("F46 two sign-ins at once");
        }
        if race {
            self.seen.see("F46 a sign-in races a sign-out");
        }
    }

    pub(super) fn take(&mut self, output: Output) {
        match output {
            Output::Event {
                destination,
                origin,
                event,
            } => {
                self.told(destination.as_str(), &event);
                if let Event::System(system) = &event {
                    self.told_health(destination.as_str(), system);
                }
                self.put.push(Put {
                    desk: destination.as_str().to_owned(),
                    origin,
                    event,
                });
            }
            Output::CommandResult {
                ticket,
                outcome,
                error,
            } => {
                if format!("{outcome:?} {error:?}").contains(CANARY) {
                    self.breach(|| format!("a secret is told: {outcome:?} {error:?}"));
                }
                self.command_ended(ticket, &outcome);
            }
            Output::Request {
                id,
                header,
                agent,
                node,
                authority,
                request,
            } => {
                self.history
                    .line(|| format!("request of {agent} at {node}: {request:?}"));
                self.see_gone(agent.as_str(), &request);
                self.send_request(id, header, agent.as_str(), node, authority, request);
            }
            Output::Record { .. } => self.breach(|| "a recorder that is not there".to_owned()),
            Output::CommandTaken { .. } => {}
            Output::OpenLink {
                agent,
                epoch,
                node,
                credential,
            } => {
                self.history
                    .line(|| format!("open link of {agent} {epoch:?}"));
                self.ledger.forget_ends(agent.as_str());
                self.open_link(agent.as_str(), epoch, node, credential);
            }
            Output::CloseLink { agent, epoch } => {
                self.history
                    .line(|| format!("close link of {agent} {epoch:?}"));
                self.close_link(agent.as_str(), epoch);
            }
            Output::RenewLink {
                agent,
                epoch,
                credential,
            } => self.renew_link(agent.as_str(), epoch, credential),
            Output::Subscribe {
                agent,
                epoch,
                topic,
            } => self.subscribe(agent.as_str(), epoch, &topic),
            Output::Unsubscribe {
                agent,
                epoch,
                topic,
            } => self.unsubscribe(agent.as_str(), epoch, &topic),
            Output::Keep(standing) => self.keep(*standing),
            Output::Unkeep { agent } => {
                self.kept.remove(agent.as_str());
            }
            Output::ForgetSecret(handle) => {
                self.refused.retain(|(_, secret), _| *secret != handle);
                if !self.vault.forget(handle) {
                    self.breach(|| format!("{handle:?} is forgotten twice"));
                }
            }
        }
    }

    pub(super) fn told(&mut self, desk: &str, event: &Event) {
        let json = self.printer.print_json(event);
        self.history.line(|| format!("{desk} <- {json}"));
        if json.contains(CANARY) {
            self.breach(|| format!("a secret is told: {json}"));
        }
        let Ok(value) = serde_json::from_str::<Value>(&json) else {
            return self.breach(|| format!("no JSON: {json}"));
        };
        if let Some(agent) = event.agent_id() {
            let supervisor = text(&value, "supervisorId");
            let whose = match supervisor.is_empty() {
                true => agent.as_str().to_owned(),
                false => supervisor,
            };
            self.check_hearer(desk, &whose, &value);
        }
        self.see_move(&value);
        if self.returning.contains(desk) {
            // It will be told everything.
            return;
        }
        let agent = text(&value, "agentId");
        let news = self
            .desks
            .get_mut(desk)
            .and_then(|client| client.take(&value));
        match news {
            Some(CallNews::Ended(call)) if self.ledger.call_ended(&agent, &call) => {
                self.breach(|| format!("the end of {call} is told twice: {json}"));
            }
            Some(CallNews::Lives(call)) => {
                let resurrected = self.ledger.call_lives(&agent, &call);
                if resurrected && !self.is_listed(&agent, &call) {
                    self.breach(|| format!("{call} has ended and is told again: {json}"));
                }
            }
            Some(CallNews::Ended(_)) | None => {}
        }
    }

    fn see_move(&mut self, event: &Value) {
        if text(event, "message").starts_with("node changed") {
            self.seen.see("F21 an agent is at work on the other node");
            let now = self.now();
            self.moved.insert(text(event, "agentId"), now);
        }
    }

    fn is_listed(&mut self, agent: &str, call: &str) -> bool {
        let dialogs = self.dialogs_of(agent);
        dialogs.iter().any(|id| id.to_string() == call)
    }

    /// Nobody but an agent's owner is told of it, and who has lost it is told nothing more.
    fn check_hearer(&mut self, desk: &str, whose: &str, event: &Value) {
        let answers = event["type"] == "Error" && !text(event, "command").is_empty();
        if !answers && whose != "administrator" && !self.ledger.may_hear(whose, desk) {
            return self
                .breach(|| format!("{desk} has nothing to do with {whose} and is told {event}"));
        }
        let key = (whose.to_owned(), desk.to_owned());
        if let Some(before) = self.ledger.lost.get(&key) {
            let member = answers && self.ledger.commands_member(whose, desk);
            if !member && !self.ledger.has_asked(whose, desk, *before) {
                return self.breach(|| format!("{desk} has lost {whose} and is told {event}"));
            }
            if event["type"] != "Error" {
                self.ledger.lost.remove(&key);
            }
        }
        if event["errorType"] == "SESSION_INVALIDATED" {
            let commands = self.ledger.commands.len() as u64;
            self.ledger.lost.insert(key, commands);
            self.ledger.forget_ends(whose);
        }
    }

    pub(super) fn present_owners(&self) -> Owners {
        let owner = |view: gc_core::AgentView| {
            let (client, desk) = (view.client.as_str(), view.destination.as_str());
            let owner = (client.to_owned(), desk.to_owned());
            (view.agent_id.as_str().to_owned(), owner)
        };
        self.gateway.agents().into_iter().map(owner).collect()
    }

    fn command_ended(&mut self, ticket: Ticket, outcome: &Outcome) {
        let Some(sent) = self.ledger.resolved(ticket) else {
            return self.breach(|| format!("{ticket:?} ends twice, or was never sent"));
        };
        self.history.line(|| {
            let (word, agent) = (sent.word, &sent.agent);
            format!("{ticket:?} {word}#{agent}: {outcome:?}")
        });
        self.answered.push(sent.agent.clone());
        self.settle_sign_ins(&sent.agent);
        let owner = self.ledger.owners.get(&sent.agent);
        let foreign = owner.is_some_and(|(client, _)| *client != sent.client);
        match outcome {
            Outcome::Done => self.see_done(&sent, foreign),
            Outcome::Failed(code) => match code.as_str() {
                "SUBSCRIPTION_FAILED" if sent.enters() && !sent.right && foreign => self
                    .seen
                    .see("F45 an agent is not taken over with a wrong password"),
                "LICENSES_EXCEEDED" => self.see_no_licence(),
                "CF_AGENT_ACCOUNT_LOCKED_OUT" => self.seen.see("the guard refuses a sign-in"),
                "CF_RESOURCE_BUSY" if sent.enters() => self.seen.see("the guard refuses a sign-in"),
                "CF_RESOURCE_BUSY" => self.seen.see("a queue is full"),
                _ => {}
            },
            Outcome::Unknown(_) => {}
        }
    }

    fn see_done(&mut self, sent: &Sent, foreign: bool) {
        match sent.word {
            "ConsultCall" => self.seen.see("a consult call"),
            "ConferenceCall" => self.seen.see("a conference"),
            "TransferCall" | "Transfer_sst" => self.seen.see("a transfer"),
            "AcceptOutboundPreview" => self.seen.see("a campaign's preview is accepted"),
            "silentmonitor" => self.seen.see("a supervisor listens"),
            "bargein" => self.seen.see("a supervisor barges in"),
            _ if sent.is_for_members() && foreign => {
                self.seen.see("a supervisor commands a member");
            }
            _ => {}
        }
    }

    fn see_gone(&mut self, agent: &str, request: &Request) {
        let Request::ChangeState { user, state, .. } = request else {
            return;
        };
        let asked = self.ledger.open_commands().any(|sent| sent.agent == *user);
        if user != agent || asked {
            return;
        }
        match state {
            UserState::Ready if !self.config.restore_ready => {
                self.breach(|| format!("{agent} is made READY and nobody has asked"));
            }
            UserState::Ready => self.seen.see("F20 READY is given back after a gap"),
            UserState::Logout if self.is_owner_here(agent) => {
                self.breach(|| format!("{agent} is signed out and nobody has asked"));
            }
            UserState::NotReady => self
                .seen
                .see("F40 an agent whose client is gone is set NOT_READY"),
            UserState::Logout => self
                .seen
                .see("F40 an agent whose client is gone is logged out"),
            _ => {}
        }
    }

    /// Whether an agent's owner is connected, and not silent.
    fn is_owner_here(&self, agent: &str) -> bool {
        let owner = self.ledger.coming.get(agent);
        owner.is_some_and(|(_, desk)| self.up.contains(desk) && !self.is_silent(desk))
    }

    /// What must hold after every input.
    pub(super) fn check_after_input(&mut self) {
        let counters = self.gateway.counters();
        if counters.mishaps > 0 {
            self.breach(|| "the core has broken down in the handling of an agent".to_owned());
        }
        if counters.impossible > 0 {
            self.breach(|| "the core has counted something impossible".to_owned());
        }
        if counters.requests_pending != self.flights.len() {
            let out = self.flights.len();
            self.breach(|| format!("{out} requests are out, {counters:?}"));
        }
        if counters.returns > self.returns_seen {
            self.returns_seen = counters.returns;
            self.seen
                .see("F22 an agent whom Finesse has signed out is signed in again");
        }
        self.check_kept();
        self.check_seats();
        let owners = self.ledger.coming.clone();
        for (agent, (_, desk)) in &owners {
            let before = self.ledger.owners.get(agent);
            if let Some((client, _)) = before.filter(|(_, before)| before != desk) {
                self.see_takeover(agent, &client.clone());
            }
        }
        let owns = |agent: &str, desk: &str| owners.get(agent).is_some_and(|(_, at)| at == desk);
        self.ledger
            .lost
            .retain(|(agent, desk), _| !owns(agent, desk));
        self.ledger.owners = owners;
        self.ledger.ending.clear();
        self.forget_strangers_health();
    }

    fn see_takeover(&mut self, agent: &str, loser: &str) {
        let under_way = |sent: &Sent| sent.agent == agent && sent.client == loser && !sent.enters();
        let under_way = self.ledger.open_commands().any(under_way);
        self.seen
            .see("F44 an agent is taken over with the right password");
        if under_way {
            self.seen
                .see("F46 an agent is taken over while a command is under way");
        }
    }
}
