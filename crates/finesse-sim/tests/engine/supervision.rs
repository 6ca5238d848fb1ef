//! Silent monitoring, barging in, dropping parties, states of team members.

use std::time::Duration;

use finesse_sim::engine::{AgentState, CallType, DialogAction, Refusal};
use finesse_sim::site::{AgentProfile, Site as Configuration, Team};
use finesse_sim::{BargeMark, CallId, DropParticipantFor, Settings};
use pretty_assertions::assert_eq;

use crate::site::{CUSTOMER, HUDA, LAYLA, NADIA, OMAR, Site, extension_of};

const MONITOR: CallId = CallId(33_561_208);

#[test]
fn a_monitor_makes_the_supervisor_talk_and_is_a_passive_dialog_for_the_agent() {
    let (mut site, call) = on_a_call();
    site.monitor(NADIA, LAYLA).unwrap();
    site.settle();
    assert_eq!(site.user_feed(NADIA), ["U=TALKING"]);
    let begun = "P 33561208 ACTIVE [ACTIVE|ACTIVE] SUPERVISOR_MONITOR";
    assert_eq!(site.dialogs_feed(NADIA), [format!("{begun} #r-1")]);
    assert_eq!(site.dialogs_feed(LAYLA), [begun]);
    assert_eq!(site.user_feed(LAYLA), [""; 0]);
    let listed = [
        DialogAction::Drop,
        DialogAction::BargeCall,
        DialogAction::Hold,
    ];
    assert_eq!(actions(&site, NADIA, MONITOR), listed);
    assert_eq!(actions(&site, LAYLA, MONITOR), []);
    let monitor = site.dialog(NADIA);
    assert_eq!(
        (monitor.from.as_str(), monitor.to.as_str()),
        ("6190", "6127")
    );

    site.act(NADIA, MONITOR, "DROP");
    site.settle();
    let over = "D 33561208 DROPPED [DROPPED|DROPPED] SUPERVISOR_MONITOR";
    assert_eq!(site.dialogs_feed(NADIA), [format!("{over} #r-1")]);
    assert_eq!(site.dialogs_feed(LAYLA), [over]);
    assert_eq!(site.user_feed(NADIA), ["U=NOT_READY"]);
    assert_eq!(site.dialog(LAYLA).id, call.0);
}

#[test]
fn the_monitor_ends_with_the_call_it_listens_to() {
    let (mut site, call) = monitored();
    site.customer_hangs_up(call);
    site.settle();
    assert_eq!(
        site.dialogs_feed(NADIA),
        ["D 33561208 DROPPED [DROPPED|DROPPED] SUPERVISOR_MONITOR"]
    );
    assert_eq!(site.user_feed(NADIA), ["U=NOT_READY"]);
    assert_eq!(site.is(LAYLA), AgentState::Ready);
    assert!(site.engine.all_dialogs().is_empty());
}

#[test]
fn an_agent_who_waits_to_sign_out_does_so_when_the_monitored_call_ends() {
    let (mut site, call) = monitored();
    site.put_user(NADIA, LAYLA, "LOGOUT", None, None).unwrap();
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=TALKING pending LOGOUT #r-1"]);
    site.customer_hangs_up(call);
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=LOGOUT(999)"]);
}

#[test]
fn the_agent_does_nothing_with_the_monitor_and_works_as_before() {
    let (mut site, call) = monitored();
    site.act(LAYLA, MONITOR, "DROP");
    site.settle();
    let refused = ["E Generic Error 6127 INVALID_ACTION DROP on extension 6127 #r-1"];
    assert_eq!(site.dialogs_feed(LAYLA), refused);
    site.act(LAYLA, call, "HOLD");
    site.settle();
    assert_eq!(site.is(LAYLA), AgentState::Hold);
    let held = [
        DialogAction::UpdateCallData,
        DialogAction::Drop,
        DialogAction::Retrieve,
    ];
    assert_eq!(actions(&site, LAYLA, call), held);
    site.act(LAYLA, call, "RETRIEVE");
    site.settle();
    assert_eq!(
        site.dialogs_feed(LAYLA),
        [
            "U 33561207 ACTIVE [HELD|ACTIVE] PREROUTE_ACD_IN #r-1",
            "U 33561207 ACTIVE [ACTIVE|ACTIVE] PREROUTE_ACD_IN #r-1",
        ]
    );
    assert_eq!(site.is(NADIA), AgentState::Talking);
}

