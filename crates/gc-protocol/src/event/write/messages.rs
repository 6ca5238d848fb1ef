//! Messages, errors and the end of a command.

use super::object::{Fields, Members, Object};
use crate::event::{
    CallbackMessage, CommandResult, Control, ErrorEvent, NoData, Outcome, StatusMessage, System,
    SystemStatus,
};
use crate::ids::AgentId;

impl Fields for System {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        let words = SystemStatus::ALL.map(SystemStatus::as_str);
        out.word("status", self.status.as_str(), &words)?;
        out.optional("agentId", self.agent_id.as_ref())
    }
}

impl Fields for ErrorEvent {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        out.text("errorType", self.error_type.as_str())?;
        out.text("errorMessage", &self.error_message)?;
        if !out.printer.is_union() {
            return Ok(());
        }
        out.optional("agentId", self.agent_id.as_ref())?;
        out.optional("command", self.command)?;
        out.optional("commandId", self.command_id.as_ref())
    }
}

impl Fields for StatusMessage {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        out.word("status", "status-bar", &["status-bar"])?;
        out.text("message", &self.message)?;
        out.agent(&self.agent_id)
    }
}

impl Fields for Control {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        out.word("control", "status-bar", &["status-bar"])?;
        out.text("message", &self.message)?;
        out.value("dialogId", &self.dialog_id)?;
        out.agent(&self.agent_id)
    }
}

impl Fields for CallbackMessage {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        callback(self.callback, &self.message, &self.agent_id, out)
    }
}

impl Fields for NoData {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        // The document prints it so.
        callback("callback scheduled", "No data found", &self.agent_id, out)
    }
}

fn callback<M: Members>(
    callback: &str,
    message: &str,
    agent: &AgentId,
    out: &mut Object<'_, M>,
) -> Result<(), M::Error> {
    out.word("callback", callback, &["callback scheduled", "reclassify"])?;
    out.text("message", message)?;
    out.agent(agent)
}

impl Fields for CommandResult {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        let (outcome, error_type) = match &self.outcome {
            Outcome::Done => ("done", None),
            Outcome::Failed(error) => ("failed", Some(error.as_str())),
            Outcome::Unknown(error) => ("unknown", Some(error.as_str())),
        };
        out.word("type", "CommandResult", &["CommandResult"])?;
        out.value("commandId", &self.command_id)?;
        out.value("agentId", &self.agent_id)?;
        out.text("command", self.command)?;
        out.word("outcome", outcome, &["done", "failed", "unknown"])?;
        out.value("errorType", &error_type)
    }
}
