//! What Finesse and the network do, at random.

use finesse_protocol::{Action as DialogAction, Answer, Request};
use gc_core::{ClusterId, Input, LinkEvent, Product, Reply};

use super::clients::VALUES;
use super::{AGENTS, CALL_TYPES, CALLS, PARTY_STATES, STATES, Soak};
use crate::docs::{DialogDoc, PartyDoc, dialog, errors};
use crate::harness::{Sent, extension_of, is_read};

const TEAM: &str = "/finesse/api/Team/5107/Users";

impl Soak {
    pub(super) fn answer_something(&mut self) {
        if self.out.is_empty() {
            return;
        }
        let at = self.random.below(self.out.len() as u64) as usize;
        let sent = self.out.remove(at);
        match self.random.below(if self.fair { 50 } else { 12 }) {
            0 => self.bench.unknown(&sent),
            1 => self.bench.not_sent(&sent),
            2 => self.bench.reply(
                &sent,
                Reply::Garbage {
                    reason: "cut short".to_owned(),
                },
            ),
            3 => {
                let status = self.random.one(&[400, 403, 404, 416, 500, 501, 503, 401]);
                self.refused(&sent, status);
                self.bench.fault(&sent, status);
            }
            4 => self
                .bench
                .fault_with(&sent, 400, "Invalid State", "CF_REASON_CODE_REQUIRED"),
            _ => self.answer_well(&sent),
        }
    }

    pub(super) fn answer_well(&mut self, sent: &Sent) {
        match &sent.request {
            Request::Dialog { dialog } => match self.calls.iter().find(|call| call.id == *dialog) {
                Some(call) => {
                    let answer = Answer::Dialog(call.parsed().into());
                    self.bench.answer(sent, answer);
                }
                None => self.bench.fault(sent, 404),
            },
            request if is_read(request) => {
                if matches!(request, Request::User { .. }) {
                    self.proved(sent);
                }
                self.bench.answer_read(sent);
            }
            Request::Login {
                user, extension, ..
            } => {
                self.bench.accept(sent);
                let known = self.bench.users.get_mut(user).unwrap();
                known.extension.clone_from(extension);
                self.user_changes(user, "NOT_READY", &sent.header);
            }
            Request::ChangeState { user, state, .. } => {
                self.bench.accept(sent);
                self.user_changes(user, state.as_str(), &sent.header);
            }
            Request::UpdateVariables { dialog, .. }
            | Request::UpdateWrapUp { dialog, .. }
            | Request::UpdateWrapUpItems { dialog, .. }
            | Request::Act {
                dialog,
                action:
                    DialogAction::UpdateScheduledCallback { .. }
                    | DialogAction::CancelScheduledCallback
                    | DialogAction::Reclassify { .. },
                ..
            } => self.change_data(sent, &dialog.clone()),
            request => match self.list(request) {
                Some((status, xml)) => self.bench.answer_status(sent, status, &xml),
                None => self.bench.accept(sent),
            },
        }
    }

    /// Lists as Finesse has them; now and then cut.
    fn list(&mut self, request: &Request) -> Option<(u16, String)> {
        let partial = |soak: &mut Self| if soak.random.below(4) == 0 { 206 } else { 200 };
        let book = "<PhoneBook><name>B</name><type>GLOBAL</type><uri>/finesse/api/PhoneBook/2</uri></PhoneBook>";
        let page = "<pageInfo><startIndex>0</startIndex><totalResults>1</totalResults></pageInfo>";
        Some(match request {
            Request::Team {
                include_logged_out, ..
            } => {
                let users = AGENTS.map(|agent| &self.bench.users[agent]);
                let listed = users
                    .iter()
                    .filter(|user| *include_logged_out == Some(true) || user.state != "LOGOUT");
                let users: String = listed.map(|user| user.element("User")).collect();
                (
                    200,
                    format!("<Team><id>5107</id><users>{users}</users></Team>"),
                )
            }
            Request::Users => {
                let users = AGENTS.map(|agent| self.bench.users[agent].element("User"));
                (200, format!("<Users>{}</Users>", users.concat()))
            }
            Request::Queues { .. } => (200, self.queues()),
            Request::PhoneBooks { .. } | Request::TeamPhoneBooks { .. } => {
                (partial(self), format!("<PhoneBooks>{book}</PhoneBooks>"))
            }
            Request::AllPhoneBooks | Request::TeamBooks { .. } => {
                (200, format!("<PhoneBooks>{book}</PhoneBooks>"))
            }
            Request::PhoneBookContacts { .. } => (partial(self), "<Contacts/>".to_owned()),
            Request::SkillGroups { .. } => (
                200,
                format!(
                    "<results>{page}<skillGroups><skillGroup><name>S</name></skillGroup></skillGroups></results>"
                ),
            ),
            Request::Supervisors { .. } => (
                200,
                format!(
                    "<results>{page}<agents><agent><agentId>41900</agentId></agent></agents></results>"
                ),
            ),
            _ => return None,
        })
    }