#[test]
fn the_supervisor_may_hold_the_monitor() {
    let (mut site, _) = monitored();
    site.act(NADIA, MONITOR, "HOLD");
    site.settle();
    assert_eq!(site.user_feed(NADIA), ["U=HOLD"]);
    site.act(NADIA, MONITOR, "RETRIEVE");
    site.settle();
    assert_eq!(site.user_feed(NADIA), ["U=TALKING"]);
}

#[test]
fn barging_in_ends_the_monitor_and_makes_a_conference_with_a_marked_party() {
    let (mut site, call) = monitored();
    site.barge(NADIA, LAYLA, MONITOR).unwrap();
    site.settle();
    assert_eq!(
        site.dialogs_feed(NADIA),
        [
            "D 33561208 DROPPED [DROPPED|DROPPED] SUPERVISOR_MONITOR",
            "P 33561207 ACTIVE [ACTIVE SUPERVISOR_BARGE_IN|ACTIVE|ACTIVE] CONFERENCE #r-1",
        ]
    );
    assert_eq!(
        site.dialogs_feed(LAYLA),
        [
            "D 33561208 DROPPED [DROPPED|DROPPED] SUPERVISOR_MONITOR",
            "U 33561207 ACTIVE [ACTIVE|ACTIVE|ACTIVE SUPERVISOR_BARGE_IN] CONFERENCE",
        ]
    );
    assert_eq!(site.user_feed(NADIA), [""; 0]);
    assert!(actions(&site, NADIA, call).contains(&DialogAction::ParticipantDrop));
    assert!(!actions(&site, LAYLA, call).contains(&DialogAction::ParticipantDrop));
}

#[test]
fn a_site_may_leave_it_to_clients_to_see_who_barged_in() {
    let settings = Settings {
        barge_mark: BargeMark::Nowhere,
        ..Settings::default()
    };
    let (site, _) = barged(settings);
    let causes = site.dialog(NADIA).participants.into_iter();
    let causes: Vec<&str> = causes.map(|party| party.cause.as_str()).collect();
    assert_eq!(causes, ["", "", ""]);
}

#[test]
fn the_supervisor_leaves_a_barged_call_and_it_goes_on() {
    let (mut site, call) = barged(Settings::default());
    site.act(NADIA, call, "DROP");
    site.settle();
    let left = ["D 33561207 ACTIVE [DROPPED|ACTIVE|ACTIVE] CONFERENCE #r-1"];
    assert_eq!(site.dialogs_feed(NADIA), left);
    assert_eq!(site.user_feed(NADIA), ["U=NOT_READY"]);
    assert_eq!(
        site.dialogs_feed(LAYLA),
        [
            "U 33561207 ACTIVE [ACTIVE|ACTIVE|DROPPED] CONFERENCE",
            "U 33561207 ACTIVE [ACTIVE|ACTIVE] CONFERENCE",
        ]
    );
    assert_eq!(site.is(LAYLA), AgentState::Talking);
}

#[test]
fn the_supervisor_takes_the_call_over_by_dropping_the_agent() {
    let (mut site, call) = barged(Settings::default());
    site.drop_party(NADIA, call, "6127").unwrap();
    site.settle();
    let out = ["D 33561207 ACTIVE [DROPPED|ACTIVE|ACTIVE SUPERVISOR_BARGE_IN] CONFERENCE"];
    assert_eq!(site.dialogs_feed(LAYLA), out);
    assert_eq!(site.user_feed(LAYLA), ["U=READY"]);
    assert_eq!(
        site.dialogs_feed(NADIA),
        [
            "U 33561207 ACTIVE [ACTIVE SUPERVISOR_BARGE_IN|ACTIVE|DROPPED] CONFERENCE #r-1",
            "U 33561207 ACTIVE [ACTIVE SUPERVISOR_BARGE_IN|ACTIVE] CONFERENCE",
        ]
    );
    // Nobody is left who could be dropped without ending the call.
    assert!(!actions(&site, NADIA, call).contains(&DialogAction::ParticipantDrop));
    site.customer_hangs_up(call);
    site.settle();
    assert_eq!(site.is(NADIA), AgentState::NotReady);
}

