//! Queues as clients see them (contract, section 2).

use finesse_protocol::Queue;
use gc_protocol::AgentId;
use gc_protocol::event::{self, Event, Queues};

/// Queues whose figures one agent follows.
const FOLLOWED: usize = 200;

/// The figures of all queues.
pub(crate) fn queue_stats(queues: &[Queue], agent: &AgentId) -> Event {
    Event::QueueStats(Queues {
        queue: queues.iter().map(figures).collect(),
        agent_id: agent.clone(),
    })
}

/// Ids of the queues whose figures are to be followed.
pub(crate) fn queue_topics(queues: &[Queue]) -> Vec<String> {
    let ids = queues.iter().map(Queue::id).filter(|id| !id.is_empty());
    ids.take(FOLLOWED).map(str::to_owned).collect()
}

fn figures(queue: &Queue) -> event::Queue {
    let figures = &queue.statistics;
    event::Queue {
        name: queue.name.clone(),
        agents_not_ready: number(&figures.agents_not_ready),
        agents_ready: number(&figures.agents_ready),
        agents_talking_inbound: number(&figures.agents_talking_inbound),
        agents_talking_internal: number(&figures.agents_talking_internal),
        agents_talking_outbound: number(&figures.agents_talking_outbound),
        agents_wrap_up_not_ready: number(&figures.agents_wrap_up_not_ready),
        agents_wrap_up_ready: number(&figures.agents_wrap_up_ready),
        calls_in_queue: number(&figures.calls_in_queue),
        start_time_of_longest_call_in_queue: figures.start_time_of_longest_call_in_queue.clone(),
    }
}

/// Finesse's own word for a figure it does not have is -1.
fn number(text: &str) -> i64 {
    text.parse().unwrap_or(-1)
}
