//! What clients may do: the one place that every transport's commands and destinations pass.

use gc_core::{ClientId, Input};
use gc_protocol::command::CommandError;
use gc_protocol::{Command, Destination};

use crate::hub::Refusal;
use crate::scope::Forbidden;

use super::Driver;
use super::submit::wrong;

impl Driver {
    /// Makes a destination that a client named its own, if it may have it.
    pub(super) fn claim(
        &mut self,
        destination: &Destination,
        client: &ClientId,
    ) -> Result<(), Refusal> {
        if !is_name(destination.as_str()) {
            return Err(Refusal::Name);
        }
        if !self.clients.scope(client).has_destination(destination) {
            return Err(Refusal::Forbidden);
        }
        self.claim_named(destination, client)
    }

    /// As [`Driver::claim`], for a name that was checked, forgetting idle ones when there are too many.
    pub(super) fn claim_named(
        &mut self,
        destination: &Destination,
        client: &ClientId,
    ) -> Result<(), Refusal> {
        if self.hub.is_full() {
            let sessions = self.core.agents();
            let needed = |known: &Destination| {
                let mut sessions = sessions.iter();
                sessions.any(|session| session.destination == *known)
            };
            for gone in self.brokered.forget(&mut self.hub, needed) {
                self.later
                    .push_back(Input::ClientGone { destination: gone });
            }
            self.hub.sweep(needed);
        }
        self.hub.claim(destination, client)
    }

    /// Nothing is posted any more to who may not have it.
    pub(super) fn clients_changed(&mut self) {
        for (destination, client) in self.callbacks.registrations() {
            if !self.clients.scope(&client).has_destination(&destination) {
                tracing::info!(client = client.as_str(), %destination, "a callback was ended");
                let change = self.callbacks.end(&mut self.hub, &destination);
                self.presence_changed(&destination, change);
                self.keep_destination(&destination);
            }
        }
    }
}

/// The error that tells a client what it may not do.
pub(super) fn forbidden_to(command: &Command, (error_type, message): Forbidden) -> CommandError {
    CommandError {
        error_type,
        ..wrong(command, message)
    }
}

/// Letters, digits and a few signs, so that a name is safe in a header, a topic and a log.
fn is_name(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-:".contains(c);
    (1..=128).contains(&text.len()) && text.chars().all(plain)
}
