//! Commands about an agent of somebody else's: one of the client's own supervisors may give them (contract, section 1).

use std::collections::VecDeque;
use std::time::Instant;

use gc_protocol::{Action, AgentId};

use super::Gateway;
use crate::io::{ClientId, SecretHandle};
use crate::session::task::TaskOrigin;
use crate::session::{HandedBack, Session};

impl Gateway {
    /// Looks for a supervisor of the client whose team has the agent.
    pub(super) fn supervised_command(
        &mut self,
        now: Instant,
        member: AgentId,
        origin: TaskOrigin,
        action: Action<SecretHandle>,
    ) {
        let Some(client) = origin.client() else {
            return;
        };
        if !origin.rights().members {
            return self.refuse_foreign(&member, &origin, &action);
        }
        let others = self.supervisors_of(client, &member);
        if others.is_empty() {
            return self.refuse_foreign(&member, &origin, &action);
        }
        if let Some(ticket) = origin.ticket() {
            self.undecided.insert(ticket);
        }
        let command = HandedBack {
            origin,
            action,
            member,
            others,
        };
        self.ask_next_supervisor(now, command);
    }

    /// The next supervisor who may have the agent, or nobody.
    pub(super) fn ask_next_supervisor(&mut self, now: Instant, mut command: HandedBack) {
        let Some(supervisor) = self.next_supervisor(&mut command) else {
            return self.refuse(
                &command.member,
                &command.origin,
                &command.action,
                Session::NOT_A_MEMBER.0,
                Session::NOT_A_MEMBER.1,
            );
        };
        let HandedBack {
            origin,
            action,
            member,
            others,
        } = command;
        self.with_session_for(now, &supervisor, origin.ticket(), |session, cx| {
            session.member_command(cx, origin, action, member, others);
        });
    }

    /// The next one who is still the client's.
    fn next_supervisor(&self, command: &mut HandedBack) -> Option<AgentId> {
        let client = command.origin.client()?;
        std::iter::from_fn(|| command.others.pop_front()).find(|supervisor| {
            let session = self.sessions.get(supervisor);
            session.is_some_and(|session| session.is_supervisor_of(client))
        })
    }

    /// The client's supervisors in the agent's cluster, first those of the team that the agent is known to be in. Other
    /// clusters may have teams with the same number, and people with the same name.
    fn supervisors_of(&self, client: &ClientId, member: &AgentId) -> VecDeque<AgentId> {
        let team = self.sessions.get(member).map(Session::own_team);
        let cluster = self.clusters.of(member);
        let of_client = self.sessions.iter().filter(|(_, session)| {
            session.is_supervisor_of(client) && Some(session.cluster()) == cluster
        });
        let (likely, others): (Vec<_>, Vec<_>) =
            of_client.partition(|(_, session)| team.is_some_and(|team| session.supervises(team)));
        let all = likely.into_iter().chain(others);
        all.map(|(supervisor, _)| supervisor.clone()).collect()
    }

    fn refuse_foreign(
        &mut self,
        member: &AgentId,
        origin: &TaskOrigin,
        action: &Action<SecretHandle>,
    ) {
        let Some(client) = origin.client().cloned() else {
            return;
        };
        if let Some((error_type, message)) = self.refusal(member, &client, action) {
            self.refuse(member, origin, action, error_type, message);
        }
    }
}
