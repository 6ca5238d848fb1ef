//! The REST transport.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use crate::answers::{Answered, Asked};
use crate::evidence::Scene;
use crate::log_guard::LogGuard;

/// An answer of the gateway.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Content type.
    pub content_type: String,
    /// Body.
    pub body: String,
}

impl Answer {
    /// The body as JSON; `null` when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }
}

/// Posts a command to the documented path.
pub async fn post_command(gateway: SocketAddr, body: &Value) -> Result<Answer> {
    request(gateway, Method::POST, "/gc/v1/commands", body.to_string()).await
}

/// One request on a connection of its own.
pub async fn request(
    server: SocketAddr,
    method: Method,
    path: &str,
    body: impl Into<Bytes>,
) -> Result<Answer> {
    send(
        server,
        Asked {
            method: method.as_str(),
            path,
        },
        None,
        body.into(),
    )
    .await
}

/// Posts a command with a client's key.
pub async fn post_with_key(gateway: SocketAddr, key: &str, body: &Value) -> Result<Answer> {
    let asked = Asked {
        method: "POST",
        path: "/gc/v1/commands",
    };
    send(gateway, asked, Some(key), body.to_string().into()).await
}

async fn send(
    server: SocketAddr,
    asked: Asked<'_>,
    key: Option<&str>,
    body: Bytes,
) -> Result<Answer> {
    let tcp = TcpStream::connect(server)
        .await
        .context("connecting to the gateway")?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(tcp)).await?;
    let connection = tokio::spawn(connection);
    let mut request = Request::builder()
        .method(asked.method)
        .uri(asked.path)
        .header("host", server.to_string())
        .header("content-type", "application/json");
    if let Some(key) = key {
        request = request.header("authorization", format!("Bearer {key}"));
    }
    let request = request.body(Full::new(body))?;
    let answer = sender.send_request(request).await?;
    let guard = LogGuard::global();
    guard.inspect("the head of an answer", &format!("{:?}", answer.headers()));
    let status = answer.status().as_u16();
    let headers = answer.headers().clone();
    let content_type = headers
        .get("content-type")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let body =
        String::from_utf8_lossy(&answer.into_body().collect().await?.to_bytes()).into_owned();
    connection.abort();
    let names: Vec<&str> = headers.keys().map(|name| name.as_str()).collect();
    let answered = Answered {
        status,
        headers: &names,
        content_type: &content_type,
        body: &body,
    };
    Scene::of(server).check_answer(asked, answered);
    guard.inspect("an answer", &body);
    Ok(Answer {
        status,
        content_type,
        body,
    })
}
