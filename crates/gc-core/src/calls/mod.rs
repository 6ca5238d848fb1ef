//! One agent's calls: turns dialog notifications into call events (contract, section 2, the event table).

mod barge;
mod build;
mod ended;
mod kind;
mod links;
mod live;

use std::collections::BTreeMap;

use finesse_protocol::{Dialog, Participant, ParticipantState, UpdateEvent};
use gc_protocol::{AgentId, DialogId, Event};

use crate::config::Config;
use barge::Barge;
pub(crate) use build::participant;
use ended::EndedCalls;
use kind::Kind;
use links::Links;
pub(crate) use live::LiveCall;

/// The agent whose calls these are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Me<'a> {
    pub(crate) agent: &'a AgentId,
    pub(crate) extension: &'a str,
}

/// How a dialog came to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sight {
    /// It entered the agent's collection (`POST`).
    Entered,
    /// It changed (`PUT`).
    Changed,
    /// It left the agent's collection (`DELETE`).
    Left,
    /// A re-read found it.
    Found,
}

/// All calls of one agent.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    live: BTreeMap<DialogId, LiveCall>,
    ended: EndedCalls,
    links: Links,
    barge: Barge,
}

/// What a notification did to a call.
#[derive(Debug, Default)]
pub(crate) struct Applied {
    /// The event to tell, if any value changed.
    pub(crate) event: Option<Event>,
    /// A call from the agent's own extension is seen for the first time.
    pub(crate) placed: bool,
    /// The agent's side has just failed because the number does not exist.
    pub(crate) bad_destination: bool,
    /// The notification was older than what is known.
    pub(crate) stale: bool,
    /// Or may have been, and only a read can tell.
    pub(crate) doubtful: bool,
}

impl Calls {
    /// Takes one dialog notification.
    pub(crate) fn apply(
        &mut self,
        me: Me<'_>,
        sight: Sight,
        dialog: Dialog,
        config: &Config,
    ) -> Applied {
        let id = DialogId::new(dialog.id.as_str());
        if sight == Sight::Left {
            return self.delete(me, &id, dialog, config);
        }
        let Some(mine) = dialog.participant(me.extension) else {
            self.links.stranger(&id, &dialog);
            return Applied::default();
        };
        let doubtful = self.ended.is_doubtful(&id, sight);
        if doubtful || self.ended.holds(&id, sight, mine) || self.is_older(&id, &dialog) {
            return Applied {
                stale: true,
                doubtful,
                ..Applied::default()
            };
        }
        if is_over(mine) {
            return self.end(me, &id, dialog, false, config);
        }
        self.change(me, id, dialog, config)
    }

    /// Live calls that a re-read did not find.
    pub(crate) fn missing(&self, found: &[DialogId]) -> Vec<DialogId> {
        let missing = self.live.keys().filter(|id| !found.contains(id));
        missing.cloned().collect()
    }

    /// Ends every live call that a re-read did not find, and tells it.
    pub(crate) fn end_missing(&mut self, found: &[DialogId]) -> Vec<Event> {
        self.ended.gone_unless(found);
        self.missing(found)
            .into_iter()
            .filter_map(|id| {
                let call = self.live.remove(&id)?;
                self.links.settle(&id);
                self.ended.missed(id, call.last_change());
                let told = !call.silent;
                told.then(|| call.kind.event(build::dropped(call.latest, None)))
            })
            .collect()
    }

    /// A live call.
    pub(crate) fn get(&self, dialog: &DialogId) -> Option<&LiveCall> {
        self.live.get(dialog)
    }

    /// Whether a call's data may be changed: it lives, or is being wrapped up.
    pub(crate) fn has_data(&self, dialog: &DialogId) -> bool {
        self.live.contains_key(dialog) || self.ended.is_wrapped_up(dialog)
    }

    /// The call that the agent speaks in.
    pub(crate) fn active(&self) -> Option<&DialogId> {
        let active = |(_, call): &(&DialogId, &LiveCall)| call.latest.state == "ACTIVE";
        self.live().find(active).map(|(id, _)| id)
    }

    /// Whether the agent listens to the call at an extension.
    pub(crate) fn is_monitoring(&self, extension: &str, config: &Config) -> bool {
        let listens = |call: &LiveCall| call.is_monitoring(config) && call.has_live(extension);
        self.live.values().any(listens)
    }

    /// Whether the agent is in a call with the party at an extension, and not only listening.
    pub(crate) fn is_talking_with(&self, extension: &str, config: &Config) -> bool {
        let talks = |call: &LiveCall| {
            !call.is_monitoring(config)
                && call.kind != Kind::Monitored
                && call.latest.state == "ACTIVE"
                && call.has_live(extension)
        };
        self.live.values().any(talks)
    }

    /// Every call that clients were told of; being monitored is told like a call, and is none.
    pub(crate) fn told(&self) -> impl Iterator<Item = &LiveCall> {
        self.live.values().filter(|call| !call.silent)
    }

    /// All live calls.
    pub(crate) fn live(&self) -> impl Iterator<Item = (&DialogId, &LiveCall)> {
        self.live
            .iter()
            .filter(|(_, call)| call.kind != Kind::Monitored)
    }

    /// Follows a leg that a transfer has replaced to the call that took its place.
    pub(crate) fn resolve(&self, dialog: &DialogId) -> DialogId {
        if self.live.contains_key(dialog) {
            return dialog.clone();
        }
        self.links.successor(dialog)
    }

