//! The words of the call and agent model, as Finesse spells them.

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$vmeta])* #[doc = concat!("`", $word, "`.")] $variant),+ }

        impl $name {
            /// As Finesse spells it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The value of a word, if it is one.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

words! {
    /// State of an agent.
    AgentState {
        Logout = "LOGOUT",
        NotReady = "NOT_READY",
        Ready = "READY",
        Reserved = "RESERVED",
        ReservedOutbound = "RESERVED_OUTBOUND",
        ReservedOutboundPreview = "RESERVED_OUTBOUND_PREVIEW",
        Talking = "TALKING",
        Hold = "HOLD",
        Work = "WORK",
        WorkReady = "WORK_READY",
    }
}

words! {
    /// State of a dialog.
    DialogState {
        Initiating = "INITIATING",
        Initiated = "INITIATED",
        Alerting = "ALERTING",
        Accepted = "ACCEPTED",
        Active = "ACTIVE",
        Failed = "FAILED",
        Dropped = "DROPPED",
    }
}

words! {
    /// State of one participant of a dialog.
    PartyState {
        Initiating = "INITIATING",
        Initiated = "INITIATED",
        Alerting = "ALERTING",
        Accepted = "ACCEPTED",
        Active = "ACTIVE",
        Held = "HELD",
        Failed = "FAILED",
        WrapUp = "WRAP_UP",
        Dropped = "DROPPED",
    }
}

words! {
    /// Why a participant is in its state.
    Cause {
        None = "",
        Busy = "BUSY",
        BadDestination = "BAD_DESTINATION",
        Other = "OTHER",
        SupervisorBargeIn = "SUPERVISOR_BARGE_IN",
    }
}

words! {
    /// Kind of a call.
    CallType {
        AcdIn = "ACD_IN",
        PrerouteAcdIn = "PREROUTE_ACD_IN",
        OtherIn = "OTHER_IN",
        AgentInside = "AGENT_INSIDE",
        Out = "OUT",
        Consult = "CONSULT",
        Transfer = "TRANSFER",
        Offered = "OFFERED",
        Conference = "CONFERENCE",
        SupervisorMonitor = "SUPERVISOR_MONITOR",
        Null = "NULL",
        Outbound = "OUTBOUND",
        OutboundPreview = "OUTBOUND_PREVIEW",
        OutboundDirectPreview = "OUTBOUND_DIRECT_PREVIEW",
        OutboundPersonalCallback = "OUTBOUND_PERSONAL_CALLBACK",
        OutboundPersonalCallbackPreview = "OUTBOUND_PERSONAL_CALLBACK_PREVIEW",
    }
}

words! {
    /// How the phone of a mobile agent is reached.
    MobileMode {
        CallByCall = "CALL_BY_CALL",
        NailedConnection = "NAILED_CONNECTION",
    }
}

words! {
    /// How a campaign brings customers and agents together; not Finesse's words but the control
    /// API's.
    CampaignMode {
        Preview = "preview",
        DirectPreview = "direct_preview",
        Progressive = "progressive",
        Predictive = "predictive",
        PersonalCallback = "personal_callback",
    }
}

words! {
    /// What can be asked of a dialog.
    DialogAction {
        Answer = "ANSWER",
        Hold = "HOLD",
        Retrieve = "RETRIEVE",
        Drop = "DROP",
        ConsultCall = "CONSULT_CALL",
        Transfer = "TRANSFER",
        Conference = "CONFERENCE",
        TransferSst = "TRANSFER_SST",
        UpdateCallData = "UPDATE_CALL_DATA",
        SendDtmf = "SEND_DTMF",
        BargeCall = "BARGE_CALL",
        ParticipantDrop = "PARTICIPANT_DROP",
        StartRecording = "START_RECORDING",
        Accept = "ACCEPT",
        Close = "CLOSE",
        Reject = "REJECT",
        UpdateScheduledCallback = "UPDATE_SCHEDULED_CALLBACK",
        CancelScheduledCallback = "CANCEL_SCHEDULED_CALLBACK",
        Reclassify = "RECLASSIFY",
    }
}
