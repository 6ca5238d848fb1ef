//! Supervisors on their agents' calls: silent monitoring and barging in.

use super::Engine;
use super::commands::{Act, NewDialog};
use super::model::{AgentIx, Call, CallId, Monitor, Party};
use super::refusal::Refusal;
use super::words::{AgentState, CallType, Cause, DialogState, PartyState};
use crate::profile::{Product, Profile};

/// Class, message and code of an error that is notified.
type Trouble = (&'static str, &'static str, &'static str);

/// Why a supervisor cannot barge in now.
#[derive(Debug, Clone, Copy)]
enum Obstacle {
    /// The agent holds the call.
    Held,
    /// The agent is asking somebody else meanwhile.
    OpenConsult,
    /// It is a conference, and another phone holds it.
    NotController,
    /// The conference takes no more parties.
    Full,
}

impl Engine {
    /// SILENT_MONITOR, as far as it can be judged at once.
    pub(super) fn check_monitor(
        &self,
        supervisor: AgentIx,
        request: &NewDialog,
    ) -> Result<Act, Refusal> {
        let agent = self.supervised_at(supervisor, &request.to)?;
        Ok(Act::Monitor { agent })
    }

    /// BARGE_CALL, as far as it can be judged at once.
    pub(super) fn check_barge(
        &self,
        supervisor: AgentIx,
        request: &NewDialog,
    ) -> Result<Act, Refusal> {
        let agent = self.supervised_at(supervisor, &request.to)?;
        let uri = request.associated.as_deref().unwrap_or_default();
        if uri.is_empty() {
            return Err(Refusal::missing("associatedDialogUri"));
        }
        let id = self.find_call(uri.trim_end_matches('/').rsplit('/').next().unwrap_or(uri))?;
        let monitor = self.calls[&id].monitors;
        let Some(monitor) = monitor.filter(|monitor| monitor.by == supervisor) else {
            return Err(Refusal::invalid(
                "The dialog is no silent monitor of this supervisor",
                uri,
            ));
        };
        if monitor.agent != agent {
            return Err(Refusal::destination(&request.to));
        }
        match self.obstacle(monitor) {
            Some(obstacle) => Err(obstacle.refusal(&request.to)),
            None => Ok(Act::Barge { monitor: id }),
        }
    }

    fn supervised_at(&self, supervisor: AgentIx, number: &str) -> Result<AgentIx, Refusal> {
        let profile = &self.agent(supervisor).profile;
        if profile.supervises.is_empty() {
            return Err(Refusal::unauthorized(&profile.id));
        }
        let signed_in = self.devices.get(number).copied().flatten();
        let agent = signed_in.ok_or_else(|| Refusal::destination(number))?;
        if profile.supervises.contains(&self.agent(agent).profile.team) {
            Ok(agent)
        } else {
            Err(Refusal::not_the_supervisor(&profile.id))
        }
    }

    /// The supervisor begins to listen.
    pub(super) fn monitor(&mut self, supervisor: AgentIx, agent: AgentIx) {
        match self.monitorable(supervisor, agent) {
            Ok(call) => self.listen(Monitor {
                call,
                agent,
                by: supervisor,
            }),
            Err((kind, message, code)) => self.refuse_new_dialog(supervisor, kind, message, code),
        }
    }

    fn monitorable(&self, supervisor: AgentIx, agent: AgentIx) -> Result<CallId, Trouble> {
        let by = self.agent(supervisor);
        if by.state != AgentState::NotReady || !by.is_free() {
            return Err(WRONG_STATE);
        }
        let profile = self.site.profile;
        match self.agent(agent).state {
            AgentState::Talking | AgentState::NotReady if self.is_monitored(agent) => Err(BUSY),
            AgentState::Talking => self.talks_on(agent).ok_or(not_monitorable(profile)),
            AgentState::NotReady if profile.monitors_direct_calls() => {
                self.talks_on(agent).ok_or(not_monitorable(profile))
            }
            AgentState::Hold | AgentState::NotReady => Err(not_monitorable(profile)),
            AgentState::Logout
            | AgentState::Ready
            | AgentState::Reserved
            | AgentState::ReservedOutbound
            | AgentState::ReservedOutboundPreview
            | AgentState::Work
            | AgentState::WorkReady => Err(not_monitorable_in_state(profile)),
        }
    }

    fn is_monitored(&self, agent: AgentIx) -> bool {
        let dialogs = self.agent(agent).dialogs.iter();
        let mut calls = dialogs.filter_map(|id| self.calls.get(id));
        calls.any(|call| call.listens_to(agent))
    }

    /// The conversation that the agent is in.
    fn talks_on(&self, agent: AgentIx) -> Option<CallId> {
        let dialogs = self.agent(agent).dialogs.iter();
        let mut calls = dialogs.filter_map(|id| self.calls.get(id));
        let up = |call: &&Call| {
            let own = call.party(agent).map(|party| party.state);
            call.monitors.is_none()
                && call.state == DialogState::Active
                && own == Some(PartyState::Active)
        };
        calls.find(up).map(|call| call.id)
    }

    fn listen(&mut self, monitor: Monitor) {
        let id = self.new_call_id();
        let [from, to] = [monitor.by, monitor.agent]
            .map(|agent| self.agent(agent).extension.clone().unwrap_or_default());
        let listening = self.new_party(&from, Some(monitor.by), PartyState::Active);
        let heard = self.new_party(&to, Some(monitor.agent), PartyState::Active);
        let call = Call {
            from,
            dialing: to.clone(),
            dnis: to.clone(),
            to,
            monitors: Some(monitor),
            parties: vec![listening, heard],
            ..Call::new(id, CallType::SupervisorMonitor, DialogState::Active)
        };
        self.calls.insert(id, call);
        self.post(id, monitor.by);
        self.post(id, monitor.agent);
        self.settle(monitor.by);
    }

    /// Monitors of calls that the agent is no longer in are over.
    pub(super) fn end_idle_monitors(&mut self, agent: AgentIx) {
        let dialogs = self.agent(agent).dialogs.iter();
        let calls = dialogs.filter_map(|id| self.calls.get(id));
        let idle = |call: &&Call| {
            let monitor = call.monitors.filter(|monitor| monitor.agent == agent);
            monitor.is_some_and(|monitor| !self.is_live_on(monitor.call, agent))
        };
        let idle: Vec<CallId> = calls.filter(idle).map(|call| call.id).collect();
        for id in idle {
            self.end_monitor(id);
        }
    }

    fn is_live_on(&self, id: CallId, agent: AgentIx) -> bool {
        let party = self.calls.get(&id).and_then(|call| call.party(agent));
        party.is_some_and(Party::is_live)
    }

    /// The supervisor hangs up, or there is nothing left to listen to.
    pub(super) fn end_monitor(&mut self, id: CallId) {
        let by = self.close_monitor(id);
        if let Some(by) = by {
            self.settle(by);
        }
    }

    fn close_monitor(&mut self, id: CallId) -> Option<AgentIx> {
        let by = self.calls[&id].monitors.map(|monitor| monitor.by);
        self.drop_everybody(id, Cause::None);
        self.call_mut(id).state = DialogState::Dropped;
        self.close(id);
        by
    }

    /// The supervisor joins the call that the monitor listens to.
    pub(super) fn barge(&mut self, supervisor: AgentIx, id: CallId) {
        let Some(monitor) = self.calls.get(&id).and_then(|call| call.monitors) else {
            let (kind, message, code) = WRONG_STATE;
            return self.refuse_new_dialog(supervisor, kind, message, code);
        };
        if let Some(obstacle) = self.obstacle(monitor) {
            let (kind, message, code) = obstacle.trouble();
            return self.refuse_new_dialog(supervisor, kind, message, code);
        }
        // The answer to the request is the call itself, not the end of the monitor.
        let echo = self.echo.take();
        self.close_monitor(id);
        self.echo = echo;
        self.join_in(monitor);
    }

    fn join_in(&mut self, monitor: Monitor) {
        let extension = self.agent(monitor.by).extension.clone();
        let extension = extension.unwrap_or_default();
        let party = Party {
            barged_in: true,
            ..self.new_party(&extension, Some(monitor.by), PartyState::Active)
        };
        let call = self.call_mut(monitor.call);
        call.become_a(CallType::Conference);
        call.controller.get_or_insert(monitor.agent);
        call.add(party);
        self.put(monitor.call);
        self.post(monitor.call, monitor.by);
        self.settle(monitor.by);
    }

    fn obstacle(&self, monitor: Monitor) -> Option<Obstacle> {
        let call = self.calls.get(&monitor.call)?;
        let held = call
            .party(monitor.agent)
            .is_some_and(|party| party.state == PartyState::Held);
        let conference = call.call_type == CallType::Conference;
        if self.has_another_dialog(monitor.agent, monitor.call) {
            Some(Obstacle::OpenConsult)
        } else if held {
            Some(Obstacle::Held)
        } else if conference && call.controller != Some(monitor.agent) {
            Some(Obstacle::NotController)
        } else if call.live_parties() >= self.settings.conference_parties {
            Some(Obstacle::Full)
        } else {
            None
        }
    }

    fn has_another_dialog(&self, agent: AgentIx, id: CallId) -> bool {
        let mut others = self.other_calls(id, agent);
        others.any(|call| !call.listens_to(agent) && call.party(agent).is_some_and(Party::is_live))
    }
}

impl Obstacle {
    fn refusal(self, number: &str) -> Refusal {
        let (_, message, _) = self.trouble();
        match self {
            Self::Held => Refusal::destination(number),
            Self::OpenConsult | Self::NotController => Refusal::new(400, "20999", message, number),
            Self::Full => Refusal::new(400, "20700", message, number),
        }
    }

    fn trouble(self) -> Trouble {
        match self {
            Self::Held => ("Invalid Destination", "The agent holds the call", "22"),
            Self::OpenConsult => (
                "Generic Error",
                "The agent has an open consult call and cannot conference anybody in",
                "20999",
            ),
            Self::NotController => (
                "Generic Error",
                "The agent is not the controller of the conference",
                "20999",
            ),
            Self::Full => (
                "Generic Error",
                "The conference has as many parties as it takes",
                "20700",
            ),
        }
    }
}

const WRONG_STATE: Trouble = ("Invalid State", "CF_INVALID_OBJECT_STATE", "22");
const BUSY: Trouble = ("Call Operation Failure", "CF_RESOURCE_BUSY", "33");
/// The peripheral's own code for an agent who holds or is not on a call.
const fn not_monitorable(profile: Profile) -> Trouble {
    let message = "The agent's state does not allow silent monitoring";
    ("Invalid State", message, profile.monitor_error_code())
}

/// Unified CCX makes no difference between the states that cannot be monitored.
const fn not_monitorable_in_state(profile: Profile) -> Trouble {
    match profile.product {
        Product::Ucce => WRONG_STATE,
        Product::Uccx => not_monitorable(profile),
    }
}
