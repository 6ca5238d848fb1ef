//! A TCP proxy that spoils connections on purpose: what lies between two programs when the network is bad.
//!
//! What may go wrong is set for each direction and can be changed while connections are open; see [`Toxics`].

mod listening;
mod pump;
mod toxics;

#[cfg(test)]
mod tests;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use listening::Door;
pub use toxics::{Cut, Limit, Toxics};

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From who has connected to the server behind the proxy.
    ToServer,
    /// Back.
    ToClient,
}

/// A proxy in front of one address; everything ends when it is dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    door: Door,
    gone: CancellationToken,
}

/// Connections since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// All that were taken.
    pub taken: usize,
    /// Those that are open now.
    pub open: usize,
    /// The most that were open at once.
    pub most: usize,
}

#[derive(Debug)]
struct Shared {
    target: SocketAddr,
    to_server: watch::Sender<Toxics>,
    to_client: watch::Sender<Toxics>,
    /// How open connections are cut; the number changes with each order.
    cuts: watch::Sender<(u64, Cut)>,
    counts: Counts,
}

#[derive(Debug, Default)]
struct Counts {
    taken: AtomicUsize,
    open: AtomicUsize,
    most: AtomicUsize,
    to_server: AtomicU64,
    to_client: AtomicU64,
}

impl Proxy {
    /// Listens on loopback in front of an address; nothing is spoilt yet.
    pub fn start(target: SocketAddr) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            target,
            to_server: watch::Sender::default(),
            to_client: watch::Sender::default(),
            cuts: watch::Sender::new((0, Cut::Close)),
            counts: Counts::default(),
        });
        let (address, door, serving) = listening::open(Arc::clone(&shared))?;
        let gone = CancellationToken::new();
        tokio::spawn(gone.clone().run_until_cancelled_owned(serving));
        Ok(Self {
            address,
            shared,
            door,
            gone,
        })
    }

    /// Where to connect to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Spoils one direction, of open connections and of new ones.
    pub fn spoil(&self, direction: Direction, toxics: Toxics) {
        self.shared.way(direction).send_replace(toxics);
    }

    /// Spoils both directions.
    pub fn spoil_both(&self, toxics: Toxics) {
        self.spoil(Direction::ToServer, toxics);
        self.spoil(Direction::ToClient, toxics);
    }

    /// Nothing is spoilt any more: what was held back goes on its way, and new connections are taken.
    pub async fn heal(&self) -> io::Result<()> {
        self.spoil_both(Toxics::default());
        self.door.set(true).await
    }

    /// Cuts every open connection; tells how many there were.
    pub fn cut(&self, how: Cut) -> usize {
        let open = self.connections().open;
        self.shared.cuts.send_modify(|order| {
            *order = (order.0 + 1, how);
        });
        open
    }

    /// Cuts every connection and refuses new ones, until [`Proxy::heal`].
    pub async fn down(&self) -> io::Result<()> {
        self.door.set(false).await?;
        self.cut(Cut::Reset);
        Ok(())
    }

    /// How many connections there are and were.
    pub fn connections(&self) -> Connections {
        let counts = &self.shared.counts;
        Connections {
            taken: counts.taken.load(Ordering::SeqCst),
            open: counts.open.load(Ordering::SeqCst),
            most: counts.most.load(Ordering::SeqCst),
        }
    }

    /// Bytes that have got through one direction of all connections.
    pub fn carried(&self, direction: Direction) -> u64 {
        self.shared.counts.carried(direction).load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.gone.cancel();
        self.cut(Cut::Close);
    }
}

impl Shared {
    fn way(&self, direction: Direction) -> &watch::Sender<Toxics> {
        match direction {
            Direction::ToServer => &self.to_server,
            Direction::ToClient => &self.to_client,
        }
    }

    /// One connection from its first byte to its end.
    async fn carry(self: Arc<Self>, client: TcpStream) {
        let counted = self.counts.enter();
        // An order that came before this connection is none for it.
        let cuts = self.cuts.subscribe();
        let Ok(server) = TcpStream::connect(self.target).await else {
            return pump::end(&client, Cut::Reset);
        };
        let ended = pump::carry(client, server, &self, cuts).await;
        // Who sees the end and connects again is not counted twice.
        drop(counted);
        drop(ended);
    }
}

impl Counts {
    fn carried(&self, direction: Direction) -> &AtomicU64 {
        match direction {
            Direction::ToServer => &self.to_server,
            Direction::ToClient => &self.to_client,
        }
    }

    fn enter(&self) -> Counted<'_> {
        self.taken.fetch_add(1, Ordering::SeqCst);
        let open = self.open.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(open, Ordering::SeqCst);
        Counted(self)
    }
}

struct Counted<'a>(&'a Counts);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
    }
}