    fn queue(&mut self) -> String {
        let id = self.random.one(&["5240", "5241", "5242"]);
        let waiting = self.random.below(3);
        format!(
            "<Queue><uri>/finesse/api/Queue/{id}</uri><name>Q{id}</name><statistics><callsInQueue>{waiting}</callsInQueue>\
             </statistics></Queue>"
        )
    }

    fn queues(&mut self) -> String {
        let queues: String = (0..self.random.below(3)).map(|_| self.queue()).collect();
        format!("<Queues>{queues}</Queues>")
    }

    /// Finesse takes it, and does all of it, a part, or nothing; with an echo, without one, or before it says so.
    fn change_data(&mut self, sent: &Sent, dialog: &str) {
        let early = self.random.below(4) == 0;
        if !early {
            self.bench.accept(sent);
        }
        if self.random.below(4) > 0
            && let Some(at) = self.calls.iter().position(|call| call.id == dialog)
        {
            self.set_data(at, &sent.request);
            let header = match self.random.below(3) {
                0 => "",
                _ => &sent.header,
            };
            let call = self.calls[at].clone();
            self.hold(&sent.agent, &call);
            self.notify(&sent.agent, &call.changed(header));
        }
        if early {
            self.bench.accept(sent);
        }
    }

    fn set_data(&mut self, at: usize, request: &Request) {
        let kept = self.random.below(4) > 0;
        let call = &mut self.calls[at];
        match request {
            Request::UpdateVariables { variables, .. } => {
                let asked = variables.first().map_or("", |variable| &variable.value);
                let whole = VALUES.iter().find(|value| **value == asked);
                let value = whole.copied().filter(|_| kept).unwrap_or("zx");
                call.variables.retain(|(name, _)| *name != "callVariable4");
                call.variables.push(("callVariable4", value));
            }
            Request::UpdateWrapUp { label, .. } => {
                call.more_media = format!("<wrapUpReason>{label}</wrapUpReason>");
            }
            Request::Act {
                action: DialogAction::UpdateScheduledCallback { time, number },
                ..
            } => {
                let time = time.as_deref().unwrap_or("2026-12-03T10:30");
                let number = number.as_deref().filter(|_| kept).unwrap_or("");
                call.more = format!(
                    "<scheduledCallbackInfo><callbackTime>{time}</callbackTime><callbackNumber>{number}</callbackNumber>\
                     </scheduledCallbackInfo>"
                );
            }
            Request::Act {
                action: DialogAction::CancelScheduledCallback,
                ..
            } => call.more.clear(),
            _ => {}
        }
    }

    /// The recorder answers, or does not.
    pub(super) fn answer_recorder(&mut self, well: bool) {
        if !self.bench.is_recorder_asked() {
            return;
        }
        let reason = || "the recorder said 401".to_owned();
        let reply = match self.random.below(if well { 1 } else { 4 }) {
            0 => Reply::Answer(Answer::Accepted),
            1 => Reply::Unknown { reason: reason() },
            2 => Reply::Garbage { reason: reason() },
            _ => Reply::NotSent { reason: reason() },
        };
        self.bench.recorder(reply);
    }

    /// A topic is confirmed or refused, also one that nobody waits for.
    pub(super) fn answer_topic(&mut self, well: bool) {
        let agent = self.random.one(&AGENTS);
        let topics: Vec<String> = self
            .bench
            .topics(agent)
            .into_iter()
            .map(str::to_owned)
            .collect();
        if topics.is_empty() {
            return;
        }
        let at = self.random.below(topics.len() as u64) as usize;
        let topic = topics[at].clone();
        let event = match well || self.random.below(3) > 0 {
            true => LinkEvent::Subscribed(topic),
            false => LinkEvent::NotSubscribed(topic),
        };
        self.bench.link(agent, event);
    }

    pub(super) fn change_site(&mut self) {
        let product = match self.random.below(6) {
            0 => Product::Uccx,
            _ => Product::Ucce,
        };
        self.bench.feed(Input::Site {
            cluster: ClusterId(0),
            product,
        });
    }

