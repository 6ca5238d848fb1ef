//! Who sends a byte now and then, or never ends what it began (F33).

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use super::websocket::upgraded;
use super::{Bystander, world};

/// Longer than the gateway waits for a head, for a body, and from one ping of a WebSocket to the one after the next.
const TOO_LONG: Duration = Duration::from_secs(50);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f33_who_sends_a_byte_a_second_is_given_up_and_others_work_on() -> Result<()> {
    let world = world().await?;
    let mut bystander = Bystander::at_work(&world).await?;
    let post = "POST /gc/v1/commands HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n";
    let mut slow = tokio::task::JoinSet::new();
    for (begin, drip, answered) in [
        ("", "POST /gc/v1/commands HTTP/1.1", ""),
        (
            "GET /gc/v1/ws HTTP/1.1\r\nupgrade: websocket\r\n",
            "x-pad: yyyyyyyyyyyyyyyyyyyyyyyyyy",
            "",
        ),
        (post, "{                                ", "HTTP/1.1 408"),
    ] {
        slow.spawn(given_up(world.gateway(), begin, drip, answered));
    }
    // A frame that comes byte by byte, and a message of such frames with answers to pings between.
    let drop = [0x00, 0x81, 0, 0, 0, 0, b'x'];
    let pong = [0x8a, 0x80, 0, 0, 0, 0];
    let frame = [0x81, 0xfe, 0x27, 0x10, 0, 0, 0, 0];
    let message = [0x01, 0x85, 0, 0, 0, 0, b'H', b'e', b'l', b'l', b'o'];
    for (begin, drip) in [
        (&frame[..], vec![b'x']),
        (&message[..], [&drop[..], &pong].concat()),
    ] {
        slow.spawn(closed_in_a_message(world.gateway(), begin.to_vec(), drip));
    }
    while let Some(given_up) = slow.join_next().await {
        given_up??;
        bystander.works_on().await?;
    }
    Ok(())
}

/// Says the beginning at once and the rest in drops, until the gateway closes.
async fn given_up(
    gateway: std::net::SocketAddr,
    begin: &str,
    drip: &str,
    answered: &str,
) -> Result<()> {
    let begun = Instant::now();
    let stream = TcpStream::connect(gateway).await?;
    let (mut from, mut to) = stream.into_split();
    to.write_all(begin.as_bytes()).await?;
    let dripping = async {
        for byte in drip.bytes().cycle() {
            if to.write_all(&[byte]).await.is_err() {
                break;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    let mut said = Vec::new();
    let closed = async {
        let _ = from.read_to_end(&mut said).await;
    };
    let end = async {
        tokio::select! {
            () = closed => {}
            () = dripping => {}
        }
    };
    timeout(TOO_LONG, end)
        .await
        .with_context(|| format!("{begin:?} is still open"))?;
    let said = String::from_utf8_lossy(&said).into_owned();
    ensure!(
        said.starts_with(answered),
        "{begin:?} was told {said:?} after {:?}",
        begun.elapsed()
    );
    Ok(())
}

/// Begins a message and goes on with it until the gateway says goodbye.
async fn closed_in_a_message(
    gateway: std::net::SocketAddr,
    begin: Vec<u8>,
    drip: Vec<u8>,
) -> Result<()> {
    let (mut from, mut to) = upgraded(gateway).await?.into_split();
    to.write_all(&begin).await?;
    let dripping = tokio::spawn(async move {
        while to.write_all(&drip).await.is_ok() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    });
    let mut said = Vec::new();
    let closed = timeout(TOO_LONG, async {
        let _ = from.read_to_end(&mut said).await;
    });
    closed.await.context("it stays open")?;
    dripping.abort();
    // Pings, and a close frame: 1008, and why.
    let goodbye = [&[0x88, 25, 0x03, 0xf0], &b"a message took too long"[..]].concat();
    ensure!(said.ends_with(&goodbye), "{said:?}");
    Ok(())
}