#[test]
fn who_may_drop_others_is_a_setting() {
    let cases = [
        (DropParticipantFor::SupervisorOnly, false, false),
        (DropParticipantFor::ControllerAndSupervisor, true, false),
        (DropParticipantFor::All, true, true),
    ];
    for (drop_participant_for, controller, member) in cases {
        let settings = Settings {
            drop_participant_for,
            ..Settings::default()
        };
        let mut site = Site::with(settings).with_ready(&[LAYLA, OMAR]);
        let call = conference(&mut site);
        let lists = |site: &Site, agent| {
            actions(site, agent, call).contains(&DialogAction::ParticipantDrop)
        };
        assert_eq!(lists(&site, LAYLA), controller, "{drop_participant_for:?}");
        assert_eq!(lists(&site, OMAR), member, "{drop_participant_for:?}");
        site.drop_party(OMAR, call, "6127").unwrap();
        site.settle();
        let expected = if member {
            AgentState::Ready
        } else {
            AgentState::Talking
        };
        assert_eq!(site.is(LAYLA), expected, "{drop_participant_for:?}");
    }
}

#[test]
fn only_parties_on_agents_phones_can_be_dropped() {
    let (mut site, call) = barged(Settings::default());
    for address in [CUSTOMER, "6133", "1"] {
        let refused = site.drop_party(NADIA, call, address);
        assert_eq!(kind(refused), (400, "Invalid Destination"), "{address}");
    }
    assert_eq!(
        kind(site.drop_party(NADIA, call, "")),
        (400, "Parameter Missing")
    );
    site.drop_party(LAYLA, call, "6190").unwrap();
    site.settle();
    let refused = ["E Generic Error 6127 INVALID_ACTION PARTICIPANT_DROP on extension 6127 #r-1"];
    assert_eq!(site.dialogs_feed(LAYLA), refused);
}

#[test]
fn an_agent_in_the_wrong_state_is_not_monitored() {
    let not_monitorable =
        ["E Invalid State 13145 The agent's state does not allow silent monitoring #r-1"];
    let wrong_state = ["E Invalid State 22 CF_INVALID_OBJECT_STATE #r-1"];
    let mut site = Site::signed_in(&[LAYLA, NADIA]);
    site.monitor(NADIA, LAYLA).unwrap();
    site.settle();
    assert_eq!(site.dialogs_feed(NADIA), not_monitorable);
    site.state(LAYLA, "READY");
    site.settle();
    site.monitor(NADIA, LAYLA).unwrap();
    site.settle();
    assert_eq!(site.dialogs_feed(NADIA), wrong_state);

    let (mut site, call) = on_a_call();
    site.act(LAYLA, call, "HOLD");
    site.settle();
    site.monitor(NADIA, LAYLA).unwrap();
    site.settle();
    assert_eq!(site.dialogs_feed(NADIA), not_monitorable);
    assert_eq!(site.is(NADIA), AgentState::NotReady);
}

#[test]
fn only_a_supervisor_who_is_not_ready_monitors() {
    let (mut site, _) = on_a_call();
    site.state(NADIA, "READY");
    site.settle();
    site.forget();
    site.monitor(NADIA, LAYLA).unwrap();
    site.settle();
    let refused = ["E Invalid State 22 CF_INVALID_OBJECT_STATE #r-1"];
    assert_eq!(site.dialogs_feed(NADIA), refused);
}

#[test]
fn what_is_refused_at_once_about_monitors() {
    let (mut site, call) = on_a_call();
    let mut ask = |by, to| kind(site.supervise(by, "SILENT_MONITOR", to, None));
    assert_eq!(ask(NADIA, "6190"), (400, "Invalid Destination"));
    assert_eq!(ask(NADIA, CUSTOMER), (400, "Invalid Destination"));
    assert_eq!(ask(NADIA, "6133"), (400, "Invalid Destination"));
    assert_eq!(ask(NADIA, ""), (400, "Parameter Missing"));
    assert_eq!(ask(LAYLA, "6190"), (401, "Authorization Failure"));
    let mut ask = |to, monitor| kind(site.supervise(NADIA, "BARGE_CALL", to, monitor));
    assert_eq!(ask("6127", None), (400, "Parameter Missing"));
    assert_eq!(ask("6127", Some(CallId(1))), (404, "Not Found"));
    assert_eq!(ask("6127", Some(call)), (400, "Invalid Input"));
    let juggled = site.supervise(NADIA, "JUGGLE", "6127", None);
    assert_eq!(kind(juggled), (400, "Invalid Input"));
}

