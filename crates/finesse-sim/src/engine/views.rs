//! Snapshots of the model.

use super::Engine;
use super::model::{Agent, AgentIx, Call, CallId, Mobile, Outbound, Party, Reason};
use super::publication::{
    DialogView, MobileView, Node, OutboundView, ParticipantView, QueueView, ReasonView, SystemView,
    UserView, WrapUpView,
};
use super::settings::BargeMark;
use super::words::{AgentState, CallType, CampaignMode, Cause, DialogState};
use crate::profile::WrapUpData;

impl Engine {
    pub(super) fn user_view(&self, ix: AgentIx) -> UserView {
        let agent = self.agent(ix);
        let profile = &agent.profile;
        let wrap_up = self.wrap_up_of(ix);
        let named = |id: &String| (id.clone(), self.site.team_name(id).to_owned());
        UserView {
            id: profile.id.clone(),
            login_name: profile.login_name.clone(),
            first_name: profile.first_name.clone(),
            last_name: profile.last_name.clone(),
            extension: agent.extension.clone().unwrap_or_default(),
            state: agent.state,
            since: agent.since,
            pending: agent.pending.map(|next| next.state),
            reason: self.reason_view(agent),
            team: named(&profile.team),
            supervises: profile.supervises.iter().map(named).collect(),
            mobile: agent.mobile.as_ref().map(mobile_view),
            wrap_up_incoming: wrap_up.incoming.as_str(),
            wrap_up_outgoing: wrap_up.outgoing.as_str(),
            media_state: self.media_state(ix),
            wrap_up_seconds: wrap_up.timer.as_secs(),
        }
    }

