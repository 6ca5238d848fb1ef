//! Sessions of an earlier process.

use std::time::Instant;

use super::Gateway;
use crate::clusters::ClusterId;
use crate::io::{Output, Standing};
use crate::session::Session;

impl Gateway {
    /// Goes on with a session, licensed or not: it is one that runs.
    pub(super) fn restore(&mut self, now: Instant, standing: Standing) {
        let agent = standing.agent.clone();
        // A client that was quicker has made its own.
        if self.sessions.contains_key(&agent) {
            return self.forget(&standing);
        }
        let Some(cluster) = self.cluster_of(&standing) else {
            self.forget(&standing);
            return self.out.push_back(Output::Unkeep { agent });
        };
        let names = self.clusters.names(cluster);
        let session = Session::new(agent.clone(), standing.client.clone(), cluster, names);
        self.sessions.insert(agent.clone(), session);
        self.with_session(now, &agent, |session, cx| session.restore(cx, standing));
    }

    /// The agent's cluster, if the node is still one of it: another one must not see the credential.
    fn cluster_of(&self, standing: &Standing) -> Option<ClusterId> {
        let cluster = self.clusters.of(&standing.agent)?;
        let nodes = self.clusters.nodes(cluster);
        nodes.contains(&standing.node).then_some(cluster)
    }

    fn forget(&mut self, standing: &Standing) {
        self.forget_secret(&standing.agent, standing.credential.secret);
    }
}
