//! Lists that are asked for under a cluster's administrator's name instead of an agent's (contract, section 1).

use std::collections::BTreeMap;
use std::time::Instant;

use finesse_protocol::Request;
use gc_protocol::event::Event;
use gc_protocol::{Action, AgentId, ErrorType, Outcome};

use super::Gateway;
use crate::clusters::ClusterId;
use crate::io::{Authority, Output, Reply, RequestId, SecretHandle};
use crate::lists::{ListRead, Next, Reader};
use crate::session::task::TaskOrigin;

/// Lists of a cluster under way at once; each is a request to its database.
const AT_ONCE: usize = 16;

/// Those of one client: it must not keep the others out.
const OF_A_CLIENT: usize = 4;

/// The administrators' lists under way.
#[derive(Debug, Default)]
pub(super) struct Administrators {
    reads: BTreeMap<RequestId, Read>,
}

#[derive(Debug)]
struct Read {
    cluster: ClusterId,
    agent: AgentId,
    origin: TaskOrigin,
    action: Action<SecretHandle>,
    list: ListRead,
    deadline: Instant,
}

impl Administrators {
    pub(super) fn awaits(&self, request: RequestId) -> bool {
        self.reads.contains_key(&request)
    }

    fn is_busy_for(&self, cluster: ClusterId, origin: &TaskOrigin) -> bool {
        let of_cluster = || self.reads.values().filter(|read| read.cluster == cluster);
        let of_client = |read: &&Read| read.origin.client() == origin.client();
        of_cluster().count() >= AT_ONCE || of_cluster().filter(of_client).count() >= OF_A_CLIENT
    }

    pub(super) fn timeout(&self) -> Option<Instant> {
        self.reads.values().map(|read| read.deadline).min()
    }
}

impl Gateway {
    /// The cluster whose administrator a command names, if it is one that administrators send.
    pub(super) fn administrated_by(
        &self,
        agent: &AgentId,
        action: &Action<SecretHandle>,
    ) -> Option<ClusterId> {
        let admin = gc_protocol::command::table::Sender::Admin;
        let mut clusters = self.config.clusters.iter();
        let named = clusters.position(|cluster| cluster.administrator.as_ref() == Some(agent))?;
        action
            .spec()
            .senders
            .contains(&admin)
            .then_some(ClusterId(named))
    }

    pub(super) fn begin_administrators(
        &mut self,
        now: Instant,
        cluster: ClusterId,
        agent: AgentId,
        origin: TaskOrigin,
        action: Action<SecretHandle>,
    ) {
        if !origin.rights().administrator {
            let message = "this client may not use the administrator's lists";
            let error = ErrorType::AuthorizationFailure;
            return self.refuse(&agent, &origin, &action, error, message);
        }
        if origin.destination().is_none() {
            let message = "no destination is known for this client: send Hello first";
            return self.refuse(
                &agent,
                &origin,
                &action,
                ErrorType::SubscriptionFailed,
                message,
            );
        }
        if self.administrators.is_busy_for(cluster, &origin) {
            let message = "too many lists are being read: wait for their outcome";
            return self.refuse(&agent, &origin, &action, ErrorType::CfResourceBusy, message);
        }
        let names = self.clusters.names(cluster);
        let reader = Reader::Administrator {
            id: &agent,
            names: &names,
        };
        let Some(settings) = self.config.clusters.get(cluster.0) else {
            return;
        };
        match ListRead::begin(&action, &reader, settings) {
            Some(Ok((list, _, request))) => {
                let deadline = now + self.config.request_deadline;
                let read = Read {
                    cluster,
                    agent,
                    origin,
                    action,
                    list,
                    deadline,
                };
                self.ask_for_list(read, request);
            }
            Some(Err((error_type, message))) => {
                self.refuse(&agent, &origin, &action, error_type, &message);
            }
            None => {
                let message = "the administrator has no such list";
                self.refuse(&agent, &origin, &action, ErrorType::NotSupported, message);
            }
        }
    }

    fn ask_for_list(&mut self, read: Read, request: Request) {
        let Some(node) = self.health.choose(read.cluster) else {
            let message = "Finesse is out of service: try again when System says IN_SERVICE";
            return self.refuse(
                &read.agent,
                &read.origin,
                &read.action,
                ErrorType::PleaseRetry,
                message,
            );
        };
        let id = self.ids.request();
        let agent = read.agent.clone();
        self.administrators.reads.insert(id, read);
        self.out.push_back(Output::Request {
            id,
            header: self.ids.header(id),
            agent,
            node,
            authority: Authority::Administrator,
            request,
        });
    }

    pub(super) fn administrators_reply(&mut self, now: Instant, request: RequestId, reply: Reply) {
        let Some(mut read) = self.administrators.reads.remove(&request) else {
            return;
        };
        match read.list.next(reply) {
            Next::Ask(_, request) => {
                read.deadline = now + self.config.request_deadline;
                self.ask_for_list(read, request);
            }
            Next::Tell(events) => self.tell_list(&read.origin, events),
            Next::Fail(error_type, message) => {
                self.refuse(
                    &read.agent,
                    &read.origin,
                    &read.action,
                    error_type,
                    &message,
                );
            }
        }
    }

    fn tell_list(&mut self, origin: &TaskOrigin, events: Vec<Event>) {
        if let Some(destination) = origin.destination().cloned() {
            for event in events {
                self.tell(destination.clone(), event);
            }
        }
        if let Some(ticket) = origin.ticket() {
            self.out.push_back(Output::CommandResult {
                ticket,
                outcome: Outcome::Done,
                error: None,
            });
        }
    }

    pub(super) fn expire_lists(&mut self, now: Instant) {
        let due = |read: &mut Read| read.deadline <= now;
        let overdue = self
            .administrators
            .reads
            .extract_if(.., |_, read| due(read));
        let overdue: Vec<Read> = overdue.map(|(_, read)| read).collect();
        for read in overdue {
            let message = "Finesse did not answer in time";
            self.refuse(
                &read.agent,
                &read.origin,
                &read.action,
                ErrorType::NotReachable,
                message,
            );
        }
    }
}
