//! Everybody's link is cut at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::server::{Login, Server, World};
use crate::link::LinkEvent;

const AGENTS: usize = 2_000;
/// One thing that a server says during a login; seven make one.
const ANSWER_TAKES: Duration = Duration::from_millis(30);

/// Logins as the node sees them.
#[derive(Clone, Default)]
struct Node {
    cut: CancellationToken,
    under_way: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl Node {
    /// Serves as many connections as there are agents; gives when each was made.
    async fn take(&self, world: &mut World) -> Vec<Instant> {
        let mut dialled = Vec::new();
        for _ in 0..AGENTS {
            let server = world.dialled().await;
            dialled.push(Instant::now());
            tokio::spawn(self.clone().serve(server));
        }
        dialled
    }

    async fn serve(self, mut server: Server) {
        let now = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        for answer in Login::ANSWERS {
            server.heard().await;
            sleep(ANSWER_TAKES).await;
            server.say(answer).await;
        }
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        let answers_pings = async {
            loop {
                server.heard().await;
                server.say(" ").await;
            }
        };
        self.cut.run_until_cancelled(answers_pings).await;
    }
}

#[tokio::test(start_paused = true)]
async fn two_thousand_links_cut_at_once_are_back_within_a_minute_and_no_node_is_stormed() {
    let mut world = World::new();
    let (parallel, per_second) = (
        world.node.config.parallel_logins,
        world.node.config.logins_per_second as usize,
    );
    let links: Vec<_> = (0..AGENTS)
        .map(|number| world.link(&(100_000 + number).to_string()))
        .collect();
    let first = Node::default();
    let mut dialled = first.take(&mut world).await;
    for link in &links {
        assert_eq!(world.event(link).await, LinkEvent::Up);
    }

    first.cut.cancel();
    let cut_at = Instant::now();
    let second = Node::default();
    let again = second.take(&mut world).await;
    let soonest = again[0] - cut_at;
    for link in &links {
        assert!(matches!(world.event(link).await, LinkEvent::Down { .. }));
        assert_eq!(world.event(link).await, LinkEvent::Up);
    }
    assert!(cut_at.elapsed() < Duration::from_secs(60), "{cut_at:?}");
    assert!(soonest < Duration::from_secs(1), "{soonest:?}");

    dialled.extend(again);
    for (number, second) in dialled.windows(per_second + 1).enumerate() {
        let took = second[per_second] - second[0];
        // Timers have steps of a millisecond.
        assert!(took >= Duration::from_millis(999), "{number}: {took:?}");
    }
    for node in [first, second] {
        assert!(node.most.load(Ordering::SeqCst) <= parallel);
    }
    assert_eq!(world.dials(), 2 * AGENTS);
}
