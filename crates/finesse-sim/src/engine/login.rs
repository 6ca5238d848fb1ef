//! Signing in and out, and errors on the User node.

use super::Engine;
use super::model::{AgentIx, Mobile, Next, Reason};
use super::publication::{ErrorView, Payload, Publication, Topic};
use super::words::AgentState;
use crate::site::SystemReason;

impl Engine {
    pub(super) fn login(&mut self, agent: AgentIx, extension: String, mobile: Option<Mobile>) {
        if mobile.is_some() && !self.agent(agent).profile.mobile {
            let constant = "CF_INVALID_AGENT_WORKMODE";
            return self.refuse_user(agent, "Mode Not Allowed", 265, constant);
        }
        if let Some(current) = &self.agent(agent).extension {
            if *current == extension {
                let this = self.agent_mut(agent);
                this.mobile = mobile.or(this.mobile.take());
                return self.publish_user(agent);
            }
            return self.refuse_user(agent, "Invalid State", 259, ALREADY_SIGNED_ON);
        }
        match self.devices.get(&extension) {
            None => self.refuse_device(agent),
            Some(Some(other)) if self.may_take_over(*other) => {
                let other = *other;
                let conflict = self.system_reason(SystemReason::ExtensionConflict);
                self.sign_out(other, conflict);
                self.sign_in(agent, extension);
            }
            Some(Some(_)) => self.refuse_user(agent, "Device Busy", 283, EXTENSION_IN_USE),
            Some(None) => {
                self.agent_mut(agent).mobile = mobile;
                self.sign_in(agent, extension);
            }
        }
    }

    fn may_take_over(&self, other: AgentIx) -> bool {
        self.site.profile.takes_over_extension() && self.agent(other).dialogs.is_empty()
    }

    fn sign_in(&mut self, agent: AgentIx, extension: String) {
        self.devices.insert(extension.clone(), Some(agent));
        let next = Next {
            state: AgentState::NotReady,
            reason: self.system_reason(SystemReason::SignedIn),
        };
        let this = self.agent_mut(agent);
        this.extension = Some(extension);
        this.base = next;
        this.pending = None;
        self.enter(agent, next);
    }

    /// The reason that the product gives by itself.
    pub(super) fn system_reason(&self, reason: SystemReason) -> Reason {
        self.site
            .system_reason(reason)
            .map_or(Reason::NotChosen, Reason::Id)
    }

    /// Signs out, once the phone has stopped ringing.
    pub(super) fn sign_out(&mut self, agent: AgentIx, reason: Reason) {
        let next = Next {
            state: AgentState::Logout,
            reason,
        };
        let ringing = !self.agent(agent).dialogs.is_empty();
        let this = self.agent_mut(agent);
        this.pending = ringing.then_some(next);
        if ringing && matches!(this.state, AgentState::Ready | AgentState::NotReady) {
            return self.publish_user(agent);
        }
        if ringing {
            return self.enter(agent, Next::NOT_READY);
        }
        this.reserved_for = None;
        this.mobile = None;
        let extension = this.extension.take();
        if let Some(extension) = extension {
            self.devices.insert(extension, None);
        }
        self.enter(agent, next);
    }

    pub(super) fn refuse_user(
        &mut self,
        agent: AgentIx,
        error_type: &'static str,
        code: u32,
        constant: &str,
    ) {
        self.publish_user_error(agent, error_type, code, constant, None);
    }

    fn refuse_device(&mut self, agent: AgentIx) {
        let peripheral = (10125, NO_DEVICE_TARGET, NO_DEVICE_TEXT);
        self.publish_user_error(
            agent,
            "Invalid Device",
            260,
            INVALID_DEVICE,
            Some(peripheral),
        );
    }

    fn publish_user_error(
        &mut self,
        agent: AgentIx,
        error_type: &'static str,
        code: u32,
        constant: &str,
        peripheral: Option<(u32, &'static str, &'static str)>,
    ) {
        let topic = Topic::User(self.agent(agent).profile.id.clone());
        let error = ErrorView {
            error_type,
            message: constant.to_owned(),
            data: code.to_string(),
            peripheral,
            source: topic.path(),
        };
        let request_id = self.take_echo(agent);
        self.publish(
            agent,
            Publication {
                node: None,
                topic,
                payload: Payload::Error(error),
                request_id,
            },
        );
    }
}

const ALREADY_SIGNED_ON: &str = "CF_SPECIFIED_AGENT_ALREADY_SIGNED_ON";
const EXTENSION_IN_USE: &str = "CF_SPECIFIED_EXTENSION_ALREADY_IN_USE";
const INVALID_DEVICE: &str = "CF_INVALID_LOGON_DEVICE_SPECIFIED";
const NO_DEVICE_TARGET: &str = "PERERR_TELDRIVE_NODEVICETARGETFORNETTARGETID";
const NO_DEVICE_TEXT: &str = "No device target is known for the network target id: the extension \
                              does not exist or is not configured";
