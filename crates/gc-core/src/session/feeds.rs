//! Topics of the notification service that the agent does not get without asking: held as long as anything needs them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use gc_protocol::event::{AgentState, Event};
use gc_protocol::{AgentId, ErrorType};

use super::lane::Lane;
use super::task::{Step, TaskId, TaskOrigin};
use super::{Cx, Link, Session};
use crate::io::{Epoch, Origin, Output};

/// Topics that one agent may hold; a supervisor has a handful of teams and some dozens of queues.
const TOPIC_LIMIT: usize = 256;

/// A team that could not be read after a gap is read again after this long.
const READ_AGAIN: Duration = Duration::from_secs(10);

/// Why a team's events do not come.
pub(super) const NOT_SENT: (ErrorType, &str) = (
    ErrorType::AuthorizationFailure,
    "Finesse does not send this team's events to the agent",
);

/// A topic that must be subscribed to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Topic {
    /// Members of a team.
    Team(String),
    /// Figures of a queue.
    Queue(String),
    /// Which queues the agent has.
    OwnQueues,
}

/// What needs a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Holder {
    /// The client, until the session ends.
    Client,
    /// A command under way.
    Task(TaskId),
}

/// The topics held, and what clients were told of what they bring.
#[derive(Debug, Default)]
pub(super) struct Feeds {
    topics: BTreeMap<Topic, Held>,
    /// The State that was told last of each member, by team.
    pub(super) members: BTreeMap<String, BTreeMap<AgentId, AgentState>>,
}

#[derive(Debug, Default)]
struct Held {
    holders: BTreeSet<Holder>,
    standing: Standing,
    /// When what it is about is read, because a read after a gap came to nothing.
    read_at: Option<Instant>,
}

/// What Finesse has said to a subscription.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Standing {
    #[default]
    Asked,
    Confirmed,
    Refused,
}

impl Topic {
    fn name(&self, agent: &AgentId) -> String {
        match self {
            Topic::Team(team) => format!("/finesse/api/Team/{team}/Users"),
            Topic::Queue(queue) => format!("/finesse/api/Queue/{queue}"),
            Topic::OwnQueues => format!("/finesse/api/User/{agent}/Queues"),
        }
    }
}

impl Feeds {
    /// Whether the client follows a team.
    pub(super) fn follows(&self, team: &str) -> bool {
        let topic = Topic::Team(team.to_owned());
        self.topics
            .get(&topic)
            .is_some_and(|held| held.holders.contains(&Holder::Client))
    }

    /// Teams whose members' states come in.
    pub(super) fn teams(&self) -> impl Iterator<Item = &str> {
        self.topics.keys().filter_map(|topic| match topic {
            Topic::Team(team) => Some(team.as_str()),
            Topic::Queue(_) | Topic::OwnQueues => None,
        })
    }

    pub(super) fn timeout(&self) -> Option<Instant> {
        self.topics.values().filter_map(|held| held.read_at).min()
    }

    fn holds_team(&self, team: &str) -> bool {
        self.topics.contains_key(&Topic::Team(team.to_owned()))
    }

    fn named(&self, agent: &AgentId, name: &str) -> Option<Topic> {
        let mut topics = self.topics.keys();
        topics.find(|topic| topic.name(agent) == name).cloned()
    }
}

impl Session {
    /// Holds a topic. One too many is not asked for.
    pub(super) fn hold_topic(&mut self, cx: &mut Cx<'_>, topic: Topic, holder: Holder) -> Standing {
        let known = self.feeds.topics.contains_key(&topic);
        if !known && self.feeds.topics.len() >= TOPIC_LIMIT {
            return Standing::Refused;
        }
        let held = self.feeds.topics.entry(topic.clone()).or_default();
        held.holders.insert(holder);
        let standing = held.standing;
        if !known {
            self.put_out_subscribe(cx, &topic);
        }
        standing
    }

    /// Lets go of everything that a command held.
    pub(super) fn let_go(&mut self, cx: &mut Cx<'_>, id: TaskId) {
        self.let_go_of(cx, Holder::Task(id), |_| true);
    }

    /// Lets go of the topics that a holder needs no longer.
    pub(super) fn let_go_of(
        &mut self,
        cx: &mut Cx<'_>,
        holder: Holder,
        unneeded: impl Fn(&Topic) -> bool,
    ) {
        for (_, held) in self
            .feeds
            .topics
            .iter_mut()
            .filter(|(topic, _)| unneeded(topic))
        {
            held.holders.remove(&holder);
        }
        let free = |(topic, held): (&Topic, &Held)| held.holders.is_empty().then(|| topic.clone());
        let free: Vec<Topic> = self.feeds.topics.iter().filter_map(free).collect();
        for topic in free {
            self.drop_topic(cx, &topic);
        }
    }

    /// What one client follows is nothing to the next.
    pub(super) fn stop_following(&mut self, cx: &mut Cx<'_>) {
        self.queues = None;
        self.let_go_of(cx, Holder::Client, |_| true);
    }

