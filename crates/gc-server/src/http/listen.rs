//! A listener: connections with limits, and a stop that lets requests end.

use std::convert::Infallible;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use super::crowd::{Crowd, Seat};
use super::peer::{Peer, source};
use super::preface::NoHttp2;
use crate::audit;
use crate::seldom::{Seldom, Shared};
use crate::telemetry;
use crate::tls::Tls;

/// Longest time that the head of a request may take to arrive.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest time that a TLS handshake may take.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// Largest head of a request.
const HEADER_LIMIT: usize = 16 * 1024;

/// One of the connections that are allowed at once; a WebSocket holds it as long as it lives.
pub(crate) struct Permit {
    _held: OwnedSemaphorePermit,
    _seat: Seat<IpAddr>,
    connection: CancellationToken,
}

impl Permit {
    /// Drops the connection in the middle of whatever it sends; one that became a WebSocket stays.
    pub(crate) fn hang_up(&self) {
        self.connection.cancel();
    }
}

/// Serves connections until told to stop, then lets the requests under way end.
pub(crate) struct Listener {
    pub(crate) socket: TcpListener,
    pub(crate) router: Router,
    pub(crate) max_connections: usize,
    pub(crate) crowd: Crowd<IpAddr>,
    pub(crate) tls: Option<Arc<Tls>>,
    pub(crate) tracker: TaskTracker,
    pub(crate) stop: CancellationToken,
    pub(crate) kill: CancellationToken,
}

impl Listener {
    pub(crate) async fn run(self) {
        let graceful = GracefulShutdown::new();
        let permits = Arc::new(Semaphore::new(self.max_connections));
        let mut complaints = Complaints::default();
        while let Some((connection, address, permit)) = self.accept(&permits, &mut complaints).await
        {
            self.serve(connection, address, permit, &graceful, &complaints);
        }
        drop(self.socket);
        graceful.shutdown().await;
    }

    /// The next connection, or `None` when it is time to stop.
    async fn accept(
        &self,
        permits: &Arc<Semaphore>,
        complaints: &mut Complaints,
    ) -> Option<(TcpStream, SocketAddr, Permit)> {
        let accepted = async {
            let held = Arc::clone(permits).acquire_owned().await.ok()?;
            loop {
                match self.socket.accept().await {
                    Ok((connection, address)) => match self.crowd.enter(source(address.ip())) {
                        Some(_seat) => {
                            let permit = Permit {
                                _held: held,
                                _seat,
                                connection: self.kill.child_token(),
                            };
                            return Some((connection, address, permit));
                        }
                        None => complaints.crowded(address),
                    },
                    Err(error) => {
                        complaints.failed(&error);
                        // Mostly too many open files; others must close before it gets better.
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                }
            }
        };
        self.stop.run_until_cancelled(accepted).await.flatten()
    }

    fn serve(
        &self,
        connection: TcpStream,
        address: SocketAddr,
        permit: Permit,
        graceful: &GracefulShutdown,
        complaints: &Complaints,
    ) {
        let _ = connection.set_nodelay(true);
        let (router, watcher) = (self.router.clone(), graceful.watcher());
        let alive = permit.connection.clone();
        let talk: Pin<Box<dyn Future<Output = ()> + Send>> = match &self.tls {
            None => Box::pin(converse(
                connection,
                router,
                Peer::new(address, &[]),
                permit,
                watcher,
            )),
            Some(tls) => {
                let handshake = timeout(HANDSHAKE_TIMEOUT, tls.acceptor().accept(connection));
                let unsecured = Arc::clone(&complaints.unsecured);
                Box::pin(async move {
                    match handshake.await {
                        Ok(Ok(connection)) => {
                            let shown = connection.get_ref().1.peer_certificates();
                            let peer = Peer::new(address, shown.unwrap_or_default());
                            converse(connection, router, peer, permit, watcher).await;
                        }
                        Ok(Err(error)) => unsecured.told(address, &error),
                        Err(_) => unsecured.told(address, &"the handshake took too long"),
                    }
                })
            }
        };
        self.tracker.spawn(async move {
            alive.run_until_cancelled(talk).await;
        });
    }
}

/// Reasons why connections were not taken.
#[derive(Default)]
struct Complaints {
    crowded: Seldom,
    failed: Seldom,
    unsecured: Arc<Unsecured>,
}

/// Reasons why connections came to nothing before they could speak.
#[derive(Default)]
struct Unsecured(Shared);

impl Unsecured {
    fn told(&self, address: SocketAddr, reason: &dyn std::fmt::Display) {
        telemetry::turned_away("tls");
        if let Some(times) = self.0.due(Instant::now()) {
            tracing::warn!(%address, %reason, times, "no TLS connection");
            audit::no_tls_with_client(address, reason, times);
        }
    }
}

impl Complaints {
    fn crowded(&mut self, address: SocketAddr) {
        telemetry::turned_away("source");
        if let Some(times) = self.crowded.due(Instant::now()) {
            tracing::warn!(%address, times, "too many connections of one address");
        }
    }

    fn failed(&mut self, error: &std::io::Error) {
        if let Some(times) = self.failed.due(Instant::now()) {
            tracing::warn!(%error, times, "a connection cannot be accepted");
        }
    }
}

/// Answers the requests of one connection; how it ends is the client's affair.
async fn converse(
    connection: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    router: Router,
    peer: Peer,
    permit: Permit,
    watcher: Watcher,
) {
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(HEADER_LIMIT);
    let permit = Arc::new(permit);
    let service = service_fn(move |request: Request<Incoming>| {
        let (router, permit, peer) = (router.clone(), Arc::clone(&permit), peer.clone());
        async move {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(permit);
            request.extensions_mut().insert(peer);
            let answered: Result<_, Infallible> = router.oneshot(request).await;
            answered
        }
    });
    let connection =
        builder.serve_connection_with_upgrades(TokioIo::new(NoHttp2::over(connection)), service);
    let _ = watcher.watch(connection.into_owned()).await;
}
