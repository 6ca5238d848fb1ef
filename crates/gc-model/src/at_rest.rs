//! The end of a run: nothing fails any more, everybody must agree, and nothing may be left.

use std::collections::{BTreeMap, BTreeSet};

use finesse_sim::engine::{AgentState, DialogView, PartyState, ReasonView};
use finesse_sim::{Node, ServiceStatus};

use crate::Breach;
use crate::desk::{CallSeen, Seat};
use crate::transition::Transition;
use crate::world::{AGENTS, DESKS, Weather, World};

/// Longer than any gap, any deadline and any lock.
const CALM: u64 = 460_000;
/// Between two looks whether all agree.
const LOOK_EVERY: u64 = 50;
/// How long an account stays locked, and how long failures count.
const LOCKED: u64 = 310_000;

impl World {
    pub(crate) fn come_to_rest(&mut self) -> Result<(), Breach> {
        self.calm_down();
        self.quiet("after the last fault")?;
        self.reconnect()?;
        self.refresh()?;
        self.check_agreement()?;
        self.check_executions()?;
        self.leave()?;
        self.check_empty()
    }

    fn calm_down(&mut self) {
        self.weather = Weather {
            requests: 0,
            notifications: 0,
        };
        self.regain_cti();
        for node in Node::ALL {
            self.apply(Transition::Start(node));
            self.apply(Transition::Service(node, ServiceStatus::InService));
            self.apply(Transition::FinesseUser(node, true));
        }
        for desk in DESKS {
            self.apply(Transition::ClientUp(desk));
        }
        self.unblock_links();
        let end = self.now() + CALM;
        self.settle(end);
        self.pass(end.saturating_sub(self.now()));
    }

    /// Measures how long it takes until everybody agrees who can without help.
    fn settle(&mut self, end: u64) {
        let begin = self.now();
        let mut down: BTreeMap<String, Option<u64>> = BTreeMap::new();
        for agent in self.ledger.owners.keys().filter(|agent| !self.is_up(agent)) {
            down.insert(agent.clone(), None);
        }
        while self.now() < end && self.breach.is_none() {
            let mut all = true;
            for (agent, (_, desk)) in self.ledger.owners.clone() {
                if self.tainted.contains(&agent) || self.is_locked_out(&agent) {
                    down.remove(&agent);
                    continue;
                }
                let (up, now) = (self.is_up(&agent), self.now());
                let agrees = up && self.compare(&agent, &desk).is_ok();
                all &= agrees;
                let Some(since) = down.get_mut(&agent).filter(|_| up) else {
                    continue;
                };
                let since = *since.get_or_insert(now);
                if agrees {
                    down.remove(&agent);
                    self.seen.settling.after_link.push(now - since);
                }
            }
            if all {
                self.seen.settling.runs.push(self.now() - begin);
                return;
            }
            self.pass(LOOK_EVERY);
        }
    }

    fn quiet(&mut self, when: &str) -> Result<(), Breach> {
        for _ in 0..200 {
            self.check()?;
            if self.is_quiet() {
                return Ok(());
            }
            self.pass(500);
        }
        Err(format!(
            "{when}: never comes to rest; {} requests are out, {:?}",
            self.flights.len(),
            self.gateway.poll_timeout()
        ))
    }

    /// Whose credential Finesse has refused, or would refuse next time, connects once more with the right password; and
    /// again, if wrong ones have locked the account until then. Everybody else is back without that.
    fn reconnect(&mut self) -> Result<(), Breach> {
        for (agent, (client, desk)) in self.ledger.owners.clone() {
            if !self.is_locked_out(&agent) {
                if !self.is_up(&agent) {
                    let view = self.gateway.agent(&agent.as_str().into());
                    return Err(format!(
                        "{agent} is not back, and nobody has refused it: {view:?}"
                    ));
                }
                continue;
            }
            let password = self.passwords.get(&agent).cloned().unwrap_or_default();
            let own = (client != "broker").then_some(&*desk);
            let body = format!("{desk},{password}");
            self.send(&client, own, &agent, "Connect", &body);
            self.quiet("after Connect")?;
            if !self.is_up(&agent) {
                self.pass(LOCKED);
                self.send(&client, own, &agent, "Connect", &body);
                self.quiet("after a second Connect")?;
            }
        }
        Ok(())
    }

