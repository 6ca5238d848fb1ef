//! Processes of the nodes: their ports are open while they run, and everything breaks when one is killed.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::config::NodePorts;
use crate::core::Core;
use crate::engine::Node;
use crate::error::SimError;
use crate::web::Port;
use crate::xmpp;

/// Time for connections to end in order at shutdown.
const GOODBYE: Duration = Duration::from_millis(200);

/// A node's process, and what is needed to start it again.
#[derive(Default)]
pub(crate) struct Power(Mutex<Process>);

#[derive(Default)]
struct Process {
    killed: CancellationToken,
    accepting: Vec<JoinHandle<()>>,
    ports: NodePorts,
    /// None of a node that has no sockets.
    tls: Option<TlsAcceptor>,
}

impl Power {
    /// Cancelled when the process that runs now is killed.
    pub(crate) fn killed(&self) -> CancellationToken {
        self.process().killed.clone()
    }

    fn process(&self) -> MutexGuard<'_, Process> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens a node's ports, 0 being any; gives those it has then.
pub(crate) async fn open(
    core: &Arc<Core>,
    node: Node,
    ports: NodePorts,
    tls: TlsAcceptor,
) -> Result<NodePorts, SimError> {
    let https = listen(ports.https).await?;
    let legacy = listen(ports.legacy).await?;
    let links = listen(ports.xmpp).await?;
    let ports = NodePorts {
        https: port(&https)?,
        legacy: port(&legacy)?,
        xmpp: port(&links)?,
    };
    let killed = CancellationToken::new();
    // Links and connections ask for the process that they belong to.
    core.power(node).process().killed = killed.clone();
    let accepting = vec![
        serve_web(core, https, &killed, tls.clone(), Port::https(core, node)),
        serve_web(core, legacy, &killed, tls.clone(), Port::legacy(core, node)),
        serve_xmpp(core, links, &killed, tls.clone(), node),
    ];
    *core.power(node).process() = Process {
        killed,
        accepting,
        ports,
        tls: Some(tls),
    };
    Ok(ports)
}

/// Kills a node's process: its connections break, and nobody listens on its ports any more.
pub(crate) async fn kill(core: &Arc<Core>, node: Node) {
    let (killed, accepting) = {
        let mut process = core.power(node).process();
        let accepting = std::mem::take(&mut process.accepting);
        (process.killed.clone(), accepting)
    };
    core.node_died(node);
    killed.cancel();
    for accepting in accepting {
        // One that panicked has closed its port as well.
        let _ = accepting.await;
    }
    // A link that is stuck in its client's socket ends by itself, later.
    let gone = async {
        while core.hub.link_count(node) > 0 {
            tokio::task::yield_now().await;
        }
    };
    let _ = tokio::time::timeout(GOODBYE, gone).await;
}

/// Starts a node that was killed, on the ports that it had; one that runs goes on.
pub(crate) async fn start(core: &Arc<Core>, node: Node) -> Result<(), SimError> {
    let killed = core.power(node).killed();
    if !killed.is_cancelled() {
        return Ok(());
    }
    let (ports, tls) = {
        let process = core.power(node).process();
        (process.ports, process.tls.clone())
    };
    if let Some(tls) = tls {
        open(core, node, ports, tls).await?;
    }
    core.node_started(node);
    Ok(())
}

fn serve_web(
    core: &Arc<Core>,
    listener: TcpListener,
    killed: &CancellationToken,
    tls: TlsAcceptor,
    port: Port,
) -> JoinHandle<()> {
    let served = move |socket| {
        let (tls, port) = (tls.clone(), port.clone());
        async move {
            if let Ok(stream) = tls.accept(socket).await {
                port.serve(stream).await;
            }
        }
    };
    let accepting = accept(Arc::clone(core), listener, killed.clone(), served);
    core.tasks.spawn(accepting)
}

fn serve_xmpp(
    core: &Arc<Core>,
    listener: TcpListener,
    killed: &CancellationToken,
    tls: TlsAcceptor,
    node: Node,
) -> JoinHandle<()> {
    let shared = Arc::clone(core);
    let served = move |socket| {
        let (tls, core) = (tls.clone(), Arc::clone(&shared));
        async move {
            if !core.transports.tcp {
                return;
            }
            if let Ok(stream) = tls.accept(socket).await {
                xmpp::serve_stream(core, node, stream).await;
            }
        }
    };
    let accepting = accept(Arc::clone(core), listener, killed.clone(), served);
    core.tasks.spawn(accepting)
}

/// Accepts until the end; every connection is a task of its own that ends with the simulator.
async fn accept<F>(
    core: Arc<Core>,
    listener: TcpListener,
    killed: CancellationToken,
    serve: impl Fn(TcpStream) -> F,
) where
    F: Future<Output = ()> + Send + 'static,
{
    loop {
        let socket = tokio::select! {
            () = core.stop.cancelled() => return,
            () = killed.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((socket, _)) = socket else {
            // Out of descriptors: let some connections end first.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let _ = socket.set_nodelay(true);
        let (served, stop) = (serve(socket), core.stop.clone());
        core.tasks.spawn(async move {
            tokio::select! {
                () = served => {}
                () = past_goodbye(stop) => {}
            }
        });
    }
}

/// Clients that do not read their goodbye are not waited for.
pub(crate) async fn past_goodbye(stop: CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(GOODBYE).await;
}

pub(crate) async fn listen(port: u16) -> Result<TcpListener, SimError> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpListener::bind(address)
        .await
        .map_err(|source| SimError::Listen {
            address: address.to_string(),
            source,
        })
}

pub(crate) fn local(listener: &TcpListener) -> Result<SocketAddr, SimError> {
    listener.local_addr().map_err(|source| SimError::Listen {
        address: "a port that was just opened".to_owned(),
        source,
    })
}

fn port(listener: &TcpListener) -> Result<u16, SimError> {
    local(listener).map(|address| address.port())
}
