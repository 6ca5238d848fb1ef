//! Snapshots: after any gap the agent is read anew, what differs is told and marked, and what raced the read is
//! replayed after it.

mod found;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use finesse_protocol::{Answer, Dialog, ReasonCategory, Request, Update, User};
use gc_protocol::ErrorType;

use super::task::{Step, TaskId, signs_in};
use super::{Cx, Purpose, Session};
use crate::faults::About;
use crate::io::Reply;

/// A failed snapshot is tried again after this long, then after twice as long, and so on.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// How often that doubles.
const RETRY_DOUBLINGS: u32 = 5;

/// Notifications held during one snapshot; more start it anew.
const HELD_LIMIT: usize = 256;

/// The snapshot's state.
#[derive(Debug, Default)]
pub(super) struct Sync {
    generation: u64,
    phase: Phase,
    /// Snapshots that failed in a row.
    failures: u32,
    /// Whether the agent was ever read since the link was opened.
    read_before: bool,
    /// Who waits to be introduced to the agent.
    introduce: Introduce,
    /// Whether clients were told that the link is down.
    told_trouble: bool,
}

/// Whether the owner is told everything once the agent was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Introduce {
    /// It has been.
    #[default]
    No,
    /// It has taken over an agent, who may be at work.
    AtWork,
    /// It had the agent before a restart of ours, and may have missed anything, the agent's end of work too.
    Anyhow,
}

#[derive(Debug, Default)]
enum Phase {
    #[default]
    Idle,
    Retry {
        at: Instant,
    },
    Reading(Box<Reading>),
}

#[derive(Debug, Default)]
struct Reading {
    outstanding: BTreeSet<Part>,
    user: Option<Box<User>>,
    dialogs: Option<Vec<Dialog>>,
    held: Vec<Update>,
    failure: Option<(ErrorType, String)>,
    /// How long Finesse wants not to be asked again.
    rest: Duration,
    /// Whether something was lost meanwhile that this read may not show.
    again: bool,
}

/// What is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    User,
    Dialogs,
    Reasons(ReasonCategory),
}

impl Sync {
    pub(super) fn timeout(&self) -> Option<Instant> {
        match self.phase {
            Phase::Retry { at } => Some(at),
            Phase::Idle | Phase::Reading(_) => None,
        }
    }

    pub(super) fn told_trouble(&mut self, told: bool) {
        self.told_trouble = told;
    }

    pub(super) fn has_told_trouble(&self) -> bool {
        self.told_trouble
    }
}

impl Session {
    /// Reads the agent anew, unless that is under way.
    pub(super) fn start_sync(&mut self, cx: &mut Cx<'_>) {
        let reading = matches!(self.sync.phase, Phase::Reading(_));
        if reading || self.credential.is_none() || self.doubted || self.over {
            return;
        }
        cx.counters.snapshots += 1;
        self.sync.generation += 1;
        let user = self.user();
        let mut parts = vec![
            (Part::User, Request::User { user: user.clone() }),
            (Part::Dialogs, Request::Dialogs { user: user.clone() }),
        ];
        for category in [ReasonCategory::NotReady, ReasonCategory::Logout] {
            if self.reasons(category).is_none() {
                parts.push((
                    Part::Reasons(category),
                    Request::ReasonCodes {
                        user: user.clone(),
                        category,
                    },
                ));
            }
        }
        let reading = Reading {
            outstanding: parts.iter().map(|(part, _)| *part).collect(),
            ..Reading::default()
        };
        self.sync.phase = Phase::Reading(Box::new(reading));
        let generation = self.sync.generation;
        for (part, request) in parts {
            self.send(cx, Purpose::Sync { generation, part }, request);
        }
    }

    /// Reads the agent anew, also when that is under way: what is being read may be from before.
    pub(super) fn restart_sync(&mut self, cx: &mut Cx<'_>) {
        let held = match std::mem::take(&mut self.sync.phase) {
            Phase::Reading(reading) => reading.held,
            Phase::Idle | Phase::Retry { .. } => Vec::new(),
        };
        self.start_sync(cx);
        match &mut self.sync.phase {
            Phase::Reading(reading) => reading.held = held,
            Phase::Idle | Phase::Retry { .. } => self.replay(cx, held),
        }
    }

    /// What was read so far is not to be relied upon.
    pub(super) fn sync_from_nothing(&mut self, cx: &mut Cx<'_>) {
        self.sync.phase = Phase::Idle;
        self.start_sync(cx);
    }

    /// Something was lost: the agent is read anew, after the read that is under way.
    pub(super) fn sync_again(&mut self, cx: &mut Cx<'_>) {
        match &mut self.sync.phase {
            Phase::Reading(reading) => reading.again = true,
            Phase::Idle | Phase::Retry { .. } => self.start_sync(cx),
        }
    }