    fn user_changes(&mut self, agent: &str, state: &str, request_id: &str) {
        let user = self.bench.users.get_mut(agent).unwrap();
        let update = user.set(state).update(request_id);
        let team_update = user.team_update();
        self.notify(agent, &update);
        for supervisor in AGENTS {
            if self.bench.topics(supervisor).contains(&TEAM) {
                self.notify(supervisor, &team_update);
            }
        }
    }

    /// Over the present link, if there is one; now and then twice.
    fn notify(&mut self, agent: &str, update: &str) {
        let Some(epoch) = self.bench.epoch(agent) else {
            return;
        };
        for _ in 0..1 + u64::from(self.random.below(6) == 0) {
            self.bench.notify_at(agent, epoch, update);
        }
    }

    pub(super) fn notify_something(&mut self) {
        let agent = self.random.one(&AGENTS);
        match self.random.below(9) {
            8 => {
                let queue = self.queue();
                let update = format!(
                    "<Update><data>{queue}</data><event>PUT</event><requestId></requestId>\
                     <source>/finesse/api/Queue/5240</source></Update>"
                );
                self.notify(agent, &update);
            }
            0 | 1 => {
                let state = self.random.one(&STATES);
                match state == "LOGOUT" && self.random.below(2) == 0 {
                    true => self.force_out(agent),
                    false => self.user_changes(agent, state, ""),
                }
            }
            2 => {
                let header = self.out.first().map_or("", |sent| &sent.header).to_owned();
                let source = format!("User/{agent}/Dialogs");
                self.notify(
                    agent,
                    &errors(&source, &header, "Generic Error", "INVALID_ACTION", ""),
                );
            }
            _ => self.call_changes(agent),
        }
    }

    /// Finesse signs an agent out for a connection that it has lost.
    fn force_out(&mut self, agent: &str) {
        let user = self.bench.users.get_mut(agent).unwrap().set("LOGOUT");
        user.reason = Some(("255", "Connection Failure", "-1"));
        let update = user.update("");
        self.notify(agent, &update);
    }

    fn call_changes(&mut self, agent: &str) {
        let id = self.random.one(&CALLS);
        let extension = extension_of(agent);
        let at = match self.calls.iter().position(|call| call.id == id) {
            Some(at) => at,
            None => {
                let call_type = self.random.one(&CALL_TYPES);
                let mut call = dialog(id, "ACTIVE", call_type);
                call.from = self.random.one(&["6127", "03005550142"]).to_owned();
                self.calls.push(call);
                self.calls.len() - 1
            }
        };
        let state = self.random.one(&PARTY_STATES);
        let call = &mut self.calls[at];
        let older = call.clone();
        call.set(extension, state).set("03005550142", "ACTIVE");
        if self.random.below(5) == 0 {
            call.call_type = self.random.one(&CALL_TYPES).to_owned();
        }
        if self.random.below(6) == 0 {
            call.secondary = self.random.one(&CALLS).to_owned();
        }
        if self.random.below(6) == 0 {
            call.cause(extension, "BAD_DESTINATION");
        }
        let call = call.clone();
        let late = self.random.below(10) == 0;
        let shown = if late { &older } else { &call };
        let update = match self.random.below(4) {
            0 => shown.in_collection("POST", agent),
            1 => shown.in_collection("DELETE", agent),
            _ => shown.changed(""),
        };
        self.hold(agent, &call);
        self.notify(agent, &update);
    }

    /// What a read of the agent's calls finds from now on.
    fn hold(&mut self, agent: &str, call: &DialogDoc) {
        let extension = extension_of(agent);
        let over = |party: &PartyDoc| party.address == extension && party.state == "DROPPED";
        let held = self.bench.calls.entry(agent.to_owned()).or_default();
        held.retain(|known| known.id != call.id);
        if !call.parties.iter().any(over) {
            held.push(call.clone());
        }
    }

    pub(super) fn change_link(&mut self) {
        let agent = self.random.one(&AGENTS);
        if self.bench.epoch(agent).is_none() {
            return;
        }
        let event = match self.random.below(12) {
            0 | 1 => LinkEvent::Down,
            2 => LinkEvent::Unreachable,
            3 => LinkEvent::Refused,
            4 => LinkEvent::Conflict,
            5 => LinkEvent::Undecodable,
            6 => LinkEvent::FinessePresent(false),
            7 => LinkEvent::FinessePresent(true),
            _ => LinkEvent::Up,
        };
        self.bench.link(agent, event);
    }
}
