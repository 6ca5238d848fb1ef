//! Frames of WebSockets (F30, F33, F34, F35).

use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};
use gc_testkit::client::{PATIENCE, event_of};
use gc_testkit::hostile::{Damage, json, text};
use gc_testkit::{Client, Transport, World};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{Bystander, MANY, world};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f34_f35_every_bad_frame_is_told_its_error_and_the_connection_lives() -> Result<()> {
    let world = world().await?;
    let mut bystander = Bystander::at_work(&world).await?;
    for transport in [Transport::WebSocketV1, Transport::WebSocketV2] {
        let mut client =
            Client::open(world.gateway(), transport, &format!("{transport:?}")).await?;
        for (name, frame) in text::frames() {
            assert_told(&mut client, &frame)
                .await
                .with_context(|| name)?;
        }
        for (name, body) in json::bodies() {
            // A text frame holds text; what is none is another test's.
            if let Ok(frame) = String::from_utf8(body) {
                assert_told(&mut client, &frame)
                    .await
                    .with_context(|| name)?;
            }
        }
    }
    bystander.works_on().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f30_a_thousand_damaged_frames_are_told_their_errors() -> Result<()> {
    let world = world().await?;
    let mut bystander = Bystander::at_work(&world).await?;
    let mut client = Client::open(world.gateway(), Transport::WebSocketV2, "desk-1").await?;
    let good = [text::GOOD, json::GOOD].concat();
    let mut damage = Damage::seeded(35);
    for number in 0..MANY {
        let frame = damage.to_text(&good);
        assert_told(&mut client, &frame)
            .await
            .with_context(|| frame.clone())?;
        if number % 100 == 0 {
            bystander.works_on().await?;
        }
    }
    Ok(())
}

/// Waits for the error of a frame.
async fn assert_told(client: &mut Client, frame: &str) -> Result<()> {
    client.send_raw(frame).await?;
    let error = client
        .next_of(|event| event_of(event)["type"] == "Error")
        .await?;
    let error = event_of(&error);
    ensure!(
        error["errorType"]
            .as_str()
            .is_some_and(|code| !code.is_empty()),
        "{error}"
    );
    let message = error["errorMessage"].as_str().context("no message")?;
    ensure!(!message.is_empty() && message.len() < 1_000, "{error}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f33_a_frame_that_no_client_may_send_closes_its_own_connection_only() -> Result<()> {
    let world = world().await?;
    let mut bystander = Bystander::at_work(&world).await?;
    let masked =
        |first: u8, text: &[u8]| [&[first, 0x80 | text.len() as u8, 0, 0, 0, 0], text].concat();
    let huge = 70_000u64;
    for (name, bytes) in [
        ("a reserved bit", masked(0xc1, b"Hello#desk")),
        ("a reserved opcode", masked(0x83, b"Hello#desk")),
        ("no mask", b"\x81\x0aHello#desk".to_vec()),
        ("no text", masked(0x81, b"\xff\xfe\xfd")),
        ("half a character", masked(0x81, b"\xc3")),
        ("a binary frame", masked(0x82, b"Hello#desk")),
        ("a continuation of nothing", masked(0x80, b"Hello#desk")),
        (
            "a beginning inside a message",
            [masked(0x01, b"Hel"), masked(0x81, b"lo#desk")].concat(),
        ),
        ("a ping in pieces", masked(0x09, b"hi")),
        (
            "a ping too long",
            [&b"\x89\xfe\x00\x7e\0\0\0\0"[..], &[b'x'; 126]].concat(),
        ),
        ("a reason of one byte", masked(0x88, b"\x03")),
        ("a reason that is none", masked(0x88, b"\x00\x00")),
        (
            "a frame too large",
            [
                &b"\x81\xff"[..],
                &huge.to_be_bytes(),
                &[0; 4],
                &[b'x'; 70_000],
            ]
            .concat(),
        ),
        (
            "a length beyond all",
            [&b"\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff"[..], &[0; 4]].concat(),
        ),
        (
            "a negative length",
            [&b"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff"[..], &[0; 4]].concat(),
        ),
        ("a message too large in pieces", pieces(40_000)),
        (
            "a message in pieces without an end",
            pieces(1).repeat(70_000),
        ),
    ] {
        let closed = closes_on(&world, &bytes).await;
        closed.with_context(|| name)?;
        bystander.works_on().await?;
    }
    Ok(())
}

/// Two pieces of a message, of so many bytes each, and no last one.
fn pieces(size: u16) -> Vec<u8> {
    let text = vec![b'x'; size.into()];
    let piece = |first: u8| [&[first, 0xfe][..], &size.to_be_bytes(), &[0; 4], &text].concat();
    if size == 1 {
        // One byte has a shorter header, and never begins a message.
        return [0x00, 0x81, 0, 0, 0, 0, b'x'].into();
    }
    [piece(0x01), piece(0x00)].concat()
}

async fn closes_on(world: &World, bytes: &[u8]) -> Result<()> {
    let mut stream = upgraded(world.gateway()).await?;
    let _ = timeout(PATIENCE, stream.write_all(bytes)).await?;
    // The gateway says goodbye and waits for ours.
    let goodbye = [0x88, 0x80, 0, 0, 0, 0];
    let _ = stream.write_all(&goodbye).await;
    let mut rest = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut rest))
        .await
        .context("it stays open")?;
    Ok(())
}

/// A WebSocket below its library.
pub(super) async fn upgraded(gateway: SocketAddr) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(gateway).await?;
    let upgrade = "GET /gc/v1/ws HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
    stream.write_all(upgrade.as_bytes()).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(timeout(PATIENCE, stream.read_u8()).await??);
    }
    ensure!(
        head.starts_with(b"HTTP/1.1 101"),
        "{}",
        String::from_utf8_lossy(&head)
    );
    Ok(stream)
}
