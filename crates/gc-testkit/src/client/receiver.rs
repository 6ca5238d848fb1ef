//! A callback receiver, as an integrator would write one.

use std::convert::Infallible;
use std::net::SocketAddr;

use anyhow::Result;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::evidence::Scene;
use crate::log_guard::LogGuard;

/// Listens on loopback and passes on the event of every callback.
#[derive(Debug)]
pub struct Receiver {
    address: SocketAddr,
    task: tokio::task::JoinHandle<()>,
}

impl Receiver {
    /// Starts to listen to a gateway.
    pub async fn start(gateway: SocketAddr, events: mpsc::Sender<Value>) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        Ok(Self {
            address,
            task: tokio::spawn(listen(listener, events, Scene::of(gateway))),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The documented envelope of a command whose events come here.
    pub fn envelope(&self, session: &str, message_type: &str, body: &str) -> Value {
        json!({"data": {
            "type": message_type,
            "body": body,
            "sessionUrl": format!("https://crm.example.org/s/{session}"),
            "callbackFqdn": format!("http://{}", self.address),
            "callbackEndpoint": "/gc/events",
        }})
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn listen(listener: TcpListener, events: mpsc::Sender<Value>, scene: Scene) {
    while let Ok((tcp, _)) = listener.accept().await {
        let (events, scene) = (events.clone(), scene.clone());
        tokio::spawn(async move {
            let service = service_fn(|request| receive(request, events.clone(), scene.clone()));
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(tcp), service)
                .await;
        });
    }
}

async fn receive(
    request: Request<Incoming>,
    events: mpsc::Sender<Value>,
    scene: Scene,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let head = format!("{} {:?}", request.uri(), request.headers());
    LogGuard::global().inspect("the head of a callback", &head);
    let plain = request
        .headers()
        .get("content-type")
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    let body = request
        .into_body()
        .collect()
        .await
        .map(|body| body.to_bytes())
        .unwrap_or_default();
    let taken = match event(plain, &body, &scene) {
        Some(event) => events.send(event).await.is_ok(),
        None => false,
    };
    let status = if taken { 204 } else { 400 };
    let mut answer = Response::new(Full::new(Bytes::new()));
    *answer.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or_default();
    Ok(answer)
}

/// The event of a body: under `data`, or bare.
fn event(plain: bool, body: &[u8], scene: &Scene) -> Option<Value> {
    LogGuard::global().inspect("a callback", &String::from_utf8_lossy(body));
    if plain {
        return Some(Value::from(String::from_utf8_lossy(body)));
    }
    let mut body: Value = serde_json::from_slice(body).ok()?;
    scene.check(&body);
    match body.get_mut("data") {
        Some(data) => Some(data.take()).filter(|data| !data.is_null()),
        None => Some(body),
    }
}
