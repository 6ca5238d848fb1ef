//! What a notification has to be told as: a second reading of the contract, section 2, "Which event a dialog notification
//! gives an agent", beside that of the core, and as short as the table. What it knows comes from the events themselves.

mod values;

use std::collections::{BTreeMap, BTreeSet};

use finesse_protocol::{Dialog, Participant, Update, UpdateEvent, User};
use gc_core::Origin;
use gc_protocol::event::{AgentState, Call, CallForm};
use gc_protocol::{ErrorType, Event};

use values::upper;
pub(crate) use values::{StateValues, Values};

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
    /// Calls that a read may have shown otherwise than what was told, or was not.
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
    /// The contract leaves it open: of the end of a call that nobody was told of, of what a read has found meanwhile, and
    /// of what is older than what was told.
    Open,
}

impl Reference {
    /// Who is told from now on.
    pub(crate) fn told_at(&mut self, desk: &str) {
        if self.desk != desk {
            desk.clone_into(&mut self.desk);
            self.begin_anew();
        }
    }

    /// Somebody has the agent who was told nothing yet; the end of a call may just have been told to who had it before.
    fn begin_anew(&mut self) {
        self.state = None;
        let calls = std::mem::take(&mut self.live).into_keys();
        self.blurred.extend(calls);
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
        if let Event::Error(error) = event
            && error.error_type == ErrorType::SessionInvalidated
        {
            self.begin_anew();
        }
        let Some((kind, call)) = call_of(event) else {
            return;
        };
        let dialog = call.dialog_id.as_str().to_owned();
        // Or was before, as a read has found it.
        if matches!(call.state.as_str(), "INITIATING" | "INITIATED") || kind == "ConsultCall" {
            self.placed.insert(dialog.clone());
        }
        if call.form == CallForm::Dropped {
            self.live.remove(&dialog);
            // If it comes back it is somebody else who calls.
            self.placed.remove(&dialog);
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

    /// A notification of a call had to wait, or a read has found it.
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
        let older = known.is_some_and(|told| is_older(dialog, &told.call));
        if older || known.is_none() && is_over(mine) {
            return Due::Open;
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
        if user.state_change_time < told.state_change_time {
            return StateDue::Open;
        }
        let now = StateValues::of(user, &told.extension);
        match now.is_told_by(told) {
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
    /// The client was told no State of this agent yet, or a newer one.
    Open,
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

/// Whether any party was told to be further on.
fn is_older(dialog: &Dialog, told: &Call) -> bool {
    dialog.participants.iter().any(|party| {
        let mut known = told.participants.iter();
        known.any(|known| {
            known.media_address == party.media_address
                && known.state_change_time > party.state_change_time
        })
    })
}

fn is_over(party: &Participant) -> bool {
    matches!(upper(party.state.as_str()).as_str(), "DROPPED" | "WRAP_UP")
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
