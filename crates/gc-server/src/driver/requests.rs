//! Requests on their way: in an agent's name to Finesse, in the gateway's own to administrators' lists, to the recorder.

use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use finesse_client::{Account, Cluster, RequestError};
use finesse_protocol::{Answer, Request};
use gc_core::{Authority, Recording, Reply, RequestId};
use gc_protocol::AgentId;

use crate::recorder::{self, Wish};
use crate::{finesse, telemetry};

use super::Driver;
use super::happening::TaskNews;

/// What metrics call requests that go to no cluster.
const RECORDER: &str = "recorder";

/// A request as the core puts it out.
pub(super) struct Outgoing {
    pub(super) header: String,
    pub(super) agent: AgentId,
    pub(super) node: usize,
    pub(super) authority: Authority,
    pub(super) request: Request,
}

/// The call that a recorder is told of.
pub(super) struct RecordedCall {
    pub(super) agent: String,
    pub(super) extension: String,
    pub(super) dialog: Option<String>,
}

impl RecordedCall {
    fn named(&self) -> recorder::Recording<'_> {
        recorder::Recording {
            agent_id: &self.agent,
            extension: &self.extension,
            dialog_id: self.dialog.as_deref().unwrap_or_default(),
        }
    }
}

impl Driver {
    pub(super) fn send_request(&self, id: RequestId, outgoing: Outgoing) {
        let Outgoing {
            header,
            agent,
            node,
            authority,
            request,
        } = outgoing;
        let Some(((cluster, at), (_, site))) =
            self.finesse.find(node).zip(self.sites.of_node(node))
        else {
            return self.not_sent(id, "there is no such node");
        };
        let (cluster, name) = (cluster.clone(), Arc::clone(&site.name));
        match authority {
            Authority::Agent(credential) => match self.credential(&agent, credential) {
                Some(credential) => {
                    let kept = self.marks_kept();
                    self.run_request(id, name, async move {
                        if let Some(kept) = kept {
                            kept.await;
                        }
                        cluster.request(at, &credential, &request, &header).await
                    });
                }
                None => self.not_sent(id, "the secret is not kept any more"),
            },
            Authority::Administrator => match site.administrator.clone() {
                Some(account) => self.run_request(id, name, async move {
                    in_own_name(&cluster, at, &account, &request, &header).await
                }),
                None => self.not_sent(id, "no administrator is configured"),
            },
            Authority::ConfigApi => match site.config_api.clone() {
                Some(api) => self.run_request(id, name, async move { api.request(&request).await }),
                None => self.not_sent(id, "the configuration API is not configured"),
            },
        }
    }

    pub(super) fn record(&self, id: RequestId, recording: Recording, call: RecordedCall) {
        let Some(recorder) = self.recorder.clone() else {
            return self.not_sent(id, "no recorder is configured");
        };
        self.run_reply(id, RECORDER.into(), async move {
            let wish = match recording {
                Recording::Pause => Wish::Pause,
                Recording::Resume => Wish::Resume,
            };
            finesse::recorder_reply(recorder.tell(wish, &call.named()).await)
        });
    }

    fn run_request(
        &self,
        id: RequestId,
        of: Arc<str>,
        call: impl Future<Output = Result<Answer, RequestError>> + Send + 'static,
    ) {
        self.run_reply(id, of, async move { finesse::reply(Box::pin(call).await) });
    }

    fn run_reply(
        &self,
        request: RequestId,
        of: Arc<str>,
        reply: impl Future<Output = Reply> + Send + 'static,
    ) {
        let work = async move {
            let since = Instant::now();
            let reply = Box::pin(reply).await;
            telemetry::request(&of, finesse::reply_name(&reply), since.elapsed());
            TaskNews::Reply { request, reply }
        };
        let broken = TaskNews::Reply {
            request,
            reply: Reply::Unknown {
                reason: "the request broke off".to_owned(),
            },
        };
        self.tasks.run(work, broken);
    }

    fn not_sent(&self, request: RequestId, reason: &str) {
        let reply = || Reply::NotSent {
            reason: reason.to_owned(),
        };
        let (news, again) = (
            TaskNews::Reply {
                request,
                reply: reply(),
            },
            TaskNews::Reply {
                request,
                reply: reply(),
            },
        );
        self.tasks.run(async { news }, again);
    }
}

async fn in_own_name(
    cluster: &Cluster,
    node: usize,
    account: &Account,
    request: &Request,
    header: &str,
) -> Result<Answer, RequestError> {
    cluster.request_for(node, account, request, header).await
}
