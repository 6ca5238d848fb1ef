//! What must hold after each step.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use finesse_protocol::{Action as DialogAction, Request};
use gc_core::{Authority, Ticket};
use serde_json::Value;

use super::{AGENTS, DESKS, Owner, Sending, Soak};
use crate::harness::{Logged, Sent};

impl Soak {
    pub(super) fn check(&mut self) {
        if let Some((at, why)) = self.bench.gateway.poll_timeout() {
            if at <= self.bench.now {
                self.bench.pass(Duration::ZERO);
            }
            let next = self.bench.gateway.poll_timeout();
            assert!(
                next.is_none_or(|(at, _)| at > self.bench.now),
                "no progress: {why}"
            );
        }
        let log: Vec<Logged> = self.bench.log[self.read_log..].to_vec();
        self.read_log = self.bench.log.len();
        self.may_hear = self.who_may_hear();
        self.parted = who_parted(&log);
        for entry in log {
            match entry {
                Logged::Told(desk, told) => {
                    let event = serde_json::from_str(&told.union()).unwrap();
                    check_secrets(&event);
                    // Not every event prints its agent.
                    if let Some(agent) = told.event.agent_id() {
                        let whose = event["supervisorId"].as_str();
                        let whose = whose.filter(|supervisor| !supervisor.is_empty());
                        let whose = whose.unwrap_or(agent.as_str());
                        self.check_owner(&desk, whose, &event);
                        self.check_parted(&desk, whose, &event);
                    }
                    self.check_end(&event);
                }
                Logged::Result(ticket) => {
                    self.resolved.insert(ticket);
                }
                Logged::Request(sent) => {
                    self.check_credential(&sent);
                    self.check_asked_for(&sent);
                    self.check_lane(&sent);
                }
                Logged::Opened(agent) => self.ended.retain(|(ended, _)| *ended != agent),
            }
        }
        for desk in DESKS {
            self.bench.taken(desk);
        }
        self.owners = self.present_owners();
    }

    /// Who has lost an agent hears of it again only by asking.
    fn check_parted(&mut self, desk: &str, agent: &str, event: &Value) {
        let key = (agent.to_owned(), desk.to_owned());
        if let Some(before) = self.lost.get(&key) {
            let asked = self.commands.iter().any(|(ticket, sending)| {
                let enters = enters(sending)
                    || matches!(sending.word, "MakeReady" | "MakeNotReady" | "Logout");
                let pending = enters && !self.resolved.contains(ticket);
                let mine = sending.agent == agent && sending.desk.is_none_or(|from| from == desk);
                mine && (ticket.0 > *before || pending)
            });
            assert!(
                asked,
                "{desk} has lost {agent} and is told {event}\n{}",
                self.recently()
            );
            // A Login has the agent from its credential on, whatever becomes of the extension.
            let logins = ["Login", "MobileAgentLogin"].map(Value::from);
            if event["type"] != "Error" || logins.contains(&event["command"]) {
                self.lost.remove(&key);
            }
        }
        if event["errorType"] == "SESSION_INVALIDATED" {
            self.lost.insert(key, self.bench.tickets());
        }
    }

