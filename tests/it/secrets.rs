//! Passwords, tokens and keys are in no log line, no event, no answer, no metric; not in base64 and not with escapes either.

use anyhow::{Result, ensure};
use gc_server::config::Client as Keyed;
use gc_testkit::client::{event_of, post_with_key, request};
use gc_testkit::secrets::{is_in, plant};
use gc_testkit::{Client, Transport, World};
use serde_json::json;
use sha2::{Digest, Sha256};

/// Escaped by everything that escapes at all; without the characters that a parameter of the string form cannot have.
const ODD: &str = "p\u{e4}&<'\"%/ss+w d";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_password_is_seen_anywhere() -> Result<()> {
    // Whatever else stands around it.
    plant(ODD);
    let right = format!("{ODD}-right");
    let site_password = right.clone();
    let world = World::with(
        move |site| {
            for agent in &mut site.site.agents {
                agent.password = site_password.clone();
            }
        },
        |_| {},
    )
    .await?;
    let mut client = Client::open(world.gateway(), Transport::WebSocketV2, "desk").await?;
    let commands = [
        format!("Connect#41027\ndesk,{ODD}-wrong"),
        format!("Connect#41027\ndesk,{right}"),
        format!("Login#41027\n{ODD}-other,6127"),
        format!("Login#41027\n{right},6127"),
        format!("Login#41027\n{right},61a7"),
        format!("Login#41027 {right},6127,surplus"),
        format!("Loggin#41027\n{right},6127"),
        format!("Login#{right}\n{right},6127"),
        json!({"command": "Login", "agentId": "41027", "params": {"password": right}, "x": 1})
            .to_string(),
        json!({"command": "UpdateToken", "agentId": "41027", "params": {"token": right}})
            .to_string(),
        "Logout#41027\nnull".to_owned(),
    ];
    let mut frames = Vec::new();
    for command in &commands {
        client.send_raw(command).await?;
        let end = client
            .next_of(|event| event["type"] == "CommandResult")
            .await?;
        frames.push(end);
    }
    frames.extend(client.drain());
    for path in ["/metrics", "/sessions", "/readyz"] {
        let answer = request(world.admin(), hyper::Method::GET, path, String::new()).await?;
        assert!(!is_in(&answer.body), "{path}: {}", answer.body);
    }
    let signed_in = frames
        .iter()
        .filter(|frame| event_of(frame)["outcome"] == "done");
    assert!(signed_in.count() >= 2, "the right password was taken");
    for frame in frames {
        assert!(!is_in(&frame.to_string()), "{frame}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_key_of_a_client_is_seen_anywhere() -> Result<()> {
    let (right, wrong) = ("kEy-of-the-crm-7f3a", "kEy-of-nobody-19bc");
    plant(right);
    plant(wrong);
    let digest = Sha256::digest(right.as_bytes());
    let crm = Keyed {
        key_sha256: vec![digest.iter().map(|byte| format!("{byte:02x}")).collect()],
        ..Keyed::default()
    };
    let world = World::with(
        |_| {},
        |config| {
            config.clients.insert("crm".to_owned(), crm);
        },
    )
    .await?;
    let connect = json!({"command": "Connect", "agentId": "41027", "params": {"destination": "desk-1", "password": "c4nary"}});
    for (key, status) in [(right, 202), (wrong, 401)] {
        let answer = post_with_key(world.gateway(), key, &connect).await?;
        ensure!(answer.status == status, "{answer:?}");
        ensure!(!is_in(&answer.body), "{answer:?}");
    }
    // The key in a place where none belongs.
    let strange = json!({"command": "MakeReady", "agentId": "41027", "params": {"key": right}});
    let answer = post_with_key(world.gateway(), right, &strange).await?;
    ensure!(answer.status == 400 || answer.status == 422, "{answer:?}");
    ensure!(!is_in(&answer.body), "{answer:?}");
    Ok(())
}
