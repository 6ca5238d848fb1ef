//! Another agent's state, asked for in the supervisor's name (contract, section 1; Finesse API, section 3.4).

use std::collections::VecDeque;

use finesse_protocol::{Answer, Request, Team, User, UserState};
use gc_protocol::event::{AgentState, Event};
use gc_protocol::{Action, AgentId, ErrorType};

use super::feeds::{Holder, Standing, Topic};
use super::lane::Lane;
use super::progress::Progress;
use super::task::{Step, Task, TaskId, TaskOrigin};
use super::{Cx, HandedBack, Purpose, Session};
use crate::agent::login_id;
use crate::faults::About;
use crate::io::{Origin, Output, Reply, SecretHandle};

/// How far a supervisor's command about a member has come.
#[derive(Debug)]
pub(crate) struct MemberWork {
    pub(crate) member: AgentId,
    /// Teams in which the member was not looked for yet.
    teams: VecDeque<String>,
    /// The team that has the member.
    team: Option<String>,
    /// Since when the member was in the state that the command found.
    since: String,
    /// Other supervisors of the client who could be asked next.
    pub(crate) others: VecDeque<AgentId>,
}

/// Whether a supervisor may ask this of a member; Finesse takes no reason from supervisors.
pub(crate) fn is_for_members(action: &Action<SecretHandle>) -> bool {
    matches!(
        action,
        Action::Logout | Action::MakeReady | Action::MakeNotReady
    )
}

impl Session {
    /// Takes a command about somebody else, who may be a member of this supervisor's teams.
    pub(crate) fn member_command(
        &mut self,
        cx: &mut Cx<'_>,
        origin: TaskOrigin,
        action: Action<SecretHandle>,
        member: AgentId,
        others: VecDeque<AgentId>,
    ) {
        let origin = self.with_destination(origin, &action);
        let deadline = cx.now + cx.config.request_deadline;
        let mut task = Task::new(origin, action, Lane::Member, deadline);
        task.progress = Progress::Member(Box::new(MemberWork {
            member,
            teams: self.agent.supervised_teams().map(str::to_owned).collect(),
            team: None,
            since: String::new(),
            others,
        }));
        self.enqueue(cx, task);
    }

    pub(super) fn begin_member(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        if self.can_send(cx, id) {
            self.set_step(id, Step::LookingUp);
            self.look_in_next_team(cx, id);
        }
    }

    fn work(&self, id: TaskId) -> Option<&MemberWork> {
        match &self.tasks.get(&id)?.progress {
            Progress::Member(work) => Some(work),
            _ => None,
        }
    }

    fn work_mut(&mut self, id: TaskId) -> Option<&mut MemberWork> {
        match &mut self.tasks.get_mut(&id)?.progress {
            Progress::Member(work) => Some(work),
            _ => None,
        }
    }

    /// Finesse's team lists say whose members are whose; they are asked each time, because they change.
    fn look_in_next_team(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        let Some(work) = self.work_mut(id) else {
            return;
        };
        let Some(team) = work.teams.pop_front() else {
            return self.hand_back(cx, id);
        };
        work.team = Some(team.clone());
        if !self.can_send(cx, id) {
            return;
        }
        let request = Request::Team {
            team,
            include_logged_out: Some(true),
        };
        self.send(cx, Purpose::Read { task: id }, request);
    }

    /// Not a member of this supervisor's teams: the next supervisor of the client may know.
    fn hand_back(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        let Some(task) = self.take_task(cx, id) else {
            return;
        };
        if let Ok(command) = HandedBack::of(task) {
            cx.handed_back.push(command);
        }
    }

    pub(super) fn member_reply(&mut self, cx: &mut Cx<'_>, id: TaskId, reply: Reply) {
        let Reply::Answer(Answer::Team(team)) = reply else {
            return self.fail_with(cx, id, &reply, About::List);
        };
        let Some(work) = self.work(id) else {
            return;
        };
        let member = self.names.inside(&work.member);
        let is_member = |user: &&User| login_id(user) == member;
        match team.users.iter().find(is_member) {
            Some(user) => self.member_found(cx, id, self.member_state(user), &team),
            None => self.look_in_next_team(cx, id),
        }
    }

