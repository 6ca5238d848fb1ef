//! A call that the agent is in, and how it is told.

use gc_protocol::Event;
use gc_protocol::event::Call;

use super::kind::Kind;
use crate::config::Config;

/// A call the agent is in.
#[derive(Debug)]
pub(crate) struct LiveCall {
    pub(super) kind: Kind,
    /// Whether clients are not to know of it.
    pub(super) silent: bool,
    pub(super) placed_by_agent: bool,
    pub(super) latest: Call,
}

impl LiveCall {
    /// The call as it was last told.
    pub(crate) fn latest(&self) -> &Call {
        &self.latest
    }

    /// The event that tells what has changed since the call was told as `known`, if anything.
    pub(super) fn news_since(&self, known: Option<&LiveCall>) -> Option<Event> {
        let same =
            |known: &LiveCall| known.latest == self.latest && known.kind.same_event(self.kind);
        let told = !known.is_some_and(same) && !self.silent;
        told.then(|| self.event())
    }

    /// The event that tells of the call to who has not seen it.
    pub(crate) fn event(&self) -> Event {
        self.kind.event(self.latest.clone())
    }

    /// The event that tells of the call to a new owner; to whom it rings, it is a new call.
    pub(crate) fn introduction(&self) -> Event {
        match self.event() {
            Event::InboundCall(call) if call.state == "ALERTING" && !self.placed_by_agent => {
                Event::NewInboundCall(call)
            }
            event => event,
        }
    }

    /// The event that tells of the call once more; it is new only once.
    pub(crate) fn event_again(&self) -> Event {
        match self.event() {
            Event::NewInboundCall(call) => Event::InboundCall(call),
            event => event,
        }
    }

    /// Whether the agent listens to somebody else's call with it.
    pub(super) fn is_monitoring(&self, config: &Config) -> bool {
        self.kind != Kind::Monitored && self.latest.call_type == config.monitor_call_type
    }

    pub(super) fn has_live(&self, extension: &str) -> bool {
        let mut parties = self.latest.participants.iter();
        parties.any(|party| party.media_address == extension && party.state != "DROPPED")
    }

    /// Whether the agent placed it as a consult call.
    pub(crate) fn is_consult(&self) -> bool {
        self.kind == Kind::Consult
    }

    pub(super) fn last_change(&self) -> String {
        self.latest
            .participants
            .iter()
            .map(|participant| &participant.state_change_time)
            .max()
            .cloned()
            .unwrap_or_default()
    }
}
