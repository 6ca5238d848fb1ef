//! Which commands must never be carried out twice.

use super::{Action, Body, Command};

impl<S> Command<S> {
    /// Whether it makes or ends a call: done twice it is a second call, or the end of the wrong one.
    pub fn makes_or_ends_a_call(&self) -> bool {
        match &self.body {
            Body::Heartbeat { .. } => false,
            Body::Agent { action, .. } => action.makes_or_ends_a_call(),
        }
    }
}

impl<S> Action<S> {
    fn makes_or_ends_a_call(&self) -> bool {
        matches!(
            self,
            Self::MakeCall { .. }
                | Self::ReleaseCall { .. }
                | Self::ConsultCall { .. }
                | Self::TransferCall { .. }
                | Self::ConferenceCall { .. }
                | Self::SingleStepTransfer { .. }
                | Self::AcceptOutboundPreview { .. }
                | Self::RejectOutboundPreview { .. }
                | Self::CloseOutboundPreview { .. }
                | Self::SilentMonitor { .. }
                | Self::EndSilentMonitor { .. }
                | Self::BargeIn { .. }
                | Self::DropParticipant { .. }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_made_and_ended_by_these_and_no_others() {
        let made_or_ended = |kind: &str, body: &str| {
            let command = Command::parse_text(kind, Some(body));
            command.unwrap().makes_or_ends_a_call()
        };
        for (kind, body) in [
            ("MakeCall#41027", "03005550142"),
            ("ReleaseCall#41027", "207"),
            ("ConsultCall#41027", "6133,207"),
            ("Transfer_sst#41027", "6133,207"),
            ("bargein#41900", "6127,207"),
        ] {
            assert!(made_or_ended(kind, body), "{kind}");
        }
        for (kind, body) in [
            ("Hello#desk-1", ""),
            ("Login#41027", "demo,6127"),
            ("MakeReady#41027", ""),
            ("AnswerCall#41027", "207"),
            ("HoldCall#41027", "207"),
            ("Refresh#41027", ""),
        ] {
            assert!(!made_or_ended(kind, body), "{kind}");
        }
    }
}