    /// Whether only the agent's client can bring it back.
    fn is_locked_out(&self, agent: &str) -> bool {
        let wire = self.wires.get(agent);
        let outdated = wire.is_some_and(|wire| self.passwords.get(agent) != Some(&wire.secret));
        outdated || self.locked_out.contains(agent)
    }

    pub(crate) fn is_up(&self, agent: &str) -> bool {
        let view = self.gateway.agent(&agent.into());
        view.is_some_and(|view| view.link == "up")
    }

    /// Who knows that something was missed asks for everything again.
    fn refresh(&mut self) -> Result<(), Breach> {
        for agent in std::mem::take(&mut self.tainted) {
            if let Some((client, desk)) = self.ledger.owners.get(&agent).cloned() {
                let own = (client != "broker").then_some(&*desk);
                self.send(&client, own, &agent, "refresh", "");
            }
        }
        self.quiet("after refresh")
    }

    fn check_agreement(&mut self) -> Result<(), Breach> {
        if let Some(open) = self.ledger.open_commands().next() {
            return Err(format!("without a result at rest: {open:?}"));
        }
        for (agent, (_, desk)) in self.ledger.owners.clone() {
            if !self.is_up(&agent) {
                return Err(format!("the link of {agent} is not up at rest"));
            }
            self.compare(&agent, &desk)?;
            let calls = self.seat(&desk, &agent).map_or(0, |seat| seat.calls.len());
            for _ in 0..calls {
                self.seen.see("a call was live at rest and agreed");
            }
        }
        self.check_beliefs()?;
        self.check_health_told()?;
        self.check_tables()?;
        self.check()
    }

    /// Nothing is pending; what is kept is kept for sessions.
    fn check_tables(&self) -> Result<(), Breach> {
        let counters = self.gateway.counters();
        let owners = self.ledger.owners.len();
        if (counters.sessions, counters.requests_pending) != (owners, 0) {
            return Err(format!(
                "{owners} agents have owners, and at rest {counters:?}"
            ));
        }
        // The link may have been opened with an older secret than the session's.
        let secrets = self.vault.len();
        match secrets > 2 * owners {
            true => Err(format!("{secrets} secrets are kept for {owners} sessions")),
            false => Ok(()),
        }
    }

    /// Nobody believes to have an agent that is another's, or nobody's.
    fn check_beliefs(&self) -> Result<(), Breach> {
        for desk in DESKS {
            for agent in AGENTS {
                let owner = self.ledger.owners.get(agent).map(|(_, at)| at.as_str());
                let is_mine = self.seat(desk, agent).is_some_and(|seat| seat.is_mine);
                if is_mine && owner != Some(desk) {
                    return Err(format!(
                        "{desk} believes to own {agent}, who is at {owner:?}"
                    ));
                }
            }
        }
        Ok(())
    }

    fn seat(&self, desk: &str, agent: &str) -> Option<&Seat> {
        self.desks.get(desk)?.seats.get(agent)
    }

    fn compare(&mut self, agent: &str, desk: &str) -> Result<(), Breach> {
        let user = self.site.engine(|engine, _| engine.user(agent, agent));
        let user = user.map_err(|error| format!("{error:?}"))?;
        let seat = self.seat(desk, agent).cloned().unwrap_or_default();
        let state = user.state.as_str();
        if !(seat.state == state || seat.state.is_empty() && state == "LOGOUT") {
            return Err(format!("{desk}: {agent} is {state}, not {}", seat.state));
        }
        // Who is not signed in need not have been told why.
        if let ReasonView::Code { code, .. } = user.reason
            && state != "LOGOUT"
            && seat.reason != code.to_string()
        {
            return Err(format!(
                "{desk}: {agent}'s reason is {code}, not {}",
                seat.reason
            ));
        }
        let dialogs = self.site.engine(|engine, _| engine.dialogs(agent, agent));
        let dialogs = dialogs.map_err(|error| format!("{error:?}"))?;
        let live: Vec<(String, CallSeen)> = dialogs
            .iter()
            .filter_map(|dialog| Some((dialog.id.to_string(), live(dialog, &user.extension)?)))
            .collect();
        for (id, real) in &live {
            match seat.calls.get(id) {
                Some(seen) if seen.agrees(real) => {}
                seen => return Err(format!("{desk}: {agent}'s {id} is {real:?}, not {seen:?}")),
            }
        }
        let phantom = |id: &&String| !live.iter().any(|(real, _)| real == *id);
        match seat.calls.keys().find(phantom) {
            Some(id) => Err(format!("{desk}: {agent} has no call {id} any more")),
            None => Ok(()),
        }
    }

