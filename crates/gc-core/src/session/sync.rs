//! Snapshots: after any gap the agent is read anew, what differs is told and marked, and what raced the read is
//! replayed after it.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use finesse_protocol::{Answer, Data, Dialog, ReasonCategory, Request, Update, User};
use gc_protocol::event::SystemStatus;
use gc_protocol::{Action, DialogId, ErrorType};

use super::task::{Step, TaskId, signs_in};
use super::{Cx, Purpose, Session};
use crate::calls::{Applied, Sight};
use crate::faults::About;
use crate::io::{Origin, Reply};

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

    fn finish_sync(&mut self, cx: &mut Cx<'_>, mut reading: Reading) {
        let (Some(user), Some(dialogs)) = (reading.user, reading.dialogs) else {
            return self.sync_failed(cx, reading.held, reading.failure, reading.rest);
        };
        self.sync.failures = 0;
        self.sync.read_before = true;
        self.unproven = false;
        // What was read is how it stands, whatever time an odd notification or another clock has left behind.
        self.agent.forget_order();
        self.take_user(cx, *user, Origin::Snapshot);
        let introduce = self.is_to_introduce();
        let told_next = introduce || self.is_login_introducing();
        // Who was told nothing of the agent yet has never heard of the calls that are over.
        let knew = self.told_state.is_some();
        let found: Vec<DialogId> = dialogs.iter().map(id_of).collect();
        if drop_stale(&mut reading.held, &self.calls.missing(&found)) {
            cx.counters.notifications_dropped += 1;
            reading.again = true;
        }
        for (applied, id) in self.take_dialogs(cx, dialogs, knew) {
            let over = self.calls.get(&id).is_none();
            let due = if over { knew } else { !told_next };
            if let Some(event) = applied.event.clone().filter(|_| due) {
                self.tell(cx, Origin::Snapshot, event);
            }
            self.check_calls(cx, &id, &applied);
        }
        self.settle_all_call_control(cx);
        if introduce {
            self.introduce(cx);
        }
        self.answer_readers(cx);
        self.replay(cx, reading.held);
        self.arrived(cx);
        if std::mem::take(&mut self.sync.told_trouble) {
            self.tell_system(cx, SystemStatus::InService);
        }
        if reading.again {
            self.start_sync(cx);
        }
    }

    /// Whether the owner is to be told everything: it waits for that, or knows nothing of an agent found at work.
    fn is_to_introduce(&mut self) -> bool {
        let waits = std::mem::take(&mut self.sync.introduce);
        let login_tells = self.tasks.values().any(|task| signs_in(&task.action));
        let knows_nothing = self.owner.is_some() && self.told_state.is_none() && !login_tells;
        match waits {
            Introduce::Anyhow => true,
            Introduce::AtWork => self.agent.is_logged_in(),
            Introduce::No => knows_nothing && self.agent.is_logged_in(),
        }
    }

    fn sync_failed(
        &mut self,
        cx: &mut Cx<'_>,
        held: Vec<Update>,
        failure: Option<(ErrorType, String)>,
        rest: Duration,
    ) {
        let (error_type, message) = failure.unwrap_or_else(|| {
            (
                ErrorType::GeneralError,
                "Finesse answered with something else".to_owned(),
            )
        });
        // A credential that Finesse refuses is never tried again by itself: five times lock the account.
        if self.doubted && self.failover.is_under_way() {
            self.credential_lost_on_the_way(cx);
        } else if self.doubted {
            self.tell_subscription_failed(cx);
        } else {
            let wait = RETRY_AFTER * 2_u32.pow(self.sync.failures.min(RETRY_DOUBLINGS));
            self.sync.failures += 1;
            let at = cx.now + wait.max(rest);
            self.sync.phase = Phase::Retry { at };
        }
        self.replay(cx, held);
        for id in self.tasks_in(Step::Reading) {
            self.give_up_reading(cx, id, error_type.clone(), &message);
        }
    }

    /// Makes the calls those of the snapshot; what has ended is told, the rest is given back.
    fn take_dialogs(
        &mut self,
        cx: &mut Cx<'_>,
        dialogs: Vec<Dialog>,
        knew: bool,
    ) -> Vec<(Applied, DialogId)> {
        let found: Vec<DialogId> = dialogs.iter().map(id_of).collect();
        for event in self.calls.end_missing(&found) {
            if knew {
                self.tell(cx, Origin::Snapshot, event);
            }
        }
        let applied = dialogs
            .into_iter()
            .map(|dialog| self.apply_dialog(cx, Sight::Found, dialog));
        applied.zip(found).collect()
    }

    /// Commands may have taken effect without a notification that was seen.
    fn settle_all_call_control(&mut self, cx: &mut Cx<'_>) {
        let out = self.tasks.iter().filter(|(_, task)| task.is_out());
        let ids: Vec<TaskId> = out.map(|(id, _)| *id).collect();
        for id in ids {
            self.settle_call_control(cx, id);
        }
    }

    /// Whether a Login that has brought the agent here will tell all its calls.
    fn is_login_introducing(&self) -> bool {
        self.tasks
            .values()
            .any(|task| signs_in(&task.action) && task.step == Step::Reading && task.found_at_work)
    }

    fn replay(&mut self, cx: &mut Cx<'_>, held: Vec<Update>) {
        for update in held {
            self.take_update(cx, update);
        }
    }

    fn answer_readers(&mut self, cx: &mut Cx<'_>) {
        for id in self.tasks_in(Step::Reading) {
            match self.tasks.get(&id).map(|task| &task.action) {
                Some(action) if signs_in(action) => self.tell_login(cx, id),
                Some(Action::Refresh) => {
                    self.tell_everything_again(cx);
                    self.done(cx, id);
                }
                Some(_) => {
                    self.tell_state(cx, Origin::Live);
                    self.tell_dialog_states(cx, Origin::Live);
                    self.done(cx, id);
                }
                None => {}
            }
        }
    }
}

fn id_of(dialog: &Dialog) -> DialogId {
    DialogId::new(dialog.id.as_str())
}

/// Drops what was held of calls entering that the read found ended: it may be older than the read, and only another read
/// tells. Whether there was any.
fn drop_stale(held: &mut Vec<Update>, ended: &[DialogId]) -> bool {
    let before = held.len();
    held.retain(|update| match &update.data {
        Data::Dialogs(dialogs) if Sight::of(&update.event) == Sight::Entered => {
            !dialogs.iter().any(|dialog| ended.contains(&id_of(dialog)))
        }
        _ => true,
    });
    held.len() < before
}