    fn member_found(&mut self, cx: &mut Cx<'_>, id: TaskId, state: AgentState, team: &Team) {
        if let Some(ticket) = self.tasks.get(&id).and_then(|task| task.origin.ticket()) {
            cx.out.push_back(Output::CommandTaken { ticket });
        }
        if self.is_wanted(id, &state) {
            self.tell(cx, Origin::Live, Event::State(Box::new(state)));
            return self.done(cx, id);
        }
        // Finesse tells nobody else's link that this does not work.
        if state.state == UserState::Logout.as_str() {
            let message = "the member is not logged in";
            return self.fail(cx, id, ErrorType::CfInvalidObjectState, message);
        }
        let Some(work) = self.work_mut(id) else {
            return;
        };
        work.since = state.state_change_time;
        let team = work.team.clone().unwrap_or_else(|| team.id.clone());
        self.set_step(id, Step::Subscribing);
        // The member's new state is told to those who follow the team only.
        match self.hold_topic(cx, Topic::Team(team), Holder::Task(id)) {
            Standing::Asked => {}
            Standing::Confirmed | Standing::Refused => self.send_member(cx, id),
        }
    }

    pub(super) fn send_member(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        if !self.can_send(cx, id) {
            return;
        }
        let Some(task) = self.tasks.get(&id) else {
            return;
        };
        let (Some(state), Some(work)) = (wanted(&task.action), self.work(id)) else {
            return self.impossible(cx, id, "this command is not for members");
        };
        let request = Request::ChangeState {
            user: self.names.inside(&work.member).to_owned(),
            state,
            reason_code_id: None,
        };
        self.set_step(id, Step::Sent);
        self.send(cx, Purpose::Command { task: id }, request);
    }

    /// Ends the command about a member that this state answers. Whether that has told the state.
    pub(super) fn check_members(
        &mut self,
        cx: &mut Cx<'_>,
        state: &AgentState,
        origin: Origin,
    ) -> bool {
        // Commands about one member wait for each other: there is one at most.
        let answered = |(id, task): &(&TaskId, &Task)| {
            task.member() == Some(&state.agent_id)
                && task.is_out()
                && self.is_wanted(**id, state)
                && !self.is_old(**id, state)
        };
        let Some(id) = self.tasks.iter().find(answered).map(|(id, _)| *id) else {
            return false;
        };
        let team = self.work(id).and_then(|work| work.team.clone());
        let told = !team.is_some_and(|team| self.feeds.follows(&team));
        if told {
            self.tell(cx, origin, Event::State(Box::new(state.clone())));
        }
        self.done(cx, id);
        told
    }

    /// Whether a state is from before the command.
    fn is_old(&self, id: TaskId, state: &AgentState) -> bool {
        self.work(id)
            .is_some_and(|work| state.state_change_time < work.since)
    }

    fn is_wanted(&self, id: TaskId, state: &AgentState) -> bool {
        let wanted = self.tasks.get(&id).and_then(|task| wanted(&task.action));
        wanted.is_some_and(|wanted| {
            state.state == wanted.as_str() || state.pending_state == wanted.as_str()
        })
    }

    /// Nobody knows what came of a command about a member: the team's list tells.
    pub(super) fn read_member_again(&mut self, cx: &mut Cx<'_>, task: &Task) {
        if let Progress::Member(work) = &task.progress
            && let Some(team) = &work.team
        {
            self.read_roster(cx, team, Some(work.member.clone()));
        }
    }

    /// No supervisor of the client has the member in a team.
    pub(crate) const NOT_A_MEMBER: (ErrorType, &str) = (
        ErrorType::InvalidSupervisor,
        "the agent belongs to another client, and to no team of a supervisor who is connected at this one",
    );
}

fn wanted(action: &Action<SecretHandle>) -> Option<UserState> {
    match action {
        Action::Logout => Some(UserState::Logout),
        Action::MakeReady => Some(UserState::Ready),
        Action::MakeNotReady => Some(UserState::NotReady),
        _ => None,
    }
}
