//! Bodies and heads of requests (F30, F33, F34).

use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};
use gc_testkit::client::{Answer, PATIENCE, request};
use gc_testkit::hostile::{Damage, json};
use gc_testkit::log_guard::CANARY;
use hyper::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{Bystander, MANY, world};

const COMMANDS: &str = "/gc/v1/commands";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f34_every_bad_body_is_refused_with_a_problem() -> Result<()> {
    let world = world().await?;
    let mut bystander = Bystander::at_work(&world).await?;
    for (name, body) in json::bodies() {
        let answer = request(world.gateway(), Method::POST, COMMANDS, body).await?;
        assert_problem(&answer).with_context(|| name)?;
    }
    bystander.works_on().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f30_a_thousand_damaged_bodies_are_refused_with_a_problem_each() -> Result<()> {
    let world = world().await?;
    let mut bystander = Bystander::at_work(&world).await?;
    let good: Vec<Vec<u8>> = json::GOOD
        .iter()
        .map(|body| body.as_bytes().into())
        .collect();
    let (mut damage, mut refused) = (Damage::seeded(30), 0);
    while refused < MANY {
        let body = damage.to(&good);
        let shown = String::from_utf8_lossy(&body).into_owned();
        let answer = request(world.gateway(), Method::POST, COMMANDS, body).await?;
        // Not all damage hurts; what is still a command is taken, and fails in its own way.
        if answer.status != 202 {
            assert_problem(&answer).with_context(|| shown)?;
            refused += 1;
        }
        if refused % 100 == 0 {
            bystander.works_on().await?;
        }
    }
    Ok(())
}

fn assert_problem(answer: &Answer) -> Result<()> {
    ensure!((400..500).contains(&answer.status), "{answer:?}");
    ensure!(
        answer.content_type == "application/problem+json",
        "{answer:?}"
    );
    let problem = answer.json();
    ensure!(problem["errorType"].is_string(), "{answer:?}");
    ensure!(
        problem["detail"]
            .as_str()
            .is_some_and(|detail| !detail.is_empty()),
        "{answer:?}"
    );
    ensure!(answer.body.len() < 2_000, "{answer:?}");
    ensure!(!answer.body.contains(CANARY), "{answer:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f33_heads_that_are_too_large_or_no_http_are_refused_and_the_connection_ends() -> Result<()>
{
    let world = world().await?;
    let mut bystander = Bystander::at_work(&world).await?;
    let good = "POST /gc/v1/commands HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n";
    for head in [
        "x".repeat(100_000),
        format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", "x".repeat(100_000)),
        format!("{good}x: {}\r\n\r\n", "x".repeat(100_000)),
        format!("{good}{}\r\n", "x: y\r\n".repeat(10_000)),
        format!("{good}content-length: 2\r\ncontent-length: 3\r\n\r\n{{}}x"),
        format!("{good}content-length: -1\r\n\r\n"),
        format!("{good}content-length: 99999999999999999999\r\n\r\n"),
        format!("{good}transfer-encoding: chunked\r\n\r\nzz\r\n"),
        format!("{good}transfer-encoding: chunked\r\n\r\nffffffffffffffff\r\n"),
        format!("{good}bad header\r\n\r\n"),
        format!("{good}x: a\0b\r\n\r\n"),
        "GET / HTTP/9.9\r\n\r\n".to_owned(),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
        "\x16\x03\x01\x02\0\x01\0\x01\u{fc}".to_owned(),
        "CONNECT\naccept-version:1.2\n\n\0".to_owned(),
    ] {
        let shown = head[..head.len().min(120)].to_owned();
        let answer = until_closed(world.gateway(), head.as_bytes())
            .await
            .with_context(|| shown.clone())?;
        ensure!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
            "{shown}: {answer}"
        );
        bystander.works_on().await?;
    }
    Ok(())
}

/// Says something, and gives what is answered until the gateway closes.
async fn until_closed(gateway: SocketAddr, bytes: &[u8]) -> Result<String> {
    let mut stream = TcpStream::connect(gateway).await?;
    // It may be closed before all of it was read.
    let _ = timeout(PATIENCE, stream.write_all(bytes)).await?;
    let mut answer = Vec::new();
    // What was never read makes the system reset the connection, which closes it as well.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut answer))
        .await
        .context("it stays open")?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
