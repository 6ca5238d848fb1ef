//! State requests: reasons as people know them, pending states, refusals, signing out.

use gc_core::Config;
use pretty_assertions::assert_eq;

use crate::docs::errors;
use crate::harness::Bench;

fn layla() -> Bench {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    bench
}

#[test]
fn ready_is_done_when_finesse_tells_the_new_state() {
    let mut bench = layla();
    let ticket = bench.send("desk-1", "MakeReady#41027", "");
    let request = bench.request("PUT /User/41027 READY");
    bench.accept(&request);
    assert_eq!(bench.told("desk-1"), Vec::<String>::new());
    assert_eq!(bench.result(ticket), "open");
    bench.user_is("41027", "READY");
    assert_eq!(bench.told("desk-1"), ["State READY"]);
    assert_eq!(bench.result(ticket), "done");
}

#[test]
fn a_state_event_says_who_where_since_when_and_why() {
    let mut bench = layla();
    let user = bench.users.get_mut("41027").unwrap().set("NOT_READY");
    user.reason = Some(("12", "lunch", "9"));
    user.since = "2026-11-22T10:15:30.123Z".to_owned();
    let update = user.update("");
    bench.notify("41027", &update);
    let told = bench.taken("desk-1").remove(0);
    let expected = r#"{"type":"State","agentId":"41027","state":"NOT_READY","reasonCode":"12","stateChangeTimeString":"","pendingState":"","stateChangeTime":"2026-11-22 10:15:30","fullName":"Layla Haddad","extension":"6127","label":"lunch"}"#;
    assert_eq!(told.union(), expected);
    assert_eq!(told.documented(), expected);
}

#[test]
fn a_reason_goes_out_as_its_database_id_and_comes_back_as_its_code() {
    let mut bench = layla();
    let ticket = bench.send("desk-1", "MakeNotReadyWithReason#41027", "12");
    let request = bench.request("PUT /User/41027 NOT_READY 9");
    bench.accept(&request);
    let user = bench.users.get_mut("41027").unwrap().set("NOT_READY");
    user.reason_id = "9";
    let update = user.update("");
    bench.notify("41027", &update);
    assert_eq!(bench.told("desk-1"), ["State NOT_READY 12 lunch"]);
    assert_eq!(bench.result(ticket), "done");
}

#[test]
fn an_unknown_code_is_looked_up_once_more_and_then_refused() {
    let mut bench = layla();
    let ticket = bench.send("desk-1", "MakeNotReadyWithReason#41027", "77");
    assert_eq!(
        bench.requests(),
        ["GET /User/41027/ReasonCodes?category=NOT_READY"]
    );
    bench.answer_reads();
    assert_eq!(bench.requests(), Vec::<String>::new());
    assert_eq!(bench.result(ticket), "failed CF_INVALID_AGENT_REASON_CODE");
    assert!(bench.result_error(ticket).error_message.contains("77"));
}

#[test]
fn finesses_own_codes_cannot_be_chosen() {
    let mut bench = layla();
    let ticket = bench.send("desk-1", "MakeNotReadyWithReason#41027", "32767");
    bench.answer_reads();
    assert_eq!(bench.result(ticket), "failed CF_INVALID_AGENT_REASON_CODE");
}

#[test]
fn a_demanded_reason_is_the_default_where_there_is_one() {
    let config = Config {
        default_not_ready_reason: Some("12".to_owned()),
        ..Config::default()
    };
    let mut bench = Bench::with(config);
    bench.login("desk-1", "41027");
    bench.user_is("41027", "READY");
    bench.told("desk-1");
    let ticket = bench.send("desk-1", "MakeNotReady#41027", "");
    let request = bench.request("PUT /User/41027 NOT_READY");
    bench.fault_with(&request, 400, "Invalid State", "CF_REASON_CODE_REQUIRED");
    let request = bench.request("PUT /User/41027 NOT_READY 9");
    bench.accept(&request);
    bench.user_is("41027", "NOT_READY");
    assert_eq!(bench.told("desk-1"), ["State NOT_READY"]);
    assert_eq!(bench.result(ticket), "done");
}

