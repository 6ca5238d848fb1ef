//! What is wrong with a request can often be said at once.

use super::Engine;
use super::call_data::check_variables;
use super::callbacks::{check_callback, check_reclassify};
use super::commands::{Act, DialogRequest, MobileRequest, NewDialog, UserRequest};
use super::model::{AgentIx, CallId, Mobile, Next, Reason};
use super::refusal::Refusal;
use super::words::{AgentState, DialogAction, MobileMode};
use crate::profile::{Profile, WrapUpData};
use crate::site::{ReasonCategory, SystemReason};

impl Engine {
    /// Whether the requester acts as a supervisor; refuses strangers.
    pub(super) fn may_command(&self, requester: &str, agent: AgentIx) -> Result<bool, Refusal> {
        if self.agent(agent).profile.id == requester {
            return Ok(false);
        }
        let by = self.agent(self.find_agent(requester)?);
        if by.profile.supervises.is_empty() {
            return Err(Refusal::acting_for_another(requester));
        }
        if !by
            .profile
            .supervises
            .contains(&self.agent(agent).profile.team)
        {
            return Err(Refusal::not_the_supervisor(requester));
        }
        Ok(true)
    }

    pub(super) fn change(
        &self,
        agent: AgentIx,
        request: &UserRequest,
        by_supervisor: bool,
    ) -> Result<Act, Refusal> {
        let word = request
            .state
            .as_deref()
            .ok_or_else(|| Refusal::missing("state"))?;
        let state = self.settable(word, by_supervisor)?;
        let signed_out = self.agent(agent).state == AgentState::Logout;
        if state == AgentState::Logout && signed_out {
            return Err(Refusal::invalid_state("state"));
        }
        let reason = match &request.reason_code_id {
            Some(id) if by_supervisor => {
                return Err(Refusal::invalid(
                    "reasonCodeId not allowed for supervisor",
                    id,
                ));
            }
            Some(id) => self.chosen_reason(state, id)?,
            None if by_supervisor => self.supervisor_reason(state),
            None => no_reason(state),
        };
        let next = Next { state, reason };
        Ok(Act::Change {
            next,
            by_supervisor,
        })
    }

    fn settable(&self, word: &str, by_supervisor: bool) -> Result<AgentState, Refusal> {
        let work = self.site.profile.has_work_ready() && !by_supervisor;
        match AgentState::parse(word) {
            Some(state @ (AgentState::Ready | AgentState::NotReady | AgentState::Logout)) => {
                Ok(state)
            }
            Some(state @ (AgentState::Work | AgentState::WorkReady)) if work => Ok(state),
            _ => Err(Refusal::invalid(
                "Invalid State specified for user",
                "state",
            )),
        }
    }

    fn chosen_reason(&self, state: AgentState, id: &str) -> Result<Reason, Refusal> {
        let Some(category) = category(state) else {
            return Ok(Reason::Absent);
        };
        if id == "-1" || id.is_empty() {
            return Ok(Reason::NotChosen);
        }
        let known = id.parse().ok().and_then(|id: u32| self.site.reason(id));
        match known.filter(|reason| reason.category == category) {
            Some(reason) => Ok(Reason::Id(reason.id)),
            None => Err(Refusal::invalid(
                "Invalid reason code specified",
                "reasonCodeId",
            )),
        }
    }

    fn supervisor_reason(&self, state: AgentState) -> Reason {
        match category(state) {
            Some(ReasonCategory::NotReady) => self.system_reason(SystemReason::SupervisorNotReady),
            Some(ReasonCategory::Logout) => self.system_reason(SystemReason::SupervisorLogout),
            None => no_reason(state),
        }
    }

    pub(super) fn check_new_dialog(
        &self,
        agent: AgentIx,
        request: NewDialog,
    ) -> Result<Act, Refusal> {
        if request.wrap_up_reason.is_some() {
            return Err(Refusal::invalid("wrapUpReason not allowed", "wrapUpReason"));
        }
        let known = ["MAKE_CALL", "SILENT_MONITOR", "BARGE_CALL"];
        if !known.contains(&request.action.as_str()) {
            return Err(Refusal::invalid("Invalid requestedAction", &request.action));
        }
        self.check_addresses(agent, &request)?;
        match request.action.as_str() {
            "SILENT_MONITOR" => self.check_monitor(agent, &request),
            "BARGE_CALL" => self.check_barge(agent, &request),
            _ => {
                self.check_call_data(&request)?;
                Ok(Act::MakeCall {
                    to: request.to,
                    variables: request.variables,
                })
            }
        }
    }

    fn check_call_data(&self, request: &NewDialog) -> Result<(), Refusal> {
        let allowed = self.site.profile.makes_calls_with_variables();
        if !allowed && !request.variables.is_empty() {
            return Err(Refusal::invalid(
                "mediaProperties is not allowed",
                "mediaProperties",
            ));
        }
        self.check_new_variables(&request.variables)
    }

    fn check_addresses(&self, agent: AgentIx, request: &NewDialog) -> Result<(), Refusal> {
        if request.to.is_empty() {
            return Err(Refusal::missing("toAddress"));
        }
        if request.from.is_empty() {
            return Err(Refusal::missing("fromAddress"));
        }
        if self.agent(agent).extension.as_ref() != Some(&request.from) {
            return Err(Refusal::invalid(
                "fromAddress is not the user's extension",
                &request.from,
            ));
        }
        if request.to == request.from {
            return Err(Refusal::destination(&request.to));
        }
        Ok(())
    }

