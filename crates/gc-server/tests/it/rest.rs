//! `POST /gc/v1/commands` and `GET /gc/v1/agents/{id}`.

use pretty_assertions::assert_eq;

use crate::admin::{node, until};
use crate::core::Told;
use crate::support::{Gateway, client, plain_node};

const CONNECT: &str = r#"{"data":{"type":"Connect#41027","body":"desk-17,c4nary","sessionUrl":"https://crm.example.org/s/91"}}"#;

fn envelope(kind: &str, body: &str) -> String {
    format!(
        r#"{{"data":{{"type":"{kind}","body":"{body}","sessionUrl":"https://crm.example.org/s/91"}}}}"#
    )
}

#[tokio::test]
async fn a_command_is_accepted_in_the_envelope_and_in_the_typed_form() {
    let gateway = Gateway::open().await;
    let answer = gateway.post(None, CONNECT).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    assert_eq!(answer.json()["status"], "accepted");
    assert!(answer.json()["commandId"].as_str().unwrap().len() > 8);

    let keyed = Gateway::keyed().await;
    keyed.post(Some("key-crm"), CONNECT).await;
    let typed = r#"{"command":"MakeReady","agentId":"41027","commandId":"c-17"}"#;
    let answer = keyed.post(Some("key-crm"), typed).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    assert_eq!(answer.json()["commandId"], "c-17");
}

#[tokio::test]
async fn later_commands_find_their_destination_by_the_session() {
    let mut gateway = Gateway::open().await;
    gateway.post(None, CONNECT).await;
    assert_eq!(gateway.told().await, Told::Command("Connect"));
    assert_eq!(
        gateway
            .post(None, envelope("MakeReady#41027", "null"))
            .await
            .status,
        202
    );
    assert_eq!(gateway.told().await, Told::Command("MakeReady"));
    gateway
        .post(
            None,
            r#"{"data":{"type":"Hello#desk-18","sessionUrl":"https://crm.example.org/s/92"}}"#,
        )
        .await;
    let stranger = r#"{"data":{"type":"MakeReady#41027","body":"null","sessionUrl":"https://crm.example.org/s/92"}}"#;
    gateway
        .post(None, stranger)
        .await
        .assert_problem(403, "INVALID_SUPERVISOR");
}

