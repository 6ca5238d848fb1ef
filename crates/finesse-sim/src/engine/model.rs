//! The state behind the engine: agents, calls, parties, queues.

use std::collections::{BTreeSet, VecDeque};

use super::publication::{Node, QueueView};
use super::time::SimTime;
use super::words::{
    AgentState, CallType, CampaignMode, Cause, DialogAction, DialogState, MobileMode, PartyState,
};
use crate::site::AgentProfile;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct AgentIx(pub(crate) usize);

/// Id of a dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CallId(pub u64);

/// Reason of NOT_READY or LOGOUT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    Absent,
    NotChosen,
    Id(u32),
}

/// Where an agent goes when the calls are over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Next {
    pub(crate) state: AgentState,
    pub(crate) reason: Reason,
}

impl Next {
    pub(crate) const READY: Self = Self {
        state: AgentState::Ready,
        reason: Reason::Absent,
    };
    pub(crate) const NOT_READY: Self = Self {
        state: AgentState::NotReady,
        reason: Reason::NotChosen,
    };
}

/// The phone outside that an agent works at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mobile {
    pub(crate) mode: MobileMode,
    pub(crate) dial_number: String,
    pub(crate) node: Node,
}

#[derive(Debug)]
pub(crate) struct Agent {
    pub(crate) profile: AgentProfile,
    pub(crate) extension: Option<String>,
    pub(crate) state: AgentState,
    pub(crate) reason: Reason,
    pub(crate) since: Option<SimTime>,
    pub(crate) mobile: Option<Mobile>,
    pub(crate) pending: Option<Next>,
    pub(crate) base: Next,
    pub(crate) dialogs: BTreeSet<CallId>,
    pub(crate) reserved_for: Option<CallId>,
    pub(crate) online: [u32; 2],
    pub(crate) gone_since: [Option<SimTime>; 2],
    /// Requests of one agent take effect in order.
    pub(crate) busy_until: SimTime,
    /// Each feed is in order; two feeds are not.
    pub(crate) user_feed: SimTime,
    pub(crate) dialogs_feed: SimTime,
}

impl Agent {
    pub(crate) fn new(profile: AgentProfile) -> Self {
        Self {
            profile,
            extension: None,
            state: AgentState::Logout,
            reason: Reason::NotChosen,
            since: None,
            mobile: None,
            pending: None,
            base: Next::NOT_READY,
            dialogs: BTreeSet::new(),
            reserved_for: None,
            online: [0; 2],
            gone_since: [None; 2],
            busy_until: SimTime::default(),
            user_feed: SimTime::default(),
            dialogs_feed: SimTime::default(),
        }
    }

    pub(crate) fn is_free(&self) -> bool {
        matches!(self.state, AgentState::Ready | AgentState::NotReady)
            && self.dialogs.is_empty()
            && self.reserved_for.is_none()
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Party {
    pub(crate) address: String,
    pub(crate) agent: Option<AgentIx>,
    pub(crate) agent_device: bool,
    pub(crate) state: PartyState,
    pub(crate) cause: Cause,
    /// A supervisor who barged in.
    pub(crate) barged_in: bool,
    /// The call came to this party, rather than being made by it.
    pub(crate) called: bool,
    /// A queue sent the call to this party.
    pub(crate) routed: bool,
    pub(crate) started: SimTime,
    pub(crate) changed: SimTime,
    /// The actions last published for this party.
    pub(crate) listed: Vec<DialogAction>,
}

impl Party {
    pub(crate) fn is_live(&self) -> bool {
        match self.state {
            PartyState::WrapUp | PartyState::Dropped => false,
            PartyState::Initiating
            | PartyState::Initiated
            | PartyState::Alerting
            | PartyState::Accepted
            | PartyState::Active
            | PartyState::Held
            | PartyState::Failed => true,
        }
    }

    pub(crate) fn has_talked(&self) -> bool {
        matches!(self.state, PartyState::Active | PartyState::Held)
    }

    pub(crate) fn enter(&mut self, state: PartyState, now: SimTime) {
        self.state = state;
        self.changed = now;
    }

    pub(crate) fn leave(&mut self, cause: Cause, now: SimTime) {
        self.cause = cause;
        self.enter(PartyState::Dropped, now);
    }
}

/// What a silent monitor listens to, and who listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Monitor {
    pub(crate) call: CallId,
    pub(crate) agent: AgentIx,
    pub(crate) by: AgentIx,
}

/// A campaign's part in a call.
#[derive(Debug, Clone)]
pub(crate) struct Outbound {
    pub(crate) mode: CampaignMode,
    pub(crate) customer: String,
    /// The agent is asked; the customer was not called yet.
    pub(crate) reservation: bool,
    pub(crate) classification: String,
    pub(crate) callback: Option<Callback>,
}

/// A callback promised to the customer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Callback {
    pub(crate) time: String,
    pub(crate) number: String,
}

