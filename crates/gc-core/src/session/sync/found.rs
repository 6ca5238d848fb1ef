//! What a snapshot has found: it is told and marked, commands end by it, and who waited for it is answered.

use std::time::Duration;

use finesse_protocol::{Data, Dialog, Update};
use gc_protocol::event::SystemStatus;
use gc_protocol::{Action, DialogId, ErrorType};

use super::{Introduce, Phase, RETRY_AFTER, RETRY_DOUBLINGS, Reading};
use crate::calls::{Applied, Sight};
use crate::io::Origin;
use crate::session::task::{Step, TaskId, signs_in};
use crate::session::{Cx, Session};

impl Session {
    pub(super) fn finish_sync(&mut self, cx: &mut Cx<'_>, mut reading: Reading) {
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
        for event in self.calls.end_missing(&found).into_iter().filter(|_| knew) {
            self.tell(cx, Origin::Snapshot, event);
        }
        for (applied, id) in self.take_dialogs(cx, dialogs) {
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

    /// Takes all calls of the snapshot, which may be linked, before anything of them is told.
    fn take_dialogs(&mut self, cx: &mut Cx<'_>, dialogs: Vec<Dialog>) -> Vec<(Applied, DialogId)> {
        dialogs
            .into_iter()
            .map(|dialog| {
                let id = id_of(&dialog);
                (self.apply_dialog(cx, Sight::Found, dialog), id)
            })
            .collect()
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
