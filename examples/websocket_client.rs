//! A client of a running gateway: it connects and logs in an agent, then prints what happens to the agent.
//!
//! Start `cargo run --release --bin gc-server -- demo` first. Then let a customer call:
//! `curl http://127.0.0.1:18080/sim/calls -H 'content-type: application/json' -d '{"from":"03005550142","to":"6127"}'`
#![allow(clippy::print_stdout)] // an example speaks to a terminal

use anyhow::{Context, Result};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;

const GATEWAY: &str = "127.0.0.1:8112";

#[tokio::main]
async fn main() -> Result<()> {
    let url = format!("ws://{GATEWAY}/gc/v1/ws?destination=desk-1");
    let mut request = url.into_client_request()?;
    let protocol = HeaderValue::from_static("gc.v2");
    request
        .headers_mut()
        .insert("sec-websocket-protocol", protocol);
    let stream = TcpStream::connect(GATEWAY)
        .await
        .context("is the gateway running?")?;
    let (mut socket, _) = client_async(request, stream).await?;

    // The string form and the typed form mean the same.
    socket
        .send(Message::text("Connect#41027\ndesk-1,demo"))
        .await?;
    let login = serde_json::json!({
        "command": "Login",
        "agentId": "41027",
        "params": { "password": "demo", "extension": "6127" },
        "commandId": "login-1",
    });
    socket.send(Message::text(login.to_string())).await?;

    while let Some(message) = socket.next().await {
        if let Message::Text(text) = message? {
            show(&text)?;
        }
    }
    Ok(())
}

fn show(text: &str) -> Result<()> {
    let envelope: serde_json::Value = serde_json::from_str(text)?;
    let event = &envelope["event"];
    println!("{:<14} {text}", event["type"].as_str().unwrap_or("?"));
    Ok(())
}
