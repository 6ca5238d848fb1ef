//! What the core wants done: events to the hub, requests and links to Finesse.

use std::time::Instant;

use finesse_client::LinkSpec;
use gc_core::{Credential, Epoch, Output, Reply, RequestId};
use gc_protocol::AgentId;

use crate::{finesse, telemetry};

use super::Driver;
use super::happening::TaskNews;

impl Driver {
    pub(super) fn carry_out(&mut self, output: Output) {
        match output {
            Output::Event {
                destination,
                origin,
                event,
            } => {
                let change = self.hub.publish(&destination, origin, &event);
                self.presence_changed(&destination, change);
            }
            Output::CommandResult {
                ticket,
                outcome,
                error,
            } => self.command_ended(ticket, outcome, error),
            Output::Request {
                id,
                header,
                agent,
                node,
                credential,
                request,
            } => match self.credential(&agent, credential) {
                Some(credential) => self.send_request(id, header, node, credential, request),
                None => self.reply_at_once(id),
            },
            Output::OpenLink {
                agent,
                epoch,
                node,
                credential,
            } => self.open_link(agent, epoch, node, credential),
            Output::CloseLink { agent, epoch } => self.links.close(&agent, epoch),
            Output::ForgetSecret(handle) => self.vault.forget(handle),
        }
    }

    fn send_request(
        &self,
        id: RequestId,
        header: String,
        node: usize,
        credential: finesse_client::Credential,
        request: finesse_protocol::Request,
    ) {
        let cluster = self.cluster.clone();
        let work = async move {
            let since = Instant::now();
            let outcome = Box::pin(cluster.request(node, &credential, &request, &header)).await;
            let reply = finesse::reply(outcome);
            telemetry::request(finesse::reply_name(&reply), since.elapsed());
            TaskNews::Reply { request: id, reply }
        };
        let broken = TaskNews::Reply {
            request: id,
            reply: Reply::Unknown {
                reason: "the request broke off".to_owned(),
            },
        };
        self.tasks.run(work, broken);
    }

    fn reply_at_once(&self, request: RequestId) {
        let reply = TaskNews::Reply {
            request,
            reply: Reply::NotSent {
                reason: "the secret is not kept any more".to_owned(),
            },
        };
        let again = TaskNews::Reply {
            request,
            reply: Reply::NotSent {
                reason: String::new(),
            },
        };
        self.tasks.run(async { reply }, again);
    }

    fn open_link(&mut self, agent: AgentId, epoch: Epoch, node: usize, credential: Credential) {
        let Some(credential) = self.credential(&agent, credential) else {
            tracing::error!(%agent, epoch = epoch.0, "a link was to be opened with a forgotten secret");
            return;
        };
        let spec = LinkSpec {
            agent: agent.as_str().to_owned(),
            epoch: epoch.0,
            node,
            credential,
        };
        self.links.open(agent, spec);
    }

    fn credential(
        &self,
        agent: &AgentId,
        credential: Credential,
    ) -> Option<finesse_client::Credential> {
        let secret = self.vault.get(credential.secret)?;
        Some(finesse::credential(agent, secret, credential.token))
    }
}
