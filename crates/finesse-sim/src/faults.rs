//! Faults: what goes wrong on purpose, where, and how often.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

/// One fault.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    /// On which side.
    #[serde(rename = "where")]
    pub place: FaultPlace,
    /// On what.
    #[serde(default, rename = "match")]
    pub on: FaultMatch,
    /// What happens.
    pub effect: FaultEffect,
    /// How often; for ever without.
    #[serde(default)]
    pub times: Option<u32>,
}

/// The side of Finesse that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FaultPlace {
    /// Requests.
    Rest,
    /// Notifications.
    Xmpp,
}

/// Which requests or notifications; what is not named matches everything.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FaultMatch {
    /// `a` or `b`.
    #[serde(default)]
    pub node: Option<String>,
    /// Requests of, notifications to this agent.
    #[serde(default)]
    pub agent_id: Option<String>,
    /// Method of the request; event (PUT, POST, DELETE) of the notification.
    #[serde(default)]
    pub method: Option<String>,
    /// Part of the request's path or of the pubsub node.
    #[serde(default)]
    pub path: Option<String>,
    /// `requestedAction` or `state` of the request.
    #[serde(default)]
    pub action: Option<String>,
}

/// What happens.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FaultEffect {
    /// Request: not executed, answered with this status.
    #[serde(default)]
    pub status: Option<u16>,
    /// Request: body of that answer.
    #[serde(default)]
    pub body: Option<String>,
    /// The answer, or the notification, comes this much later.
    #[serde(default)]
    pub delay_ms: Option<u64>,
    /// Request: the connection ends before or after it is executed. Notification: it is lost, or
    /// it is the last one before the link ends.
    #[serde(default)]
    pub drop: Option<FaultDrop>,
    /// Notification: comes twice.
    #[serde(default)]
    pub duplicate: bool,
    /// Notification: changes places with the next one.
    #[serde(default)]
    pub reorder: bool,
    /// Request: 202, and nothing is done. Notification: from here on the link stays open and says
    /// nothing, not even to a ping, until the faults are cleared.
    #[serde(default)]
    pub silence: bool,
}

/// When a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FaultDrop {
    /// Nothing was done.
    Before,
    /// It was done, and the answer is lost.
    After,
}

/// A request or notification that could go wrong.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Occasion<'a> {
    pub(crate) place: FaultPlace,
    pub(crate) node: &'a str,
    pub(crate) agent: &'a str,
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) action: &'a str,
}

#[derive(Debug, Default)]
pub(crate) struct Faults {
    list: Mutex<Vec<Fault>>,
    /// Looked at first: without faults nothing is locked.
    armed: AtomicUsize,
}

impl Faults {
    pub(crate) fn add(&self, fault: Fault) {
        let mut list = self.lock();
        list.push(fault);
        self.armed.store(list.len(), Ordering::Release);
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
        self.armed.store(0, Ordering::Release);
    }

    pub(crate) fn any(&self) -> bool {
        self.armed.load(Ordering::Acquire) > 0
    }

    pub(crate) fn list(&self) -> Vec<Fault> {
        self.lock().clone()
    }

    /// The first fault that fits, counted down.
    pub(crate) fn strike(&self, occasion: Occasion<'_>) -> Option<FaultEffect> {
        if !self.any() {
            return None;
        }
        let mut list = self.lock();
        let place = list.iter().position(|fault| fits(fault, occasion))?;
        let effect = list[place].effect.clone();
        if let Some(times) = &mut list[place].times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                list.remove(place);
            }
        }
        self.armed.store(list.len(), Ordering::Release);
        Some(effect)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn fits(fault: &Fault, occasion: Occasion<'_>) -> bool {
    let same = |wanted: &Option<String>, is: &str| {
        wanted
            .as_ref()
            .is_none_or(|wanted| wanted.eq_ignore_ascii_case(is))
    };
    let on = &fault.on;
    fault.place == occasion.place
        && same(&on.node, occasion.node)
        && same(&on.agent_id, occasion.agent)
        && same(&on.method, occasion.method)
        && on
            .path
            .as_ref()
            .is_none_or(|part| occasion.path.contains(part.as_str()))
        && same(&on.action, occasion.action)
}