    pub(super) fn check_dialog_request(
        &self,
        agent: AgentIx,
        call: CallId,
        request: &DialogRequest,
    ) -> Result<DialogAction, Refusal> {
        if request.action.is_empty() {
            return Err(Refusal::missing("requestedAction"));
        }
        self.check_product(request)?;
        // BARGE_CALL is listed for dialogs but asked for by POST.
        let action = DialogAction::parse(&request.action)
            .filter(|action| *action != DialogAction::BargeCall)
            .ok_or_else(|| Refusal::invalid("Invalid requestedAction", &request.action))?;
        if action == DialogAction::ParticipantDrop {
            self.check_drop_target(call, request)?;
        } else if action != DialogAction::UpdateCallData || request.target.is_some() {
            self.check_target(agent, request)?;
        }
        self.check_details(agent, action, request)?;
        check_variables(&request.variables)?;
        Ok(action)
    }

    /// What the other product has.
    fn check_product(&self, request: &DialogRequest) -> Result<(), Refusal> {
        let profile = self.site.profile;
        if request.action == "PARTICIPANT_DROP" && !profile.drops_participants() {
            return Err(Refusal::not_implemented(&request.action));
        }
        let several = request
            .wrap_up
            .as_ref()
            .is_some_and(|chosen| chosen.len() > 1);
        if several && profile.wrap_up_data() == WrapUpData::Reason {
            return Err(Refusal::invalid(
                "wrapUpItems is not allowed",
                "wrapUpItems",
            ));
        }
        Ok(())
    }

    fn check_details(
        &self,
        agent: AgentIx,
        action: DialogAction,
        request: &DialogRequest,
    ) -> Result<(), Refusal> {
        match action {
            DialogAction::UpdateScheduledCallback => check_callback(request),
            DialogAction::Reclassify => check_reclassify(request),
            DialogAction::ConsultCall | DialogAction::TransferSst => self.check_to(agent, request),
            DialogAction::SendDtmf if request.param("dtmfString").is_none() => {
                Err(Refusal::missing("dtmfString"))
            }
            DialogAction::UpdateCallData if request.has_no_data() => {
                Err(Refusal::missing("mediaProperties"))
            }
            DialogAction::Answer
            | DialogAction::Hold
            | DialogAction::Retrieve
            | DialogAction::Drop
            | DialogAction::Transfer
            | DialogAction::Conference
            | DialogAction::UpdateCallData
            | DialogAction::SendDtmf
            | DialogAction::StartRecording
            | DialogAction::BargeCall
            | DialogAction::ParticipantDrop
            | DialogAction::Accept
            | DialogAction::Close
            | DialogAction::Reject
            | DialogAction::CancelScheduledCallback => Ok(()),
        }
    }

    fn check_to(&self, agent: AgentIx, request: &DialogRequest) -> Result<(), Refusal> {
        let to = request.to.as_deref().unwrap_or_default();
        if to.is_empty() {
            return Err(Refusal::missing("toAddress"));
        }
        if self.agent(agent).extension.as_deref() == Some(to) {
            return Err(Refusal::destination(to));
        }
        Ok(())
    }

    fn check_target(&self, agent: AgentIx, request: &DialogRequest) -> Result<(), Refusal> {
        let target = request.target.as_deref().unwrap_or_default();
        if target.is_empty() {
            return Err(Refusal::missing("targetMediaAddress"));
        }
        if self.agent(agent).extension.as_deref() != Some(target) {
            return Err(Refusal::invalid("Invalid targetMediaAddress", target));
        }
        Ok(())
    }
}

pub(super) fn login(profile: Profile, request: &UserRequest) -> Result<Act, Refusal> {
    let extension = request.extension.clone().unwrap_or_default();
    if extension.is_empty() {
        return Err(Refusal::missing("extension"));
    }
    if !is_extension(profile, &extension) {
        return Err(Refusal::bad_request("Invalid extension"));
    }
    let mobile = request.mobile.as_ref();
    if mobile.is_some() && !profile.has_mobile_agents() {
        return Err(Refusal::invalid(
            "mobileAgent is not allowed",
            "mobileAgent",
        ));
    }
    let mobile = mobile.map(as_mobile).transpose()?;
    Ok(Act::Login { extension, mobile })
}

fn as_mobile(request: &MobileRequest) -> Result<Mobile, Refusal> {
    let given = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
    let word = given(&request.mode).ok_or_else(|| Refusal::missing("mode"))?;
    let mode = MobileMode::parse(&word)
        .ok_or_else(|| Refusal::invalid("Invalid mode specified for mobile agent", "mode"))?;
    let dial_number = given(&request.dial_number).ok_or_else(|| Refusal::missing("dialNumber"))?;
    Ok(Mobile {
        mode,
        dial_number,
        node: request.node,
    })
}

/// An E.164 number is `+` and up to fourteen digits, where the product takes one.
fn is_extension(profile: Profile, text: &str) -> bool {
    let digits = match text.strip_prefix('+') {
        Some(digits) if profile.has_e164_extensions() => digits,
        Some(_) => return false,
        None => text,
    };
    text.len() <= 15 && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

fn category(state: AgentState) -> Option<ReasonCategory> {
    match state {
        AgentState::NotReady => Some(ReasonCategory::NotReady),
        AgentState::Logout => Some(ReasonCategory::Logout),
        AgentState::Ready
        | AgentState::Reserved
        | AgentState::ReservedOutbound
        | AgentState::ReservedOutboundPreview
        | AgentState::Talking
        | AgentState::Hold
        | AgentState::Work
        | AgentState::WorkReady => None,
    }
}

fn no_reason(state: AgentState) -> Reason {
    category(state).map_or(Reason::Absent, |_| Reason::NotChosen)
}
