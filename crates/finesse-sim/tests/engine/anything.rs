//! Whatever agents and customers do, the site stays consistent.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use finesse_sim::engine::{
    AgentState, CallType, Change, DialogView, PartyState, Payload, Publication, Topic,
};
use finesse_sim::site::Site as Configuration;
use finesse_sim::{
    CallId, CampaignCalls, CampaignMode, Product, Profile, Release, Settings, WrapUpMode,
};

use crate::site::{CUSTOMER, LAYLA, NADIA, OMAR, Site, extension_of};

const AGENTS: [&str; 3] = [LAYLA, OMAR, NADIA];
const NUMBERS: [&str; 8] = [
    "6127", "6133", "6190", "7800", "9999", "9998", "9997", CUSTOMER,
];
const STATES: [&str; 5] = ["READY", "NOT_READY", "LOGOUT", "WORK", "WORK_READY"];
const ACTIONS: [&str; 13] = [
    "ANSWER",
    "ANSWER",
    "HOLD",
    "RETRIEVE",
    "DROP",
    "TRANSFER",
    "CONFERENCE",
    "START_RECORDING",
    "ACCEPT",
    "ACCEPT",
    "REJECT",
    "CLOSE",
    "CANCEL_SCHEDULED_CALLBACK",
];

const MODES: [WrapUpMode; 4] = [
    WrapUpMode::NotAllowed,
    WrapUpMode::Optional,
    WrapUpMode::Required,
    WrapUpMode::RequiredWithData,
];

/// Random use that does not get here proves little.
const EVERYTHING: [&str; 19] = [
    "RESERVED",
    "RESERVED_OUTBOUND",
    "RESERVED_OUTBOUND_PREVIEW",
    "HOLD",
    "WORK",
    "WORK_READY",
    "ACCEPTED",
    "FAILED",
    "CONSULT",
    "TRANSFER",
    "CONFERENCE",
    "SUPERVISOR_MONITOR",
    "SUPERVISOR_BARGE_IN",
    "OUTBOUND_DIRECT_PREVIEW",
    "OUTBOUND_PERSONAL_CALLBACK",
    "OUTBOUND",
    "Generic Error",
    "Invalid Input",
    "Call Variable is protected",
];
const EVERYTHING_OF_UCCX: [&str; 14] = [
    "RESERVED",
    "RESERVED_OUTBOUND",
    "RESERVED_OUTBOUND_PREVIEW",
    "WORK",
    "ACCEPTED",
    "FAILED",
    "ACD_IN",
    "CONSULT",
    "TRANSFER",
    "CONFERENCE",
    "SUPERVISOR_MONITOR",
    "OUTBOUND_DIRECT_PREVIEW",
    "OUTBOUND",
    "Internal Server Error",
];
const CLASSIFICATION: (&str, &str) = ("outboundClassification", "FAX");

/// A small generator of its own, so that a failing seed can be named.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit
    }

    fn pick<'x>(&mut self, from: &[&'x str]) -> &'x str {
        from[self.below(from.len())]
    }
}

#[test]
fn random_use_keeps_feeds_and_states_consistent() {
    let seen = play(Profile::default());
    for word in EVERYTHING {
        assert!(seen.contains(word), "{word} never happened: {seen:?}");
    }
}

#[test]
fn random_use_of_unified_ccx_keeps_feeds_and_states_consistent() {
    let seen = play(Profile::new(Product::Uccx, Release::V12_6));
    for word in EVERYTHING_OF_UCCX {
        assert!(seen.contains(word), "{word} never happened: {seen:?}");
    }
    for word in ["HOLD", "WORK_READY", "PREROUTE_ACD_IN", "OUTBOUND_PREVIEW"] {
        assert!(!seen.contains(word), "{word} happened");
    }
}

/// Uses a site at random; gives what was published in words.
fn play(profile: Profile) -> BTreeSet<&'static str> {
    let mut seen = BTreeSet::new();
    for seed in 0..300 {
        let mut dice = Dice(seed);
        let settings = Settings {
            wrap_up_incoming: MODES[dice.below(4)],
            wrap_up_outgoing: MODES[dice.below(4)],
            direct_preview_keeps_dialog: dice.below(2) == 0,
            campaign_calls: [CampaignCalls::Connected, CampaignCalls::Ringing][dice.below(2)],
            ..Settings::default()
        };
        let mut site = Site::of(Configuration::demo().of(profile), settings, seed);
        for agent in AGENTS {
            site.login(agent);
        }
        site.settle();
        for step in 0..150 {
            one_step(&mut site, &mut dice);
            site.pass(Duration::from_millis(dice.below(1500) as u64));
            check_states(&site, seed, step);
        }
        hang_everything_up(&mut site);
        check_feeds(&site, seed);
        check_over(&site, seed);
        seen.extend(site.published.iter().flat_map(words));
    }
    seen
}