    /// Products that leave the state alone on calls that no queue sent tell of them here.
    fn media_state(&self, ix: AgentIx) -> Option<&'static str> {
        let told = self.site.profile.has_media_state();
        told.then(|| {
            if self.is_on_a_direct_call(ix) {
                "BUSY"
            } else {
                ""
            }
        })
    }

    fn reason_view(&self, agent: &Agent) -> ReasonView {
        let id = match agent.reason {
            Reason::Absent => return ReasonView::Absent,
            Reason::NotChosen => return ReasonView::NotChosen,
            Reason::Id(id) => id,
        };
        match self.site.reason(id) {
            None => ReasonView::NotChosen,
            Some(reason) => ReasonView::Code {
                id,
                category: reason.category.as_str(),
                code: reason.code,
                label: reason.label.clone(),
                system: reason.system,
            },
        }
    }

    pub(super) fn dialog_view(&self, id: CallId) -> DialogView {
        let call = &self.calls[&id];
        DialogView {
            id: id.0,
            associated: call.associated.map(|id| id.0),
            secondary: call.secondary.map(|id| id.0),
            from: call.from.clone(),
            to: call.to.clone(),
            dnis: call.dnis.clone(),
            dialed: call.to.clone(),
            call_type: if call.type_forgotten {
                CallType::Null
            } else {
                call.call_type
            },
            state: call.state,
            queue: self.site.profile.names_queue().then(|| self.queue_of(call)),
            call_key: self.site.profile.has_call_key().then_some(call.key),
            wrap_up: self.wrap_up_view(call),
            variables: self.variables_of(call),
            outbound: call.outbound.as_ref().map(outbound_view),
            participants: call
                .parties
                .iter()
                .map(|party| self.participant_view(call, party))
                .collect(),
        }
    }

    /// Id and name of the call's queue; the name comes with the answer.
    fn queue_of(&self, call: &Call) -> (String, String) {
        let Some(queue) = call.queue.map(|queue| &self.site.queues[queue]) else {
            return Default::default();
        };
        let named = !matches!(call.state, DialogState::Alerting | DialogState::Initiated);
        let name = if named {
            queue.name.clone()
        } else {
            String::new()
        };
        (queue.id.clone(), name)
    }

    fn variables_of(&self, call: &Call) -> Vec<(String, String)> {
        let empty_too = self.site.profile.lists_empty_variables();
        let listed = call.variables.iter();
        let listed = listed.filter(|(name, value)| {
            let forgotten = call.type_forgotten && name.starts_with("BA");
            !forgotten && (empty_too || !value.is_empty())
        });
        let told = listed.map(|(name, value)| (name.clone(), self.told_value(call, name, value)));
        told.collect()
    }

    fn wrap_up_view(&self, call: &Call) -> WrapUpView {
        match self.site.profile.wrap_up_data() {
            WrapUpData::Reason => WrapUpView::Reason(call.wrap_up.first().cloned()),
            WrapUpData::Items => WrapUpView::Items(call.wrap_up.clone()),
        }
    }

    fn participant_view(&self, call: &Call, party: &Party) -> ParticipantView {
        ParticipantView {
            address: party.address.clone(),
            agent_device: party.agent_device,
            state: party.state,
            cause: self.cause_of(party),
            actions: self.actions_of(call, party),
            started: party.started,
            changed: party.changed,
        }
    }

    fn cause_of(&self, party: &Party) -> Cause {
        let marked = match self.settings.barge_mark {
            BargeMark::StateCause => party.barged_in && party.is_live(),
            BargeMark::Nowhere => false,
        };
        if marked {
            Cause::SupervisorBargeIn
        } else {
            party.cause
        }
    }

    pub(super) fn system_view(&self, node: Node) -> SystemView {
        SystemView {
            now: self.now,
            profile: self.site.profile,
            auth_mode: self.site.auth_mode,
            status: self.status[node.index()],
            hosts: self.site.hosts.clone(),
            ports: self.ports,
            domain: self.site.hosts[node.index()].clone(),
        }
    }

    pub(super) fn queue_view(&self, queue: usize) -> QueueView {
        let site = &self.site.queues[queue];
        let waiting = &self.queues[queue].waiting;
        let longest = waiting.front().and_then(|id| self.calls.get(id));
        let mut view = QueueView {
            id: site.id.clone(),
            name: site.name.clone(),
            is_counted: self.site.profile.has_queue_statistics(),
            calls: waiting.len(),
            longest_since: longest.and_then(|call| call.queued_since),
            ..QueueView::default()
        };
        let members = self
            .agents
            .iter()
            .filter(|a| site.teams.contains(&a.profile.team));
        for agent in members.filter(|agent| agent.state != AgentState::Logout) {
            view.logged_on += 1;
            *self.counter(&mut view, agent) += 1;
        }
        view
    }

    fn counter<'v>(&self, view: &'v mut QueueView, agent: &Agent) -> &'v mut usize {
        match agent.state {
            AgentState::Ready => &mut view.ready,
            AgentState::NotReady | AgentState::Logout => &mut view.not_ready,
            AgentState::Reserved
            | AgentState::ReservedOutbound
            | AgentState::ReservedOutboundPreview => &mut view.busy_other,
            AgentState::Work => &mut view.wrap_up_not_ready,
            AgentState::WorkReady => &mut view.wrap_up_ready,
            AgentState::Talking | AgentState::Hold => {
                let call = agent.dialogs.iter().find_map(|id| self.calls.get(id));
                match call.map(|call| call.call_type) {
                    Some(
                        CallType::Out
                        | CallType::Outbound
                        | CallType::OutboundPreview
                        | CallType::OutboundDirectPreview
                        | CallType::OutboundPersonalCallback
                        | CallType::OutboundPersonalCallbackPreview,
                    ) => &mut view.talking_outbound,
                    Some(
                        CallType::AgentInside | CallType::Consult | CallType::SupervisorMonitor,
                    ) => &mut view.talking_internal,
                    Some(
                        CallType::AcdIn
                        | CallType::PrerouteAcdIn
                        | CallType::OtherIn
                        | CallType::Transfer
                        | CallType::Offered
                        | CallType::Null
                        | CallType::Conference,
                    )
                    | None => &mut view.talking_inbound,
                }
            }
        }
    }
}

fn mobile_view(mobile: &Mobile) -> MobileView {
    MobileView {
        mode: mobile.mode,
        dial_number: mobile.dial_number.clone(),
        node: mobile.node,
    }
}

fn outbound_view(outbound: &Outbound) -> OutboundView {
    let direct = outbound.mode == CampaignMode::DirectPreview;
    let callback = outbound.callback.as_ref();
    OutboundView {
        classification: outbound.classification.clone(),
        callback_number: direct.then(|| outbound.customer.clone()),
        scheduled: callback.map(|callback| (callback.time.clone(), callback.number.clone())),
    }
}