impl Outbound {
    pub(crate) fn reservation(mode: CampaignMode, customer: &str) -> Self {
        Self {
            reservation: true,
            ..Self::call(mode, customer)
        }
    }

    pub(crate) fn call(mode: CampaignMode, customer: &str) -> Self {
        Self {
            mode,
            customer: customer.to_owned(),
            reservation: false,
            classification: String::new(),
            callback: None,
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) id: CallId,
    pub(crate) associated: Option<CallId>,
    pub(crate) secondary: Option<CallId>,
    pub(crate) from: String,
    pub(crate) to: String,
    /// What was dialled; becomes `to` once the digits are out.
    pub(crate) dialing: String,
    pub(crate) dnis: String,
    pub(crate) call_type: CallType,
    /// CTI was away, and the kind of the call is not told any more.
    pub(crate) type_forgotten: bool,
    pub(crate) state: DialogState,
    /// This dialog is a silent monitor, not a conversation.
    pub(crate) monitors: Option<Monitor>,
    /// Whose phone holds the conference.
    pub(crate) controller: Option<AgentIx>,
    pub(crate) outbound: Option<Outbound>,
    /// A router or dialer sent it: its variables may be changed.
    pub(crate) routed: bool,
    pub(crate) queue: Option<usize>,
    pub(crate) queued_since: Option<SimTime>,
    pub(crate) key: u64,
    pub(crate) wrap_up: Vec<String>,
    pub(crate) variables: Vec<(String, String)>,
    pub(crate) parties: Vec<Party>,
}

impl Call {
    /// A call that somebody begins, without data.
    pub(crate) fn new(id: CallId, call_type: CallType, state: DialogState) -> Self {
        Self {
            id,
            associated: None,
            secondary: None,
            from: String::new(),
            to: String::new(),
            dialing: String::new(),
            dnis: String::new(),
            call_type,
            type_forgotten: false,
            state,
            monitors: None,
            controller: None,
            outbound: None,
            routed: false,
            queue: None,
            queued_since: None,
            key: id.0 % 1000,
            wrap_up: Vec::new(),
            variables: empty_variables(),
            parties: Vec::new(),
        }
    }

    /// Whether the agent's part in this dialog is being listened to.
    pub(crate) fn listens_to(&self, agent: AgentIx) -> bool {
        self.monitors.is_some_and(|monitor| monitor.agent == agent)
    }

    pub(crate) fn place_of(&self, agent: AgentIx) -> Option<usize> {
        self.parties
            .iter()
            .position(|party| party.agent == Some(agent))
    }

    pub(crate) fn party(&self, agent: AgentIx) -> Option<&Party> {
        self.parties.iter().find(|p| p.agent == Some(agent))
    }

    pub(crate) fn party_mut(&mut self, agent: AgentIx) -> Option<&mut Party> {
        self.parties.iter_mut().find(|p| p.agent == Some(agent))
    }

    pub(crate) fn become_a(&mut self, call_type: CallType) {
        self.call_type = call_type;
        self.type_forgotten = false;
    }

    pub(crate) fn agents(&self) -> Vec<AgentIx> {
        self.parties.iter().filter_map(|p| p.agent).collect()
    }

    /// Adds a party; one that left and comes back is listed once.
    pub(crate) fn add(&mut self, party: Party) {
        let again = |old: &Party| {
            old.agent.is_some() && old.agent == party.agent && old.state == PartyState::Dropped
        };
        self.parties.retain(|old| !again(old));
        self.parties.push(party);
    }

    pub(crate) fn live_parties(&self) -> usize {
        self.parties.iter().filter(|p| p.is_live()).count()
    }

    pub(crate) fn set_variable(&mut self, name: &str, value: &str) {
        match self.variables.iter_mut().find(|(known, _)| known == name) {
            Some((_, current)) => value.clone_into(current),
            None => self.variables.push((name.to_owned(), value.to_owned())),
        }
    }
}

fn empty_variables() -> Vec<(String, String)> {
    (1..=10)
        .map(|n| (format!("callVariable{n}"), String::new()))
        .collect()
}

#[derive(Debug, Default)]
pub(crate) struct QueueState {
    pub(crate) waiting: VecDeque<CallId>,
    pub(crate) report_due: bool,
    pub(crate) last_report: SimTime,
    pub(crate) reported: Option<QueueView>,
}
