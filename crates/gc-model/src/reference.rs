//! What a notification has to be told as: a second reading of the contract, section 2, "Which event a dialog notification
//! gives an agent", beside that of the core, and as short as the table. What it knows comes from the events themselves.

use std::collections::{BTreeMap, BTreeSet};

use finesse_protocol::{Dialog, Participant, Update, UpdateEvent, User};
use gc_core::Origin;
use gc_protocol::Event;
use gc_protocol::event::{AgentState, Call, CallForm};

/// What clients were told of one agent.
#[derive(Debug, Default)]
pub(crate) struct Reference {
    /// Where it was told; somebody new was told no State yet.
    desk: String,
    state: Option<AgentState>,
    live: BTreeMap<String, Told>,
    over: BTreeMap<String, Over>,
    /// Calls in which the agent was seen INITIATING or INITIATED.
    placed: BTreeSet<String>,
    /// Calls of which a notification had to wait for a read: it may have been older than that.
    blurred: BTreeSet<String>,
}

/// A call as it was told last.
#[derive(Debug)]
struct Told {
    kind: &'static str,
    call: Call,
}

/// A call whose end was told, or that left the agent's collection without ever having been told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    /// It is still in the agent's collection, for wrap-up.
    Listed,
    /// It has left the agent's collection, and may enter it once more.
    Left,
    /// A read has found that it is over; what was on its way then may say otherwise.
    ByRead,
}

/// What has to be told of a call.
#[derive(Debug, PartialEq)]
pub(crate) enum Due {
    Nothing,
    /// One event of one of these types, in this state and with these values.
    Event {
        types: Vec<&'static str>,
        dialog: String,
        values: Values,
    },
    /// None of the values that Finesse gives has changed; what the gateway adds to them, such as a link, may have.
    OnlyWhatIsAdded(String),
    /// The contract leaves it open.
    Open,
}

/// The values of a call event that are Finesse's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Values {
    pub(crate) state: String,
    start_time: String,
    from: String,
    call_type: String,
    queue: String,
    variables: Vec<(String, String)>,
    parties: Vec<Vec<String>>,
}

/// The values of a `State` that a User document gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StateValues {
    state: String,
    pending: String,
    since: String,
    extension: String,
    /// Code and label; `None` where the document has neither and the list of reasons would be needed.
    reason: Option<(String, String)>,
}

impl Reference {
    /// Who is told from now on.
    pub(crate) fn told_at(&mut self, desk: &str) {
        if self.desk != desk {
            desk.clone_into(&mut self.desk);
            self.state = None;
        }
    }

    /// The extension, once a State was told that has one.
    pub(crate) fn extension(&self) -> Option<&str> {
        let extension = self.state.as_ref().map(|state| state.extension.as_str());
        extension.filter(|extension| !extension.is_empty())
    }

    /// Takes what was told.
    pub(crate) fn learn(&mut self, origin: Origin, event: &Event) {
        if let Event::State(state) = event {
            self.state = Some(AgentState::clone(state));
        }
        let Some((kind, call)) = call_of(event) else {
            return;
        };
        let dialog = call.dialog_id.as_str().to_owned();
        if matches!(call.state.as_str(), "INITIATING" | "INITIATED") {
            self.placed.insert(dialog.clone());
        }
        if call.form == CallForm::Dropped {
            self.live.remove(&dialog);
            let over = match origin {
                Origin::Live => Over::Listed,
                Origin::Snapshot => Over::ByRead,
            };
            self.over.insert(dialog, over);
        } else {
            self.over.remove(&dialog);
            let call = call.clone();
            self.live.insert(dialog, Told { kind, call });
        }
    }

    /// A notification of a call had to wait.
    pub(crate) fn blur(&mut self, dialog: &Dialog) {
        self.blurred.insert(dialog.id.clone());
    }

    /// A notification was taken: a call has left the agent's collection.
    pub(crate) fn took(&mut self, change: &UpdateEvent, dialog: &Dialog) {
        if *change == UpdateEvent::Delete && !self.live.contains_key(&dialog.id) {
            self.over.insert(dialog.id.clone(), Over::Left);
        }
    }

