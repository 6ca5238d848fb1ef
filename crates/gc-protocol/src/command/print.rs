//! Commands back to their forms, for our own clients; the only place where their secrets are printed.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{Action, Body, Command};
use crate::secret::Secret;

/// The string form has no way to say this; the typed form has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "{command} with these parameters cannot be written in the string form: send the typed form"
)]
pub struct NotInStringForm {
    /// Documented name of the command.
    pub command: &'static str,
}

impl Command {
    /// The string form: message type and body, `null` when it has no parameters. Both read back to this command;
    /// a `commandId` has no place in them.
    pub fn to_text_exposing_secrets(&self) -> Result<(String, String), NotInStringForm> {
        let subject = match &self.body {
            Body::Heartbeat { destination, .. } => destination.as_str(),
            Body::Agent { agent, .. } => agent.as_str(),
        };
        let message_type = format!("{}#{subject}", self.body.name());
        let body = body_text(&self.body);
        // A password may end in `,SSO`, a value may hold `|`: reading it back tells.
        match Self::parse_text(&message_type, Some(&body)) {
            Ok(read) if read.body == self.body => Ok((message_type, body)),
            Ok(_) | Err(_) => Err(NotInStringForm {
                command: self.body.name(),
            }),
        }
    }

    /// The typed form, which can say every command.
    pub fn to_json_exposing_secrets(&self) -> String {
        // Strings, numbers and booleans always have a JSON form.
        serde_json::to_string(&Typed(self)).unwrap_or_default()
    }
}

/// A parameter's value, in the row's order.
enum Value<'c> {
    Text(&'c str),
    Flag(bool),
    Count(u32),
    Word(bool, &'static str),
    Variables(&'c [(String, String)]),
}

fn body_text(body: &Body) -> String {
    let mut values: Vec<_> = values(body).iter().map(Value::text).collect();
    while values.len() > 1 && values.last().is_some_and(String::is_empty) {
        values.pop();
    }
    if values.is_empty() {
        "null".to_owned()
    } else {
        values.join(",")
    }
}

impl Value<'_> {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => (*text).to_owned(),
            Self::Flag(flag) => flag.to_string(),
            Self::Count(count) => count.to_string(),
            Self::Word(true, word) => (*word).to_owned(),
            Self::Word(false, _) => String::new(),
            Self::Variables(pairs) => pairs
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect::<Vec<_>>()
                .join("|"),
        }
    }
}

fn values(body: &Body) -> Vec<Value<'_>> {
    match body {
        Body::Heartbeat { .. } => Vec::new(),
        Body::Agent { action, .. } => action_values(action),
    }
}

