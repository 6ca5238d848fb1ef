//! Lists.

use super::object::{Fields, Members, Object, OneKeyObjects};
use crate::event::{
    AgentExtension, Agents, Contact, DialogControls, DialogParticipants, PhoneBook, PhoneBooks,
    Queue, Queues, ReasonCategory, ReasonCodes, SkillGroup, SkillGroups, Supervisor, Supervisors,
    TeamAgents, TeamUser,
};
use crate::ids::AgentId;

impl Fields for ReasonCodes {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        let words = ReasonCategory::ALL.map(ReasonCategory::as_str);
        out.word("category", self.category.as_str(), &words)?;
        out.value("reasonCodes", &OneKeyObjects(&self.reason_codes))?;
        out.agent(&self.agent_id)
    }
}

impl Fields for DialogParticipants {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        out.value("dialogId", &self.dialog_id)?;
        out.objects("participants", &self.participants)?;
        out.agent(&self.agent_id)
    }
}

impl Fields for DialogControls {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        out.value("dialogId", &self.dialog_id)?;
        out.value("controls", &self.controls)?;
        out.agent(&self.agent_id)
    }
}

impl Fields for Agents {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        out.objects("users", &self.users)?;
        out.agent(&self.agent_id)
    }
}

impl Fields for TeamAgents {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        out.objects("users", &self.users)?;
        out.agent(&self.agent_id)
    }
}

impl Fields for TeamUser {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        out.text("firstName", &self.first_name)?;
        out.text("lastName", &self.last_name)?;
        out.text("extension", &self.extension)?;
        out.text("loginId", &self.login_id)?;
        out.text("state", &self.state)?;
        out.text("reasonCode", &self.reason_code)?;
        out.text("pendingState", &self.pending_state)?;
        out.time("stateChangeTime", &self.state_change_time)
    }
}

impl Fields for Queues {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        out.objects("queue", &self.queue)?;
        out.agent(&self.agent_id)
    }
}

impl Fields for Queue {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        out.text("name", &self.name)?;
        out.count("agentsNotReady", self.agents_not_ready)?;
        out.count("agentsReady", self.agents_ready)?;
        out.count("agentsTalkingInbound", self.agents_talking_inbound)?;
        out.count("agentsTalkingInternal", self.agents_talking_internal)?;
        out.count("agentsTalkingOutbound", self.agents_talking_outbound)?;
        out.count("agentsWrapUpNotReady", self.agents_wrap_up_not_ready)?;
        out.count("agentsWrapUpReady", self.agents_wrap_up_ready)?;
        out.count("callsInQueue", self.calls_in_queue)?;
        out.time(
            "startTimeOfLongestCallInQueue",
            &self.start_time_of_longest_call_in_queue,
        )
    }
}

impl Fields for PhoneBooks {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        out.objects("phoneBooks", &self.phone_books)?;
        out.agent(&self.agent_id)
    }
}

impl Fields for PhoneBook {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        out.text("name", &self.name)?;
        out.text("type", &self.kind)?;
        out.text("id", &self.id)
    }
}

pub(super) fn contacts<M: Members>(
    contacts: &[Contact],
    agent: &AgentId,
    out: &mut Object<'_, M>,
) -> Result<(), M::Error> {
    out.objects("contacts", contacts)?;
    out.agent(agent)
}

impl Fields for Contact {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        out.text("firstName", &self.first_name)?;
        out.text("lastName", &self.last_name)?;
        out.text("description", &self.description)?;
        out.text("phoneNumber", &self.phone_number)?;
        out.text("id", &self.id)
    }
}

impl Fields for SkillGroups {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        out.objects("skills", &self.skills)?;
        out.agent(&self.agent_id)
    }
}

impl Fields for SkillGroup {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        out.text("id", &self.id)?;
        out.text("name", &self.name)
    }
}

impl Fields for Supervisors {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        out.objects("supervisors", &self.supervisors)?;
        out.agent(&self.agent_id)
    }
}

impl Fields for Supervisor {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        out.text("id", &self.id)?;
        out.text("name", &self.name)?;
        out.text("loginId", &self.login_id)
    }
}

impl Fields for AgentExtension {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        // The contract gives this row without `agentId`.
        let port = Port {
            port: &self.port,
            dial_number: &self.dial_number,
        };
        out.object("agentExtension", &port)
    }
}

#[derive(Default)]
struct Port<'a> {
    port: &'a str,
    dial_number: &'a str,
}

impl Fields for Port<'_> {
    fn write<M: Members>(&self, out: &mut Object<'_, M>) -> Result<(), M::Error> {
        out.text("port", self.port)?;
        out.text("dialNumber", self.dial_number)
    }
}