/// What a publication is about: states, kinds of calls, errors.
fn words(publication: &Publication) -> Vec<&'static str> {
    match &publication.payload {
        Payload::User(user) => vec![user.state.as_str()],
        Payload::Dialog(_, dialog) => {
            let causes = dialog.participants.iter().map(|party| party.cause.as_str());
            let kind = [dialog.call_type.as_str(), dialog.state.as_str()];
            causes.chain(kind).collect()
        }
        Payload::Error(error) => vec![error.error_type],
        Payload::TeamMember(_)
        | Payload::System(_)
        | Payload::Queue(_)
        | Payload::ListedQueue(..) => Vec::new(),
    }
}

fn one_step(site: &mut Site, dice: &mut Dice) {
    let agent = dice.pick(&AGENTS);
    match dice.below(14) {
        0 | 1 => {
            // Refusals are part of the game.
            let _ = site.put_user(agent, agent, dice.pick(&STATES), None, None);
        }
        2 if dice.below(3) == 0 => {
            let _ = site.mobile_login(agent, "CALL_BY_CALL", CUSTOMER);
        }
        2 => site.login(agent),
        3 => {
            let _ = site.make_call(agent, extension_of(agent), dice.pick(&NUMBERS));
        }
        4 => {
            let now = site.now();
            let _ = site.engine.inbound(now, CUSTOMER, dice.pick(&NUMBERS), &[]);
            let _ = match dice.below(20) {
                0 => site.engine.withdraw_queue(now, "5240", "5107"),
                1..=3 => site.engine.assign_queue(now, "5240", "5107"),
                _ => Ok(()),
            };
        }
        5 => {
            let dialogs = site.engine.all_dialogs();
            if !dialogs.is_empty() {
                let id = CallId(dialogs[dice.below(dialogs.len())].id);
                let now = site.now();
                let _ = site.engine.hang_up(now, id);
            }
        }
        6 => {
            let _ = site.put_user(NADIA, agent, dice.pick(&STATES), None, None);
        }
        7 => supervise(site, dice),
        8 => {
            if let Some(dialog) = site.engine.dialogs(agent, agent).unwrap().first() {
                let _ = site.try_act(agent, CallId(dialog.id), "ACCEPT", None);
            }
        }
        9 => {
            let mode = CampaignMode::ALL[dice.below(5)];
            let now = site.now();
            let customer = dice.pick(&[CUSTOMER, CUSTOMER, "9998", "9997"]);
            let _ = site.engine.campaign(now, mode, agent, customer);
        }
        _ => {
            let dialogs = site.engine.dialogs(agent, agent).unwrap();
            if !dialogs.is_empty() {
                let id = CallId(dialogs[dice.below(dialogs.len())].id);
                let to = dice.pick(&NUMBERS);
                let action = match dice.below(5) {
                    0 => "CONSULT_CALL",
                    1 => dice.pick(&["TRANSFER_SST", "CONSULT_CALL"]),
                    _ => dice.pick(&ACTIONS),
                };
                let _ = site.try_act(agent, id, action, Some(to));
                write_data(site, dice, agent, id);
            }
        }
    }
}

fn supervise(site: &mut Site, dice: &mut Dice) {
    let agent = dice.pick(&AGENTS);
    let dialogs = site.engine.dialogs(NADIA, NADIA).unwrap();
    let Some(dialog) = dialogs.first() else {
        let _ = site.put_user(NADIA, NADIA, "NOT_READY", None, None);
        let _ = site.monitor(NADIA, agent);
        return;
    };
    let id = CallId(dialog.id);
    let _ = match dice.below(3) {
        0 => site.drop_party(NADIA, id, extension_of(agent)),
        _ => site.barge(NADIA, agent, id),
    };
}