#[test]
fn a_supervisor_of_another_team_neither_monitors_nor_barges_nor_commands() {
    let mut configuration = Configuration::demo();
    configuration.teams.push(Team {
        id: "5108".to_owned(),
        name: "Retail_Red".to_owned(),
    });
    configuration.agents[2].supervises = vec!["5108".to_owned()];
    let mut site = Site::of(configuration, Settings::default(), 7).with_ready(&[LAYLA]);
    site.login(NADIA);
    site.settle();
    let invalid = (401, "Invalid Supervisor");
    assert_eq!(kind(site.monitor(NADIA, LAYLA)), invalid);
    assert_eq!(kind(site.barge(NADIA, LAYLA, MONITOR)), invalid);
    let not_ready = site.put_user(NADIA, LAYLA, "NOT_READY", None, None);
    assert_eq!(kind(not_ready), invalid);
}

#[test]
fn a_monitor_of_another_supervisor_is_no_way_in() {
    let mut configuration = Configuration::demo();
    let second = AgentProfile {
        id: HUDA.to_owned(),
        login_name: "hsethi".to_owned(),
        extension: "6191".to_owned(),
        ..configuration.agents[2].clone()
    };
    configuration.agents.push(second);
    let mut site = Site::of(configuration, Settings::default(), 7).with_ready(&[LAYLA]);
    site.login(NADIA);
    site.put_user(HUDA, HUDA, "LOGIN", Some("6191"), None)
        .unwrap();
    let call = site.customer_calls("7800");
    site.settle();
    site.act(LAYLA, call, "ANSWER");
    site.settle();
    site.monitor(NADIA, LAYLA).unwrap();
    site.settle();
    site.forget();
    assert_eq!(
        kind(site.barge(HUDA, LAYLA, MONITOR)),
        (400, "Invalid Input")
    );
    // One listener at a time.
    site.monitor(HUDA, LAYLA).unwrap();
    site.settle();
    let busy = ["E Call Operation Failure 33 CF_RESOURCE_BUSY #r-1"];
    assert_eq!(site.dialogs_feed(HUDA), busy);
}

#[test]
fn nobody_barges_into_a_held_call_or_past_an_open_consult() {
    let (mut site, call) = monitored();
    site.act(LAYLA, call, "HOLD");
    site.settle();
    let held = site.barge(NADIA, LAYLA, MONITOR);
    assert_eq!(kind(held), (400, "Invalid Destination"));
    site.act(LAYLA, call, "RETRIEVE");
    site.settle();
    site.act_to(LAYLA, call, "CONSULT_CALL", "6133");
    site.settle();
    let open = site.barge(NADIA, LAYLA, MONITOR);
    assert_eq!(kind(open), (400, "20999"));
}

#[test]
fn an_obstacle_that_appears_after_acceptance_is_notified() {
    let step = Duration::from_secs(1);
    let settings = Settings {
        latency: step..=step,
        ..Settings::default()
    };
    let (mut site, call) = talking(settings);
    site.monitor(NADIA, LAYLA).unwrap();
    site.settle();
    site.forget();
    site.act(LAYLA, call, "HOLD");
    site.pass(Duration::from_millis(500));
    site.barge(NADIA, LAYLA, MONITOR).unwrap();
    site.settle();
    let refused = ["E Invalid Destination 22 The agent holds the call #r-1"];
    assert_eq!(site.dialogs_feed(NADIA), refused);
}

#[test]
fn barging_into_a_conference_needs_its_controller_and_room() {
    let mut site = Site::ready(&[LAYLA, OMAR]);
    site.login(NADIA);
    let call = conference(&mut site);
    site.monitor(NADIA, OMAR).unwrap();
    site.settle();
    let monitor = CallId(site.dialog(NADIA).id);
    let member = site.barge(NADIA, OMAR, monitor);
    assert_eq!(kind(member), (400, "20999"));
    site.act(NADIA, monitor, "DROP");
    site.settle();
    site.monitor(NADIA, LAYLA).unwrap();
    site.settle();
    let monitor = CallId(site.dialog(NADIA).id);
    site.barge(NADIA, LAYLA, monitor).unwrap();
    site.settle();
    assert_eq!(site.dialog(NADIA).id, call.0);
    assert_eq!(site.dialog(NADIA).participants.len(), 4);

    let settings = Settings {
        conference_parties: 3,
        ..Settings::default()
    };
    let mut site = Site::with(settings).with_ready(&[LAYLA, OMAR]);
    site.login(NADIA);
    conference(&mut site);
    site.monitor(NADIA, LAYLA).unwrap();
    site.settle();
    let monitor = CallId(site.dialog(NADIA).id);
    let full = site.barge(NADIA, LAYLA, monitor);
    assert_eq!(kind(full), (400, "20700"));
}

