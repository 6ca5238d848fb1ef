//! Access tokens of single sign-on: taken as they are, warned about, replaced without dropping the agent.

use std::time::Duration;

use gc_core::{Authority, LinkEvent, Ticket};

use crate::harness::Bench;

const NOTHING: [&str; 0] = [];
const READ: &str = "GET /User/41027";

/// Layla, signed in with a token that lasts 400 s.
fn signed_in() -> Bench {
    let mut bench = Bench::new();
    bench.token_life = Some(Duration::from_secs(400));
    let ticket = bench.send("desk-1", "Connect#41027", "desk-1,token-1,SSO");
    bench.answer_reads();
    bench.link("41027", LinkEvent::Up);
    bench.answer_reads();
    assert_eq!(bench.result(ticket), "done");
    assert_eq!(bench.told("desk-1"), ["ConnectStatus"]);
    bench
}

fn update(bench: &mut Bench, token: &str) -> Ticket {
    let json =
        format!(r#"{{"command":"UpdateToken","agentId":"41027","params":{{"token":"{token}"}}}}"#);
    bench.send_typed("desk-1", &json)
}

#[test]
fn requests_and_link_go_out_with_the_token() {
    let mut bench = Bench::new();
    bench.send("desk-1", "Connect#41027", "desk-1,token-1,SSO");
    let read = bench.request(READ);
    let Authority::Agent(credential) = read.authority else {
        panic!("{:?}", read.authority);
    };
    assert!(credential.token);
    bench.answer_read(&read);
    assert_eq!(bench.link_secret("41027"), "token-1");
}

#[test]
fn a_login_after_it_carries_the_token_and_not_a_password() {
    let mut bench = signed_in();
    bench.send("desk-1", "Login#41027", "token-1,6127");
    bench.request("PUT /User/41027 LOGIN 6127");
}

#[test]
fn the_owner_is_warned_at_three_quarters_of_the_tokens_life() {
    let mut bench = signed_in();
    bench.pass_seconds(299);
    assert_eq!(bench.told("desk-1"), NOTHING);
    bench.pass_seconds(1);
    assert_eq!(
        bench.told("desk-1"),
        ["status the access token expires in 100 s: send UpdateToken"]
    );
}

#[test]
fn a_token_that_has_expired_logs_nobody_out() {
    let mut bench = signed_in();
    bench.pass_seconds(100_000);
    assert_eq!(
        bench.told("desk-1"),
        [
            "status the access token expires in 100 s: send UpdateToken",
            "status the access token has expired: send UpdateToken"
        ]
    );
    assert_eq!(bench.requests(), NOTHING);
    assert_eq!(bench.open_links(), ["41027"]);
}

#[test]
fn a_new_token_is_tried_once_and_takes_the_place_of_the_old_one() {
    let mut bench = signed_in();
    let ticket = update(&mut bench, "token-2");
    let read = bench.request(READ);
    bench.answer_read(&read);
    assert_eq!(bench.result(ticket), "done");
    assert_eq!(bench.told("desk-1"), ["ConnectStatus"]);
    assert_eq!(bench.link_log, ["open 41027 at 0", "renew 41027"]);
    assert_eq!(bench.link_secret("41027"), "token-2");
    assert_eq!(bench.secrets(), 1, "the old token is wiped");
}

#[test]
fn the_warning_is_about_the_new_token_then() {
    let mut bench = signed_in();
    bench.pass_seconds(200);
    update(&mut bench, "token-2");
    bench.answer_reads();
    bench.taken("desk-1");
    bench.pass_seconds(299);
    assert_eq!(bench.told("desk-1"), NOTHING);
    bench.pass_seconds(1);
    assert_eq!(bench.told("desk-1").len(), 1);
}

#[test]
fn a_token_that_finesse_refuses_changes_nothing() {
    let mut bench = signed_in();
    let ticket = update(&mut bench, "token-2");
    let read = bench.request(READ);
    bench.fault(&read, 401);
    assert_eq!(bench.result(ticket), "failed SUBSCRIPTION_FAILED");
    assert_eq!(bench.told("desk-1"), ["Error SUBSCRIPTION_FAILED"]);
    assert_eq!(bench.link_secret("41027"), "token-1");
    assert_eq!(bench.secrets(), 1);
    bench.send("desk-1", "GetState#41027", "");
    assert_eq!(bench.requests(), [READ, "GET /User/41027/Dialogs"]);
}

#[test]
fn a_new_token_revives_a_session_whose_token_was_refused() {
    let mut bench = signed_in();
    bench.send("desk-1", "GetState#41027", "");
    let reads = bench.drop_requests();
    for read in &reads {
        bench.fault(read, 401);
    }
    bench.taken("desk-1");
    let dead = bench.send("desk-1", "GetState#41027", "");
    assert_eq!(bench.result(dead), "failed Unauthorized");
    assert_eq!(
        bench.result_error(dead).error_message,
        "Finesse has refused the agent's credential: send UpdateToken with a new token"
    );
    let ticket = update(&mut bench, "token-2");
    bench.answer_reads();
    assert_eq!(bench.result(ticket), "done");
    let alive = bench.send("desk-1", "GetState#41027", "");
    bench.answer_reads();
    assert_eq!(bench.result(alive), "done");
}

#[test]
fn a_link_that_was_refused_with_the_old_token_is_opened_with_the_new_one() {
    let mut bench = signed_in();
    bench.link("41027", LinkEvent::Refused);
    assert_eq!(bench.open_links(), NOTHING);
    update(&mut bench, "token-2");
    bench.answer_reads();
    assert_eq!(bench.open_links(), ["41027"]);
    assert_eq!(bench.link_secret("41027"), "token-2");
}

#[test]
fn who_signed_in_with_a_password_has_no_token_to_replace() {
    let mut bench = Bench::new();
    bench.connect("desk-1", "41027");
    let ticket = update(&mut bench, "token-2");
    assert_eq!(bench.result(ticket), "failed PLEASE_RETRY");
    assert_eq!(bench.requests(), NOTHING);
    assert_eq!(bench.secrets(), 1);
}

#[test]
fn somebody_elses_token_is_refused_unread() {
    let mut bench = signed_in();
    let json = r#"{"command":"UpdateToken","agentId":"41027","params":{"token":"token-2"}}"#;
    let ticket = bench.send_typed("desk-2", json);
    assert_eq!(bench.result(ticket), "failed INVALID_SUPERVISOR");
    assert_eq!(bench.requests(), NOTHING);
    assert_eq!(bench.secrets(), 1);
}

#[test]
fn one_token_in_two_waiting_commands_is_wiped_once_whatever_ends_them() {
    for conflict in [true, false] {
        let mut bench = signed_in();
        update(&mut bench, "token-2");
        let waiting = [update(&mut bench, "token-3"), update(&mut bench, "token-3")];
        match conflict {
            true => bench.link("41027", LinkEvent::Conflict),
            false => {
                bench.send("desk-1", "force_logout#41027", "");
            }
        }
        for ticket in waiting {
            assert!(bench.result(ticket).starts_with("failed S"));
        }
        bench.assert_empty();
    }
}

#[test]
fn a_token_that_waited_in_a_session_that_ended_is_kept_for_the_sign_in_behind_it() {
    let mut bench = signed_in();
    let first = update(&mut bench, "token-2");
    let second = update(&mut bench, "token-3");
    let connect = bench.send("desk-1", "Connect#41027", "desk-1,token-3,SSO");
    bench.send("desk-1", "force_logout#41027", "");
    assert_eq!(bench.result(first), "failed SUBSCRIPTION_FAILED");
    assert_eq!(bench.result(second), "failed SUBSCRIPTION_FAILED");
    bench.answer_reads();
    bench.link("41027", LinkEvent::Up);
    assert_eq!(bench.result(connect), "done");
    assert_eq!(bench.link_secret("41027"), "token-3");
}

#[test]
fn a_token_that_claims_to_last_for_ever_does_no_harm() {
    let mut bench = Bench::new();
    bench.token_life = Some(Duration::MAX);
    bench.send("desk-1", "Connect#41027", "desk-1,token-1,SSO");
    bench.answer_reads();
    assert_eq!(bench.open_links(), ["41027"]);
}

#[test]
fn a_token_that_was_taken_for_a_password_is_tried_again_as_what_it_is() {
    let mut bench = Bench::new();
    bench.send("desk-1", "Connect#41027", "desk-1,token-1");
    bench.answer_reads();
    bench.link("41027", LinkEvent::Up);
    bench.answer_reads();
    let ticket = bench.send("desk-1", "Connect#41027", "desk-1,token-1,SSO");
    let read = bench.request(READ);
    let Authority::Agent(credential) = read.authority else {
        panic!("{:?}", read.authority);
    };
    assert!(credential.token);
    bench.answer_read(&read);
    assert_eq!(bench.result(ticket), "done");
    let update = update(&mut bench, "token-2");
    bench.answer_reads();
    assert_eq!(bench.result(update), "done");
}
