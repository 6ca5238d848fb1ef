//! A supervisor's teams: lists of members, and their states as they change (contract, section 2).

use std::collections::BTreeMap;

use finesse_protocol::{Answer, Data, Request, Source, Team, Update, User, UserState};
use gc_protocol::event::{AgentState, Event, TeamAgents};
use gc_protocol::{Action, AgentId, ErrorType};

use super::feeds::{Holder, NOT_SENT, Standing, Topic};
use super::task::{Step, TaskId};
use super::{Cx, Purpose, Session};
use crate::agent::team_user;
use crate::faults::About;
use crate::io::{Origin, Reply};

impl Session {
    /// `getteamusers` and `GetTeamUsersState`; a subscription comes first, so that no change falls in between.
    pub(super) fn begin_team(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        let Some((team, subscribe)) = self.team_of(id) else {
            return self.impossible(cx, id, "this command is about no team");
        };
        if !self.agent.supervises(&team) {
            let message = format!("the agent does not supervise team {team}");
            return self.fail(cx, id, ErrorType::AuthorizationFailure, message);
        }
        self.set_step(id, Step::Subscribing);
        if !subscribe {
            return self.team_subscribed(cx, id, false);
        }
        match self.hold_topic(cx, Topic::Team(team), Holder::Task(id)) {
            Standing::Asked => {}
            Standing::Confirmed => self.team_subscribed(cx, id, false),
            Standing::Refused => self.team_subscribed(cx, id, true),
        }
    }

    fn team_of(&self, id: TaskId) -> Option<(String, bool)> {
        match &self.tasks.get(&id)?.action {
            Action::GetTeamUsers { team, subscribe } => Some((team.clone(), *subscribe)),
            Action::GetTeamUsersState { team } => Some((team.clone(), false)),
            _ => None,
        }
    }

    /// The team's topic is settled: now the list.
    pub(super) fn team_subscribed(&mut self, cx: &mut Cx<'_>, id: TaskId, refused: bool) {
        if refused {
            return self.fail(cx, id, NOT_SENT.0, NOT_SENT.1);
        }
        if !self.can_send(cx, id) {
            return;
        }
        let Some((team, _)) = self.team_of(id) else {
            return;
        };
        self.set_step(id, Step::LookingUp);
        let request = Request::Team {
            team,
            include_logged_out: Some(cx.config.include_logged_out_agents),
        };
        self.send(cx, Purpose::Read { task: id }, request);
    }

    pub(super) fn team_reply(&mut self, cx: &mut Cx<'_>, id: TaskId, reply: Reply) {
        let (Reply::Answer(Answer::Team(team)), Some((team_id, subscribe))) =
            (&reply, self.team_of(id))
        else {
            return self.fail_with(cx, id, &reply, About::List);
        };
        if subscribe
            && self.hold_topic(cx, Topic::Team(team_id.clone()), Holder::Client)
                == Standing::Refused
        {
            self.let_go_of(cx, Holder::Client, |held| {
                *held == Topic::Team(team_id.clone())
            });
            return self.fail(cx, id, NOT_SENT.0, NOT_SENT.1);
        }
        let shown = cx.config.include_logged_out_agents;
        let users: Vec<&User> = team
            .users
            .iter()
            .filter(|user| shown || is_in(user))
            .collect();
        match self.tasks.get(&id).map(|task| &task.action) {
            Some(Action::GetTeamUsers { .. }) => {
                let users = users
                    .into_iter()
                    .map(|user| team_user(user, self.id_of(user)))
                    .collect();
                let agent_id = self.agent_id.clone();
                let list = Event::TeamAgents(TeamAgents { users, agent_id });
                self.tell(cx, Origin::Live, list);
            }
            _ => {
                for user in users {
                    let state = self.member_state(user);
                    self.tell(cx, Origin::Live, Event::State(Box::new(state)));
                }
            }
        }
        self.remember_members(&team_id, &team.users);
        self.done(cx, id);
    }

    /// What was told of a team's members is what later news are held against.
    fn remember_members(&mut self, team: &str, users: &[User]) {
        if self.feeds.teams().any(|held| held == team) {
            let states = users.iter().map(|user| {
                let state = self.member_state(user);
                (state.agent_id.clone(), state)
            });
            let states: BTreeMap<AgentId, AgentState> = states.collect();
            self.feeds.members.insert(team.to_owned(), states);
        }
    }

