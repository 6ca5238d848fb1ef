//! The WebSocket of a destination.

use anyhow::{Context, Result};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderValue, Request, StatusCode};
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::Gateway;

/// Shape of the frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// `gc.v2`: events in an envelope, and results of commands.
    Enveloped,
    /// `gc.v1`: bare events.
    Bare,
}

/// Where a connection listens.
pub(crate) struct Place<'a> {
    /// Whose events; without one the connection gets one of its own.
    pub(crate) destination: Option<&'a str>,
    /// The last event that was seen, to go on behind it.
    pub(crate) last: Option<&'a str>,
    /// Shape of the frames.
    pub(crate) dialect: Dialect,
}

/// The gateway answered, and refused.
#[derive(Debug)]
pub(crate) struct Refused {
    status: StatusCode,
    body: String,
}

impl Refused {
    /// Whether the same may work later.
    pub(crate) fn is_for_now(&self) -> bool {
        self.status.is_server_error() || self.status == StatusCode::TOO_MANY_REQUESTS
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { status, body } = self;
        write!(f, "the gateway refused the WebSocket: {status} {body}")
    }
}

impl std::error::Error for Refused {}

/// An open connection.
pub(crate) struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    /// Connects; an error that is [`Refused`] came from the gateway itself.
    pub(crate) async fn open(gateway: &Gateway, place: &Place<'_>) -> Result<Self> {
        let request = request(gateway, place)?;
        let stream = gateway.url.connect().await?;
        match client_async(request, stream).await {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(tungstenite::Error::Http(response)) => Err(refusal(&response).into()),
            Err(error) => Err(error).context("no WebSocket with the gateway"),
        }
    }

    /// Sends a text frame.
    pub(crate) async fn send(&mut self, text: &str) -> Result<()> {
        self.0
            .send(Message::text(text))
            .await
            .context("the connection broke")
    }

    /// The next text frame; `None` when the gateway closed.
    pub(crate) async fn next(&mut self) -> Result<Option<String>> {
        while let Some(message) = self.0.next().await {
            match message.context("the connection broke")? {
                Message::Text(text) => return Ok(Some(text.to_string())),
                Message::Close(_) => return Ok(None),
                Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => (),
            }
        }
        Ok(None)
    }
}

fn request(gateway: &Gateway, place: &Place<'_>) -> Result<Request<()>> {
    let parameters = [("destination", place.destination), ("last", place.last)];
    let given = parameters
        .iter()
        .filter_map(|(name, value)| Some(format!("{name}={}", percent_encoded((*value)?))));
    let query = given.collect::<Vec<_>>().join("&");
    let url = format!("ws://{}/gc/v1/ws?{query}", gateway.url.authority());
    let mut request = url.into_client_request()?;
    let headers = request.headers_mut();
    let protocol = match place.dialect {
        Dialect::Enveloped => "gc.v2",
        Dialect::Bare => "gc.v1",
    };
    headers.insert("sec-websocket-protocol", HeaderValue::from_static(protocol));
    if let Some(key) = &gateway.key {
        headers.insert(
            "authorization",
            HeaderValue::from_str(&format!("Bearer {key}"))?,
        );
    }
    Ok(request)
}

fn refusal(response: &tungstenite::http::Response<Option<Vec<u8>>>) -> Refused {
    let body = response.body().as_deref().unwrap_or_default();
    Refused {
        status: response.status(),
        body: String::from_utf8_lossy(body).into_owned(),
    }
}

fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(byte.into());
            }
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destination_keeps_its_characters_on_the_way() {
        assert_eq!(percent_encoded("desk-1"), "desk-1");
        assert_eq!(percent_encoded("10.0.0.5:a&b"), "10.0.0.5%3Aa%26b");
    }
}