/// An agent's state always agrees with its participants.
fn check_states(site: &Site, seed: u64, step: usize) {
    for agent in AGENTS {
        let own: Vec<PartyState> = site
            .engine
            .dialogs(agent, agent)
            .unwrap()
            .iter()
            .filter(|dialog| !is_listened_to(dialog, agent))
            .flat_map(|dialog| dialog.participants.clone())
            .filter(|party| party.address == extension_of(agent) && party.agent_device)
            .map(|party| party.state)
            .collect();
        let counted = site.engine.site().profile.talks_on_any_call();
        let talks = own.iter().any(|state| {
            matches!(
                state,
                PartyState::Active | PartyState::Initiating | PartyState::Initiated
            )
        });
        let state = site.is(agent);
        let context = format!("seed {seed} step {step} agent {agent} {state:?} {own:?}");
        let active = own.iter().filter(|state| **state == PartyState::Active);
        assert!(active.count() <= 1, "{context}");
        match state {
            AgentState::Talking => {
                let held = !counted && own.contains(&PartyState::Held);
                let failed = own.contains(&PartyState::Failed);
                assert!(talks || held || failed, "{context}");
            }
            AgentState::Hold => assert!(!talks && own.contains(&PartyState::Held), "{context}"),
            AgentState::Work | AgentState::WorkReady => {
                assert!(own.contains(&PartyState::WrapUp), "{context}");
            }
            AgentState::Logout => assert!(own.is_empty(), "{context}"),
            AgentState::Ready
            | AgentState::NotReady
            | AgentState::Reserved
            | AgentState::ReservedOutbound
            | AgentState::ReservedOutboundPreview => {
                let idle = own
                    .iter()
                    .all(|state| matches!(state, PartyState::Alerting | PartyState::Accepted));
                // Direct calls leave the state of a Unified CCX agent alone.
                assert!(idle || !counted, "{context}");
            }
        }
    }
}

fn write_data(site: &mut Site, dice: &mut Dice, agent: &str, id: CallId) {
    let callback = [("callbackTime", "2024-05-03T10:30")];
    let name = dice.pick(&["callVariable1", "user.acct.ref", "user.hist", "user.odd"]);
    let _ = match dice.below(16) {
        0 => site.act_with(agent, id, "UPDATE_SCHEDULED_CALLBACK", &callback),
        1 => site.act_with(agent, id, "RECLASSIFY", &[CLASSIFICATION]),
        2 => site.act_with(agent, id, "SEND_DTMF", &[("dtmfString", "4x")]),
        3 | 4 => site.set_variables(agent, id, &[(name, "gold")]),
        5 => {
            site.wrap_up(agent, id, "Order placed");
            Ok(())
        }
        _ => Ok(()),
    };
}

/// Silent monitors do not concern whom they listen to.
fn is_listened_to(dialog: &DialogView, agent: &str) -> bool {
    dialog.call_type == CallType::SupervisorMonitor && dialog.to == extension_of(agent)
}

fn hang_everything_up(site: &mut Site) {
    for _ in 0..40 {
        for dialog in site.engine.all_dialogs() {
            let now = site.now();
            let _ = site.engine.hang_up(now, CallId(dialog.id));
        }
        for agent in AGENTS {
            for dialog in site.engine.dialogs(agent, agent).unwrap() {
                let _ = site.try_act(agent, CallId(dialog.id), "ANSWER", None);
                let _ = site.try_act(agent, CallId(dialog.id), "DROP", None);
                site.wrap_up(agent, CallId(dialog.id), "Over");
                let _ = site.put_user(agent, agent, "NOT_READY", None, None);
            }
        }
        site.settle();
    }
}

/// Every dialog enters a list once and leaves it once; changes come in between.
fn check_feeds(site: &Site, seed: u64) {
    let mut lists: BTreeMap<&str, BTreeSet<u64>> = BTreeMap::new();
    for publication in &site.published {
        let Payload::Dialog(change, dialog) = &publication.payload else {
            continue;
        };
        let Topic::Dialogs(agent) = &publication.topic else {
            panic!("a dialog on {:?}", publication.topic);
        };
        let list = lists.entry(agent).or_default();
        let fits = match change {
            Change::Post => list.insert(dialog.id),
            Change::Put => list.contains(&dialog.id),
            Change::Delete => list.remove(&dialog.id),
        };
        assert!(fits, "seed {seed} agent {agent} {change:?} {dialog:?}");
    }
    for (agent, list) in lists {
        assert!(
            list.is_empty(),
            "seed {seed} agent {agent} still has {list:?}"
        );
    }
}

fn check_over(site: &Site, seed: u64) {
    let left = site.engine.all_dialogs();
    assert!(left.is_empty(), "seed {seed}: {left:#?}");
    for agent in AGENTS {
        let state = site.is(agent);
        let idle = matches!(
            state,
            AgentState::Ready | AgentState::NotReady | AgentState::Logout
        );
        assert!(idle, "seed {seed} agent {agent} {state:?}");
    }
}