#[test]
fn a_demanded_reason_without_a_default_is_missing() {
    let mut bench = layla();
    bench.user_is("41027", "READY");
    bench.told("desk-1");
    let ticket = bench.send("desk-1", "MakeNotReady#41027", "");
    let request = bench.request("PUT /User/41027 NOT_READY");
    bench.accept(&request);
    let refusal = errors(
        "User/41027",
        &request.header,
        "Invalid State",
        "CF_REASON_CODE_REQUIRED",
        "281",
    );
    bench.notify("41027", &refusal);
    assert_eq!(bench.told("desk-1"), ["Error MISSING_REASON_CODE"]);
    assert_eq!(bench.result(ticket), "failed MISSING_REASON_CODE");
}

#[test]
fn a_default_that_finesse_refuses_too_is_not_tried_for_ever() {
    let config = Config {
        default_logout_reason: Some("28".to_owned()),
        ..Config::default()
    };
    let mut bench = Bench::with(config);
    bench.login("desk-1", "41027");
    let ticket = bench.send("desk-1", "Logout#41027", "");
    let first = bench.request("PUT /User/41027 LOGOUT");
    bench.fault_with(&first, 400, "Invalid State", "CF_REASON_CODE_REQUIRED");
    let second = bench.request("PUT /User/41027 LOGOUT 21");
    bench.fault_with(&second, 400, "Invalid State", "CF_REASON_CODE_REQUIRED");
    assert_eq!(bench.result(ticket), "failed MISSING_REASON_CODE");
    assert_eq!(bench.requests(), Vec::<String>::new());
}

#[test]
fn an_equal_state_is_answered_at_once() {
    let mut bench = layla();
    let ticket = bench.send("desk-1", "MakeNotReady#41027", "");
    assert_eq!(bench.requests(), Vec::<String>::new());
    assert_eq!(bench.told("desk-1"), ["State NOT_READY"]);
    assert_eq!(bench.result(ticket), "done");
}

#[test]
fn the_same_state_with_another_code_is_not_equal() {
    let mut bench = layla();
    bench.send("desk-1", "MakeNotReadyWithReason#41027", "12");
    assert_eq!(bench.requests(), ["PUT /User/41027 NOT_READY 9"]);
}

#[test]
fn a_pending_state_answers_the_request() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    bench.user_is("41027", "TALKING");
    bench.told("desk-1");
    let ticket = bench.send("desk-1", "MakeReady#41027", "");
    let request = bench.request("PUT /User/41027 READY");
    bench.accept(&request);
    let user = bench.users.get_mut("41027").unwrap();
    user.pending = "READY".to_owned();
    let update = user.update("");
    bench.notify("41027", &update);
    assert_eq!(bench.told("desk-1"), ["State TALKING then READY"]);
    assert_eq!(bench.result(ticket), "done");
}

#[test]
fn during_a_call_another_code_replaces_the_pending_one() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    let user = bench.users.get_mut("41027").unwrap().set("TALKING");
    user.pending = "NOT_READY".to_owned();
    let update = user.update("");
    bench.notify("41027", &update);
    bench.send("desk-1", "MakeNotReadyWithReason#41027", "12");
    assert_eq!(bench.requests(), ["PUT /User/41027 NOT_READY 9"]);
}

#[test]
fn an_error_with_the_requests_id_ends_that_command_only() {
    let mut bench = layla();
    let ready = bench.send("desk-1", "MakeReady#41027", "");
    let work = bench.send("desk-1", "MakeNotReadyWithReason#41027", "12");
    let first = bench.request("PUT /User/41027 READY");
    bench.accept(&first);
    let second = bench.request("PUT /User/41027 NOT_READY 9");
    bench.accept(&second);
    let refusal = errors(
        "User/41027",
        &second.header,
        "Invalid State",
        "CF_INVALID_OBJECT_STATE",
        "22",
    );
    bench.notify("41027", &refusal);
    assert_eq!(
        (bench.result(ready), bench.result(work)),
        ("open".into(), "failed CF_INVALID_OBJECT_STATE".into())
    );
}