    /// The table, its first match.
    pub(crate) fn due(&self, extension: &str, change: &UpdateEvent, dialog: &Dialog) -> Due {
        if !matches!(dialog.media_type.as_str(), "" | "Voice") {
            return Due::Nothing;
        }
        let known = self.live.get(&dialog.id);
        if known.is_none() && self.blurred.contains(&dialog.id) {
            return Due::Open;
        }
        let mut parties = dialog.participants.iter();
        let mine = parties.find(|party| party.media_address == extension);
        if *change == UpdateEvent::Delete {
            return match known {
                Some(told) => end(ending_types(told.kind), dialog, mine),
                None => Due::Nothing,
            };
        }
        let Some(mine) = mine else {
            return Due::Nothing;
        };
        match self.over.get(&dialog.id).filter(|_| known.is_none()) {
            Some(Over::ByRead) => return Due::Open,
            Some(Over::Left) if *change == UpdateEvent::Post && !is_over(mine) => {}
            Some(Over::Left | Over::Listed) => return Due::Nothing,
            None => {}
        }
        let kind = self.kind(known, extension, dialog, mine);
        if is_over(mine) {
            let types = ending_types(known.map_or(kind, |told| told.kind));
            return end(types, dialog, Some(mine));
        }
        let values = Values::of(dialog, Some(mine));
        match known {
            Some(told) if class(told.kind) == class(kind) && Values::told(&told.call) == values => {
                Due::OnlyWhatIsAdded(dialog.id.clone())
            }
            _ => Due::Event {
                types: vec![kind],
                dialog: dialog.id.clone(),
                values,
            },
        }
    }

    /// Rules 2 and 4 to 7.
    fn kind(
        &self,
        known: Option<&Told>,
        extension: &str,
        dialog: &Dialog,
        mine: &Participant,
    ) -> &'static str {
        let state = upper(mine.state.as_str());
        let placed = self.placed.contains(&dialog.id)
            || matches!(state.as_str(), "INITIATING" | "INITIATED");
        let call_type = dialog.media_properties.call_type.as_str();
        let listened_to = call_type == "SUPERVISOR_MONITOR" && dialog.from_address != extension;
        let campaign = match known {
            Some(told) => told.kind == "OutboundCall",
            None => call_type.starts_with("OUTBOUND"),
        };
        match known {
            _ if listened_to && !placed => "InboundCall",
            _ if call_type == "CONSULT" && placed => "ConsultCall",
            _ if campaign => "OutboundCall",
            None if state == "ALERTING" && !placed => "NewInboundCall",
            Some(_) | None => "InboundCall",
        }
    }

    /// Whether an event about a call that is known differs in what the gateway itself adds.
    pub(crate) fn adds_something(&self, dialog: &str, event: &Event) -> bool {
        let told = self.live.get(dialog).map(|told| &told.call);
        let (Some(told), Some((_, call))) = (told, call_of(event)) else {
            return false;
        };
        let roles = |call: &Call| {
            let parties = call.participants.iter();
            parties.map(|party| party.role.clone()).collect::<Vec<_>>()
        };
        told.associated_dialog_id != call.associated_dialog_id
            || told.to_address != call.to_address
            || roles(told) != roles(call)
    }

    /// The State that is due for a User document, unless none of its values has changed.
    pub(crate) fn state_due(&self, user: &User) -> StateDue {
        let Some(told) = &self.state else {
            return StateDue::Open;
        };
        let before = StateValues {
            state: told.state.clone(),
            pending: told.pending_state.clone(),
            since: told.state_change_time.clone(),
            extension: told.extension.clone(),
            reason: Some((told.reason_code.clone(), told.label.clone())),
        };
        let now = StateValues::of(user, &told.extension);
        match now.agrees(&before) {
            true => StateDue::Nothing,
            false => StateDue::State(now),
        }
    }
}

/// Whether a `State` is due.
#[derive(Debug, PartialEq)]
pub(crate) enum StateDue {
    Nothing,
    State(StateValues),
    /// The client was told no State of this agent yet.
    Open,
}

impl StateValues {
    fn of(user: &User, extension: &str) -> Self {
        let pending = user.pending_state.as_ref();
        let reason = match &user.reason_code {
            Some(reason) => Some((reason.code.clone(), reason.label.clone())),
            None => matches!(user.reason_code_id.as_str(), "" | "-1").then(Default::default),
        };
        Self {
            state: user.state.as_str().to_owned(),
            pending: pending.map_or("", |state| state.as_str()).to_owned(),
            since: user.state_change_time.clone(),
            extension: user.extension.as_deref().unwrap_or(extension).to_owned(),
            reason,
        }
    }

