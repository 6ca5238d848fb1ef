//! States that agents and their supervisors ask for.

use super::Engine;
use super::model::{AgentIx, Next, Reason};
use super::settings::WrapUpMode;
use super::words::AgentState;

impl Engine {
    pub(super) fn change_state(&mut self, agent: AgentIx, next: Next, by_supervisor: bool) {
        if !by_supervisor && self.lacks_reason(next) {
            return self.refuse_user(agent, "Generic Error", 281, "CF_REASON_CODE_REQUIRED");
        }
        match self.agent(agent).state {
            AgentState::Logout => self.refuse_signed_out(agent, next),
            AgentState::NotReady | AgentState::Ready => {
                self.change_idle(agent, next, by_supervisor)
            }
            AgentState::Work | AgentState::WorkReady => self.leave_work(agent, next, by_supervisor),
            AgentState::ReservedOutbound => self.leave_reserved(agent, next, by_supervisor),
            AgentState::Reserved
            | AgentState::ReservedOutboundPreview
            | AgentState::Talking
            | AgentState::Hold => {
                self.change_later(agent, next, by_supervisor);
            }
        }
    }

    fn lacks_reason(&self, next: Next) -> bool {
        let required = match next.state {
            AgentState::NotReady => self.settings.not_ready_reason_required,
            AgentState::Logout => self.settings.logout_reason_required,
            AgentState::Ready
            | AgentState::Reserved
            | AgentState::ReservedOutbound
            | AgentState::ReservedOutboundPreview
            | AgentState::Talking
            | AgentState::Hold
            | AgentState::Work
            | AgentState::WorkReady => false,
        };
        required && next.reason == Reason::NotChosen
    }

    fn refuse_state(&mut self, agent: AgentIx) {
        self.refuse_user(agent, "Invalid State", 22, "CF_INVALID_OBJECT_STATE");
    }

    fn refuse_signed_out(&mut self, agent: AgentIx, next: Next) {
        if next.state == AgentState::NotReady {
            let (code, constant) = self.site.profile.signed_out_not_ready_error();
            self.refuse_user(agent, "Invalid State", code, constant);
        } else {
            self.refuse_state(agent);
        }
    }

    fn change_idle(&mut self, agent: AgentIx, next: Next, by_supervisor: bool) {
        let this = self.agent(agent);
        let (state, same) = (
            this.state,
            this.state == next.state && this.reason == next.reason,
        );
        if let Some((code, constant)) = self.refused_on_direct_call(agent, next) {
            return self.refuse_user(agent, "Invalid State", code, constant);
        }
        let from_ready = by_supervisor || self.site.profile.logs_out_from_ready();
        match next.state {
            AgentState::Logout if state == AgentState::NotReady || from_ready => {
                self.sign_out(agent, next.reason);
            }
            AgentState::NotReady if by_supervisor && state == AgentState::NotReady => {
                self.refuse_state(agent);
            }
            AgentState::Ready | AgentState::NotReady if same => {}
            AgentState::Ready | AgentState::NotReady => self.enter(agent, next),
            AgentState::Logout
            | AgentState::Work
            | AgentState::WorkReady
            | AgentState::Reserved
            | AgentState::ReservedOutbound
            | AgentState::ReservedOutboundPreview
            | AgentState::Talking
            | AgentState::Hold => {
                self.refuse_state(agent);
            }
        }
    }

    fn leave_work(&mut self, agent: AgentIx, next: Next, by_supervisor: bool) {
        match next.state {
            AgentState::Ready | AgentState::NotReady
                if !by_supervisor && self.lacks_wrap_up(agent) =>
            {
                self.refuse_user(agent, "Generic Error", 280, "CF_WRAPUP_DATA_REQUIRED");
            }
            AgentState::Ready | AgentState::NotReady => self.end_wrap_up(agent, next),
            AgentState::Logout if by_supervisor => {
                self.end_wrap_up(agent, Next::NOT_READY);
                self.sign_out(agent, next.reason);
            }
            AgentState::Logout
            | AgentState::Work
            | AgentState::WorkReady
            | AgentState::Reserved
            | AgentState::ReservedOutbound
            | AgentState::ReservedOutboundPreview
            | AgentState::Talking
            | AgentState::Hold => {
                self.refuse_state(agent);
            }
        }
    }

    /// An agent who waits for the dialer may do something else instead.
    fn leave_reserved(&mut self, agent: AgentIx, next: Next, by_supervisor: bool) {
        match next.state {
            AgentState::NotReady if by_supervisor => {
                self.refuse_state(agent);
            }
            AgentState::Ready | AgentState::NotReady
                if !self.site.profile.leaves_reserved_outbound() =>
            {
                let constant = "CF_INTERNAL_PROCESSING_ERROR";
                self.refuse_user(agent, "Internal Server Error", 269, constant);
            }
            AgentState::Ready | AgentState::NotReady => {
                self.cancel_reservation(agent);
                self.enter(agent, next);
            }
            AgentState::Logout if by_supervisor => {
                self.cancel_reservation(agent);
                self.sign_out(agent, next.reason);
            }
            AgentState::Logout
            | AgentState::Work
            | AgentState::WorkReady
            | AgentState::Reserved
            | AgentState::ReservedOutbound
            | AgentState::ReservedOutboundPreview
            | AgentState::Talking
            | AgentState::Hold => {
                self.refuse_state(agent);
            }
        }
    }

    /// During a call the wish is noted and comes true at its end.
    fn change_later(&mut self, agent: AgentIx, next: Next, by_supervisor: bool) {
        let work = matches!(next.state, AgentState::Work | AgentState::WorkReady);
        let wrap_up = self.wrap_up_of(agent);
        let on_a_call = matches!(
            self.agent(agent).state,
            AgentState::Talking | AgentState::Hold
        );
        let no_wrap_up = !on_a_call
            || (wrap_up.incoming == WrapUpMode::NotAllowed
                && wrap_up.outgoing == WrapUpMode::NotAllowed);
        let out_of_turn = by_supervisor && next.state == AgentState::NotReady;
        if (work && no_wrap_up) || out_of_turn {
            return self.refuse_state(agent);
        }
        if let Some((code, constant)) = self.refused_as_pending(agent, next, by_supervisor) {
            return self.refuse_user(agent, "Invalid State", code, constant);
        }
        self.agent_mut(agent).pending = Some(next);
        self.publish_user(agent);
    }
}
