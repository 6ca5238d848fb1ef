//! Switches and durations of the engine.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::tokens::TokenForm;

/// When an agent gets time for after-call work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WrapUpMode {
    /// After every call.
    Required,
    /// After every call, and it ends only once a reason was given.
    RequiredWithData,
    /// Only if asked for during the call.
    Optional,
    /// Never.
    #[default]
    NotAllowed,
}

impl WrapUpMode {
    /// As Finesse spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Required => "REQUIRED",
            Self::RequiredWithData => "REQUIRED_WITH_WRAP_UP_DATA",
            Self::Optional => "OPTIONAL",
            Self::NotAllowed => "NOT_ALLOWED",
        }
    }
}

/// How a progressive or predictive call reaches its agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CampaignCalls {
    /// Already connected.
    #[default]
    Connected,
    /// To be answered.
    Ringing,
}

/// Who may drop others from a conference (`enableDropParticipantFor`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DropParticipantFor {
    /// `supervisor_only`.
    #[default]
    SupervisorOnly,
    /// `conference_controller_and_supervisor`.
    ControllerAndSupervisor,
    /// `all`.
    All,
}

/// Where a dialog says that a supervisor barged in.
///
/// Clients are known to look for `SUPERVISOR_BARGE_IN` in the fourth of four fields of a party,
/// after number, state and one that is void for phones nobody monitors. The third is then the kind
/// of address, and of what Finesse says about a party only `stateCause` is left for the fourth.
/// The kind of call is CONFERENCE, and the party's address stays an agent's phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BargeMark {
    /// In `stateCause` of the supervisor's party, while she is on the call.
    #[default]
    StateCause,
    /// It does not: clients infer it from the silent monitor before.
    Nowhere,
}

/// After-call work of an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrapUp {
    /// On calls that came in, a dialer's included.
    pub incoming: WrapUpMode,
    /// On calls that the agent made.
    pub outgoing: WrapUpMode,
    /// Its length.
    pub timer: Duration,
}

/// What CTI does with an update that names ECC variables which the site does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnknownVariables {
    /// Nothing is written, and nothing is said.
    #[default]
    SilenceAll,
    /// The others are written.
    Skipped,
}

/// What the peripheral does with an agent whose desktop is gone (its LOAD setting).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnDisconnect {
    /// LOAD=0: NOT_READY, "Connection Failure"; after the call when there is one.
    #[default]
    NotReady,
    /// LOAD=1: signed out, "System Failure".
    Logout,
}

/// Switches and durations of the engine.
#[derive(Debug, Clone)]
pub struct Settings {
    /// From an accepted request to its effect, and between the steps of a call.
    pub latency: RangeInclusive<Duration>,
    /// How long a routed call rings before it goes to somebody else.
    pub ring_no_answer: Duration,
    /// How long an outside party rings before it answers.
    pub outside_ring: Duration,
    /// After this a FAILED call clears by itself.
    pub failed_clears: Duration,
    /// NOT_READY must name a reason.
    pub not_ready_reason_required: bool,
    /// LOGOUT must name a reason.
    pub logout_reason_required: bool,
    /// After-call work on calls that came in.
    pub wrap_up_incoming: WrapUpMode,
    /// After-call work on calls that the agent made.
    pub wrap_up_outgoing: WrapUpMode,
    /// Length of after-call work.
    pub wrap_up_timer: Duration,
    /// From lost presence to the forced logout.
    pub presence_grace: Duration,
    /// What the forced logout comes to.
    pub on_disconnect: OnDisconnect,
    /// What becomes of updates with unknown ECC variables.
    pub unknown_variables: UnknownVariables,
    /// Where a dialog says that a supervisor barged in.
    pub barge_mark: BargeMark,
    /// Who may drop others from a conference.
    pub drop_participant_for: DropParticipantFor,
    /// Parties that a conference takes.
    pub conference_parties: usize,
    /// How progressive and predictive calls reach their agents.
    pub campaign_calls: CampaignCalls,
    /// The customer's call of a direct preview has the dialog of its reservation.
    pub direct_preview_keeps_dialog: bool,
    /// At most one notification per queue in this time.
    pub queue_interval: Duration,
    /// Wrong passwords in a row that lock an account.
    pub lockout_after: u32,
    /// How long it stays locked.
    pub lockout: Duration,
    /// What tokens of single sign-on look like.
    pub token_form: TokenForm,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            latency: Duration::from_millis(50)..=Duration::from_millis(300),
            ring_no_answer: Duration::from_secs(12),
            outside_ring: Duration::from_millis(1500),
            failed_clears: Duration::from_secs(2),
            not_ready_reason_required: false,
            logout_reason_required: false,
            wrap_up_incoming: WrapUpMode::default(),
            wrap_up_outgoing: WrapUpMode::default(),
            wrap_up_timer: Duration::from_secs(120),
            presence_grace: Duration::from_secs(60),
            on_disconnect: OnDisconnect::default(),
            unknown_variables: UnknownVariables::default(),
            barge_mark: BargeMark::default(),
            drop_participant_for: DropParticipantFor::default(),
            conference_parties: 8,
            campaign_calls: CampaignCalls::default(),
            direct_preview_keeps_dialog: false,
            queue_interval: Duration::from_secs(10),
            lockout_after: 5,
            lockout: Duration::from_secs(300),
            token_form: TokenForm::default(),
        }
    }
}

impl Settings {
    /// Latency of 1 to 5 ms and an outside party that answers after 20 ms: for tests on sockets.
    pub fn quick() -> Self {
        Self {
            latency: Duration::from_millis(1)..=Duration::from_millis(5),
            outside_ring: Duration::from_millis(20),
            ..Self::default()
        }
    }
}
