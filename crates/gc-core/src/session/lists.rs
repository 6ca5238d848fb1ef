//! Lists that are read piece by piece, and the table of mobile agents' extensions.

use gc_protocol::event::{AgentExtension, Event};
use gc_protocol::{Action, ErrorType};

use super::progress::Progress;
use super::task::{Step, TaskId};
use super::{Cx, Purpose, Session};
use crate::io::{Origin, Reply};
use crate::lists::{By, ListRead, Next, Reader};

impl Session {
    pub(super) fn begin_list(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        let Some(task) = self.tasks.get(&id) else {
            return;
        };
        let reader = Reader::Agent {
            id: &self.agent_id,
            names: &self.names,
            supervises: self.agent.supervised_teams().map(str::to_owned).collect(),
            own_team: self.agent.own_team(),
            administrator: task.origin.rights().administrator,
        };
        match ListRead::begin(&task.action, &reader, cx.cluster) {
            Some(Ok((list, by, request))) => {
                if let Some(task) = self.tasks.get_mut(&id) {
                    task.progress = Progress::List(Box::new(list));
                    task.step = Step::LookingUp;
                }
                self.ask_for_list(cx, id, by, request);
            }
            Some(Err((error_type, message))) => self.fail(cx, id, error_type, message),
            None => self.impossible(cx, id, "this command reads nothing"),
        }
    }

    fn ask_for_list(
        &mut self,
        cx: &mut Cx<'_>,
        id: TaskId,
        by: By,
        request: finesse_protocol::Request,
    ) {
        if by == By::Agent && !self.can_send(cx, id) {
            return;
        }
        self.send_by(cx, by, Purpose::Read { task: id }, request);
    }

    pub(super) fn list_reply(&mut self, cx: &mut Cx<'_>, id: TaskId, reply: Reply) {
        let Some(Progress::List(list)) = self.tasks.get_mut(&id).map(|task| &mut task.progress)
        else {
            return;
        };
        match list.next(reply) {
            Next::Ask(by, request) => {
                // Each piece has the time that a whole list of one piece has.
                if let Some(task) = self.tasks.get_mut(&id) {
                    task.deadline = cx.now + cx.config.request_deadline;
                }
                self.ask_for_list(cx, id, by, request);
            }
            Next::Tell(events) => {
                for event in events {
                    self.tell(cx, Origin::Live, event);
                }
                self.done(cx, id);
            }
            Next::Fail(error_type, message) => self.fail(cx, id, error_type, message),
        }
    }

    /// From the table in the configuration.
    pub(super) fn tell_extension(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        let Some(Action::GetAgentExtension { f_number }) =
            self.tasks.get(&id).map(|task| &task.action)
        else {
            return;
        };
        if cx.config.agent_extensions.is_empty() {
            let message = "no table of agents' extensions is configured";
            return self.fail(cx, id, ErrorType::NotSupported, message);
        }
        let mut table = cx.config.agent_extensions.iter();
        let found = table.find(|(number, _)| number.eq_ignore_ascii_case(f_number));
        let Some((_, port)) = found else {
            let message = format!("the table of agents' extensions has no number {f_number}");
            return self.fail(cx, id, ErrorType::NotFound, message);
        };
        let extension = Event::AgentExtension(AgentExtension {
            port: port.port.clone(),
            dial_number: port.dial_number.clone(),
            agent_id: self.agent_id.clone(),
        });
        self.tell(cx, Origin::Live, extension);
        self.done(cx, id);
    }
}
