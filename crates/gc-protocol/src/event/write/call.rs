//! Call events: which keys, in which order (GC document, sections 3.6 to 3.12).
//!
//! The document's tables disagree on the spelling of the same key. The documented profile follows the table at
//! hand; the union prints that table first and then every other spelling, so that each client finds its own.

use serde::ser::{Serialize, Serializer};
use serde_json::{Value, json};

use super::object::{Fields, Members, Object, OneKey};
use super::shape::Shape;
use crate::event::{Call, CallForm, Participant, Printer};
use crate::style::CallVariables;

/// Type of a call event.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    NewInbound,
    Inbound,
    Outbound,
    Consult,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    DialogIdUpper,
    DialogIdLower,
    AssDialogId,
    State,
    StartTime,
    AssociatedDialogId,
    PrevDialogId,
    FromAddress,
    ToAddress,
    CallVariables,
    Participants,
    CallType,
    AgentId,
    QueueName,
}

use Key::{
    AgentId as Agent, AssDialogId, AssociatedDialogId, CallType, CallVariables as Variables,
    DialogIdLower, DialogIdUpper, FromAddress, Participants, PrevDialogId, QueueName, StartTime,
    State, ToAddress,
};

/// 3.6
const NEW_INBOUND: &[Key] = &[
    DialogIdUpper,
    FromAddress,
    Variables,
    CallType,
    Agent,
    QueueName,
];
/// 3.7
const INBOUND: &[Key] = &[
    DialogIdUpper,
    State,
    StartTime,
    AssociatedDialogId,
    FromAddress,
    Variables,
    Participants,
    CallType,
    Agent,
    QueueName,
];
/// 3.8
const OUTBOUND: &[Key] = &[
    DialogIdUpper,
    State,
    StartTime,
    PrevDialogId,
    FromAddress,
    Variables,
    Participants,
    CallType,
    Agent,
    QueueName,
];
/// 3.9
const DROPPED: &[Key] = &[DialogIdLower, PrevDialogId, State, Agent, QueueName];
/// 3.10
const CONFERENCE: &[Key] = &[
    DialogIdLower,
    State,
    StartTime,
    PrevDialogId,
    FromAddress,
    Variables,
    Participants,
    CallType,
    Agent,
    QueueName,
];
/// 3.11, which has no queueName.
const TRANSFER: &[Key] = &[
    DialogIdLower,
    State,
    StartTime,
    AssociatedDialogId,
    FromAddress,
    Variables,
    Participants,
    CallType,
    Agent,
];
/// 3.12, the only one with a toAddress.
const CONSULT: &[Key] = &[
    State,
    AssDialogId,
    StartTime,
    FromAddress,
    ToAddress,
    Variables,
    Participants,
    CallType,
    Agent,
    QueueName,
];
/// What the contract adds to every call event of the union.
const ADDED: &[Key] = &[
    DialogIdUpper,
    DialogIdLower,
    AssociatedDialogId,
    PrevDialogId,
];

impl Kind {
    pub(super) fn write<M: Members>(
        self,
        call: &Call,
        out: &mut Object<'_, M>,
    ) -> Result<(), M::Error> {
        for key in self.keys(call.form, out.printer.is_union()) {
            write_key(key, call, out)?;
        }
        Ok(())
    }

    fn keys(self, form: CallForm, union: bool) -> Vec<Key> {
        let mut keys = self.table(form).to_vec();
        if union {
            for key in self.tables().iter().copied().flatten().chain(ADDED) {
                if !keys.contains(key) {
                    keys.push(*key);
                }
            }
        }
        keys
    }

    /// The table that rules in the documented profile. The end of a call looks alike in every type.
    fn table(self, form: CallForm) -> &'static [Key] {
        match (self, form) {
            (
                Self::NewInbound | Self::Inbound | Self::Outbound | Self::Consult,
                CallForm::Dropped,
            ) => DROPPED,
            (Self::Inbound, CallForm::Live) => INBOUND,
            (Self::Inbound, CallForm::Transfer) => TRANSFER,
            (Self::Inbound, CallForm::Conference) => CONFERENCE,
            (Self::NewInbound, CallForm::Live | CallForm::Transfer | CallForm::Conference) => {
                NEW_INBOUND
            }
            (Self::Outbound, CallForm::Live | CallForm::Transfer | CallForm::Conference) => {
                OUTBOUND
            }
            (Self::Consult, CallForm::Live | CallForm::Transfer | CallForm::Conference) => CONSULT,
        }
    }

    /// Every table of the type, in the document's order.
    fn tables(self) -> &'static [&'static [Key]] {
        match self {
            Self::NewInbound => &[NEW_INBOUND],
            Self::Inbound => &[INBOUND, DROPPED, CONFERENCE, TRANSFER],
            Self::Outbound => &[OUTBOUND, DROPPED],
            Self::Consult => &[CONSULT, DROPPED],
        }
    }
}

