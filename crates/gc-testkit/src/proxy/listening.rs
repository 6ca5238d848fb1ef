//! The port of a proxy: open, or shut so that connections are refused.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;

use super::Shared;

/// Connections that may wait to be taken.
const BACKLOG: u32 = 1_024;

/// The port as it is wanted, and as it is.
#[derive(Debug)]
pub(super) struct Door {
    wanted: watch::Sender<bool>,
    open: watch::Receiver<bool>,
}

impl Door {
    /// Opens or shuts the port, and waits until that is done.
    pub(super) async fn set(&self, open: bool) -> io::Result<()> {
        self.wanted.send_replace(open);
        match self.open.clone().wait_for(|is| *is == open).await {
            Ok(_) => Ok(()),
            Err(_) => Err(io::Error::other("the proxy has lost its port")),
        }
    }
}

/// A port that the system chooses, its door, and the work of taking connections there.
pub(super) fn open(
    shared: Arc<Shared>,
) -> io::Result<(SocketAddr, Door, impl Future<Output = ()> + Send)> {
    let listener = reserve((Ipv4Addr::LOCALHOST, 0).into())?.listen(BACKLOG)?;
    let address = listener.local_addr()?;
    let (wanted, orders) = watch::channel(true);
    let (state, open) = watch::channel(true);
    let serving = serve(listener, address, orders, state, shared);
    Ok((address, Door { wanted, open }, serving))
}

async fn serve(
    mut listener: TcpListener,
    address: SocketAddr,
    mut orders: watch::Receiver<bool>,
    state: watch::Sender<bool>,
    shared: Arc<Shared>,
) {
    loop {
        tokio::select! {
            () = take(&listener, &shared) => {}
            shut = orders.wait_for(|open| !open) => if shut.is_err() { return },
        }
        drop(listener);
        // The port stays ours without being listened on: who connects is refused.
        let Ok(reserved) = reserve(address) else {
            return;
        };
        state.send_replace(false);
        if orders.wait_for(|open| *open).await.is_err() {
            return;
        }
        match reserved.listen(BACKLOG) {
            Ok(again) => listener = again,
            Err(_) => return,
        }
        state.send_replace(true);
    }
}

/// Takes connections for ever.
async fn take(listener: &TcpListener, shared: &Arc<Shared>) {
    loop {
        if let Ok((client, _)) = listener.accept().await {
            tokio::spawn(Arc::clone(shared).carry(client));
        }
    }
}

fn reserve(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}
