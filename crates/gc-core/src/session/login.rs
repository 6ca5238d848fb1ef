//! Signing in and out at Finesse.

use finesse_protocol::{MobileMode, ReasonCategory, Request, UserState};
use gc_protocol::Action;
use gc_protocol::event::Event;

use super::task::{Step, TaskId};
use super::{Cx, Purpose, Session};
use crate::io::{Origin, SecretHandle};
use crate::partings::Leaver;

impl Session {
    /// Second half of Login: the agent is connected, now the extension.
    pub(super) fn begin_login(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        if !self.can_send(cx, id) {
            return;
        }
        let Some(task) = self.tasks.get(&id) else {
            return;
        };
        let Some(extension) = wanted_extension(&task.action).map(str::to_owned) else {
            return self.impossible(cx, id, "this command signs nobody in");
        };
        let mobile = mobile(&task.action);
        // The node that a mobile agent is on learns of the phone by the sign-in only.
        if self.agent.is_logged_in() && self.agent.extension() == extension && mobile.is_none() {
            return self.await_sync(cx, id);
        }
        self.set_step(id, Step::Sent);
        let request = Request::Login {
            user: self.user(),
            extension,
            mobile,
        };
        self.send(cx, Purpose::Command { task: id }, request);
    }

    /// Answers a Login, once the agent was read.
    pub(super) fn tell_login(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        let Some(task) = self.tasks.get(&id) else {
            return;
        };
        let found_at_work = task.found_at_work;
        if let Some(mobile) = mobile(&task.action) {
            self.agent.mobile = Some(mobile);
        }
        if !task.told_state {
            self.tell_state(cx, Origin::Live);
        }
        self.tell_info(cx, Origin::Live);
        self.tell_dialog_states(cx, Origin::Live);
        if found_at_work {
            self.tell_calls(cx);
        }
        self.done(cx, id);
    }

    /// Logout, with the reason asked for.
    pub(super) fn begin_logout(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        if self.agent.state() == Some(&UserState::Logout) {
            self.tell_state(cx, Origin::Live);
            return self.logged_out(cx, Some(id));
        }
        if !self.can_send(cx, id) {
            return;
        }
        let Some(task) = self.tasks.get_mut(&id) else {
            return;
        };
        task.reason_code = match &task.action {
            Action::LogoutWithReason { reason_code } => Some(reason_code.clone()),
            _ => None,
        };
        self.request_state(cx, id);
    }

    /// The agent is signed out and the session ends, as Logout promises.
    pub(super) fn logged_out(&mut self, cx: &mut Cx<'_>, by: Option<TaskId>) {
        self.over = true;
        if let Some(id) = by {
            self.done(cx, id);
        }
        self.part(cx);
    }

    /// Signs out without waiting for anybody, and closes the link at once.
    pub(super) fn force_logout(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        let config = cx.config;
        self.sign_out_behind(
            cx,
            config.default_not_ready_reason.as_deref(),
            config.default_logout_reason.as_deref(),
        );
        let left = self.agent.logout_event(&self.agent_id);
        self.tell(cx, Origin::Live, Event::State(Box::new(left)));
        self.logged_out(cx, Some(id));
    }

    /// Finesse signs the agent out after the session has ended, with reasons by their codes.
    pub(super) fn sign_out_behind(
        &mut self,
        cx: &mut Cx<'_>,
        not_ready: Option<&str>,
        logout: Option<&str>,
    ) {
        let Some(credential) = self.credential.filter(|_| !self.doubted) else {
            return;
        };
        let leaver = Leaver {
            agent: self.agent_id.clone(),
            user: self.user(),
            node: self.node,
            credential,
            not_ready_reason: self.reason_id(ReasonCategory::NotReady, not_ready),
            logout_reason: self.reason_id(ReasonCategory::Logout, logout),
            deadline: cx.now + cx.config.request_deadline,
        };
        cx.see_off(leaver, self.agent.state());
    }

    /// The agent is somebody's again: it is not signed out any more.
    pub(super) fn call_off_parting(&self, cx: &mut Cx<'_>) {
        if let Some(secret) = cx.partings.call_off(&self.agent_id) {
            self.release(cx, secret);
        }
    }
}

/// The extension that a command signs in at.
pub(super) fn wanted_extension(action: &Action<SecretHandle>) -> Option<&str> {
    match action {
        Action::Login { extension, .. } | Action::MobileAgentLogin { extension, .. } => {
            Some(extension)
        }
        _ => None,
    }
}

fn mobile(action: &Action<SecretHandle>) -> Option<(MobileMode, String)> {
    let Action::MobileAgentLogin {
        phone,
        call_by_call,
        ..
    } = action
    else {
        return None;
    };
    let mode = match call_by_call {
        true => MobileMode::CallByCall,
        false => MobileMode::NailedConnection,
    };
    Some((mode, phone.clone()))
}
