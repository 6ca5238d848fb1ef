//! Bad input: each with the error of the contract, and nobody else disturbed.

use anyhow::Result;
use gc_testkit::client::{Answer, event_of, post_command, request};
use gc_testkit::{Actor, Client, Names, Transport, World};
use serde_json::json;

/// What is sent, and the error that must come.
const BAD_COMMANDS: &[(&str, &str, &str)] = &[
    ("MakeRedy#41027", "null", "PLEASE_RETRY"),
    ("MakeReady#", "null", "PLEASE_RETRY"),
    ("MakeReady#41027", "surplus", "PLEASE_RETRY"),
    ("Login#41027", "null", "MISSING_PASSWORD"),
    ("Login#41027", "c4nary,", "MISSING_EXTENSION"),
    ("Login#41027", "c4nary,61a7", "WRONG_EXTENSION"),
    ("MakeCall#41027", "null", "MISSING_NUMBER"),
    (
        "MakeNotReadyWithReason#41027",
        "null",
        "MISSING_REASON_CODE",
    ),
    ("AnswerCall#41027", "404404", "NO_DIALOG_ID"),
    ("GetDialogParticipants#41027", "404404", "NO_DIALOG_ID"),
    ("ZOOMPauseRecording#41027", "null", "NOT_SUPPORTED"),
    (
        "Login#55555",
        "c4nary,6127",
        "SUBSCRIPTION_FAILED|USER_NOT_FOUND",
    ),
    ("MakeReady#41033", "null", "SUBSCRIPTION_FAILED"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_bad_command_is_told_its_error_over_websocket() -> Result<()> {
    let world = World::start().await?;
    let mut layla = Actor::logged_in(&world, Transport::WebSocketV1, Actor::LAYLA).await?;
    for (message_type, body, wanted) in BAD_COMMANDS {
        layla.client.send(message_type, body).await?;
        let error = layla
            .client
            .next_of(|event| event["type"] == "Error")
            .await?;
        let code = error["errorType"].as_str().unwrap_or_default();
        assert!(
            wanted.split('|').any(|wanted| wanted == code),
            "{message_type} {body}: {error}"
        );
        assert!(
            !error["errorMessage"]
                .as_str()
                .unwrap_or_default()
                .contains("c4nary"),
            "{error}"
        );
    }
    layla.send("MakeReady", "null").await?;
    layla
        .expect(&mut Names::default(), &["State READY"], &[])
        .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_bad_command_is_told_its_error_over_rest() -> Result<()> {
    let world = World::start().await?;
    let mut layla = Actor::logged_in(&world, Transport::Rest, Actor::LAYLA).await?;
    for (message_type, body, wanted) in BAD_COMMANDS {
        if let Some(answer) = layla.client.try_send(message_type, body).await?
            && answer.status != 202
        {
            assert_problem(&answer, wanted);
        }
        let error = layla
            .client
            .next_of(|event| event["type"] == "Error")
            .await?;
        let code = error["errorType"].as_str().unwrap_or_default();
        assert!(
            wanted.split('|').any(|wanted| wanted == code),
            "{message_type} {body}: {error}"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unreadable_bodies_are_answered_with_a_problem() -> Result<()> {
    let world = World::start().await?;
    let post = hyper::Method::POST;
    let path = "/gc/v1/commands";
    let too_large = json!({"data": {"type": "Hello#x", "body": "y".repeat(70_000)}}).to_string();
    let bodies = [
        ("{".to_owned(), 400),
        ("[]".to_owned(), 400),
        (r#"{"data":{"type":7}}"#.to_owned(), 400),
        (
            r#"{"data":{"type":"Hello#a","type":"Hello#b"}}"#.to_owned(),
            400,
        ),
        (
            r#"{"command":"MakeReady","agentId":"41027","surplus":1}"#.to_owned(),
            400,
        ),
        (too_large, 413),
    ];
    for (body, wanted) in bodies {
        let answer = request(world.gateway(), post.clone(), path, body.clone()).await?;
        let shown = &body[..body.len().min(80)];
        assert!(
            answer.status == wanted || (wanted == 400 && answer.status == 422),
            "{shown}: {answer:?}"
        );
        assert_eq!(answer.content_type, "application/problem+json", "{shown}");
        assert!(
            answer.json()["errorType"].is_string(),
            "{shown}: {answer:?}"
        );
    }
    let answer = request(
        world.gateway(),
        hyper::Method::GET,
        "/gc/v1/nothing",
        String::new(),
    )
    .await?;
    assert_eq!(answer.status, 404);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unreadable_frames_are_told_and_the_connection_lives() -> Result<()> {
    let world = World::start().await?;
    let mut client = Client::open(world.gateway(), Transport::WebSocketV2, "desk").await?;
    for frame in ["{", "", "#", "nonsense", r#"{"command":7}"#, "\u{0}"] {
        client.send_raw(frame).await?;
        let error = client
            .next_of(|event| event_of(event)["type"] == "Error")
            .await?;
        assert_eq!(
            event_of(&error)["errorType"],
            "PLEASE_RETRY",
            "{frame:?}: {error}"
        );
    }
    client.send("Hello#desk", "null").await?;
    client
        .next_of(|event| event_of(event)["type"] == "System")
        .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_callback_off_the_allow_list_is_refused() -> Result<()> {
    let world = World::start().await?;
    for fqdn in [
        "http://10.0.0.1",
        "https://example.org",
        "http://169.254.169.254",
        "ftp://127.0.0.1",
    ] {
        let body = json!({"data": {
            "type": "Hello#desk", "body": "null", "sessionUrl": "https://crm.example.org/s/1",
            "callbackFqdn": fqdn, "callbackEndpoint": "/gc/events",
        }});
        let answer = post_command(world.gateway(), &body).await?;
        assert_eq!(answer.status, 422, "{fqdn}: {answer:?}");
    }
    Ok(())
}

fn assert_problem(answer: &Answer, wanted: &str) {
    assert!(matches!(answer.status, 403 | 422), "{answer:?}");
    assert_eq!(answer.content_type, "application/problem+json");
    let code = answer.json()["errorType"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert!(wanted.split('|').any(|wanted| wanted == code), "{answer:?}");
}
