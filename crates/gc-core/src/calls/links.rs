//! Which call a call goes back to, and which one took its place (contract, section 2, "Links").

use std::collections::{BTreeMap, VecDeque};

use finesse_protocol::{CallType, Dialog};
use gc_protocol::DialogId;

use super::LiveCall;

/// Replaced legs that are remembered.
const SUCCESSORS_REMEMBERED: usize = 32;

/// Relations between the calls of one agent.
#[derive(Debug, Default)]
pub(super) struct Links {
    successors: VecDeque<(DialogId, DialogId)>,
    merging: Option<Merging>,
    /// A preview reservation that was accepted; the customer's call goes back to it.
    reservation: Option<DialogId>,
}

/// A transfer or conference that the agent has asked for.
#[derive(Debug)]
struct Merging {
    main: DialogId,
    other: Option<DialogId>,
}

impl Links {
    /// The call that `id` goes back to; `live` is given when `id` is seen for the first time.
    pub(super) fn of(
        &mut self,
        id: &DialogId,
        dialog: &Dialog,
        before: Option<DialogId>,
        live: Option<&BTreeMap<DialogId, LiveCall>>,
    ) -> Option<DialogId> {
        if let Some(original) = dialog.associated_dialog_id() {
            return Some(DialogId::new(original));
        }
        if !dialog.secondary_id.is_empty() {
            let merged = DialogId::new(dialog.secondary_id.as_str());
            self.replaced(&merged, id);
            return Some(merged);
        }
        if let Some(merging) = self.merging.as_ref().filter(|merging| merging.main == *id) {
            return merging.other.clone().or(before);
        }
        if let Some(leg) = live.and_then(|live| replaced_leg(dialog, live)) {
            self.replaced(&leg, id);
            return Some(leg);
        }
        before
    }

    /// A campaign call was accepted by the agent.
    pub(super) fn accepted(&mut self, id: &DialogId) {
        self.reservation = Some(id.clone());
    }

    /// The reservation that a campaign call, seen for the first time, was made for.
    pub(super) fn reservation_of(
        &mut self,
        id: &DialogId,
        call_type: &CallType,
    ) -> Option<DialogId> {
        let reservation = self.reservation.take_if(|reservation| reservation != id)?;
        // Another reservation says that the one before came to nothing.
        (!call_type.as_str().contains("PREVIEW")).then_some(reservation)
    }

    /// A leg this agent is no party of; during a direct transfer it is what the call went into.
    pub(super) fn stranger(&mut self, id: &DialogId, dialog: &Dialog) {
        if let Some(merging) = &mut self.merging
            && merging.other.is_none()
            && merging.main != *id
            && dialog.media_properties.call_type == CallType::Transfer
        {
            merging.other = Some(id.clone());
        }
    }

    /// A transfer or conference of `main` is under way.
    pub(super) fn expect(&mut self, main: DialogId, other: Option<DialogId>) {
        self.merging = Some(Merging { main, other });
    }

    /// The call is over, or its transfer was refused.
    pub(super) fn settle(&mut self, main: &DialogId) {
        if self
            .merging
            .as_ref()
            .is_some_and(|merging| merging.main == *main)
        {
            self.merging = None;
        }
    }

    /// The call that took the place of `dialog`, or `dialog` itself.
    pub(super) fn successor(&self, dialog: &DialogId) -> DialogId {
        let mut current = dialog;
        // Each step goes to a later entry, so this ends.
        for (old, new) in &self.successors {
            if old == current {
                current = new;
            }
        }
        current.clone()
    }

    fn replaced(&mut self, old: &DialogId, new: &DialogId) {
        if old == new || self.successors.iter().any(|(known, _)| known == old) {
            return;
        }
        if self.successors.len() == SUCCESSORS_REMEMBERED {
            self.successors.pop_front();
        }
        self.successors.push_back((old.clone(), new.clone()));
    }
}

/// The short-lived leg that a transferred call replaces: it still rings while the call itself arrives.
fn replaced_leg(dialog: &Dialog, live: &BTreeMap<DialogId, LiveCall>) -> Option<DialogId> {
    if dialog.media_properties.call_type != CallType::Transfer {
        return None;
    }
    live.iter()
        .find(|(id, call)| id.as_str() != dialog.id && call.latest.state == "ALERTING")
        .map(|(id, _)| id.clone())
}
