//! Which party of a call is a supervisor who barged in (contract, section 2, `role`).

use finesse_protocol::{CallType, Dialog};
use gc_protocol::event::Call;

/// What clients read in a party's `role`, and Finesse may write somewhere in the party.
const BARGED_IN: &str = "SUPERVISOR_BARGE_IN";

/// The supervisor who listens, or listened to the call that is still going on.
#[derive(Debug, Default)]
pub(super) struct Barge {
    listener: Option<Box<str>>,
}

impl Barge {
    /// A supervisor joins only a call that she listens to.
    pub(super) fn see(&mut self, dialog: &Dialog) {
        if dialog.media_properties.call_type == CallType::SupervisorMonitor {
            self.listener = Some(dialog.from_address.as_str().into());
        }
    }

    /// The call that was listened to is over; the monitoring call ends before the supervisor joins.
    pub(super) fn ended(&mut self, dialog: &Dialog) {
        if dialog.media_properties.call_type != CallType::SupervisorMonitor {
            self.listener = None;
        }
    }

    /// Marks the supervisor among a call's parties; not all releases say who it is.
    pub(super) fn mark(&self, call: &mut Call) {
        let joined = matches!(call.call_type.as_str(), "CONFERENCE" | BARGED_IN);
        for party in &mut call.participants {
            let told = party.state_cause == BARGED_IN || party.media_address_type == BARGED_IN;
            let listened = self.listener.as_deref() == Some(&*party.media_address);
            if told || (joined && listened) {
                BARGED_IN.clone_into(&mut party.role);
            }
        }
    }
}
