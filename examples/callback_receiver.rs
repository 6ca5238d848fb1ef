//! Where a gateway posts events to: prints each one, and answers 200, which is what "delivered" means.
//!
//! Start `cargo run --release --bin gc-server -- demo` and this, then send a command that names the callback:
//! `cargo run --bin gc -- send Connect#41027 desk-2,demo --callback http://127.0.0.1:9000/events`
#![allow(clippy::print_stdout)] // an example speaks to a terminal

use anyhow::Result;
use axum::Router;
use axum::http::HeaderMap;
use axum::routing::post;

#[tokio::main]
async fn main() -> Result<()> {
    let receiver = Router::new().route("/events", post(take));
    let address = std::env::args().nth(1);
    let address = address.as_deref().unwrap_or("127.0.0.1:9000");
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("waiting on http://{}/events", listener.local_addr()?);
    axum::serve(listener, receiver).await?;
    Ok(())
}

/// A callback may come twice, when the first answer was lost: `webhook-id` tells that it is the same.
async fn take(headers: HeaderMap, body: String) {
    let header = |name: &str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or("-").to_owned()
    };
    println!("{} #{} {body}", header("webhook-id"), header("gc-sequence"));
}
