//! Which event type tells of a call: the event table, rules 2 and 4 to 7 (contract, section 2).

use finesse_protocol::{CallType, Dialog, Participant, ParticipantState};
use gc_protocol::Event;
use gc_protocol::event::{Call, CallForm};

use super::Me;
use crate::config::{Config, MonitorAgentEvent};

/// Which event type tells of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    NewInbound,
    Inbound,
    Consult,
    Outbound,
    Monitored,
}

impl Kind {
    /// The event table, rules 2 and 4 to 7.
    pub(super) fn of(
        known: Option<Kind>,
        dialog: &Dialog,
        mine: Option<&Participant>,
        placed_by_agent: bool,
        me: Me<'_>,
    ) -> Kind {
        let call_type = &dialog.media_properties.call_type;
        if *call_type == CallType::SupervisorMonitor
            && !placed_by_agent
            && dialog.from_address != me.extension
        {
            return Kind::Monitored;
        }
        if known == Some(Kind::Outbound)
            || (known.is_none() && call_type.as_str().starts_with("OUTBOUND"))
        {
            return Kind::Outbound;
        }
        if *call_type == CallType::Consult && placed_by_agent {
            return Kind::Consult;
        }
        let alerting = mine.is_some_and(|mine| mine.state == ParticipantState::Alerting);
        match known {
            None if alerting && !placed_by_agent => Kind::NewInbound,
            Some(
                Kind::NewInbound | Kind::Inbound | Kind::Consult | Kind::Outbound | Kind::Monitored,
            )
            | None => Kind::Inbound,
        }
    }

    /// Whether a call told as `self` is told as the same event type when nothing else changed.
    pub(super) fn same_event(self, now: Kind) -> bool {
        let inbound = |kind| matches!(kind, Kind::NewInbound | Kind::Inbound);
        self == now || (inbound(self) && inbound(now))
    }

    pub(super) fn form(self, call_type: &CallType) -> CallForm {
        match (self, call_type) {
            (Kind::NewInbound | Kind::Inbound | Kind::Monitored, CallType::Conference) => {
                CallForm::Conference
            }
            (
                Kind::NewInbound | Kind::Inbound | Kind::Monitored,
                CallType::Transfer | CallType::Offered,
            ) => CallForm::Transfer,
            _ => CallForm::Live,
        }
    }

    pub(super) fn is_silent(self, config: &Config) -> bool {
        self == Kind::Monitored && config.monitor_agent_event == MonitorAgentEvent::None
    }

    pub(super) fn event(self, call: Call) -> Event {
        let call = Box::new(call);
        match self {
            Kind::NewInbound if call.form != CallForm::Dropped => Event::NewInboundCall(call),
            Kind::NewInbound | Kind::Inbound | Kind::Monitored => Event::InboundCall(call),
            Kind::Consult => Event::ConsultCall(call),
            Kind::Outbound => Event::OutboundCall(call),
        }
    }
}