// Two requests on two connections may overtake each other.
#[test]
fn the_last_state_asked_for_wins() {
    let mut bench = layla();
    let ready = bench.send("desk-1", "MakeReady#41027", "");
    let not_ready = bench.send("desk-1", "MakeNotReady#41027", "");
    let first = bench.expect_request();
    bench.accept(&first);
    // The agent is NOT_READY still, but not for long: Finesse is asked all the same.
    let second = bench.request("PUT /User/41027 NOT_READY");
    bench.accept(&second);
    assert_eq!(
        (bench.result(ready), bench.result(not_ready)),
        ("open".into(), "open".into())
    );
}

#[test]
fn an_error_without_an_id_ends_the_oldest_command_at_its_source() {
    let mut bench = layla();
    let ready = bench.send("desk-1", "MakeReady#41027", "");
    let request = bench.expect_request();
    bench.accept(&request);
    bench.notify(
        "41027",
        &errors("User/41027", "", "Invalid State", "", "22"),
    );
    assert_eq!(bench.told("desk-1"), ["Error CF_INVALID_OBJECT_STATE"]);
    assert_eq!(bench.result(ready), "failed CF_INVALID_OBJECT_STATE");
}

#[test]
fn an_error_that_nobody_waits_for_is_told_once() {
    let mut bench = layla();
    bench.notify(
        "41027",
        &errors(
            "Dialog/207",
            "145",
            "Generic Error",
            "INVALID_ACTION UPDATE_CALL_DATA on extension 6127",
            "6127",
        ),
    );
    let told = bench.told_json("desk-1");
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["errorType"], "GENERAL_ERROR");
    assert_eq!(
        told[0]["errorMessage"],
        "INVALID_ACTION UPDATE_CALL_DATA on extension 6127"
    );
}

#[test]
fn ready_while_logged_out_is_refused_by_finesse() {
    let mut bench = Bench::new();
    bench.connect("desk-1", "41027");
    let ticket = bench.send("desk-1", "MakeReady#41027", "");
    let request = bench.request("PUT /User/41027 READY");
    bench.accept(&request);
    let refusal = errors(
        "User/41027",
        &request.header,
        "Invalid State",
        "CF_INVALID_OBJECT_STATE",
        "22",
    );
    bench.notify("41027", &refusal);
    assert_eq!(bench.told("desk-1"), ["Error CF_INVALID_OBJECT_STATE"]);
    assert_eq!(bench.result(ticket), "failed CF_INVALID_OBJECT_STATE");
}

#[test]
fn an_older_state_is_ignored_and_counted() {
    let mut bench = layla();
    let older = bench.users["41027"].update("");
    bench.user_is("41027", "READY");
    bench.told("desk-1");
    let dropped = bench.gateway.counters().notifications_dropped;
    bench.notify("41027", &older);
    assert_eq!(bench.told("desk-1"), Vec::<String>::new());
    assert_eq!(bench.gateway.counters().notifications_dropped, dropped + 1);
}

#[test]
fn a_repeated_state_is_told_once() {
    let mut bench = layla();
    bench.user_is("41027", "READY");
    let again = bench.users["41027"].update("");
    bench.notify("41027", &again);
    assert_eq!(bench.told("desk-1"), ["State READY"]);
}

#[test]
fn a_user_document_without_a_state_changes_no_state() {
    let mut bench = layla();
    bench.notify(
        "41027",
        "<Update><data><user><loginId>41027</loginId><lastName>Haddad-Riaz</lastName></user></data><event>PUT</event>\
         <source>/finesse/api/User/41027</source></Update>",
    );
    let told = bench.told_json("desk-1");
    assert_eq!(told[0]["state"], "NOT_READY");
    assert_eq!(told[0]["fullName"], "Layla Haddad-Riaz");
}

#[test]
fn a_team_members_state_is_not_mine() {
    let mut bench = layla();
    let omar = bench.users["41033"].update("");
    bench.notify("41027", &omar);
    assert_eq!(bench.told("desk-1"), Vec::<String>::new());
}

#[test]
fn logout_ends_the_session_after_the_state() {
    let mut bench = layla();
    let ticket = bench.send("desk-1", "Logout#41027", "");
    let request = bench.request("PUT /User/41027 LOGOUT");
    bench.accept(&request);
    assert_eq!(bench.open_links(), ["41027"]);
    bench.user_is("41027", "LOGOUT");
    assert_eq!(bench.told("desk-1"), ["State LOGOUT"]);
    assert_eq!(bench.result(ticket), "done");
    bench.assert_empty();
}

