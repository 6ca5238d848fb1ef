//! Writing of events in the style that a client asked for; as JSON, in the order and with the keys of that style.
//!
//! Keys go straight into the text, one after the other: their order is part of the contract.

mod agent;
mod call;
mod lists;
mod messages;
mod object;
mod shape;

use super::{CommandResult, Event, envelope, string};
use crate::style::{CallVariables, Dialect, Profile, Scalars, Style};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use object::{Fields, Item, Members, Object};
use serde_json::Value;

/// A style made ready for printing.
#[derive(Debug, Clone)]
pub struct Printer {
    dialect: Dialect,
    profile: Profile,
    scalars: Scalars,
    call_variables: CallVariables,
    zone: TimeZone,
}

/// A style that cannot be printed in.
#[derive(Debug, thiserror::Error)]
pub enum StyleError {
    /// No such time zone.
    #[error("unknown time zone `{name}`: give an IANA name such as `UTC` or `Asia/Karachi`")]
    UnknownTimeZone {
        /// The name given.
        name: String,
        /// Why it was not found.
        source: jiff::Error,
    },
}

impl Printer {
    /// Prepares a style.
    pub fn new(style: &Style) -> Result<Self, StyleError> {
        let zone =
            TimeZone::get(&style.time_zone).map_err(|source| StyleError::UnknownTimeZone {
                name: style.time_zone.clone(),
                source,
            })?;
        Ok(Self {
            dialect: style.dialect,
            profile: style.profile,
            scalars: style.scalars,
            call_variables: style.call_variables,
            zone,
        })
    }

    /// The dialect of what is printed.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The event in the style's dialect.
    pub fn print(&self, event: &Event) -> String {
        match self.dialect {
            Dialect::Json => self.print_json(event),
            Dialect::String => string::write(event, self),
        }
    }

    /// The event as a JSON object, whatever the dialect: `gc.v2` and answers over REST hold nothing else.
    pub fn print_json(&self, event: &Event) -> String {
        self.json(event)
    }

    /// What says that events are missing, in the style's dialect.
    pub fn print_gap(&self) -> &'static str {
        match self.dialect {
            Dialect::Json => envelope::GAP,
            Dialect::String => string::GAP,
        }
    }

    /// The end of a `gc.v2` client's command as a JSON object.
    pub fn print_result(&self, result: &CommandResult) -> String {
        self.json(result)
    }

    /// The JSON Schema of an event like this one.
    pub(crate) fn schema(&self, event: &Event) -> Value {
        shape::of(event, self)
    }

    /// The JSON Schema of a command's end.
    pub(crate) fn result_schema(&self, result: &CommandResult) -> Value {
        shape::of(result, self)
    }

    fn json<T: Fields>(&self, value: &T) -> String {
        // Text, numbers and booleans under text keys always have a JSON form.
        serde_json::to_string(&Item {
            printer: self,
            value,
        })
        .unwrap_or_default()
    }

    fn is_union(&self) -> bool {
        self.profile == Profile::Union
    }

    /// An RFC 3339 time in the configured zone; text that is no time stays as it came.
    pub(super) fn time(&self, text: &str) -> String {
        match text.parse::<Timestamp>() {
            Ok(time) => time
                .to_zoned(self.zone.clone())
                .strftime("%Y-%m-%d %H:%M:%S")
                .to_string(),
            Err(_) => text.to_owned(),
        }
    }
}

impl Fields for Event {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        out.word("type", self.type_name(), &[self.type_name()])?;
        match self {
            Event::System(event) => event.write(out),
            Event::Error(event) => event.write(out),
            Event::ConnectStatus(event) => event.write(out),
            Event::AgentInfo(event) => event.write(out),
            Event::State(event) => event.write(out),
            Event::NewInboundCall(call) => call::Kind::NewInbound.write(call, out),
            Event::InboundCall(call) => call::Kind::Inbound.write(call, out),
            Event::OutboundCall(call) => call::Kind::Outbound.write(call, out),
            Event::ConsultCall(call) => call::Kind::Consult.write(call, out),
            Event::ReasonCodes(event) => event.write(out),
            Event::DialogState(event) => event.write(out),
            Event::DialogParticipants(event) => event.write(out),
            Event::DialogControls(event) => event.write(out),
            Event::Agents(event) => event.write(out),
            Event::TeamAgents(event) => event.write(out),
            Event::QueueStats(event) => event.write(out),
            Event::PhoneBook(event) | Event::TeamPhoneBook(event) => event.write(out),
            Event::Contacts { contacts, agent_id } => lists::contacts(contacts, agent_id, out),
            Event::SkillGroups(event) => event.write(out),
            Event::Supervisors(event) => event.write(out),
            Event::AgentExtension(event) => event.write(out),
            Event::Status(event) => event.write(out),
            Event::Control(event) => event.write(out),
            Event::Callback(event) => event.write(out),
            Event::NoData(event) => event.write(out),
        }
    }
}