    /// The last things that came out, for who reads a failure.
    fn recently(&self) -> String {
        let from = self.bench.log.len().saturating_sub(60);
        let lines = self.bench.log[from..].iter().map(|entry| match entry {
            Logged::Told(desk, told) => {
                format!("{desk}: {} {:?}", told.in_short(), told.event.agent_id())
            }
            Logged::Result(ticket) => {
                let sending = self.commands.get(ticket);
                let sending = sending.map(|it| format!("{:?} {} {}", it.desk, it.word, it.agent));
                format!("{ticket:?} {sending:?} {}", self.bench.result(*ticket))
            }
            Logged::Request(sent) => format!("{} of {}", sent.in_short(), sent.agent),
            Logged::Opened(agent) => format!("link of {agent}"),
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    fn check_end(&mut self, event: &Value) {
        let is_call = event["type"]
            .as_str()
            .is_some_and(|kind| kind.ends_with("Call"));
        let (Some(agent), Some(call)) = (event["agentId"].as_str(), event["dialogId"].as_str())
        else {
            return;
        };
        let key = (agent.to_owned(), call.to_owned());
        if !is_call {
        } else if event["state"] == "DROPPED" {
            assert!(
                self.ended.insert(key),
                "told to have ended twice: {event}\n{}",
                self.recently()
            );
        } else {
            self.ended.remove(&key);
        }
    }

    /// One call-control request at a time on a device, until its call is placed.
    fn check_lane(&mut self, sent: &Sent) {
        let of_device = match &sent.request {
            Request::Act { action, .. } => !is_data(action),
            request => matches!(
                request,
                Request::MakeCall { .. } | Request::SilentMonitor { .. } | Request::Barge { .. }
            ),
        };
        if !of_device {
            return;
        }
        let of_lane = |word: &str| {
            matches!(
                word,
                "MakeCall"
                    | "AnswerCall"
                    | "HoldCall"
                    | "RetrieveCall"
                    | "ReleaseCall"
                    | "ConsultCall"
                    | "TransferCall"
                    | "ConferenceCall"
                    | "Transfer_sst"
                    | "AcceptOutboundPreview"
                    | "RejectOutboundPreview"
                    | "CloseOutboundPreview"
                    | "silentmonitor"
                    | "endsilentmonitor"
                    | "bargein"
                    | "dropparticipant"
            )
        };
        let mut open = self.commands.iter().filter(|(ticket, sending)| {
            sending.agent == sent.agent && of_lane(sending.word) && !self.resolved.contains(ticket)
        });
        let still: Vec<&str> = open
            .clone()
            .filter(|(ticket, _)| self.started.contains(ticket))
            .map(|(_, sending)| sending.word)
            .filter(|word| !matches!(*word, "MakeCall" | "ConsultCall"))
            .collect();
        assert!(
            still.is_empty(),
            "{} while {still:?} is open",
            sent.in_short()
        );
        let starting = open.find(|(ticket, _)| !self.started.contains(ticket));
        let ticket = *starting
            .unwrap_or_else(|| panic!("{} for nobody", sent.in_short()))
            .0;
        self.started.insert(ticket);
    }

    pub(super) fn present_owners(&self) -> BTreeMap<String, Owner> {
        let views = self.bench.gateway.agents().into_iter();
        let owners = views.map(|view| {
            let owner = Owner {
                client: view.client,
                desk: view.destination.as_str().to_owned(),
            };
            (view.agent_id.as_str().to_owned(), owner)
        });
        owners.collect()
    }

    /// Agents, and the destinations that own them before or after this step or may have owned them meanwhile.
    fn who_may_hear(&self) -> BTreeSet<(String, String)> {
        let owners = [self.owners.clone(), self.present_owners()];
        let owners = owners.into_iter().flatten();
        let mut may_hear: BTreeSet<_> = owners.map(|(agent, owner)| (agent, owner.desk)).collect();
        for (ticket, sending) in &self.commands {
            if !self.resolved.contains(ticket) && enters(sending) {
                let desks = DESKS.into_iter();
                let desks = desks.filter(|desk| sending.desk.is_none_or(|own| own == *desk));
                may_hear.extend(desks.map(|desk| (sending.agent.clone(), desk.to_owned())));
            }
        }
        may_hear
    }

    /// Nobody but an agent's owner is told of it; errors go to who sent the command.
    fn check_owner(&self, desk: &str, whose: &str, event: &Value) {
        let command = event["command"].as_str().unwrap_or_default();
        let answers = event["type"] == "Error" && !command.is_empty();
        if answers {
            return;
        }
        let asked = |sending: &Sending| sending.agent == "administrator";
        let administrators = whose == "administrator" && self.commands.values().any(asked);
        let key = (whose.to_owned(), desk.to_owned());
        assert!(
            administrators || self.may_hear.contains(&key),
            "{desk} has nothing to do with {whose} and is told {event}\n{}",
            self.recently()
        );
    }

    pub(super) fn refused(&mut self, sent: &Sent, status: u16) {
        let Authority::Agent(credential) = sent.authority else {
            return;
        };
        let key = (sent.agent.clone(), credential.secret);
        let proved_since = self.proved.get(&key).is_some_and(|at| *at > sent.id);
        // Not everybody may have these: it need not be the credential.
        let may_be_forbidden = matches!(
            sent.request,
            Request::Dialog { .. }
                | Request::Team { .. }
                | Request::SilentMonitor { .. }
                | Request::Barge { .. }
        );
        if status == 401 && !proved_since && !may_be_forbidden {
            self.refused.insert(key);
        }
    }

    pub(super) fn proved(&mut self, sent: &Sent) {
        if let Authority::Agent(credential) = sent.authority {
            let key = (sent.agent.clone(), credential.secret);
            self.refused.remove(&key);
            self.proved.insert(key, sent.id);
        }
    }

    /// With a secret that was refused one read may try it again, and nothing else goes out.
    fn check_credential(&self, sent: &Sent) {
        if let Authority::Agent(credential) = sent.authority
            && !matches!(sent.request, Request::User { .. })
        {
            let key = (sent.agent.clone(), credential.secret);
            assert!(
                !self.refused.contains(&key),
                "{} of {} with a secret that was refused\n{}",
                sent.in_short(),
                sent.agent,
                self.recently()
            );
        }
    }

    /// What changes a member or a call's data goes out for a command that has no result yet.
    fn check_asked_for(&mut self, sent: &Sent) {
        let words: &[&str] = match &sent.request {
            Request::ChangeState { user, state, .. } if *user != sent.agent => {
                match state.as_str() {
                    "READY" => &["MakeReady"],
                    "NOT_READY" => &["MakeNotReady"],
                    _ => &["Logout"],
                }
            }
            Request::UpdateVariables { .. } => &["UpdateDialogVariable"],
            Request::UpdateWrapUp { .. } | Request::UpdateWrapUpItems { .. } => &["UpdateWrapup"],
            Request::Act { action, .. } if is_data(action) => &[
                "SCHEDULECALLBACK",
                "UPDATECALLBACK",
                "CANCELSCHEDULECALLBACK",
                "RECLASSIFYCALL",
            ],
            _ => return,
        };
        let about = match &sent.request {
            Request::ChangeState { user, .. } => user,
            _ => &sent.agent,
        };
        let dialog = match &sent.request {
            Request::UpdateVariables { dialog, .. }
            | Request::UpdateWrapUp { dialog, .. }
            | Request::UpdateWrapUpItems { dialog, .. }
            | Request::Act { dialog, .. } => dialog,
            _ => "",
        };
        let owners = [self.owners.clone(), self.present_owners()];
        let may = |sending: &Sending| {
            let client = sending.desk.unwrap_or("broker");
            let owned = |owners: &BTreeMap<String, Owner>| {
                let owner = owners.get(&sent.agent);
                owner.is_some_and(|owner| owner.client.as_str() == client)
            };
            let mut parted = self.parted.iter().filter(|(agent, _)| *agent == sent.agent);
            let passing = parted.any(|(_, desk)| sending.desk.is_none_or(|own| own == desk));
            words.contains(&sending.word)
                && sending.agent == *about
                && sending.body.contains(dialog)
                && (passing || owners.iter().any(owned))
        };
        let two_halves = words.contains(&"SCHEDULECALLBACK");
        let waiting = self.commands.iter().find(|(ticket, sending)| {
            let fresh = two_halves || !self.started.contains(ticket);
            may(sending) && fresh && !self.resolved.contains(ticket)
        });
        let Some((ticket, _)) = waiting else {
            let like = |(ticket, sending): (&Ticket, &Sending)| {
                let like = words.contains(&sending.word) && sending.agent == *about;
                like.then(|| {
                    let (started, result) =
                        (self.started.contains(ticket), self.bench.result(*ticket));
                    format!(
                        "{ticket:?} {} {:?} {started} {result}",
                        sending.body, sending.desk
                    )
                })
            };
            let like: Vec<_> = self.commands.iter().filter_map(like).collect();
            panic!(
                "{} for nobody\n{}\n{like:#?} {owners:?}",
                sent.in_short(),
                self.recently()
            );
        };
        self.started.insert(*ticket);
    }

    /// At rest only who asked for it follows a team.
    pub(super) fn check_topics(&self) {
        for agent in AGENTS {
            let team = |topic: &&str| topic.starts_with("/finesse/api/Team");
            let asked = |(ticket, sending): (&Ticket, &Sending)| {
                sending.word == "getteamusers"
                    && sending.agent == agent
                    && self.bench.result(*ticket) == "done"
            };
            let follows = self.bench.topics(agent).iter().any(team);
            assert!(
                !follows || self.commands.iter().any(asked),
                "{agent} follows a team and nobody has asked"
            );
        }
    }
}

/// Who was told that somebody else has an agent now.
fn who_parted(log: &[Logged]) -> BTreeSet<(String, String)> {
    let parted = |entry: &Logged| match entry {
        Logged::Told(desk, told) => {
            let event: Value = serde_json::from_str(&told.union()).unwrap();
            let agent = event["agentId"].as_str()?.to_owned();
            (event["errorType"] == "SESSION_INVALIDATED").then(|| (agent, desk.clone()))
        }
        Logged::Result(_) | Logged::Request(_) | Logged::Opened(_) => None,
    };
    log.iter().filter_map(parted).collect()
}

fn enters(sending: &Sending) -> bool {
    matches!(sending.word, "Connect" | "Login" | "MobileAgentLogin")
}

fn is_data(action: &DialogAction) -> bool {
    matches!(
        action,
        DialogAction::UpdateScheduledCallback { .. }
            | DialogAction::CancelScheduledCallback
            | DialogAction::Reclassify { .. }
    )
}

/// No event tells a secret, and no message a customer's value.
fn check_secrets(event: &Value) {
    let text = event.to_string();
    for secret in ["d3mo", "s3same", "wr0ng", "t0ken"] {
        assert!(!text.contains(secret), "{text}");
    }
    let message = matches!(
        event["type"].as_str(),
        Some("Error" | "status" | "control" | "callback")
    );
    assert!(!message || !text.contains("zx9"), "{text}");
}