    /// The agent's node serves again: what happened meanwhile is read, not by all agents at once.
    pub(crate) fn node_is_back(&mut self, cx: &mut Cx<'_>, wait: Duration) {
        let reading = matches!(self.sync.phase, Phase::Reading(_));
        if self.owner.is_some() && !reading && !self.doubted && !self.awaits_sign_in() {
            self.sync.phase = Phase::Retry { at: cx.now + wait };
        }
    }

    /// The answer of a command is what a snapshot will show.
    pub(super) fn await_sync(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        self.set_step(id, Step::Reading);
        self.start_sync(cx);
        if !matches!(self.sync.phase, Phase::Reading(_)) {
            let message = "the agent could not be read";
            self.give_up_reading(cx, id, ErrorType::Unauthorized, message);
        }
    }

    /// No read will answer a command: a Login took effect all the same, and is told what is known.
    pub(super) fn give_up_reading(
        &mut self,
        cx: &mut Cx<'_>,
        id: TaskId,
        error_type: ErrorType,
        message: &str,
    ) {
        match self.tasks.get(&id).map(|task| &task.action) {
            Some(action) if signs_in(action) => self.tell_login(cx, id),
            Some(_) | None => self.fail(cx, id, error_type, message),
        }
    }

    /// Introduces a new owner to an agent at work: now, or once the agent was read.
    pub(super) fn introduce_when_read(&mut self, cx: &mut Cx<'_>) {
        match self.sync.phase {
            Phase::Idle if self.sync.read_before => {
                // Whoever had the agent before may have been waiting for it.
                self.sync.introduce = Introduce::No;
                if self.agent.is_logged_in() {
                    self.introduce(cx);
                }
            }
            Phase::Idle | Phase::Retry { .. } | Phase::Reading(_) => self.introduce_at_next_read(),
        }
    }

    /// Introduces a new owner to an agent at work, once a read that is to come has found it so.
    pub(super) fn introduce_at_next_read(&mut self) {
        self.sync.introduce = Introduce::AtWork;
    }

    /// Introduces an owner again, once the agent was read.
    pub(super) fn introduce_after_restart(&mut self) {
        self.sync.introduce = Introduce::Anyhow;
    }

    /// Keeps a notification that races a snapshot; gives it back when there is none.
    pub(super) fn hold(&mut self, cx: &mut Cx<'_>, update: Update) -> Option<Update> {
        let Phase::Reading(reading) = &mut self.sync.phase else {
            return Some(update);
        };
        if reading.held.len() < HELD_LIMIT {
            reading.held.push(update);
        } else {
            cx.counters.notifications_dropped += 1 + reading.held.len() as u64;
            self.sync.phase = Phase::Idle;
            self.start_sync(cx);
        }
        None
    }

    /// The link is gone: a read that is under way proves nothing any more.
    pub(super) fn abandon_sync(&mut self, cx: &mut Cx<'_>) {
        if let Phase::Reading(reading) = std::mem::take(&mut self.sync.phase) {
            self.replay(cx, reading.held);
        }
    }

    pub(super) fn sync_timeout(&mut self, cx: &mut Cx<'_>) {
        if self.sync.timeout().is_none_or(|at| at > cx.now) {
            return;
        }
        self.sync.phase = Phase::Idle;
        // A node that is out of service says when it is back.
        if cx.health.is_usable(self.node) {
            self.start_sync(cx);
        }
    }

    /// One part of the snapshot has come, or has not.
    pub(super) fn sync_reply(
        &mut self,
        cx: &mut Cx<'_>,
        generation: u64,
        part: Part,
        reply: Reply,
    ) {
        if let (Part::Reasons(category), Reply::Answer(Answer::ReasonCodes(codes))) = (part, &reply)
        {
            let reasons = cx.reasons.share(codes.clone());
            self.set_reasons(category, reasons);
        }
        if generation != self.sync.generation {
            return;
        }
        let Phase::Reading(reading) = &mut self.sync.phase else {
            return;
        };
        reading.outstanding.remove(&part);
        match (part, reply) {
            (Part::User, Reply::Answer(Answer::User(user))) => reading.user = Some(user),
            (Part::Dialogs, Reply::Answer(Answer::Dialogs(dialogs))) => {
                reading.dialogs = Some(dialogs)
            }
            (Part::Reasons(_), _) => {}
            (Part::User | Part::Dialogs, reply) => {
                if let Reply::Fault(fault) = &reply {
                    reading.rest = reading.rest.max(fault.retry_after.unwrap_or_default());
                }
                reading.failure = Some(super::reply::error_of(&reply, About::User))
            }
        }
        if reading.outstanding.is_empty()
            && let Phase::Reading(reading) = std::mem::take(&mut self.sync.phase)
        {
            self.finish_sync(cx, *reading);
        }
    }

    fn replay(&mut self, cx: &mut Cx<'_>, held: Vec<Update>) {
        for update in held {
            self.take_update(cx, update);
        }
    }
}