    /// A transfer or conference of `main` is under way; the agent's other call goes into it.
    pub(crate) fn expect_merge(&mut self, main: &DialogId) {
        let other = self.live().find(|(id, call)| {
            *id != main
                && (call.latest.associated_dialog_id.as_ref() == Some(main)
                    || call.latest.state == "ACTIVE")
        });
        let other = other.map(|(id, _)| id.clone());
        self.links.expect(main.clone(), other);
    }

    /// The transfer or conference of `main` was refused.
    pub(crate) fn no_merge(&mut self, main: &DialogId) {
        self.links.settle(main);
    }

    fn change(&mut self, me: Me<'_>, id: DialogId, dialog: Dialog, config: &Config) -> Applied {
        let known = self.live.get(&id);
        let first = known.is_none();
        let mine = dialog.participant(me.extension);
        let is_mine =
            |states: &[ParticipantState]| mine.is_some_and(|mine| states.contains(&mine.state));
        let placed_by_agent = known.is_some_and(|call| call.placed_by_agent)
            || is_mine(&[ParticipantState::Initiating, ParticipantState::Initiated]);
        let from_here = placed_by_agent
            || dialog.from_address == me.extension && !is_mine(&[ParticipantState::Alerting]);
        let known_kind = known.map(|call| call.kind);
        let kind = Kind::of(known_kind, &dialog, mine, placed_by_agent, me);
        let before = known.and_then(|call| call.latest.associated_dialog_id.clone());
        let live = first.then_some(&self.live);
        let link = self.links.of(&id, &dialog, before, live);
        let link = self.with_reservation(&id, &dialog, mine, kind, link);
        self.barge.see(&dialog);
        let mut latest = build::call(me, dialog, kind, link, config);
        self.barge.mark(&mut latest);
        let call = LiveCall {
            kind,
            silent: kind.is_silent(config),
            placed_by_agent,
            latest,
        };
        let known = self.live.get(&id);
        let bad = |call: &LiveCall| build::is_bad_destination(&call.latest, me.extension);
        let applied = Applied {
            event: call.news_since(known),
            placed: first && from_here,
            bad_destination: from_here && bad(&call) && !known.is_some_and(bad),
            stale: false,
            doubtful: false,
        };
        self.live.insert(id, call);
        applied
    }

    /// The customer's call after a preview goes back to the reservation.
    fn with_reservation(
        &mut self,
        id: &DialogId,
        dialog: &Dialog,
        mine: Option<&Participant>,
        kind: Kind,
        link: Option<DialogId>,
    ) -> Option<DialogId> {
        if kind != Kind::Outbound {
            return link;
        }
        if mine.is_some_and(|mine| mine.state == ParticipantState::Accepted) {
            self.links.accepted(id);
        }
        if self.live.contains_key(id) {
            return link;
        }
        let call_type = &dialog.media_properties.call_type;
        link.or_else(|| self.links.reservation_of(id, call_type))
    }

    fn delete(&mut self, me: Me<'_>, id: &DialogId, dialog: Dialog, config: &Config) -> Applied {
        if self.live.contains_key(id) {
            return self.end(me, id, dialog, true, config);
        }
        self.links.stranger(id, &dialog);
        let last_change = build::last_change(&dialog.participants);
        self.ended.deleted(id, last_change);
        Applied::default()
    }

    fn end(
        &mut self,
        me: Me<'_>,
        id: &DialogId,
        dialog: Dialog,
        deleted: bool,
        config: &Config,
    ) -> Applied {
        let known = self.live.remove(id);
        let mine = dialog.participant(me.extension);
        let kind = match &known {
            Some(call) => call.kind,
            None => Kind::of(None, &dialog, mine, false, me),
        };
        let before = known
            .as_ref()
            .and_then(|call| call.latest.associated_dialog_id.clone());
        let link = self.links.of(id, &dialog, before, None);
        let last_change = build::last_change(&dialog.participants).max(
            known
                .as_ref()
                .map(LiveCall::last_change)
                .unwrap_or_default(),
        );
        self.barge.ended(&dialog);
        let mut call = match known {
            // A DELETE may have lost the agent's side already; then what was known is told.
            Some(known) if mine.is_none() => known.latest,
            Some(_) | None => build::call(me, dialog, kind, None, config),
        };
        self.barge.mark(&mut call);
        let call = build::dropped(call, link);
        self.links.settle(id);
        self.ended.remember(id.clone(), deleted, last_change);
        let event = if kind.is_silent(config) {
            None
        } else {
            Some(kind.event(call))
        };
        Applied {
            event,
            ..Applied::default()
        }
    }

    fn is_older(&self, id: &DialogId, dialog: &Dialog) -> bool {
        let Some(known) = self.live.get(id) else {
            return false;
        };
        let mut older = false;
        for participant in &dialog.participants {
            let Some(before) = known
                .latest
                .participants
                .iter()
                .find(|before| before.media_address == participant.media_address)
            else {
                continue;
            };
            match participant.state_change_time.cmp(&before.state_change_time) {
                std::cmp::Ordering::Greater => return false,
                std::cmp::Ordering::Less => older |= !participant.state_change_time.is_empty(),
                std::cmp::Ordering::Equal => {}
            }
        }
        older
    }
}

/// Whether a call is over for this party; wrap-up is work after the call.
pub(crate) fn is_over(party: &Participant) -> bool {
    matches!(
        party.state,
        ParticipantState::Dropped | ParticipantState::WrapUp
    )
}

impl Sight {
    /// What a notification's event says; a word nobody knows is a change.
    pub(crate) fn of(event: &UpdateEvent) -> Self {
        match event {
            UpdateEvent::Post => Sight::Entered,
            UpdateEvent::Delete => Sight::Left,
            _ => Sight::Changed,
        }
    }
}
