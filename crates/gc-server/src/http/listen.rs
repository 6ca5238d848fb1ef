//! A listener: connections with limits, and a stop that lets requests end.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// Longest time that the head of a request may take to arrive.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// Largest head of a request.
const HEADER_LIMIT: usize = 16 * 1024;

/// One of the connections that are allowed at once; a WebSocket holds it as long as it lives.
pub(crate) struct Permit {
    _held: OwnedSemaphorePermit,
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
    pub(crate) tracker: TaskTracker,
    pub(crate) stop: CancellationToken,
    pub(crate) kill: CancellationToken,
}

impl Listener {
    pub(crate) async fn run(self) {
        let graceful = GracefulShutdown::new();
        let permits = Arc::new(Semaphore::new(self.max_connections));
        while let Some((connection, permit)) = self.accept(&permits).await {
            self.serve(connection, permit, &graceful);
        }
        drop(self.socket);
        graceful.shutdown().await;
    }

    /// The next connection, or `None` when it is time to stop.
    async fn accept(&self, permits: &Arc<Semaphore>) -> Option<(TcpStream, Permit)> {
        let accepted = async {
            let held = Arc::clone(permits).acquire_owned().await.ok()?;
            loop {
                match self.socket.accept().await {
                    Ok((connection, _peer)) => {
                        let permit = Permit {
                            _held: held,
                            connection: self.kill.child_token(),
                        };
                        return Some((connection, permit));
                    }
                    Err(error) => {
                        // Mostly too many open files; others must close before it gets better.
                        tracing::warn!(%error, "a connection cannot be accepted");
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                }
            }
        };
        self.stop.run_until_cancelled(accepted).await.flatten()
    }

    fn serve(&self, connection: TcpStream, permit: Permit, graceful: &GracefulShutdown) {
        let _ = connection.set_nodelay(true);
        let mut builder = Builder::new(TokioExecutor::new()).http1_only();
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_TIMEOUT)
            .max_buf_size(HEADER_LIMIT);
        let alive = permit.connection.clone();
        let permit = Arc::new(permit);
        let router = self.router.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let (router, permit) = (router.clone(), Arc::clone(&permit));
            async move {
                let mut request = request.map(Body::new);
                request.extensions_mut().insert(permit);
                let answered: Result<_, Infallible> = router.oneshot(request).await;
                answered
            }
        });
        let connection = builder.serve_connection_with_upgrades(TokioIo::new(connection), service);
        let connection = graceful.watch(connection.into_owned());
        self.tracker.spawn(async move {
            // How a client's connection ends is the client's affair.
            let _ = alive.run_until_cancelled(Box::pin(connection)).await;
        });
    }
}
