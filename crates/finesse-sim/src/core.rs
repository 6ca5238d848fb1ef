//! What all servers share: the engine behind its lock, the clock, the link directory.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::Clock;
use crate::config::Transports;
use crate::counters::Tally;
use crate::engine::{Engine, Node, ServiceStatus, SimTime};
use crate::faults::Faults;
use crate::power::Power;
use crate::profile::Profile;
use crate::xmpp::Hub;

pub(crate) struct Core {
    engine: Mutex<Engine>,
    changed: Notify,
    pub(crate) profile: Profile,
    pub(crate) transports: Transports,
    pub(crate) clock: Clock,
    pub(crate) hub: Hub,
    pub(crate) faults: Faults,
    pub(crate) tally: Tally,
    pub(crate) stop: CancellationToken,
    pub(crate) tasks: TaskTracker,
    serving: [AtomicBool; 2],
    /// Whether Finesse's own user is on a node's bus.
    on_bus: [AtomicBool; 2],
    power: [Power; 2],
}

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Core")
            .field("profile", &self.profile)
            .finish_non_exhaustive()
    }
}

impl Core {
    pub(crate) fn new(engine: Engine, clock: Clock, seed: u64, transports: Transports) -> Self {
        let profile = engine.site().profile;
        let hub = Hub::new(&engine.site().hosts, seed);
        Self {
            engine: Mutex::new(engine),
            changed: Notify::new(),
            profile,
            transports: transports.of(profile),
            clock,
            hub,
            faults: Faults::default(),
            tally: Tally::default(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            serving: [AtomicBool::new(true), AtomicBool::new(true)],
            on_bus: [AtomicBool::new(true), AtomicBool::new(true)],
            power: Default::default(),
        }
    }

    pub(crate) fn now(&self) -> SimTime {
        self.clock.now()
    }

    /// Does something to the engine; its effects are driven afterwards.
    pub(crate) fn command<R>(&self, act: impl FnOnce(&mut Engine, SimTime) -> R) -> R {
        let result = act(&mut self.engine(), self.now());
        self.changed.notify_one();
        result
    }

    /// Looks at the engine.
    pub(crate) fn read<R>(&self, look: impl FnOnce(&mut Engine) -> R) -> R {
        look(&mut self.engine())
    }

    pub(crate) fn is_serving(&self, node: Node) -> bool {
        self.serving[node.index()].load(Ordering::Acquire)
    }

    pub(crate) fn set_service(&self, node: Node, status: ServiceStatus) {
        let serving = status == ServiceStatus::InService;
        self.serve(node, serving);
        self.command(|engine, now| engine.set_service(now, node, status));
        self.put_on_bus(node, serving);
    }

    /// Whether Finesse's own user is on a node's bus.
    pub(crate) fn is_on_bus(&self, node: Node) -> bool {
        self.on_bus[node.index()].load(Ordering::Acquire)
    }

    fn put_on_bus(&self, node: Node, present: bool) {
        self.on_bus[node.index()].store(present, Ordering::Release);
        self.hub.announce_finesse(node, present);
    }

    pub(crate) fn power(&self, node: Node) -> &Power {
        &self.power[node.index()]
    }

    pub(crate) fn node_died(&self, node: Node) {
        self.serve(node, false);
        self.command(|engine, now| engine.node_died(now, node));
        self.hub.forget(node);
    }

    pub(crate) fn node_started(&self, node: Node) {
        let status = self.command(|engine, now| {
            engine.node_started(now, node);
            engine.service(node)
        });
        self.serve(node, status == ServiceStatus::InService);
        self.on_bus[node.index()].store(true, Ordering::Release);
    }

    /// Both nodes lose the CTI server for a while; Finesse's own user stays on the bus.
    pub(crate) fn fail_cti_over(self: &Arc<Self>, time: Duration) {
        self.lose_cti();
        let core = Arc::clone(self);
        self.tasks.spawn(async move {
            tokio::select! {
                () = core.stop.cancelled() => return,
                () = tokio::time::sleep(time) => {}
            }
            core.regain_cti();
        });
    }

    pub(crate) fn lose_cti(&self) {
        for node in Node::ALL {
            self.serve(node, false);
        }
        self.command(Engine::lose_cti);
    }

    pub(crate) fn regain_cti(&self) {
        for node in Node::ALL {
            let alive = self.read(|engine| engine.is_alive(node));
            self.serve(node, alive);
            if alive && !self.is_on_bus(node) {
                self.put_on_bus(node, true);
            }
        }
        self.command(Engine::regain_cti);
    }

    fn serve(&self, node: Node, serving: bool) {
        self.serving[node.index()].store(serving, Ordering::Release);
    }

    /// Runs the engine: the one task that publishes.
    pub(crate) async fn drive(&self) {
        loop {
            let next = self.publish_due();
            let wait = next.map(|at| at.since(self.now()));
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = self.changed.notified() => {}
                () = tokio::time::sleep(wait.unwrap_or_default()), if wait.is_some() => {}
            }
        }
    }

    /// Does what is due and publishes what comes of it; tells when to do so again.
    pub(crate) fn publish_due(&self) -> Option<SimTime> {
        let mut due = Vec::new();
        let next = {
            let mut engine = self.engine();
            engine.handle_timeout(self.now());
            while let Some(publication) = engine.poll_output() {
                due.push(publication);
            }
            engine.poll_timeout()
        };
        for publication in due {
            self.hub.publish(self, &publication);
        }
        next
    }

    fn engine(&self) -> MutexGuard<'_, Engine> {
        self.engine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
