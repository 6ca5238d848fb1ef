//! Bodies of requests (Finesse API, sections 3.3 to 3.6 and 3.11).

use super::path::segment;
use super::{Action, MobileMode, Request};
use crate::dialog::CallVariable;
use crate::user::UserState;
use crate::xml::writer::Body;

impl Request {
    /// Body, for the requests that have one.
    pub fn body(&self) -> Option<String> {
        match self {
            Self::SystemInfo
            | Self::User { .. }
            | Self::Users
            | Self::Dialogs { .. }
            | Self::Dialog { .. }
            | Self::ReasonCodes { .. }
            | Self::WrapUpReasons { .. }
            | Self::Team { .. }
            | Self::Queues { .. }
            | Self::Queue { .. }
            | Self::PhoneBooks { .. }
            | Self::TeamPhoneBooks { .. }
            | Self::AllPhoneBooks
            | Self::TeamBooks { .. }
            | Self::PhoneBookContacts { .. }
            | Self::SkillGroups { .. }
            | Self::Supervisors { .. } => None,
            Self::Login {
                extension, mobile, ..
            } => Some(login(extension, mobile.as_ref())),
            Self::ChangeState {
                state,
                reason_code_id,
                ..
            } => Some(change_state(state, reason_code_id.as_deref())),
            Self::MakeCall {
                from,
                to,
                variables,
                ..
            } => Some(make_call(from, to, variables)),
            Self::Act {
                extension, action, ..
            } => Some(act(extension, action)),
            Self::UpdateWrapUp { label, .. } => Some(update_call_data(|media| {
                media.leaf("wrapUpReason", label);
            })),
            Self::UpdateWrapUpItems { labels, .. } => Some(update_call_data(|media| {
                wrap_up_items(media, labels);
            })),
            Self::UpdateVariables { variables, .. } => Some(update_call_data(|media| {
                call_variables(media, variables);
            })),
            Self::SilentMonitor { from, to, .. } => {
                Some(supervise("SILENT_MONITOR", from, to, None))
            }
            Self::Barge {
                from,
                to,
                monitor_dialog,
                ..
            } => Some(supervise("BARGE_CALL", from, to, Some(monitor_dialog))),
        }
    }
}

fn login(extension: &str, mobile: Option<&(MobileMode, String)>) -> String {
    Body::root("User", |user| {
        user.leaf("state", UserState::Login.as_str());
        user.leaf("extension", extension);
        if let Some((mode, number)) = mobile {
            user.element("mobileAgent", |agent| {
                agent.leaf("mode", mode.as_str());
                agent.leaf("dialNumber", number);
            });
        }
    })
}

fn change_state(state: &UserState, reason_code_id: Option<&str>) -> String {
    Body::root("User", |user| {
        user.leaf("state", state.as_str());
        if let Some(id) = reason_code_id {
            user.leaf("reasonCodeId", id);
        }
    })
}

/// UCCX refuses `mediaProperties` here, so it is only there when it says something.
fn make_call(from: &str, to: &str, variables: &[CallVariable]) -> String {
    Body::root("Dialog", |dialog| {
        dialog.leaf("requestedAction", "MAKE_CALL");
        dialog.leaf("fromAddress", from);
        dialog.leaf("toAddress", to);
        if !variables.is_empty() {
            dialog.element("mediaProperties", |media| call_variables(media, variables));
        }
    })
}

fn act(extension: &str, action: &Action) -> String {
    let (to, params) = details(action);
    Body::root("Dialog", |dialog| {
        dialog.leaf("requestedAction", action.word());
        if let Some(to) = to {
            dialog.leaf("toAddress", to);
        }
        dialog.leaf("targetMediaAddress", extension);
        if !params.is_empty() {
            dialog.element("actionParams", |list| {
                for (name, value) in params {
                    pair(list, "ActionParam", name, value);
                }
            });
        }
    })
}

/// The number an action dials, and its named parameters.
fn details(action: &Action) -> (Option<&str>, Vec<(&'static str, &str)>) {
    match action {
        Action::Consult { to } | Action::SingleStepTransfer { to } => (Some(to), Vec::new()),
        Action::SendDtmf { digits } => (None, vec![("dtmfString", digits)]),
        Action::Reclassify { classification } => {
            (None, vec![("outboundClassification", classification)])
        }
        Action::UpdateScheduledCallback { time, number } => {
            let time = time.as_deref().map(|time| ("callbackTime", time));
            let number = number.as_deref().map(|number| ("callbackNumber", number));
            (None, time.into_iter().chain(number).collect())
        }
        Action::Answer
        | Action::Hold
        | Action::Retrieve
        | Action::Drop
        | Action::Transfer
        | Action::Conference
        | Action::DropParticipant
        | Action::Accept
        | Action::Reject
        | Action::Close
        | Action::CancelScheduledCallback
        | Action::StartRecording => (None, Vec::new()),
    }
}

/// Call data belongs to the call: no device is named.
fn update_call_data(properties: impl FnOnce(&mut Body)) -> String {
    Body::root("Dialog", |dialog| {
        dialog.leaf("requestedAction", "UPDATE_CALL_DATA");
        dialog.element("mediaProperties", properties);
    })
}

fn supervise(action: &str, from: &str, to: &str, monitor_dialog: Option<&str>) -> String {
    Body::root("Dialog", |dialog| {
        dialog.leaf("requestedAction", action);
        dialog.leaf("fromAddress", from);
        dialog.leaf("toAddress", to);
        if let Some(id) = monitor_dialog {
            let uri = format!("/finesse/api/Dialog/{}", segment(id));
            dialog.leaf("associatedDialogUri", &uri);
        }
    })
}

fn wrap_up_items(media: &mut Body, labels: &[String]) {
    media.element("wrapUpItems", |list| {
        for label in labels {
            list.leaf("wrapUpItem", label);
        }
    });
}

fn call_variables(media: &mut Body, variables: &[CallVariable]) {
    media.element("callvariables", |list| {
        for variable in variables {
            pair(list, "CallVariable", &variable.name, &variable.value);
        }
    });
}

fn pair(list: &mut Body, element: &str, name: &str, value: &str) {
    list.element(element, |item| {
        item.leaf("name", name);
        item.leaf("value", value);
    });
}
