//! What requests are made of: categories, modes and actions, with their words on the wire.

/// Which reasons to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReasonCategory {
    /// `NOT_READY`
    NotReady,
    /// `LOGOUT`
    Logout,
}

/// How a mobile agent is dialled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MobileMode {
    /// For each call.
    CallByCall,
    /// Once, at sign-in.
    NailedConnection,
}

/// An action on a dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs)] // the fields are the parameters of the action
pub enum Action {
    /// `ANSWER`
    Answer,
    /// `HOLD`
    Hold,
    /// `RETRIEVE`
    Retrieve,
    /// `DROP`
    Drop,
    /// `CONSULT_CALL`
    Consult { to: String },
    /// `TRANSFER`
    Transfer,
    /// `CONFERENCE`
    Conference,
    /// `TRANSFER_SST`
    SingleStepTransfer { to: String },
    /// `SEND_DTMF`
    SendDtmf { digits: String },
    /// `PARTICIPANT_DROP`
    DropParticipant,
    /// `ACCEPT`
    Accept,
    /// `REJECT`
    Reject,
    /// `CLOSE`
    Close,
    /// `UPDATE_SCHEDULED_CALLBACK`
    UpdateScheduledCallback {
        time: Option<String>,
        number: Option<String>,
    },
    /// `CANCEL_SCHEDULED_CALLBACK`
    CancelScheduledCallback,
    /// `RECLASSIFY`
    Reclassify { classification: String },
    /// `START_RECORDING`
    StartRecording,
}

impl ReasonCategory {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotReady => "NOT_READY",
            Self::Logout => "LOGOUT",
        }
    }
}

impl MobileMode {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CallByCall => "CALL_BY_CALL",
            Self::NailedConnection => "NAILED_CONNECTION",
        }
    }
}

impl Action {
    /// What goes out as `requestedAction`, and what a participant lists when it is allowed.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Answer => "ANSWER",
            Self::Hold => "HOLD",
            Self::Retrieve => "RETRIEVE",
            Self::Drop => "DROP",
            Self::Consult { .. } => "CONSULT_CALL",
            Self::Transfer => "TRANSFER",
            Self::Conference => "CONFERENCE",
            Self::SingleStepTransfer { .. } => "TRANSFER_SST",
            Self::SendDtmf { .. } => "SEND_DTMF",
            Self::DropParticipant => "PARTICIPANT_DROP",
            Self::Accept => "ACCEPT",
            Self::Reject => "REJECT",
            Self::Close => "CLOSE",
            Self::UpdateScheduledCallback { .. } => "UPDATE_SCHEDULED_CALLBACK",
            Self::CancelScheduledCallback => "CANCEL_SCHEDULED_CALLBACK",
            Self::Reclassify { .. } => "RECLASSIFY",
            Self::StartRecording => "START_RECORDING",
        }
    }
}
