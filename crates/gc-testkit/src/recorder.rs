//! A recorder of calls, as one with an HTTP interface would be: it notes what it is told.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use anyhow::{Context, Result};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::client::PATIENCE;

/// Listens on loopback until it is dropped.
#[derive(Debug)]
pub struct Recorder {
    address: SocketAddr,
    told: mpsc::Receiver<String>,
    status: Arc<AtomicU16>,
    task: tokio::task::JoinHandle<()>,
}

impl Recorder {
    /// Starts to listen; says 204 to everything.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (sender, told) = mpsc::channel(64);
        let status = Arc::new(AtomicU16::new(204));
        let task = tokio::spawn(listen(listener, sender, Arc::clone(&status)));
        Ok(Self {
            address,
            told,
            status,
            task,
        })
    }

    /// What addresses at it begin with.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Method and address of the next thing that it is told.
    pub async fn told(&mut self) -> Result<String> {
        let told = tokio::time::timeout(PATIENCE, self.told.recv()).await;
        told.context("the recorder was told nothing")?
            .context("the recorder has ended")
    }

    /// Says something else from now on.
    pub fn answer(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn listen(listener: TcpListener, told: mpsc::Sender<String>, status: Arc<AtomicU16>) {
    while let Ok((tcp, _)) = listener.accept().await {
        let (told, status) = (told.clone(), Arc::clone(&status));
        tokio::spawn(async move {
            let service = service_fn(|request| note(request, told.clone(), Arc::clone(&status)));
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(tcp), service)
                .await;
        });
    }
}

async fn note(
    request: Request<Incoming>,
    told: mpsc::Sender<String>,
    status: Arc<AtomicU16>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let line = format!("{} {}", request.method(), request.uri());
    // A test that does not look need not be told.
    let _ = told.try_send(line);
    let mut answer = Response::new(Full::new(Bytes::new()));
    *answer.status_mut() = StatusCode::from_u16(status.load(Ordering::SeqCst)).unwrap_or_default();
    Ok(answer)
}