    fn check_executions(&mut self) -> Result<(), Breach> {
        let counters = self.site.counters();
        for agent in AGENTS {
            let refused = counters
                .sign_ins
                .get(agent)
                .map_or(0, |tried| tried.refused);
            let most = self
                .ledger
                .refusals_at_most(agent, self.changes.get(agent).copied());
            if refused > most {
                return Err(format!(
                    "Finesse refused {agent} {refused} times, {most} at most"
                ));
            }
        }
        for agent in AGENTS {
            let both = counters.sign_ins.get(agent);
            let both = both.map_or(0, |sign_ins| sign_ins.on_both_nodes);
            let late = self.late_logins.get(agent).copied().unwrap_or_default();
            if both > late {
                return Err(format!(
                    "{agent} was on both nodes {both} times, {late} times by a late LOGIN"
                ));
            }
        }
        let twice = counters.executions.iter().find(|(_, times)| **times > 1);
        match twice {
            Some((id, times)) => Err(format!("{id} was executed {times} times")),
            None => Ok(()),
        }
    }

    /// Everybody hangs up and signs out.
    fn leave(&mut self) -> Result<(), Breach> {
        let all = self.site.engine(|engine, _| engine.all_dialogs());
        for dialog in all {
            self.apply(Transition::HangUp(dialog.id));
        }
        self.pass(40_000);
        for (agent, (client, desk)) in self.ledger.owners.clone() {
            let idle = self.state_of(&agent) == Some(AgentState::NotReady);
            let may_leave = idle && self.dialogs_of(&agent).is_empty();
            let word = match may_leave && self.dice.permille(500) {
                true => "Logout",
                false => "force_logout",
            };
            let own = (client != "broker").then_some(&*desk);
            self.send(&client, own, &agent, word, "");
        }
        // Beats are missed, too.
        self.pass(120_000);
        self.quiet("after everybody has left")
    }

    fn check_empty(&mut self) -> Result<(), Breach> {
        let counters = self.gateway.counters();
        let left = (
            counters.sessions,
            counters.links_up,
            counters.requests_pending,
        );
        if left != (0, 0, 0) {
            let views = self.gateway.agents();
            return Err(format!("left: {counters:?} {views:?}"));
        }
        if let Some((_, why)) = self.gateway.poll_timeout() {
            return Err(format!("a timeout is left: {why}"));
        }
        if self.vault.len() > 0 || !self.wires.is_empty() {
            let secrets = self.vault.len();
            return Err(format!("left: {secrets} secrets, links {:?}", self.wires));
        }
        let links: usize = Node::ALL
            .map(|node| self.site.link_count(node))
            .iter()
            .sum();
        if links > 0 {
            return Err(format!("{links} links are left at the site"));
        }
        self.check_beliefs()?;
        match self.ledger.open_commands().next() {
            Some(open) => Err(format!("without a result at the end: {open:?}")),
            None => self.check(),
        }
    }

    /// One live link of an agent at the most.
    pub(crate) fn check_links(&self) -> Result<(), Breach> {
        let links: usize = Node::ALL
            .map(|node| self.site.link_count(node))
            .iter()
            .sum();
        let most = AGENTS.len() + self.strangers();
        if links > most {
            return Err(format!("{links} links at the site"));
        }
        let twice = |agent: &&str| self.site.link_count_of(agent) > 1;
        match AGENTS.into_iter().find(twice) {
            Some(agent) => Err(format!("{agent} has more than one link at the site")),
            None => Ok(()),
        }
    }
}

/// A dialog as its agent's client should see it, unless it is over for the agent.
fn live(dialog: &DialogView, extension: &str) -> Option<CallSeen> {
    let own = dialog
        .participants
        .iter()
        .find(|party| party.address == extension && party.agent_device)?;
    if matches!(own.state, PartyState::Dropped | PartyState::WrapUp) {
        return None;
    }
    let parties: BTreeSet<(String, String)> = dialog
        .participants
        .iter()
        .map(|party| (party.address.clone(), party.state.as_str().to_owned()))
        .collect();
    Some(CallSeen {
        state: own.state.as_str().to_owned(),
        call_type: dialog.call_type.as_str().to_owned(),
        parties,
    })
}
