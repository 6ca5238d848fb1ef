//! The first promise, held against each notification: what it has to be told as comes out, once, in order, and nothing else.

use finesse_protocol::{Answer, Data, Request, Update};
use gc_core::{Epoch, Origin, Reply};
use gc_protocol::{ErrorType, Event};

use super::World;
use crate::reference::{Due, Reference, StateDue, Values, call_of, dialogs_of};

/// An event as it was put out by the present input.
#[derive(Debug)]
pub(crate) struct Put {
    pub(crate) desk: String,
    pub(crate) origin: Origin,
    pub(crate) event: Event,
}

/// What has to come out.
#[derive(Debug)]
pub(crate) struct Expected {
    agent: String,
    desk: String,
    calls: Vec<Due>,
    state: StateDue,
}

impl World {
    /// What a notification has to be told as; `None` where it may wait, or be older than what was read.
    pub(super) fn expect(
        &mut self,
        agent: &str,
        epoch: Epoch,
        born: u64,
        update: &Update,
    ) -> Option<Expected> {
        let current = self.wires.get(agent).filter(|wire| wire.epoch == epoch)?;
        let is_up = current.link.is_some() && self.is_up(agent);
        let (_, desk) = self.ledger.owners.get(agent).filter(|_| is_up)?.clone();
        let read_at = self.read_at.get(agent).copied().unwrap_or_default();
        let late = self.disordered.get(agent).copied().unwrap_or_default();
        if self.is_being_read(agent) || born <= read_at || self.now <= late {
            return None;
        }
        let reference = self.references.entry(agent.to_owned()).or_default();
        reference.told_at(&desk);
        let calls = match reference.extension().map(str::to_owned) {
            Some(extension) => due_of_all(reference, &extension, update),
            None if dialogs_of(update).is_empty() => Vec::new(),
            // Nobody knows yet which party the agent is.
            None => return None,
        };
        let state = match &update.data {
            Data::User(user) if user.login_id == agent => reference.state_due(user),
            _ => StateDue::Nothing,
        };
        self.seen.see("P1 a notification is told as it must be");
        Some(Expected {
            agent: agent.to_owned(),
            desk,
            calls,
            state,
        })
    }

    pub(super) fn is_being_read(&self, agent: &str) -> bool {
        let reads = |request: &Request| {
            matches!(
                request,
                Request::User { .. } | Request::Dialogs { .. } | Request::ReasonCodes { .. }
            )
        };
        let mut of_agent = self.flights.values().filter(|flight| flight.agent == agent);
        of_agent.any(|flight| reads(&flight.request))
    }

    /// Holds what came out against what had to.
    pub(super) fn check_expected(&mut self, expected: &Expected, update: &Update) {
        let Expected { agent, desk, .. } = expected;
        let here = self.put.iter().filter(|put| put.desk == *desk);
        let here: Vec<&Put> = here.collect();
        let calls = here.iter().filter_map(|put| {
            let (kind, call) = call_of(&put.event)?;
            (call.agent_id.as_str() == agent).then_some((kind, call, &put.event))
        });
        let states: Vec<_> = here
            .iter()
            .filter_map(|put| own_state(put, agent))
            .collect();
        let answers = self.answered.iter().filter(|of| *of == agent).count();
        // Who loses the agent by a command that has waited is told a State that was made up.
        let invalidated = |put: &&&Put| matches!(&put.event, Event::Error(error) if error.error_type == ErrorType::SessionInvalidated);
        let answers = answers + here.iter().filter(invalidated).count();
        let reference = self.references.get(agent);
        let mut wrong = None;
        let mut calls = calls.peekable();
        for due in &expected.calls {
            let next = calls.peek().copied();
            match due {
                Due::Open => {
                    calls.next();
                }
                Due::Nothing => {}
                Due::OnlyWhatIsAdded(dialog) => {
                    let adds = |event| reference.is_some_and(|of| of.adds_something(dialog, event));
                    if next.is_some_and(|(_, call, event)| {
                        call.dialog_id.as_str() == dialog && adds(event)
                    }) {
                        calls.next();
                    }
                }
                Due::Event {
                    types,
                    dialog,
                    values,
                } => {
                    let right = next.is_some_and(|(kind, call, _)| {
                        let ended_unseen = values.state == "DROPPED" && call.state == "DROPPED";
                        types.contains(&kind)
                            && call.dialog_id.as_str() == dialog
                            && (ended_unseen || Values::told(call) == *values)
                    });
                    if right {
                        calls.next();
                    } else {
                        wrong = Some(format!("{due:?} is due, and {next:?} is told"));
                        break;
                    }
                }
            }
        }
        let surplus = calls.count();
        if wrong.is_none() && surplus > answers {
            wrong = Some(format!(
                "{surplus} call events more than {:?}",
                expected.calls
            ));
        }
        let due_states = match &expected.state {
            StateDue::Open => states.len().min(1),
            StateDue::Nothing => 0,
            StateDue::State(values) => {
                if !states.first().is_some_and(|told| values.is_told_by(told)) {
                    wrong = wrong.or(Some(format!("{values:?} is due")));
                }
                1
            }
        };
        if states.len() > due_states + answers {
            wrong = wrong.or(Some(format!("{} States are told", states.len())));
        }
        let found = here.iter().find(|put| {
            let about =
                call_of(&put.event).is_some_and(|(_, call)| call.agent_id.as_str() == agent);
            put.origin == Origin::Snapshot && (about || own_state(put, agent).is_some())
        });
        if let Some(found) = found {
            wrong = wrong.or(Some(format!(
                "it is marked as found by a read: {:?}",
                found.event
            )));
        }
        if let Some(wrong) = wrong {
            let told = format!("{here:?}");
            self.breach(|| format!("{agent} at {desk}: {wrong}, by {update:?}; told is {told}"));
        }
    }

