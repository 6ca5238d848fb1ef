//! Events about an agent.

use super::object::{Fields, Members, Object};
use crate::event::{AgentInfo, AgentState, ConnectStatus, DialogState, Team};

impl Fields for ConnectStatus {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        out.word("status", "ConnectSuccess", &["ConnectSuccess"])
    }
}

impl Fields for AgentInfo {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        out.text("firstName", &self.first_name)?;
        out.text("lastName", &self.last_name)?;
        out.flag("supervisor", self.supervisor)?;
        out.text("wrapUpOnIncoming", &self.wrap_up_on_incoming)?;
        out.count(
            "totalNumberOfTeams",
            i64::try_from(self.teams.len()).unwrap_or(i64::MAX),
        )?;
        out.objects("teams", &self.teams)?;
        out.object("team", &self.team)?;
        out.agent(&self.agent_id)
    }
}

impl Fields for Team {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        out.text("id", &self.id)?;
        out.text("name", &self.name)
    }
}

impl Fields for AgentState {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        out.agent(&self.agent_id)?;
        out.text("state", &self.state)?;
        out.text("reasonCode", &self.reason_code)?;
        // The document keeps this key and says that it is not used.
        out.text("stateChangeTimeString", "")?;
        out.text("pendingState", &self.pending_state)?;
        out.time("stateChangeTime", &self.state_change_time)?;
        out.text("fullName", &self.full_name)?;
        out.text("extension", &self.extension)?;
        out.text("label", &self.label)?;
        out.optional("supervisorId", self.supervisor_id.as_ref())
    }
}

impl Fields for DialogState {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        out.text(
            "dialogId",
            self.dialog_id.as_ref().map_or("", |dialog| dialog.as_str()),
        )?;
        out.text("state", &self.state)?;
        out.agent(&self.agent_id)
    }
}