    /// News of members; `true` when the update was about a team of this supervisor.
    pub(super) fn take_members(&mut self, cx: &mut Cx<'_>, update: &Update) -> bool {
        match (&update.data, &update.source) {
            (Data::User(user), Source::Team(team)) => self.take_member(cx, user, Some(team)),
            (Data::User(user), _) => self.take_member(cx, user, None),
            (Data::Team(team), _) => {
                for user in &team.users {
                    self.take_member(cx, user, Some(&team.id));
                }
            }
            _ => return false,
        }
        true
    }

    fn take_member(&mut self, cx: &mut Cx<'_>, user: &User, team: Option<&str>) {
        if self.id_of(user) == self.agent_id {
            return;
        }
        let state = self.member_state(user);
        if let Some(team) = self.team_of_member(&state.agent_id, team) {
            self.tell_member_if_changed(cx, &team, state.clone(), Origin::Live);
        }
        self.check_members(cx, &state, Origin::Live);
    }

    /// The held team that a member belongs to: the one named, else the one whose list has the member.
    fn team_of_member(&self, member: &AgentId, named: Option<&str>) -> Option<String> {
        let held = |team: &&str| self.feeds.teams().any(|held| held == *team);
        if let Some(team) = named.filter(held) {
            return Some(team.to_owned());
        }
        let lists = |team: &&str| {
            let members = self.feeds.members.get(*team);
            members.is_some_and(|members| members.contains_key(member))
        };
        let found = self.feeds.teams().find(lists);
        // Somebody new in a team: where only one is held, it is that one's.
        found
            .or_else(|| {
                self.feeds
                    .teams()
                    .next()
                    .filter(|_| self.feeds.teams().count() == 1)
            })
            .map(str::to_owned)
    }

    fn tell_member_if_changed(
        &mut self,
        cx: &mut Cx<'_>,
        team: &str,
        mut state: AgentState,
        origin: Origin,
    ) {
        let members = self.feeds.members.entry(team.to_owned()).or_default();
        let known = members.get(&state.agent_id);
        if let Some(known) = known {
            keep_name(&mut state, known);
        }
        let older = known.is_some_and(|known| state.state_change_time < known.state_change_time);
        // Lists leave out who is logged out; that somebody still is, is no news.
        let absent = known.is_none()
            && origin == Origin::Snapshot
            && state.state == UserState::Logout.as_str();
        if older || known == Some(&state) {
            return;
        }
        members.insert(state.agent_id.clone(), state.clone());
        if self.feeds.follows(team) && !absent {
            self.tell(cx, origin, Event::State(Box::new(state)));
        }
    }

    /// Reads a team anew, after a gap or when a command's outcome is open.
    pub(super) fn read_roster(&mut self, cx: &mut Cx<'_>, team: &str, about: Option<AgentId>) {
        if self.over {
            return;
        }
        if self.doubted || !cx.health.is_usable(self.node) {
            return self.read_team_later(cx, team);
        }
        let team = team.to_owned();
        let request = Request::Team {
            team: team.clone(),
            include_logged_out: Some(true),
        };
        self.send(cx, Purpose::Roster { team, about }, request);
    }

    /// What a re-read of a team shows: what differs is told, and the member that was asked about.
    pub(super) fn roster_reply(
        &mut self,
        cx: &mut Cx<'_>,
        team: &str,
        about: Option<&AgentId>,
        reply: Reply,
    ) {
        let Reply::Answer(Answer::Team(found)) = reply else {
            return self.read_team_later(cx, team);
        };
        let Team { users, .. } = *found;
        for user in &users {
            let state = self.member_state(user);
            let asked = about == Some(&state.agent_id);
            if self.feeds.follows(team) && state.agent_id != self.agent_id {
                self.tell_member_if_changed(cx, team, state.clone(), Origin::Snapshot);
            }
            let told = self.check_members(cx, &state, Origin::Snapshot);
            if asked && !told && !self.feeds.follows(team) {
                self.tell(cx, Origin::Snapshot, Event::State(Box::new(state)));
            }
        }
    }
}

/// A summary may leave out what did not change.
fn keep_name(state: &mut AgentState, known: &AgentState) {
    if state.full_name.is_empty() {
        state.full_name.clone_from(&known.full_name);
    }
}

fn is_in(user: &User) -> bool {
    user.state != UserState::Logout
}