#[test]
fn logout_of_an_agent_who_is_out_already_ends_the_session_too() {
    let mut bench = Bench::new();
    bench.connect("desk-1", "41027");
    let ticket = bench.send("desk-1", "Logout#41027", "");
    assert_eq!(bench.told("desk-1"), ["State LOGOUT"]);
    assert_eq!(bench.result(ticket), "done");
    bench.assert_empty();
}

#[test]
fn logout_with_a_reason_sends_the_reasons_id() {
    let mut bench = layla();
    let ticket = bench.send("desk-1", "logoutwithreason#41027", "28");
    let request = bench.request("PUT /User/41027 LOGOUT 21");
    bench.accept(&request);
    let user = bench.users.get_mut("41027").unwrap().set("LOGOUT");
    user.reason_id = "21";
    let update = user.update("");
    bench.notify("41027", &update);
    assert_eq!(bench.told("desk-1"), ["State LOGOUT 28 end of shift"]);
    assert_eq!(bench.result(ticket), "done");
    bench.assert_empty();
}

#[test]
fn a_refused_logout_leaves_the_session_as_it_was() {
    let mut bench = layla();
    bench.user_is("41027", "READY");
    bench.told("desk-1");
    let ticket = bench.send("desk-1", "Logout#41027", "");
    let request = bench.request("PUT /User/41027 LOGOUT");
    bench.fault_with(&request, 400, "Invalid State", "CF_INVALID_OBJECT_STATE");
    assert_eq!(bench.result(ticket), "failed CF_INVALID_OBJECT_STATE");
    assert_eq!(bench.open_links(), ["41027"]);
    bench.user_is("41027", "NOT_READY");
    assert_eq!(
        bench.told("desk-1"),
        ["Error CF_INVALID_OBJECT_STATE", "State NOT_READY"]
    );
}

#[test]
fn logout_during_a_call_is_answered_as_pending_and_ends_the_session_after_the_call() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    bench.user_is("41027", "TALKING");
    bench.told("desk-1");
    let ticket = bench.send("desk-1", "Logout#41027", "");
    let request = bench.request("PUT /User/41027 LOGOUT");
    bench.accept(&request);
    let user = bench.users.get_mut("41027").unwrap();
    user.pending = "LOGOUT".to_owned();
    let update = user.update("");
    bench.notify("41027", &update);
    assert_eq!(bench.told("desk-1"), ["State TALKING then LOGOUT"]);
    assert_eq!(bench.result(ticket), "done");
    assert_eq!(bench.open_links(), ["41027"]);
    bench.user_is("41027", "LOGOUT");
    assert_eq!(bench.told("desk-1"), ["State LOGOUT"]);
    bench.assert_empty();
}

#[test]
fn a_pending_logout_that_is_called_off_does_not_end_a_later_session() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    bench.send("desk-1", "Logout#41027", "");
    let user = bench.users.get_mut("41027").unwrap().set("TALKING");
    user.pending = "LOGOUT".to_owned();
    let update = user.update("");
    bench.notify("41027", &update);
    let user = bench.users.get_mut("41027").unwrap();
    user.pending = "READY".to_owned();
    let update = user.update("");
    bench.notify("41027", &update);
    bench.user_is("41027", "LOGOUT");
    assert_eq!(bench.open_links(), ["41027"]);
}

#[test]
fn a_logout_by_somebody_else_leaves_the_agent_connected() {
    let mut bench = layla();
    bench.user_is("41027", "LOGOUT");
    assert_eq!(bench.told("desk-1"), ["State LOGOUT"]);
    assert_eq!(bench.open_links(), ["41027"]);
}

