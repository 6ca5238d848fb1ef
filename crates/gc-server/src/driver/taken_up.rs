//! Sessions of an earlier process, as the store has them: each goes on if these settings still allow it.

use std::collections::BTreeSet;

use gc_core::{ClientId, Credential, Input, Standing};
use gc_protocol::Destination;

use crate::store::{About, KeptAgent, KeptDestination, Kind, Record};
use crate::telemetry;

use super::callbacks::Wanted;
use super::kept::Stage;
use super::{Driver, now};

impl Driver {
    /// Goes on with everything that may go on, before anybody is listened to; the rest is wiped.
    pub(super) fn take_up(&mut self, records: Vec<Record>) {
        if records.is_empty() {
            return;
        }
        let mut sessions = Vec::new();
        let mut destinations = Vec::new();
        let mut commands = Vec::new();
        let all = records.len();
        for record in records {
            match record {
                Record::Agent(kept) => sessions.extend(self.admit(kept)),
                Record::Destination(kept) => destinations.push(kept),
                Record::Command(kept) => commands.push(kept),
            }
        }
        self.take_up_marks(commands);
        let wanted = sessions.iter().map(|(kept, _)| kept.destination.clone());
        let wanted: BTreeSet<Destination> = wanted.collect();
        self.keeping.set_stage(Stage::TakingUp);
        for kept in destinations {
            if wanted.contains(&kept.destination) {
                self.keeping.has_read(kept.clone());
                self.reach(kept);
            } else {
                self.keeping.remove(About::Destination(kept.destination));
            }
        }
        self.settle();
        tracing::info!(
            records = all,
            sessions = sessions.len(),
            "going on with sessions of the store"
        );
        for (kept, node) in sessions {
            self.go_on(kept, node);
        }
        self.keeping.set_stage(Stage::Running);
    }

    /// The session and its node, if it may go on.
    fn admit(&mut self, kept: KeptAgent) -> Option<(KeptAgent, usize)> {
        match self.place_of(&kept) {
            Ok(node) => {
                telemetry::taken_up("restored");
                Some((kept, node))
            }
            Err(reason) => {
                telemetry::taken_up("refused");
                tracing::warn!(agent = %kept.agent, client = kept.client.as_str(), reason, "a session of the store ends here");
                self.keeping.remove(About::Agent(kept.agent));
                None
            }
        }
    }

    /// The node of a session that these settings still allow.
    fn place_of(&mut self, kept: &KeptAgent) -> Result<usize, String> {
        let KeptAgent {
            client,
            destination,
            ..
        } = kept;
        if !self.clients.is_known(client, destination) {
            return Err("its client is no more".to_owned());
        }
        let scope = self.clients.scope(client);
        if !scope.has_agent(&kept.agent) {
            return Err("its client may not act for the agent any more".to_owned());
        }
        // A name of the gateway's own making is in no settings.
        let own = uuid::Uuid::parse_str(destination.as_str()).is_ok();
        if !(own || scope.has_destination(destination))
            || !self.brokered.allows(client, destination)
        {
            return Err("its client may not have the destination any more".to_owned());
        }
        let node = self.keeping.node_at(&kept.host);
        let node = node.ok_or_else(|| "its node is not in the settings any more".to_owned())?;
        self.claim_named(destination, client)
            .map_err(|refusal| refusal.to_string())?;
        Ok(node)
    }

    /// Events go where they went; whoever gets them there is told first that some are missing.
    fn reach(&mut self, kept: KeptDestination) {
        let KeptDestination {
            destination,
            client,
            callback,
            topic,
            sessions,
        } = kept;
        for (client, session_url) in sessions {
            self.addresses
                .bind(client, session_url, destination.clone());
        }
        if let Some(callback) = callback {
            let session_url = Some(callback.session_url.as_str());
            let wanted = Wanted {
                client: &client,
                destination: &destination,
                callback: &callback.address,
                session_url: session_url.filter(|url| !url.is_empty()),
                signing: self.clients.signing_key(&client),
                style: self.clients.style(&client),
            };
            // Why not is in the log by then.
            let change = self.callbacks.register(&mut self.hub, wanted);
            self.presence_changed(&destination, change.unwrap_or_default());
        }
        if topic {
            self.reach_topic(&destination, &client);
        }
        self.hub.mark_gap(&destination);
    }

    fn reach_topic(&mut self, destination: &Destination, client: &ClientId) {
        let style = self.clients.style(client);
        let change = self.brokered.register(&mut self.hub, destination, style);
        self.presence_changed(destination, change);
    }

    fn go_on(&mut self, kept: KeptAgent, node: usize) {
        let (token, token_ends) = match kept.kind {
            Kind::Password => (false, None),
            Kind::Token { ends } => {
                let left = ends.duration_since(self.wall.now());
                (true, Some(now() + left.unwrap_or_default()))
            }
        };
        let secret = self.vault.intern(&kept.agent, kept.secret);
        self.feed(Input::Restore(Box::new(Standing {
            agent: kept.agent,
            client: kept.client,
            destination: kept.destination,
            node,
            credential: Credential { secret, token },
            token_ends,
        })));
        self.settle();
    }
}
