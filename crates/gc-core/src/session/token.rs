//! Access tokens of single sign-on: replaced without dropping the agent, and warned about before they expire.

use std::time::{Duration, Instant};

use finesse_protocol::{Answer, Request};
use gc_protocol::ErrorType;
use gc_protocol::event::{ConnectStatus, Event, StatusMessage};

use super::task::{Step, TaskId};
use super::{Cx, Link, Purpose, Session};
use crate::faults::About;
use crate::io::{Credential, Origin, Output, Reply, SecretHandle};

/// What a token says of itself may be any number; no shift lasts longer.
const LONGEST_LIFE: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// When the session's token ends, and whether its owner was warned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenClock {
    /// To be warned about.
    Fresh { warn_at: Instant, ends_at: Instant },
    /// Warned about; the end is told too.
    Ending { ends_at: Instant },
}

impl TokenClock {
    pub(super) fn timeout(self) -> Instant {
        match self {
            TokenClock::Fresh { warn_at, .. } => warn_at,
            TokenClock::Ending { ends_at } => ends_at,
        }
    }

    pub(super) fn ends_at(self) -> Instant {
        match self {
            TokenClock::Fresh { ends_at, .. } | TokenClock::Ending { ends_at } => ends_at,
        }
    }

    /// For a token that is as good as new: what is left of it is its life.
    pub(super) fn from_now(cx: &Cx<'_>, ends_at: Instant) -> Self {
        let life = ends_at.saturating_duration_since(cx.now);
        TokenClock::Fresh {
            warn_at: cx.now + life * cx.config.token_warn_percent.min(100) / 100,
            ends_at,
        }
    }
}

impl Session {
    /// `UpdateToken`: the new token is tried with one read first.
    pub(super) fn begin_token(&mut self, cx: &mut Cx<'_>, id: TaskId, token: SecretHandle) {
        let Some(known) = self.credential.filter(|known| known.token) else {
            let message = "the agent signed in with a password: there is no token to replace";
            return self.fail(cx, id, ErrorType::PleaseRetry, message);
        };
        if known.secret == token && !self.doubted {
            return self.tell_token_taken(cx, id);
        }
        let credential = Credential {
            secret: token,
            token: true,
        };
        if let Some((error_type, message)) = cx.guard.refusal(cx.now, &self.agent_id) {
            return self.fail(cx, id, error_type, message);
        }
        self.set_step(id, Step::Verifying);
        let request = Request::User { user: self.user() };
        let purpose = Purpose::Verify {
            task: id,
            credential,
        };
        self.send_with(cx, purpose, request, credential);
    }

    /// Finesse takes the new token: it is the session's from now on, and the link stays as it is.
    fn token_verified(&mut self, cx: &mut Cx<'_>, id: TaskId, credential: Credential) {
        let doubted = std::mem::take(&mut self.doubted);
        let old = self.credential.replace(credential);
        self.learn_token_life(cx, id, credential);
        let links = self.hand_to_link(cx, credential);
        let old = old.map(|old| old.secret);
        for secret in links
            .into_iter()
            .chain(old.filter(|old| links != Some(*old)))
        {
            if secret != credential.secret {
                self.release(cx, secret);
            }
        }
        self.tell_token_taken(cx, id);
        if doubted && self.is_link_up() {
            self.start_sync(cx);
        }
    }

    /// A token that Finesse refuses changes nothing.
    pub(super) fn token_reply(
        &mut self,
        cx: &mut Cx<'_>,
        id: TaskId,
        credential: Credential,
        reply: &Reply,
    ) {
        match reply {
            Reply::Answer(Answer::User(_)) => self.token_verified(cx, id, credential),
            Reply::Fault(fault) if fault.is_unauthorized() => {
                let message = "Invalid Credentials: the token before it stays in use";
                self.fail(cx, id, ErrorType::SubscriptionFailed, message);
            }
            reply => self.fail_with(cx, id, reply, About::User),
        }
    }

    fn tell_token_taken(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        let status = ConnectStatus {
            agent_id: self.agent_id.clone(),
        };
        self.tell(cx, Origin::Live, Event::ConnectStatus(status));
        self.done(cx, id);
    }

    /// The link signs in with the new credential when it has to; one that was refused is opened again.
    ///
    /// Gives back the secret that the link had before.
    fn hand_to_link(&mut self, cx: &mut Cx<'_>, credential: Credential) -> Option<SecretHandle> {
        let epoch = match self.link {
            Link::Closed => {
                if let Some(epoch) = self.put_out_open_link(cx) {
                    self.link = Link::Opening { epoch };
                    self.subscribe_again(cx);
                }
                return None;
            }
            Link::Opening { epoch } | Link::Up { epoch } | Link::Down { epoch, .. } => epoch,
        };
        let before = self.link_secret.replace(credential.secret);
        cx.out.push_back(Output::RenewLink {
            agent: self.agent_id.clone(),
            epoch,
            credential,
        });
        before
    }

    /// Notes when the token of a sign-in ends; a password has no end.
    pub(super) fn learn_token_life(&mut self, cx: &Cx<'_>, id: TaskId, credential: Credential) {
        let life = self.tasks.get(&id).and_then(|task| task.token_life);
        let life = life.unwrap_or(cx.config.token_life).min(LONGEST_LIFE);
        self.token = credential
            .token
            .then(|| TokenClock::from_now(cx, cx.now + life));
    }

    /// Warns; the agent is not logged out by us, whatever becomes of the token.
    pub(super) fn token_timeout(&mut self, cx: &mut Cx<'_>) {
        let Some(clock) = self.token.filter(|clock| clock.timeout() <= cx.now) else {
            return;
        };
        let message = match clock {
            TokenClock::Fresh { ends_at, .. } => {
                self.token = Some(TokenClock::Ending { ends_at });
                let seconds = ends_at.saturating_duration_since(cx.now).as_secs();
                format!("the access token expires in {seconds} s: send UpdateToken")
            }
            TokenClock::Ending { .. } => {
                self.token = None;
                "the access token has expired: send UpdateToken".to_owned()
            }
        };
        self.tell_status(cx, message);
    }

    /// A line for the client's status bar.
    pub(super) fn tell_status(&self, cx: &mut Cx<'_>, message: String) {
        let status = StatusMessage {
            message,
            agent_id: self.agent_id.clone(),
        };
        self.tell(cx, Origin::Live, Event::Status(status));
    }
}