    /// Whether a State says so.
    pub(crate) fn is_told_by(&self, told: &AgentState) -> bool {
        self.agrees(&Self {
            state: told.state.clone(),
            pending: told.pending_state.clone(),
            since: told.state_change_time.clone(),
            extension: told.extension.clone(),
            reason: Some((told.reason_code.clone(), told.label.clone())),
        })
    }

    fn agrees(&self, other: &Self) -> bool {
        let reason = self.reason.is_none() || self.reason == other.reason;
        let all = |values: &Self| {
            let (state, pending) = (values.state.clone(), values.pending.clone());
            (state, pending, values.since.clone(), values.extension.clone())
        };
        reason && all(self) == all(other)
    }
}

impl Values {
    fn of(dialog: &Dialog, mine: Option<&Participant>) -> Self {
        let media = &dialog.media_properties;
        let state = mine.map_or_else(String::new, |mine| upper(mine.state.as_str()));
        let queue = match state.as_str() {
            "ALERTING" => String::new(),
            _ => media.queue_name.clone(),
        };
        let variables = media.call_variables.iter();
        let party = |party: &Participant| {
            let mut values = vec![
                party.media_address.clone(),
                party.media_address_type.clone(),
                upper(party.state.as_str()),
                party.state_cause.clone(),
                party.start_time.clone(),
                party.state_change_time.clone(),
            ];
            values.extend(party.actions.iter().cloned());
            values
        };
        Self {
            state,
            start_time: mine.map_or_else(String::new, |mine| mine.start_time.clone()),
            from: dialog.from_address.clone(),
            call_type: media.call_type.as_str().to_owned(),
            queue,
            variables: variables
                .map(|variable| (variable.name.clone(), variable.value.clone()))
                .collect(),
            parties: dialog.participants.iter().map(party).collect(),
        }
    }

    pub(crate) fn told(call: &Call) -> Self {
        let parties = call.participants.iter().map(|party| {
            let mut values = vec![
                party.media_address.clone(),
                party.media_address_type.clone(),
                party.state.clone(),
                party.state_cause.clone(),
                party.start_time.clone(),
                party.state_change_time.clone(),
            ];
            values.extend(party.actions.iter().cloned());
            values
        });
        Self {
            state: call.state.clone(),
            start_time: call.start_time.clone(),
            from: call.from_address.clone(),
            call_type: call.call_type.clone(),
            queue: call.queue_name.clone(),
            variables: call.call_variables.clone(),
            parties: parties.collect(),
        }
    }
}

/// The DROPPED form; a DELETE may have lost the agent's side, and then the rest of it is what was known.
fn end(types: Vec<&'static str>, dialog: &Dialog, mine: Option<&Participant>) -> Due {
    let mut values = Values::of(dialog, mine);
    "DROPPED".clone_into(&mut values.state);
    Due::Event {
        types,
        dialog: dialog.id.clone(),
        values,
    }
}

/// A consult call may end as what it has become by then.
fn ending_types(kind: &'static str) -> Vec<&'static str> {
    match kind {
        "ConsultCall" => vec!["ConsultCall", "InboundCall"],
        "OutboundCall" => vec!["OutboundCall"],
        _ => vec!["InboundCall"],
    }
}

/// A NewInboundCall is followed by InboundCalls, and by none while nothing has changed.
fn class(kind: &str) -> &str {
    match kind {
        "NewInboundCall" => "InboundCall",
        other => other,
    }
}

fn is_over(party: &Participant) -> bool {
    matches!(upper(party.state.as_str()).as_str(), "DROPPED" | "WRAP_UP")
}

fn upper(text: &str) -> String {
    text.to_ascii_uppercase()
}

/// Type and facts of a call event.
pub(crate) fn call_of(event: &Event) -> Option<(&'static str, &Call)> {
    Some(match event {
        Event::NewInboundCall(call) => ("NewInboundCall", call),
        Event::InboundCall(call) => ("InboundCall", call),
        Event::ConsultCall(call) => ("ConsultCall", call),
        Event::OutboundCall(call) => ("OutboundCall", call),
        _ => return None,
    })
}

/// The dialogs that a notification is about.
pub(crate) fn dialogs_of(update: &Update) -> Vec<&Dialog> {
    match &update.data {
        finesse_protocol::Data::Dialog(dialog) => vec![dialog],
        finesse_protocol::Data::Dialogs(dialogs) => dialogs.iter().collect(),
        _ => Vec::new(),
    }
}
