//! One connection through the proxy: two directions, each read, spoilt and written.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};

use super::toxics::{Cut, Toxics};
use super::{Direction, Shared};

/// Bytes read at once.
const PIECE: usize = 4_096;
/// Pieces under way; with latency, this much is in the air.
const UNDER_WAY: usize = 256;

/// Carries bytes both ways until the connection ends or is cut; the sockets close when they are dropped.
pub(super) async fn carry(
    mut client: TcpStream,
    mut server: TcpStream,
    shared: &Shared,
    mut cuts: watch::Receiver<(u64, Cut)>,
) -> [TcpStream; 2] {
    // Slices are packets of their own only without Nagle's wait.
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let cut = {
        let (from_client, back) = client.split();
        let (from_server, there) = server.split();
        let up = Pump::new(shared, Direction::ToServer).run(from_client, there);
        let down = Pump::new(shared, Direction::ToClient).run(from_server, back);
        tokio::select! {
            cut = both(up, down) => cut,
            _ = cuts.changed() => cuts.borrow().1,
        }
    };
    end(&client, cut);
    end(&server, cut);
    [client, server]
}

/// How a stream ends when it is dropped.
pub(super) fn end(stream: &TcpStream, cut: Cut) {
    if cut == Cut::Reset {
        let _ = stream.set_zero_linger();
    }
}

/// Over when both directions have ended, or one was cut.
async fn both(
    up: impl Future<Output = Option<Cut>>,
    down: impl Future<Output = Option<Cut>>,
) -> Cut {
    tokio::pin!(up, down);
    let (first, up_ended) = tokio::select! {
        cut = &mut up => (cut, true),
        cut = &mut down => (cut, false),
    };
    let last = match (first, up_ended) {
        (Some(cut), _) => return cut,
        (None, true) => down.await,
        (None, false) => up.await,
    };
    last.unwrap_or(Cut::Close)
}

/// One direction.
struct Pump<'a> {
    toxics: watch::Receiver<Toxics>,
    carried: &'a AtomicU64,
    chance: u64,
}

/// A piece on its way; an empty one is the end.
struct Piece {
    due: Instant,
    bytes: Vec<u8>,
}

impl<'a> Pump<'a> {
    fn new(shared: &'a Shared, direction: Direction) -> Self {
        Self {
            toxics: shared.way(direction).subscribe(),
            carried: shared.counts.carried(direction),
            chance: direction as u64,
        }
    }

    /// To the end of the direction, or to where it is cut.
    async fn run(mut self, from: ReadHalf<'_>, to: WriteHalf<'_>) -> Option<Cut> {
        let (toxics, carried) = (self.toxics.clone(), self.carried);
        let (sender, pieces) = mpsc::channel(UNDER_WAY);
        let writing = write(toxics, carried, to, pieces);
        let (_, cut) = tokio::join!(self.read(from, sender), writing);
        cut
    }

    async fn read(&mut self, mut from: ReadHalf<'_>, pieces: mpsc::Sender<Piece>) {
        let mut buffer = vec![0; PIECE];
        loop {
            let read = tokio::select! {
                read = from.read(&mut buffer) => read.unwrap_or(0),
                () = pieces.closed() => return,
            };
            let due = Instant::now() + self.delay(read);
            let bytes = buffer[..read].to_vec();
            if pieces.send(Piece { due, bytes }).await.is_err() || read == 0 {
                return;
            }
        }
    }

    fn delay(&mut self, read: usize) -> Duration {
        let toxics = *self.toxics.borrow();
        match read {
            0 => toxics.latency + toxics.slow_close,
            _ => toxics.latency + toxics.jitter.mul_f64(self.draw()),
        }
    }

    /// A number from 0 to 1, the same ones in each run (splitmix64).
    #[allow(clippy::cast_precision_loss)] // chance needs no more digits
    fn draw(&mut self) -> f64 {
        self.chance = self.chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.chance;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed >> 11) as f64 / (1_u64 << 53) as f64
    }
}

async fn write(
    mut toxics: watch::Receiver<Toxics>,
    carried: &AtomicU64,
    mut to: WriteHalf<'_>,
    mut pieces: mpsc::Receiver<Piece>,
) -> Option<Cut> {
    let mut passed = 0;
    while let Some(piece) = pieces.recv().await {
        sleep_until(piece.due).await;
        let mut rest = &piece.bytes[..];
        while !rest.is_empty() {
            let now = *toxics.wait_for(|toxics| !toxics.silent).await.ok()?;
            let (slice, cut) = portion(rest, &now, passed);
            if to.write_all(slice).await.is_err() {
                return Some(Cut::Reset);
            }
            passed += slice.len() as u64;
            carried.fetch_add(slice.len() as u64, Ordering::SeqCst);
            rest = &rest[slice.len()..];
            if cut.is_some() {
                return cut;
            }
            if let Some(bandwidth) = now.bandwidth {
                sleep(time_for(slice.len(), bandwidth)).await;
            }
        }
    }
    let _ = toxics.wait_for(|toxics| !toxics.silent).await;
    let _ = to.shutdown().await;
    None
}

/// What goes out in one write, and how the connection is cut after it.
fn portion<'a>(rest: &'a [u8], toxics: &Toxics, passed: u64) -> (&'a [u8], Option<Cut>) {
    let mut length = rest.len().min(toxics.slice.unwrap_or(usize::MAX));
    // In small portions a narrow line is slow and steady instead of silent and sudden.
    if let Some(bandwidth) = toxics.bandwidth {
        length = length.min(usize::try_from(bandwidth / 20).map_or(length, |few| few.max(1)));
    }
    let Some(limit) = toxics.limit else {
        return (&rest[..length], None);
    };
    let left = usize::try_from(limit.bytes.saturating_sub(passed)).unwrap_or(usize::MAX);
    match length < left {
        true => (&rest[..length], None),
        false => (&rest[..left.min(length)], Some(limit.cut)),
    }
}

#[allow(clippy::cast_precision_loss)] // so small are all of them
fn time_for(bytes: usize, bandwidth: u64) -> Duration {
    Duration::from_secs_f64(bytes as f64 / bandwidth.max(1) as f64)
}