#[test]
fn force_logout_waits_for_nobody() {
    let mut bench = Bench::new();
    bench.talking("desk-1", "41027");
    let hold = bench.send("desk-1", "HoldCall#41027", "207");
    let waiting = bench.send("desk-1", "ReleaseCall#41027", "207");
    let logout = bench.send("desk-1", "Logout#41027", "");
    let forced = bench.send("desk-1", "force_logout#41027", "");
    assert_eq!(
        bench.requests(),
        ["PUT /Dialog/207 HOLD", "PUT /User/41027 LOGOUT"]
    );
    assert_eq!(bench.result(forced), "done");
    // Its request is out.
    assert_eq!(bench.result(hold), "unknown NOT_REACHABLE");
    for unsent in [waiting, logout] {
        assert_eq!(bench.result(unsent), "failed SUBSCRIPTION_FAILED");
    }
    assert_eq!(bench.told("desk-1")[0], "State LOGOUT");
    bench.see_off("41027");
    bench.assert_empty();
}

#[test]
fn login_at_another_extension_waits_for_that_extension() {
    let mut bench = layla();
    let ticket = bench.send("desk-1", "Login#41027", "demo,6200");
    let request = bench.request("PUT /User/41027 LOGIN 6200");
    bench.accept(&request);
    bench.user_is("41027", "READY");
    assert_eq!(bench.result(ticket), "open");
    let refusal = errors(
        "User/41027",
        &request.header,
        "Invalid State",
        "CF_SPECIFIED_AGENT_ALREADY_SIGNED_ON",
        "259",
    );
    bench.notify("41027", &refusal);
    assert_eq!(
        bench.result(ticket),
        "failed CF_SPECIFIED_AGENT_ALREADY_SIGNED_ON"
    );
}

#[test]
fn a_bad_extension_at_login_is_told_with_ctis_sentence() {
    let mut bench = Bench::new();
    bench.connect("desk-1", "41027");
    let ticket = bench.send("desk-1", "Login#41027", "demo,6999");
    let request = bench.request("PUT /User/41027 LOGIN 6999");
    bench.accept(&request);
    bench.notify(
        "41027",
        &errors(
            "User/41027",
            "",
            "Invalid Device",
            "CF_INVALID_LOGON_DEVICE_SPECIFIED",
            "260",
        ),
    );
    assert_eq!(
        bench.told("desk-1"),
        ["Error CF_INVALID_LOGON_DEVICE_SPECIFIED"]
    );
    assert_eq!(
        bench.result(ticket),
        "failed CF_INVALID_LOGON_DEVICE_SPECIFIED"
    );
}

#[test]
fn a_login_that_finds_the_agent_at_work_sends_no_request() {
    let mut bench = layla();
    let ticket = bench.send("desk-1", "Login#41027", "demo,6127");
    bench.answer_reads();
    assert_eq!(bench.requests(), Vec::<String>::new());
    assert_eq!(bench.result(ticket), "done");
    assert_eq!(
        bench.told("desk-1"),
        ["State NOT_READY", "AgentInfo", "DialogState NOT_FOUND"]
    );
}

#[test]
fn a_supervisor_is_told_the_teams() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41900");
    bench.send("desk-1", "refresh#41900", "");
    bench.answer_reads();
    let info = bench.taken("desk-1").remove(0);
    assert_eq!(
        info.union(),
        r#"{"type":"AgentInfo","firstName":"Nadia","lastName":"Sethi","supervisor":true,"wrapUpOnIncoming":"OPTIONAL","totalNumberOfTeams":1,"teams":[{"id":"5107","name":"Retail_Blue"}],"team":{"id":"5107","name":"Retail_Blue"},"agentId":"41900"}"#
    );
}

#[test]
fn a_demanded_reason_signs_nobody_out_whatever_the_command_was() {
    let config = Config {
        default_logout_reason: Some("28".to_owned()),
        default_not_ready_reason: Some("12".to_owned()),
        ..Config::default()
    };
    let mut bench = Bench::with(config);
    bench.talking("desk-1", "41027");
    for (command, body, short) in [
        ("HoldCall", "207", "PUT /Dialog/207 HOLD"),
        ("Login", "demo,6200", "PUT /User/41027 LOGIN 6200"),
    ] {
        let ticket = bench.send("desk-1", &format!("{command}#41027"), body);
        let request = bench.request(short);
        bench.fault_with(&request, 400, "Invalid State", "CF_REASON_CODE_REQUIRED");
        assert_eq!(bench.result(ticket), "failed CF_REASON_CODE_REQUIRED");
        assert_eq!(bench.requests(), Vec::<String>::new(), "{command}");
    }
}