#[tokio::test]
async fn without_a_session_the_agent_stands_for_its_destination() {
    let gateway = Gateway::open().await;
    let typed = |command: &str, params: &str| {
        format!(r#"{{"command":"{command}","agentId":"41027","params":{params}}}"#)
    };
    let connect = typed(
        "Connect",
        r#"{"destination":"desk-17","password":"c4nary"}"#,
    );
    assert_eq!(gateway.post(None, connect.as_str()).await.status, 202);
    for (command, params) in [
        ("Login", r#"{"password":"c4nary","extension":"6127"}"#),
        ("MakeReady", "{}"),
    ] {
        let answer = gateway.post(None, typed(command, params)).await;
        assert_eq!(answer.status, 202, "{command}: {}", answer.text);
    }
    let unknown = r#"{"data":{"type":"MakeReady#41027","body":"null","sessionUrl":"https://crm.example.org/s/92"}}"#;
    gateway
        .post(None, unknown)
        .await
        .assert_problem(403, "INVALID_SUPERVISOR");

    let keyed = Gateway::keyed().await;
    keyed.post(Some("key-crm"), connect).await;
    let ready = typed("MakeReady", "{}");
    assert_eq!(
        keyed.post(Some("key-crm"), ready.as_str()).await.status,
        202
    );
    keyed
        .post(Some("key-desk"), ready)
        .await
        .assert_problem(403, "INVALID_SUPERVISOR");
}

#[tokio::test]
async fn what_cannot_be_read_is_400_and_changes_nothing() {
    let mut gateway = Gateway::open().await;
    for body in [
        "",
        "{",
        "null",
        "[]",
        "\"Hello#desk-17\"",
        "Hello#desk-17",
        "{}",
        r#"{"data":null}"#,
        r#"{"data":[]}"#,
        r#"{"data":"Hello#desk-17"}"#,
        r#"{"data":{"type":7,"body":"null"}}"#,
        r#"{"data":{"type":"Hello#desk-17","body":{}}}"#,
        r#"{"data":{"type":"Hello#desk-17","type":"Hello#desk-18","body":"null"}}"#,
        r#"{"data":{"type":"Hello#desk-17"},"data":{"type":"Hello#desk-18"}}"#,
        r#"{"command":"MakeReady","command":"MakeNotReady","agentId":"41027"}"#,
        r#"{"command":["MakeReady"],"agentId":"41027"}"#,
        "{\"data\":{\"type\":\"Hello#desk-17\"}}trailing",
        "\u{feff}{\"data\":{\"type\":\"Hello#desk-17\"}} x",
    ] {
        let answer = gateway.post(None, body).await;
        assert!(
            matches!(answer.status, 400 | 422),
            "{body}: {}",
            answer.text
        );
        answer.assert_problem(answer.status, "PLEASE_RETRY");
        if body.len() < 2 || !body.starts_with('{') {
            assert_eq!(answer.status, 400, "{body}");
        }
    }
    let deep = "[".repeat(30_000);
    gateway
        .post(None, deep)
        .await
        .assert_problem(400, "PLEASE_RETRY");
    assert!(gateway.told.try_recv().is_err());
}

#[tokio::test]
async fn what_says_nothing_sensible_is_422_with_the_code_of_the_contract() {
    let gateway = Gateway::open().await;
    for (body, error_type) in [
        (envelope("Fly#41027", "null"), "PLEASE_RETRY"),
        (envelope("MakeReady#", "null"), "PLEASE_RETRY"),
        (
            envelope("MakeReady#41027", "surplus,parameters"),
            "PLEASE_RETRY",
        ),
        (envelope("Login#41027", "c4nary,"), "MISSING_EXTENSION"),
        (envelope("Login#41027", "c4nary,61a7"), "WRONG_EXTENSION"),
        (envelope("MakeReady#41027", "null"), "SUBSCRIPTION_FAILED"),
    ] {
        gateway
            .post(None, body)
            .await
            .assert_problem(422, error_type);
    }
}

#[tokio::test]
async fn no_problem_ever_repeats_a_secret() {
    let gateway = Gateway::open().await;
    for body in [
        envelope("Login#41027", "c4nary-5e1,61a7"),
        envelope("Connect#41027", "no spaces allowed,c4nary-5e1"),
        envelope("MakeReady#41027", "c4nary-5e1"),
        r#"{"command":"Login","agentId":"41027","params":{"password":"c4nary-5e1"}}"#.to_owned(),
        r#"{"command":"Login","agentId":"41027","params":{"password":"c4nary-5e1","password":"x"}}"#.to_owned(),
    ] {
        let answer = gateway.post(None, body.as_str()).await;
        assert!(answer.status >= 400, "{body}");
        assert!(!answer.text.contains("c4nary"), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_body_may_have_64_kib_and_not_one_byte_more() {
    let gateway = Gateway::open().await;
    let padded = |length: usize| {
        let hello = r#"{"data":{"type":"Hello#desk-17"}}"#;
        format!("{hello}{}", " ".repeat(length - hello.len()))
    };
    assert_eq!(gateway.post(None, padded(64 * 1024)).await.status, 202);
    gateway
        .post(None, padded(64 * 1024 + 1))
        .await
        .assert_problem(413, "PLEASE_RETRY");
}

#[tokio::test]
async fn only_json_is_taken() {
    let gateway = Gateway::open().await;
    let hello = r#"{"data":{"type":"Hello#desk-17"}}"#;
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonx",
        "",
    ] {
        let headers = [("content-type", kind.to_owned())];
        let answer = gateway
            .send("POST", "/gc/v1/commands", &headers, hello)
            .await;
        answer.assert_problem(415, "PLEASE_RETRY");
    }
    gateway
        .send("POST", "/gc/v1/commands", &[], hello)
        .await
        .assert_problem(415, "PLEASE_RETRY");
    let headers = [("content-type", "Application/JSON; charset=utf-8".to_owned())];
    assert_eq!(
        gateway
            .send("POST", "/gc/v1/commands", &headers, hello)
            .await
            .status,
        202
    );
}

#[tokio::test]
async fn without_a_known_key_nothing_is_read() {
    let mut gateway = Gateway::keyed().await;
    for key in [
        None,
        Some(""),
        Some("key"),
        Some("key-CRM"),
        Some("key-crm2"),
    ] {
        let answer = gateway.post(key, CONNECT).await;
        answer.assert_problem(401, "Unauthorized");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }
    let basic = [
        ("content-type", "application/json".to_owned()),
        ("authorization", "Basic key-crm".to_owned()),
    ];
    let answer = gateway
        .send("POST", "/gc/v1/commands", &basic, CONNECT)
        .await;
    answer.assert_problem(401, "Unauthorized");
    assert!(gateway.told.try_recv().is_err());
}

#[tokio::test]
async fn a_client_commands_only_its_own_agents_and_destinations() {
    let gateway = Gateway::keyed().await;
    gateway.post(Some("key-crm"), CONNECT).await;
    let ready = envelope("MakeReady#41027", "null");
    assert_eq!(
        gateway.post(Some("key-crm"), ready.as_str()).await.status,
        202
    );
    gateway
        .post(Some("key-desk"), ready)
        .await
        .assert_problem(403, "INVALID_SUPERVISOR");
    let hello = r#"{"data":{"type":"Hello#desk-17"}}"#;
    gateway
        .post(Some("key-desk"), hello)
        .await
        .assert_problem(403, "INVALID_SUPERVISOR");
}

#[tokio::test]
async fn a_busy_agent_is_429_and_says_when_to_come_again() {
    let gateway = Gateway::open().await;
    gateway.post(None, CONNECT).await;
    let answer = gateway
        .post(None, envelope("GetQueueList#41027", "null"))
        .await;
    answer.assert_problem(429, "CF_RESOURCE_BUSY");
    assert_eq!(answer.header("retry-after"), Some("1"));
}

#[tokio::test]
async fn a_client_that_is_too_fast_is_429_and_others_are_not() {
    let gateway = Gateway::with(|config| {
        config.server.commands_per_second = 1;
        config.server.command_burst = 2;
        config.clients.insert("crm".into(), client("key-crm"));
        config.clients.insert("desk".into(), client("key-desk"));
    })
    .await;
    let hello = |name: &str| format!(r#"{{"data":{{"type":"Hello#{name}"}}}}"#);
    for _ in 0..2 {
        assert_eq!(
            gateway.post(Some("key-crm"), hello("one")).await.status,
            202
        );
    }
    let answer = gateway.post(Some("key-crm"), hello("one")).await;
    answer.assert_problem(429, "PLEASE_RETRY");
    assert!(answer.header("retry-after").is_some());
    assert_eq!(
        gateway.post(Some("key-desk"), hello("two")).await.status,
        202
    );
}

#[tokio::test]
async fn a_command_that_finesse_is_not_there_for_is_503_even_if_another_node_serves() {
    let (port, serving) = node().await;
    let gateway = Gateway::with(|config| config.finesse.nodes = vec![plain_node(port)]).await;
    until(&gateway, "IN_SERVICE").await;
    gateway.post(None, CONNECT).await;
    let answer = gateway.post(None, envelope("HoldCall#41027", "1001")).await;
    answer.assert_problem(503, "PLEASE_RETRY");
    assert!(answer.header("retry-after").is_some());
    serving.abort();
}

#[tokio::test]
async fn the_same_command_id_is_answered_again_and_never_executed_again() {
    let mut gateway = Gateway::keyed().await;
    gateway.post(Some("key-crm"), CONNECT).await;
    gateway.told().await;
    let ready = r#"{"command":"MakeReady","agentId":"41027","commandId":"c-17"}"#;
    for _ in 0..3 {
        let answer = gateway.post(Some("key-crm"), ready).await;
        assert_eq!(
            (answer.status, &answer.json()["commandId"]),
            (202, &"c-17".into())
        );
    }
    let running =
        r#"{"command":"MakeCall","agentId":"41027","params":{"number":"9999"},"commandId":"c-18"}"#;
    for _ in 0..3 {
        assert_eq!(gateway.post(Some("key-crm"), running).await.status, 202);
    }
    let failing = r#"{"command":"AnswerCall","agentId":"41027","params":{"dialogId":"1001"},"commandId":"c-19"}"#;
    for _ in 0..3 {
        let answer = gateway.post(Some("key-crm"), failing).await;
        answer.assert_problem(422, "NO_DIALOG_ID");
        assert_eq!(answer.json()["commandId"], "c-19");
    }
    let names: Vec<Told> = std::iter::from_fn(|| gateway.told.try_recv().ok()).collect();
    let expected = ["MakeReady", "MakeCall", "AnswerCall"].map(Told::Command);
    assert_eq!(names, expected);
}

#[tokio::test]
async fn commands_are_taken_at_configured_paths_too() {
    let gateway =
        Gateway::with(|config| config.server.command_paths = vec!["/api/gc".into()]).await;
    let headers = [("content-type", "application/json".to_owned())];
    let hello = r#"{"data":{"type":"HELLO#desk-17","body":"null"}}"#;
    assert_eq!(
        gateway
            .send("POST", "/api/gc", &headers, hello)
            .await
            .status,
        202
    );
    gateway
        .send("POST", "/other", &headers, hello)
        .await
        .assert_problem(404, "NOT_FOUND");
    gateway
        .send("GET", "/gc/v1/commands", &[], "")
        .await
        .assert_problem(405, "PLEASE_RETRY");
}

#[tokio::test]
async fn every_refusal_is_a_problem_whatever_is_wrong() {
    let gateway = Gateway::open().await;
    for (method, path, status, error_type) in [
        ("GET", "/gc/v1/agents/%FF", 400, "PLEASE_RETRY"),
        (
            "GET",
            "/gc/v1/ws?destination=a&destination=b",
            400,
            "PLEASE_RETRY",
        ),
        ("GET", "/gc/v1/ws?destination=%FF", 400, "PLEASE_RETRY"),
        ("GET", "/gc/v1/agents/", 404, "NOT_FOUND"),
        ("GET", "/%FF", 404, "NOT_FOUND"),
        ("DELETE", "/gc/v1/agents/41027", 405, "PLEASE_RETRY"),
        ("POST", "/gc/v1/ws", 405, "PLEASE_RETRY"),
    ] {
        gateway
            .send(method, path, &[], "")
            .await
            .assert_problem(status, error_type);
    }
}

#[tokio::test]
async fn an_agent_is_shown_to_its_own_client_only() {
    let gateway = Gateway::keyed().await;
    gateway.post(Some("key-crm"), CONNECT).await;
    let show = async |agent: &str, key: &str| {
        let headers = [("authorization", format!("Bearer {key}"))];
        gateway
            .send("GET", &format!("/gc/v1/agents/{agent}"), &headers, "")
            .await
    };
    let answer = show("41027", "key-crm").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let view = answer.json();
    assert_eq!(view["agentId"], "41027");
    assert_eq!(view["destination"], "desk-17");
    assert_eq!(view["info"], serde_json::Value::Null);
    assert_eq!(view["state"]["type"], "State");
    assert_eq!(view["dialogs"], serde_json::json!([]));
    show("41027", "key-desk")
        .await
        .assert_problem(403, "INVALID_SUPERVISOR");
    show("41033", "key-crm")
        .await
        .assert_problem(404, "SUBSCRIPTION_FAILED");
    show("41027", "unknown")
        .await
        .assert_problem(401, "Unauthorized");
}

#[tokio::test]
async fn a_stop_ends_everything() {
    let gateway = Gateway::open().await;
    gateway.post(None, CONNECT).await;
    let address = gateway.handle.client_addr();
    gateway.stop().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_stop_with_nothing_to_wait_for_does_not_use_its_time() {
    let gateway = Gateway::with(|config| {
        config.server.shutdown_timeout = std::time::Duration::from_secs(3_600);
    })
    .await;
    gateway.stop().await;
}
