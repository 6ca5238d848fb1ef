//! Each way of spoiling a connection does that and nothing else.

use std::time::Duration;

use anyhow::Result;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, timeout};

use super::*;

/// A proxy with one connection through it: what has connected, and what it reaches.
struct Line {
    proxy: Proxy,
    listener: TcpListener,
    client: TcpStream,
    server: TcpStream,
}

impl Line {
    async fn start() -> Result<Self> {
        Self::spoilt(Toxics::default()).await
    }

    async fn spoilt(to_client: Toxics) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let proxy = Proxy::start(listener.local_addr()?)?;
        proxy.spoil(Direction::ToClient, to_client);
        let client = TcpStream::connect(proxy.address()).await?;
        let (server, _) = listener.accept().await?;
        Ok(Self {
            proxy,
            listener,
            client,
            server,
        })
    }

    /// Nothing comes for a while that is long beside everything else here.
    async fn hears_nothing(&mut self) -> bool {
        let read = self.client.read_u8();
        timeout(Duration::from_millis(80), read).await.is_err()
    }
}

#[tokio::test]
async fn an_unspoilt_line_carries_both_ways_and_ends_in_order() -> Result<()> {
    let mut line = Line::start().await?;
    line.client.write_all(b"ask").await?;
    line.client.shutdown().await?;
    let mut heard = String::new();
    line.server.read_to_string(&mut heard).await?;
    line.server.write_all(b"answer").await?;
    drop(line.server);
    line.client.read_to_string(&mut heard).await?;
    assert_eq!(heard, "askanswer");
    Ok(())
}

#[tokio::test]
async fn latency_delays_and_jitter_keeps_the_order() -> Result<()> {
    let mut line = Line::spoilt(Toxics {
        latency: Duration::from_millis(60),
        jitter: Duration::from_millis(40),
        ..Toxics::default()
    })
    .await?;
    let start = Instant::now();
    for byte in 0..50 {
        line.server.write_u8(byte).await?;
        tokio::task::yield_now().await;
    }
    let mut heard = vec![0; 50];
    line.client.read_exact(&mut heard).await?;
    assert!(start.elapsed() >= Duration::from_millis(60));
    assert_eq!(heard, (0..50).collect::<Vec<u8>>());
    Ok(())
}

#[tokio::test]
async fn a_narrow_line_takes_its_time() -> Result<()> {
    let mut line = Line::spoilt(Toxics {
        bandwidth: Some(10_000),
        ..Toxics::default()
    })
    .await?;
    let start = Instant::now();
    line.server.write_all(&[7; 2_000]).await?;
    line.client.read_exact(&mut [0; 2_000]).await?;
    assert_eq!(line.proxy.carried(Direction::ToClient), 2_000);
    assert_eq!(line.proxy.carried(Direction::ToServer), 0);
    assert!(
        start.elapsed() >= Duration::from_millis(140),
        "{:?}",
        start.elapsed()
    );
    Ok(())
}

#[tokio::test]
async fn slices_come_one_by_one() -> Result<()> {
    let mut line = Line::spoilt(Toxics {
        slice: Some(1),
        bandwidth: Some(400),
        ..Toxics::default()
    })
    .await?;
    line.server.write_all(b"abc").await?;
    for byte in b"abc" {
        let mut buffer = [0; 8];
        assert_eq!(line.client.read(&mut buffer).await?, 1);
        assert_eq!(buffer[0], *byte);
    }
    Ok(())
}

#[tokio::test]
async fn a_line_with_a_limit_ends_after_just_so_many_bytes() -> Result<()> {
    for (cut, ends_in_order) in [(Cut::Close, true), (Cut::Reset, false)] {
        let mut line = Line::spoilt(Toxics {
            limit: Some(Limit { bytes: 3, cut }),
            ..Toxics::default()
        })
        .await?;
        line.server.write_all(b"abcdef").await?;
        let mut heard = Vec::new();
        let end = line.client.read_to_end(&mut heard).await;
        assert_eq!(end.is_ok(), ends_in_order, "{end:?}");
        assert!(b"abc".starts_with(&heard), "{heard:?}");
        assert_eq!(
            line.server.read(&mut [0]).await.is_ok(),
            ends_in_order,
            "the server sees the end too"
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_silent_line_passes_nothing_not_even_its_end_and_goes_on_when_healed() -> Result<()> {
    let mut line = Line::start().await?;
    line.proxy.spoil_both(Toxics {
        silent: true,
        ..Toxics::default()
    });
    line.server.write_all(b"late").await?;
    line.server.shutdown().await?;
    assert!(line.hears_nothing().await);
    assert_eq!(line.proxy.connections().open, 1);
    line.proxy.heal().await?;
    let mut heard = String::new();
    line.client.read_to_string(&mut heard).await?;
    assert_eq!(heard, "late");
    Ok(())
}

#[tokio::test]
async fn a_slow_close_delays_the_end_only() -> Result<()> {
    let mut line = Line::spoilt(Toxics {
        slow_close: Duration::from_millis(400),
        ..Toxics::default()
    })
    .await?;
    let start = Instant::now();
    line.server.write_all(b"x").await?;
    line.server.shutdown().await?;
    assert_eq!(line.client.read_u8().await?, b'x');
    assert!(start.elapsed() < Duration::from_millis(400));
    assert_eq!(line.client.read(&mut [0]).await?, 0);
    assert!(start.elapsed() >= Duration::from_millis(400));
    Ok(())
}

#[tokio::test]
async fn a_reset_is_an_error_at_both_ends() -> Result<()> {
    let mut line = Line::start().await?;
    assert_eq!(line.proxy.cut(Cut::Reset), 1);
    assert!(line.client.read(&mut [0]).await.is_err());
    assert!(line.server.read(&mut [0]).await.is_err());
    Ok(())
}

#[tokio::test]
async fn a_line_that_is_down_refuses_until_it_is_healed() -> Result<()> {
    let mut line = Line::start().await?;
    line.proxy.down().await?;
    assert!(line.client.read(&mut [0]).await.is_err());
    let refused = TcpStream::connect(line.proxy.address()).await;
    assert_eq!(
        refused.err().map(|error| error.kind()),
        Some(std::io::ErrorKind::ConnectionRefused)
    );
    line.proxy.heal().await?;
    let _client = TcpStream::connect(line.proxy.address()).await?;
    line.listener.accept().await?;
    Ok(())
}

#[tokio::test]
async fn connections_are_counted() -> Result<()> {
    let line = Line::start().await?;
    let second = TcpStream::connect(line.proxy.address()).await?;
    let (server, _) = line.listener.accept().await?;
    let connections = |taken, open, most| Connections { taken, open, most };
    assert_eq!(line.proxy.connections(), connections(2, 2, 2));
    drop((second, server));
    let closed = async {
        while line.proxy.connections().open > 1 {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(5), closed).await?;
    assert_eq!(line.proxy.connections(), connections(2, 1, 2));
    Ok(())
}
