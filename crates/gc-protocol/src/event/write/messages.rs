//! Messages, errors and the end of a command.

use serde::ser::SerializeMap;

use super::object::{Fields, Object};
use crate::event::{
    CallbackMessage, CommandResult, Control, ErrorEvent, Outcome, StatusMessage, System,
    SystemStatus,
};

impl Fields for System {
    fn write<M: SerializeMap>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        let status = match self.status {
            SystemStatus::InService => "IN_SERVICE",
            SystemStatus::OutOfService => "OUT_OF_SERVICE",
        };
        out.text("status", status)?;
        match &self.agent_id {
            Some(agent) => out.agent(agent),
            None => Ok(()),
        }
    }
}

impl Fields for ErrorEvent {
    fn write<M: SerializeMap>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        out.text("errorType", self.error_type.as_str())?;
        out.text("errorMessage", &self.error_message)?;
        if !out.printer.is_union() {
            return Ok(());
        }
        if let Some(agent) = &self.agent_id {
            out.agent(agent)?;
        }
        if let Some(command) = self.command {
            out.text("command", command)?;
        }
        if let Some(id) = &self.command_id {
            out.value("commandId", id)?;
        }
        Ok(())
    }
}

impl Fields for StatusMessage {
    fn write<M: SerializeMap>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        out.text("status", "status-bar")?;
        out.text("message", &self.message)?;
        out.agent(&self.agent_id)
    }
}

impl Fields for Control {
    fn write<M: SerializeMap>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        out.text("control", "status-bar")?;
        out.text("message", &self.message)?;
        out.value("dialogId", &self.dialog_id)?;
        out.agent(&self.agent_id)
    }
}

impl Fields for CallbackMessage {
    fn write<M: SerializeMap>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        out.text("callback", self.callback)?;
        out.text("message", &self.message)?;
        out.agent(&self.agent_id)
    }
}

impl Fields for CommandResult {
    fn write<M: SerializeMap>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        let (outcome, error_type) = match &self.outcome {
            Outcome::Done => ("done", None),
            Outcome::Failed(error) => ("failed", Some(error.as_str())),
            Outcome::Unknown(error) => ("unknown", Some(error.as_str())),
        };
        out.text("type", "CommandResult")?;
        out.value("commandId", &self.command_id)?;
        out.value("agentId", &self.agent_id)?;
        out.text("command", self.command)?;
        out.text("outcome", outcome)?;
        out.value("errorType", &error_type)
    }
}