fn write_key<M: Members>(key: Key, call: &Call, out: &mut Object<'_, M>) -> Result<(), M::Error> {
    match key {
        Key::DialogIdUpper => out.value("dialogID", &call.dialog_id),
        Key::DialogIdLower => out.value("dialogId", &call.dialog_id),
        // The consult call's own id, whatever the name suggests (3.12).
        Key::AssDialogId => out.value("assDialogId", &call.dialog_id),
        Key::State => out.text("state", &call.state),
        Key::StartTime => out.time("startTime", &call.start_time),
        Key::AssociatedDialogId => {
            out.link("associatedDialogId", call.associated_dialog_id.as_ref())
        }
        Key::PrevDialogId => out.link("prevDialogId", call.associated_dialog_id.as_ref()),
        Key::FromAddress => out.text("fromAddress", &call.from_address),
        Key::ToAddress => out.text("toAddress", &call.to_address),
        Key::CallVariables => call_variables(call, out),
        Key::Participants => out.objects("participants", &call.participants),
        Key::CallType => out.text("callType", &call.call_type),
        Key::AgentId => out.agent(&call.agent_id),
        Key::QueueName => out.text("queueName", &call.queue_name),
    }
}

fn call_variables<M: Members>(call: &Call, out: &mut Object<'_, M>) -> Result<(), M::Error> {
    let printer = out.printer;
    let variables = call
        .call_variables
        .iter()
        .filter(|(name, _)| printer.shows_variable(name));
    match out.printer.call_variables {
        CallVariables::Object => {
            let variables: Vec<_> = variables.collect();
            out.value("callVariables", &OneObject(&variables))
        }
        CallVariables::Pairs => {
            let pairs: Vec<_> = variables.map(OneKey).collect();
            out.value("callVariables", &pairs)
        }
        CallVariables::List => {
            let listed: Vec<_> = variables
                .map(|(name, value)| Listed { name, value })
                .collect();
            out.objects("callVariables", &listed)
        }
    }
}

impl Printer {
    /// Whether a variable is printed in this profile.
    pub(in crate::event) fn shows_variable(&self, name: &str) -> bool {
        self.is_union() || is_documented_variable(name)
    }
}

/// `callVariable1` to `callVariable10`; everything else is an extension of the union.
fn is_documented_variable(name: &str) -> bool {
    let number = name.strip_prefix("callVariable");
    number.is_some_and(|number| {
        matches!(
            number,
            "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "10"
        )
    })
}

/// `{"<name>":"<value>",…}`
struct OneObject<'a>(&'a [&'a (String, String)]);

impl Serialize for OneObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl Shape for OneObject<'_> {
    fn shape(printer: &Printer) -> Value {
        let mut shape = json!({"type": "object", "additionalProperties": {"type": "string"}});
        if !printer.is_union() {
            shape["propertyNames"] = json!({"pattern": "^callVariable([1-9]|10)$"});
        }
        shape
    }
}

#[derive(Default)]
struct Listed<'a> {
    name: &'a str,
    value: &'a str,
}

impl Fields for Listed<'_> {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        out.text("name", self.name)?;
        out.text("value", self.value)
    }
}

impl Fields for Participant {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        out.text("mediaAddress", &self.media_address)?;
        out.text("mediaAddressType", &self.media_address_type)?;
        out.text("state", &self.state)?;
        out.text("stateCause", &self.state_cause)?;
        out.time("startTime", &self.start_time)?;
        out.time("stateChangeTime", &self.state_change_time)?;
        out.text("role", &self.role)?;
        out.value("actions", &self.actions)
    }
}
