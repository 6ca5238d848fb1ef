//! What all servers share: the engine behind its lock, the clock, the link directory.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

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
    started: Instant,
    started_unix_millis: u64,
    pub(crate) hub: Hub,
    pub(crate) faults: Faults,
    pub(crate) tally: Tally,
    pub(crate) stop: CancellationToken,
    pub(crate) tasks: TaskTracker,
    serving: [AtomicBool; 2],
    power: [Power; 2],
    tls: [TlsAcceptor; 2],
}

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Core")
            .field("profile", &self.profile)
            .finish_non_exhaustive()
    }
}

impl Core {
    pub(crate) fn new(
        engine: Engine,
        seed: u64,
        transports: Transports,
        tls: [TlsAcceptor; 2],
    ) -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
        let profile = engine.site().profile;
        let hub = Hub::new(&engine.site().hosts, seed);
        Self {
            engine: Mutex::new(engine),
            changed: Notify::new(),
            profile,
            transports: transports.of(profile),
            started: Instant::now(),
            started_unix_millis: since_epoch.unwrap_or_default().as_millis() as u64,
            hub,
            faults: Faults::default(),
            tally: Tally::default(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            serving: [AtomicBool::new(true), AtomicBool::new(true)],
            power: Default::default(),
            tls,
        }
    }

    pub(crate) fn now(&self) -> SimTime {
        SimTime::from_unix_millis(self.started_unix_millis) + self.started.elapsed()
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
        self.hub.announce_finesse(node, serving);
    }

    pub(crate) fn power(&self, node: Node) -> &Power {
        &self.power[node.index()]
    }

    pub(crate) fn tls(&self, node: Node) -> TlsAcceptor {
        self.tls[node.index()].clone()
    }

    pub(crate) fn node_died(&self, node: Node) {
        self.serve(node, false);
        self.command(|engine, now| engine.node_died(now, node));
        self.hub.forget(node);
    }

    pub(crate) fn node_started(&self, node: Node) {
        self.serve(node, true);
        self.command(|engine, now| engine.node_started(now, node));
    }

    /// Both nodes lose the CTI server for a while; Finesse's own user stays on the bus.
    pub(crate) fn fail_cti_over(self: &Arc<Self>, time: Duration) {
        for node in Node::ALL {
            self.serve(node, false);
        }
        self.command(Engine::lose_cti);
        let core = Arc::clone(self);
        self.tasks.spawn(async move {
            tokio::select! {
                () = core.stop.cancelled() => return,
                () = tokio::time::sleep(time) => {}
            }
            for node in Node::ALL {
                let dead = core.power(node).killed().is_cancelled();
                core.serve(node, !dead);
            }
            core.command(Engine::regain_cti);
        });
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

    fn publish_due(&self) -> Option<SimTime> {
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
