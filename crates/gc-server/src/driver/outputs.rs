//! What the core wants done: events to the hub, requests and links to Finesse.

use finesse_client::LinkSpec;
use gc_core::{Credential, Epoch, Input, LinkEvent, Output};
use gc_protocol::AgentId;

use crate::finesse;

use super::requests::{Outgoing, RecordedCall};
use super::{Driver, now};

impl Driver {
    pub(super) fn carry_out(&mut self, output: Output) {
        match output {
            Output::Event {
                destination,
                origin,
                event,
            } => {
                self.audit_event(&destination, &event);
                let change = self.hub.publish(now(), &destination, origin, &event);
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
                authority,
                request,
            } => self.send_request(
                id,
                Outgoing {
                    header,
                    agent,
                    node,
                    authority,
                    request,
                },
            ),
            Output::Record {
                id,
                recording,
                agent,
                extension,
                dialog,
            } => {
                let call = RecordedCall {
                    agent: agent.as_str().to_owned(),
                    extension,
                    dialog: dialog.map(|dialog| dialog.as_str().to_owned()),
                };
                self.record(id, recording, call);
            }
            Output::CommandTaken { ticket } => self.command_taken(ticket),
            Output::OpenLink {
                agent,
                epoch,
                node,
                credential,
            } => self.open_link(agent, epoch, node, credential),
            Output::CloseLink { agent, epoch } => self.links.close(&agent, epoch),
            Output::RenewLink {
                agent,
                epoch,
                credential,
            } => {
                if let Some(credential) = self.credential(&agent, credential) {
                    self.links.renew(&agent, epoch, &credential);
                }
            }
            Output::Subscribe {
                agent,
                epoch,
                topic,
            } => self.follow_topic(agent, epoch, topic),
            Output::Unsubscribe {
                agent,
                epoch,
                topic,
            } => self.links.unsubscribe(&agent, epoch, &topic),
            Output::ForgetSecret(handle) => self.vault.forget(handle),
            Output::Keep(standing) => self.keep(*standing),
            Output::Unkeep { agent } => self.unkeep(agent),
        }
    }

    fn open_link(&mut self, agent: AgentId, epoch: Epoch, node: usize, credential: Credential) {
        if self.parting {
            return;
        }
        let Some(credential) = self.credential(&agent, credential) else {
            tracing::error!(%agent, epoch = epoch.0, "a link was to be opened with a forgotten secret");
            return;
        };
        let spec = LinkSpec {
            agent: agent.as_str().to_owned(),
            user: self.clusters.user(&agent).to_owned(),
            epoch: epoch.0,
            node,
            credential,
        };
        self.links.open(agent, spec);
    }

    fn follow_topic(&mut self, agent: AgentId, epoch: Epoch, topic: String) {
        if let Err(error) = self.links.subscribe(&agent, epoch, &topic) {
            tracing::warn!(%agent, topic, %error, "a topic cannot be subscribed to");
            self.later.push_back(Input::Link {
                agent,
                epoch,
                event: LinkEvent::NotSubscribed(topic),
            });
        }
    }

    pub(super) fn credential(
        &self,
        agent: &AgentId,
        credential: Credential,
    ) -> Option<finesse_client::Credential> {
        let secret = self.vault.get(credential.secret)?;
        let user = self.clusters.user(agent);
        Some(finesse::credential(user, secret, credential.token))
    }
}