#[test]
fn a_supervisor_reads_the_dialogs_of_the_team() {
    let (site, call) = on_a_call();
    let id = call.0.to_string();
    let dialog = site.engine.dialog(NADIA, &id).unwrap();
    assert_eq!(dialog.call_type, CallType::PrerouteAcdIn);
    assert_eq!(site.engine.dialog(OMAR, &id).unwrap_err().status, 401);
}

#[test]
fn a_supervisor_sets_not_ready_only_from_ready_and_work_but_signs_out_from_everywhere() {
    let refused = "E Invalid State 22 CF_INVALID_OBJECT_STATE #r-1";
    let (mut site, _) = on_a_call();
    site.put_user(NADIA, LAYLA, "NOT_READY", None, None)
        .unwrap();
    site.settle();
    assert_eq!(site.user_feed(LAYLA), [refused]);
    site.put_user(NADIA, LAYLA, "READY", None, None).unwrap();
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=TALKING pending READY #r-1"]);

    let mut site = Site::signed_in(&[LAYLA]);
    site.put_user(NADIA, LAYLA, "NOT_READY", None, None)
        .unwrap();
    site.settle();
    assert_eq!(site.user_feed(LAYLA), [refused]);
    site.put_user(NADIA, LAYLA, "LOGOUT", None, None).unwrap();
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=LOGOUT(999) #r-1"]);
    let again = site.put_user(NADIA, LAYLA, "LOGOUT", None, None);
    assert_eq!(kind(again), (400, "Invalid State"));
}

#[test]
fn a_supervisor_needs_no_reason_where_agents_do() {
    let settings = Settings {
        not_ready_reason_required: true,
        ..Settings::default()
    };
    let mut configuration = Configuration::demo();
    configuration
        .reason_codes
        .retain(|reason| reason.code != 999);
    let mut site = Site::of(configuration, settings, 7).with_ready(&[LAYLA]);
    site.put_user(NADIA, LAYLA, "NOT_READY", None, None)
        .unwrap();
    site.settle();
    assert_eq!(site.user_feed(LAYLA), ["U=NOT_READY #r-1"]);
}

fn kind(refusal: Result<(), Refusal>) -> (u16, &'static str) {
    let refusal = refusal.unwrap_err();
    (refusal.status, refusal.error_type)
}

/// Layla talks to a routed customer, Nadia is NOT_READY; feeds empty.
fn on_a_call() -> (Site, CallId) {
    talking(Settings::default())
}

fn talking(settings: Settings) -> (Site, CallId) {
    let mut site = Site::with(settings).with_ready(&[LAYLA]);
    site.login(NADIA);
    let call = site.customer_calls("7800");
    site.settle();
    site.act(LAYLA, call, "ANSWER");
    site.settle();
    site.forget();
    (site, call)
}

/// Nadia listens to Layla; feeds empty.
fn monitored() -> (Site, CallId) {
    let (mut site, call) = on_a_call();
    site.monitor(NADIA, LAYLA).unwrap();
    site.settle();
    site.forget();
    (site, call)
}

/// Nadia is in Layla's call; feeds empty.
fn barged(settings: Settings) -> (Site, CallId) {
    let (mut site, call) = talking(settings);
    site.monitor(NADIA, LAYLA).unwrap();
    site.settle();
    site.barge(NADIA, LAYLA, MONITOR).unwrap();
    site.settle();
    site.forget();
    (site, call)
}

/// Layla, Omar and the customer, by Layla's doing; feeds empty.
fn conference(site: &mut Site) -> CallId {
    let call = site.customer_calls("7800");
    site.settle();
    site.act(LAYLA, call, "ANSWER");
    site.settle();
    site.act_to(LAYLA, call, "CONSULT_CALL", "6133");
    site.settle();
    let consult = CallId(site.dialog(OMAR).id);
    site.act(OMAR, consult, "ANSWER");
    site.settle();
    site.act(LAYLA, call, "CONFERENCE");
    site.settle();
    site.forget();
    call
}

fn actions(site: &Site, agent: &str, call: CallId) -> Vec<DialogAction> {
    let dialog = site.engine.dialog(agent, &call.0.to_string()).unwrap();
    let mut parties = dialog.participants.into_iter();
    let own = parties.find(|party| party.address == extension_of(agent));
    own.unwrap().actions
}