fn action_values(action: &Action<Secret>) -> Vec<Value<'_>> {
    use Value::{Count, Flag, Text, Variables, Word};
    match action {
        Action::Connect {
            destination,
            password,
            sso,
        } => {
            vec![
                Text(destination.as_str()),
                Text(password.expose()),
                Word(*sso, "SSO"),
            ]
        }
        Action::Login {
            password,
            extension,
        } => vec![Text(password.expose()), Text(extension)],
        Action::MobileAgentLogin {
            password,
            extension,
            phone,
            call_by_call,
        } => {
            vec![
                Text(password.expose()),
                Text(extension),
                Text(phone),
                Flag(*call_by_call),
            ]
        }
        Action::UpdateToken { token } => vec![Text(token.expose())],
        Action::LogoutWithReason { reason_code }
        | Action::MakeNotReadyWithReason { reason_code } => {
            vec![Text(reason_code)]
        }
        Action::Logout
        | Action::ForceLogout
        | Action::MakeReady
        | Action::MakeNotReady
        | Action::MakeWorkNotReady
        | Action::MakeWorkReady
        | Action::GetState
        | Action::Refresh
        | Action::WrapUpReasonCodes
        | Action::LogoutReasonCodes
        | Action::NotReadyReasonCodes
        | Action::GetLoggedInAgents
        | Action::ZoomPauseRecording
        | Action::ZoomResumeRecording
        | Action::GetPhonebooks
        | Action::GetSupervisor
        | Action::GetQueueList => Vec::new(),
        Action::MakeCall { number } => vec![Text(number)],
        Action::AnswerCall { dialog }
        | Action::HoldCall { dialog }
        | Action::RetrieveCall { dialog }
        | Action::ReleaseCall { dialog }
        | Action::GetDialogState { dialog }
        | Action::GetDialogStateControls { dialog }
        | Action::GetDialogParticipants { dialog }
        | Action::EndSilentMonitor { dialog } => vec![Text(dialog.as_str())],
        Action::AcceptOutboundPreview { dialog } => {
            vec![Text(dialog.as_str()), Word(true, "ACCEPT")]
        }
        Action::RejectOutboundPreview { dialog } => {
            vec![Text(dialog.as_str()), Word(true, "REJECT")]
        }
        Action::CloseOutboundPreview { dialog } => vec![Text(dialog.as_str()), Word(true, "CLOSE")],
        Action::ConsultCall { extension, dialog }
        | Action::TransferCall { extension, dialog }
        | Action::ConferenceCall { extension, dialog }
        | Action::SingleStepTransfer { extension, dialog }
        | Action::DropParticipant { extension, dialog }
        | Action::BargeIn { extension, dialog } => vec![Text(extension), Text(dialog.as_str())],
        Action::UpdateWrapUp { dialog, label } => vec![Text(dialog.as_str()), Text(label)],
        Action::UpdateDialogVariable { dialog, variables } => {
            vec![Text(dialog.as_str()), Variables(variables)]
        }
        Action::GetTeamPhonebooks { team } | Action::GetTeamUsersState { team } => vec![Text(team)],
        Action::GetPhonebookContacts { phonebook } => vec![Text(phonebook)],
        Action::ScheduleCallback {
            target,
            dialog,
            time,
            number,
        }
        | Action::UpdateCallback {
            target,
            dialog,
            time,
            number,
        } => {
            vec![
                Text(target),
                Text(dialog.as_str()),
                Text(time),
                Text(number),
            ]
        }
        Action::CancelCallback { target, dialog } => vec![Text(target), Text(dialog.as_str())],
        Action::Reclassify {
            target,
            dialog,
            value,
        } => {
            vec![Text(target), Text(dialog.as_str()), Text(value)]
        }
        Action::GetSkillGroup { mode, start, count } => {
            vec![Text(mode), Count(*start), Count(*count)]
        }
        Action::GetAgentExtension { f_number } => vec![Text(f_number)],
        Action::SilentMonitor { extension } => vec![Text(extension)],
        Action::GetTeamUsers { team, subscribe } => vec![Text(team), Flag(*subscribe)],
    }
}

struct Typed<'c>(&'c Command);

impl Serialize for Typed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("command", self.0.body.name())?;
        if let Body::Agent { agent, .. } = &self.0.body {
            map.serialize_entry("agentId", agent)?;
        }
        map.serialize_entry("params", &Params(&self.0.body))?;
        if let Some(id) = &self.0.command_id {
            map.serialize_entry("commandId", id)?;
        }
        map.end()
    }
}

struct Params<'c>(&'c Body);

impl Serialize for Params<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Body::Heartbeat { destination, .. } = self.0 {
            map.serialize_entry("destination", destination)?;
        }
        for (param, value) in self.0.spec().params.iter().zip(values(self.0)) {
            match value {
                Value::Text(text) => map.serialize_entry(param.name, text)?,
                Value::Flag(flag) | Value::Word(flag, _) => {
                    map.serialize_entry(param.name, &flag)?
                }
                Value::Count(count) => map.serialize_entry(param.name, &count)?,
                Value::Variables(pairs) => map.serialize_entry(param.name, &Pairs(pairs))?,
            }
        }
        map.end()
    }
}

struct Pairs<'c>(&'c [(String, String)]);

impl Serialize for Pairs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}
