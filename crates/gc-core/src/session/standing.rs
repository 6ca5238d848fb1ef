//! What another process needs to go on with the session, and going on with one.

use std::time::Instant;

use super::token::TokenClock;
use super::{Cx, LINK_TROUBLE_AFTER, Link, Owner, Session, Trouble};
use crate::io::{Credential, Output, Standing};

/// What of a [`Standing`] changes beside the owner, cheap to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kept {
    node: usize,
    credential: Credential,
    token_ends: Option<Instant>,
}

impl Session {
    /// What is kept of the session, if it is one to go on with: not one whose credential Finesse refuses.
    pub(crate) fn kept(&self) -> Option<Kept> {
        let credential = self.credential.filter(|_| !self.doubted && !self.over)?;
        self.owner.as_ref()?;
        Some(Kept {
            node: self.node,
            credential,
            token_ends: self.token.map(TokenClock::ends_at),
        })
    }

    /// Has kept what there is to go on with now, if that has changed.
    pub(crate) fn keep_standing(&self, cx: &mut Cx<'_>, before: Option<Kept>, moved: bool) {
        let agent = self.agent_id.clone();
        match (self.kept(), &self.owner) {
            (Some(kept), Some(owner)) if moved || before != Some(kept) => {
                cx.out.push_back(Output::Keep(Box::new(Standing {
                    agent,
                    client: owner.client.clone(),
                    destination: owner.destination.clone(),
                    node: kept.node,
                    credential: kept.credential,
                    token_ends: kept.token_ends,
                })));
            }
            (None, _) if before.is_some() => cx.out.push_back(Output::Unkeep { agent }),
            (Some(_) | None, _) => {}
        }
    }

    /// Goes on with a session of an earlier process, as with one whose link was lost.
    pub(crate) fn restore(&mut self, cx: &mut Cx<'_>, standing: Standing) {
        self.owner = Some(Owner {
            client: standing.client,
            destination: standing.destination,
        });
        self.node = standing.node;
        self.credential = Some(standing.credential);
        self.introduce_after_restart();
        self.unproven = true;
        if let Some(ends_at) = standing.token_ends {
            self.token = Some(TokenClock::from_now(cx, ends_at));
            // Finesse would count it as a wrong one.
            if ends_at <= cx.now {
                self.doubted = true;
                let agent = self.agent_id.clone();
                cx.out.push_back(Output::Unkeep { agent });
                return self.tell_subscription_failed(cx);
            }
        }
        if let Some(epoch) = self.put_out_open_link(cx) {
            let trouble = Trouble::Tell {
                at: cx.now + LINK_TROUBLE_AFTER,
            };
            self.link = Link::Down { epoch, trouble };
        }
    }
}