    /// Of a call that a read has found and that was not told, only the read knows how it stands.
    pub(super) fn blur_found(&mut self, agent: &str, reply: &Reply) {
        if let Reply::Answer(Answer::Dialogs(dialogs)) = reply
            && let Some(reference) = self.references.get_mut(agent)
        {
            dialogs.iter().for_each(|dialog| reference.blur(dialog));
        }
    }

    /// A notification was taken, at once or to wait for a read.
    pub(super) fn took(&mut self, agent: &str, plain: bool, update: &Update) {
        if self.is_being_read(agent) {
            self.waited.insert(agent.to_owned());
        }
        let Some(reference) = self.references.get_mut(agent) else {
            return;
        };
        for dialog in dialogs_of(update) {
            match plain {
                true => reference.took(&update.event, dialog),
                false => reference.blur(dialog),
            }
        }
    }

    /// What a read has found is marked so, unless a command or a notification that waited for it is answered, too.
    pub(super) fn check_found(&mut self, agent: &str, request: &Request) {
        let reads = matches!(request, Request::User { .. } | Request::Dialogs { .. });
        let waited = self.waited.contains(agent);
        if !self.is_being_read(agent) {
            self.waited.remove(agent);
        }
        if !reads || waited || self.answered.iter().any(|of| of == agent) {
            return;
        }
        let owner = self.ledger.owners.get(agent).map(|(_, desk)| desk.clone());
        let live = self.put.iter().find(|put| {
            let about =
                call_of(&put.event).is_some_and(|(_, call)| call.agent_id.as_str() == agent);
            let at_owner = owner.as_ref() == Some(&put.desk);
            at_owner && put.origin == Origin::Live && (about || own_state(put, agent).is_some())
        });
        if let Some(live) = live {
            let live = format!("{live:?}");
            self.breach(|| {
                format!("a read has found it, and it is told as if it happened: {live}")
            });
        }
    }

    /// The references take what the present input has put out.
    pub(super) fn learn(&mut self) {
        let owners = &self.ledger.owners;
        self.references
            .retain(|agent, _| owners.contains_key(agent));
        for (agent, (_, desk)) in owners {
            let reference = self.references.entry(agent.clone()).or_default();
            reference.told_at(desk);
            for put in self.put.iter().filter(|put| put.desk == *desk) {
                let of_agent = put.event.agent_id().is_some_and(|of| of.as_str() == agent);
                let of_member =
                    matches!(&put.event, Event::State(state) if state.supervisor_id.is_some());
                if of_agent && !of_member {
                    reference.learn(put.origin, &put.event);
                }
            }
        }
    }
}

fn due_of_all(reference: &Reference, extension: &str, update: &Update) -> Vec<Due> {
    let dialogs = dialogs_of(update).into_iter();
    dialogs
        .map(|dialog| reference.due(extension, &update.event, dialog))
        .collect()
}

/// A State of the agent's own, not one of a supervisor's member.
fn own_state<'a>(put: &'a Put, agent: &str) -> Option<&'a gc_protocol::event::AgentState> {
    match &put.event {
        Event::State(state)
            if state.agent_id.as_str() == agent && state.supervisor_id.is_none() =>
        {
            Some(state)
        }
        _ => None,
    }
}