    fn drop_topic(&mut self, cx: &mut Cx<'_>, topic: &Topic) {
        self.feeds.topics.remove(topic);
        if let Topic::Team(team) = topic {
            self.feeds.members.remove(team);
        }
        if let Some(epoch) = self.epoch() {
            cx.out.push_back(Output::Unsubscribe {
                agent: self.agent_id.clone(),
                epoch,
                topic: topic.name(&self.agent_id),
            });
        }
    }

    /// A new link knows of no topic.
    pub(super) fn subscribe_again(&mut self, cx: &mut Cx<'_>) {
        let topics: Vec<Topic> = self.feeds.topics.keys().cloned().collect();
        for topic in topics {
            self.put_out_subscribe(cx, &topic);
        }
    }

    fn put_out_subscribe(&self, cx: &mut Cx<'_>, topic: &Topic) {
        if let Some(epoch) = self.epoch() {
            cx.out.push_back(Output::Subscribe {
                agent: self.agent_id.clone(),
                epoch,
                topic: topic.name(&self.agent_id),
            });
        }
    }

    fn epoch(&self) -> Option<Epoch> {
        match self.link {
            Link::Closed => None,
            Link::Opening { epoch } | Link::Up { epoch } | Link::Down { epoch, .. } => Some(epoch),
        }
    }

    /// Finesse has confirmed a topic; what came while it was not subscribed was not seen.
    pub(super) fn subscribed(&mut self, cx: &mut Cx<'_>, name: &str) {
        let Some(topic) = self.feeds.named(&self.agent_id, name) else {
            return;
        };
        let before = self.settle_topic(&topic, Standing::Confirmed);
        if before != Standing::Asked {
            self.read_topic_again(cx, &topic);
        }
        self.resume_holders(cx, &topic);
    }

    /// Finesse gives no such topic: commands go on without it.
    pub(super) fn not_subscribed(&mut self, cx: &mut Cx<'_>, name: &str) {
        let Some(topic) = self.feeds.named(&self.agent_id, name) else {
            return;
        };
        self.settle_topic(&topic, Standing::Refused);
        self.topic_refused(cx, &topic);
        self.resume_holders(cx, &topic);
    }

    fn settle_topic(&mut self, topic: &Topic, standing: Standing) -> Standing {
        let held = self.feeds.topics.get_mut(topic);
        held.map_or(standing, |held| {
            std::mem::replace(&mut held.standing, standing)
        })
    }

    fn read_topic_again(&mut self, cx: &mut Cx<'_>, topic: &Topic) {
        match topic {
            Topic::Team(team) if self.feeds.holds_team(team) => self.read_roster(cx, team, None),
            Topic::Team(_) => {}
            Topic::Queue(_) | Topic::OwnQueues => self.read_queues_soon(cx),
        }
    }

    fn topic_refused(&mut self, cx: &mut Cx<'_>, topic: &Topic) {
        match topic {
            Topic::Team(team) if self.feeds.follows(team) => self.lose_team(cx, topic),
            Topic::Team(_) | Topic::OwnQueues => {}
            Topic::Queue(_) => self.poll_queues(cx),
        }
    }

    /// The client follows the team no longer, and hears so.
    fn lose_team(&mut self, cx: &mut Cx<'_>, topic: &Topic) {
        let (error_type, message) = NOT_SENT;
        let error = TaskOrigin::Gateway.error(&self.agent_id, error_type, message.to_owned());
        self.tell(cx, Origin::Live, Event::Error(error));
        self.let_go_of(cx, Holder::Client, |held| held == topic);
    }

    /// A read of a team after a gap came to nothing: it is tried again, as long as somebody follows the team.
    pub(super) fn read_team_later(&mut self, cx: &Cx<'_>, team: &str) {
        let topic = Topic::Team(team.to_owned());
        if let Some(held) = self.feeds.topics.get_mut(&topic) {
            held.read_at = Some(cx.now + READ_AGAIN);
        }
    }

    pub(super) fn teams_timeout(&mut self, cx: &mut Cx<'_>) {
        let mut due = Vec::new();
        for (topic, held) in &mut self.feeds.topics {
            if held.read_at.is_some_and(|at| at <= cx.now) {
                held.read_at = None;
                due.push(topic.clone());
            }
        }
        for topic in due {
            self.read_topic_again(cx, &topic);
        }
    }

    /// Commands that waited for the topic go on.
    fn resume_holders(&mut self, cx: &mut Cx<'_>, topic: &Topic) {
        let Some(held) = self.feeds.topics.get(topic) else {
            return;
        };
        let refused = held.standing == Standing::Refused;
        let waiting: Vec<TaskId> = held
            .holders
            .iter()
            .filter_map(|holder| match holder {
                Holder::Task(id) => Some(*id),
                Holder::Client => None,
            })
            .filter(|id| {
                let task = self.tasks.get(id);
                task.is_some_and(|task| task.step == Step::Subscribing)
            })
            .collect();
        for id in waiting {
            self.topic_settled(cx, id, refused);
        }
    }

    fn topic_settled(&mut self, cx: &mut Cx<'_>, id: TaskId, refused: bool) {
        let lane = self.tasks.get(&id).map(|task| task.lane);
        match lane {
            Some(Lane::Member) => self.send_member(cx, id),
            Some(_) => self.team_subscribed(cx, id, refused),
            None => {}
        }
    }
}
