//! Figures of the agent's queues: asked for once, then followed (contract, section 2; Finesse API, section 3.8).

use std::time::{Duration, Instant};

use finesse_protocol::{Answer, Queue, Request, Update};

use super::feeds::{Holder, Topic};
use super::gone::Presence;
use super::task::{Step, TaskId};
use super::{Cx, Purpose, Session};
use crate::faults::About;
use crate::io::{Origin, Product, Reply};
use crate::lists::{queue_stats, queue_topics};

/// Several queues change at once; they are told together.
const TOGETHER: Duration = Duration::from_secs(1);

/// The queues that the client follows.
#[derive(Debug)]
pub(super) struct QueueBoard {
    queues: Vec<Queue>,
    source: Source,
    /// When changes are told.
    tell_at: Option<Instant>,
    /// When the figures are asked for again, where Finesse publishes none.
    poll_at: Option<Instant>,
}

/// Where news of the queues come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// Finesse publishes them.
    Published,
    /// They are asked for every so often.
    Polled,
}

impl QueueBoard {
    pub(super) fn timeout(&self) -> Option<Instant> {
        self.tell_at.into_iter().chain(self.poll_at).min()
    }
}

impl Session {
    pub(super) fn begin_queues(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        self.set_step(id, Step::LookingUp);
        let request = Request::Queues { user: self.user() };
        self.send(cx, Purpose::Read { task: id }, request);
    }

    pub(super) fn queues_reply(&mut self, cx: &mut Cx<'_>, id: TaskId, reply: Reply) {
        let Reply::Answer(Answer::Queues(queues)) = reply else {
            return self.fail_with(cx, id, &reply, About::List);
        };
        let stats = queue_stats(&queues, &self.agent_id);
        self.tell(cx, Origin::Live, stats);
        if cx.config.queue_feed {
            self.follow_queues(cx, queues);
        }
        self.done(cx, id);
    }

    fn follow_queues(&mut self, cx: &mut Cx<'_>, queues: Vec<Queue>) {
        let known = self
            .queues
            .as_ref()
            .map(|board| (board.source, board.poll_at));
        let (source, poll_at) = known.unwrap_or(match cx.product {
            Some(Product::Uccx) => (Source::Polled, Some(cx.now + cx.config.queue_poll)),
            Some(Product::Ucce) | None => (Source::Published, None),
        });
        if source == Source::Published {
            self.hold_topic(cx, Topic::OwnQueues, Holder::Client);
            self.hold_queues(cx, &queue_topics(&queues));
        }
        self.queues = Some(Box::new(QueueBoard {
            queues,
            source,
            tell_at: None,
            poll_at,
        }));
    }

    /// Topics of the present queues, and of no others.
    fn hold_queues(&mut self, cx: &mut Cx<'_>, queues: &[String]) {
        let gone = |topic: &Topic| matches!(topic, Topic::Queue(queue) if !queues.contains(queue));
        self.let_go_of(cx, Holder::Client, gone);
        for queue in queues {
            self.hold_topic(cx, Topic::Queue(queue.clone()), Holder::Client);
        }
    }

    /// Finesse publishes no figures: they are asked for.
    pub(super) fn poll_queues(&mut self, cx: &Cx<'_>) {
        if let Some(board) = &mut self.queues {
            board.source = Source::Polled;
            board.poll_at.get_or_insert(cx.now + cx.config.queue_poll);
        }
    }

    /// Something about the queues was missed.
    pub(super) fn read_queues_soon(&mut self, cx: &Cx<'_>) {
        if let Some(board) = &mut self.queues {
            let soon = cx.now + TOGETHER;
            board.poll_at = Some(board.poll_at.map_or(soon, |at| at.min(soon)));
        }
    }

    /// New figures of one queue; `true` when the update was about queues.
    pub(super) fn take_queue(&mut self, cx: &mut Cx<'_>, update: &Update) -> bool {
        let queue = match &update.data {
            finesse_protocol::Data::Queue(queue) => queue,
            finesse_protocol::Data::Queues(_) => {
                self.read_queues_soon(cx);
                return true;
            }
            _ => return false,
        };
        if let Some(board) = &mut self.queues
            && let Some(known) = board
                .queues
                .iter_mut()
                .find(|known| known.id() == queue.id())
            && known.statistics != queue.statistics
        {
            known.statistics = queue.statistics.clone();
            board.tell_at.get_or_insert(cx.now + TOGETHER);
        }
        true
    }

    pub(super) fn queues_timeout(&mut self, cx: &mut Cx<'_>) {
        let Some(board) = &mut self.queues else {
            return;
        };
        if board.tell_at.is_some_and(|at| at <= cx.now) {
            board.tell_at = None;
            let stats = queue_stats(&board.queues, &self.agent_id);
            self.tell(cx, Origin::Live, stats);
        }
        self.poll_if_due(cx);
    }

    fn poll_if_due(&mut self, cx: &mut Cx<'_>) {
        let Some(board) = &mut self.queues else {
            return;
        };
        if board.poll_at.is_none_or(|at| at > cx.now) {
            return;
        }
        board.poll_at = Some(cx.now + cx.config.queue_poll);
        let listens = self.presence == Presence::Here && !self.doubted;
        if listens && cx.health.is_usable(self.node) {
            if board.source == Source::Published {
                board.poll_at = None;
            }
            let request = Request::Queues { user: self.user() };
            self.send(cx, Purpose::Queues, request);
        }
    }

    /// What a poll has found is told when it differs.
    pub(super) fn queues_polled(&mut self, cx: &mut Cx<'_>, reply: Reply) {
        let Reply::Answer(Answer::Queues(found)) = reply else {
            if let Some(board) = &mut self.queues {
                board.poll_at.get_or_insert(cx.now + cx.config.queue_poll);
            }
            return;
        };
        let Some(board) = &self.queues else {
            return;
        };
        let origin = match board.source {
            Source::Published => Origin::Snapshot,
            Source::Polled => Origin::Live,
        };
        let known = queue_stats(&board.queues, &self.agent_id);
        let stats = queue_stats(&found, &self.agent_id);
        if stats != known || board.tell_at.is_some() {
            self.tell(cx, origin, stats);
        }
        self.follow_queues(cx, found);
    }
}
