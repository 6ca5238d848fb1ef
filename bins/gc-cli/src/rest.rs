//! Commands over REST, in GC's envelope.

use anyhow::{Context, Result, bail};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Map, Value};

use crate::{Ending, Gateway};

const COMMANDS: &str = "/gc/v1/commands";
const MOST_BYTES: usize = 1024 * 1024;

/// What the envelope holds.
pub(crate) struct Envelope<'a> {
    pub(crate) message_type: &'a str,
    pub(crate) params: Option<&'a str>,
    pub(crate) session: &'a str,
    pub(crate) callback: Option<&'a str>,
}

/// Sends a command and prints the answer's body.
pub(crate) async fn submit(gateway: &Gateway, envelope: &Envelope<'_>) -> Result<Ending> {
    let request = request(gateway, envelope.to_json()?)?;
    let response = exchange(gateway, request).await?;
    let status = response.status();
    let body = Limited::new(response.into_body(), MOST_BYTES)
        .collect()
        .await;
    let body = body.map_err(|error| anyhow::anyhow!("the answer cannot be read: {error}"))?;
    println!("{}", String::from_utf8_lossy(&body.to_bytes()));
    if status.is_success() {
        return Ok(Ending::Done);
    }
    eprintln!("gc: the gateway said {status}");
    Ok(Ending::Failed)
}

impl Envelope<'_> {
    fn to_json(&self) -> Result<String> {
        let mut data = Map::new();
        let mut put = |key: &str, value: &str| data.insert(key.to_owned(), Value::from(value));
        put("type", self.message_type);
        put("body", self.params.unwrap_or("null"));
        put("sessionUrl", self.session);
        if let Some(callback) = self.callback {
            let (fqdn, endpoint) = split_callback(callback)?;
            put("callbackFqdn", fqdn);
            put("callbackEndpoint", endpoint);
        }
        Ok(serde_json::json!({ "data": data }).to_string())
    }
}

/// GC's envelope has scheme and host apart from the path.
fn split_callback(url: &str) -> Result<(&str, &str)> {
    let Some((scheme, rest)) = url.split_once("://") else {
        bail!("--callback {url}: write it as http://host:port/path");
    };
    let host = rest.find('/').unwrap_or(rest.len());
    Ok(url.split_at(scheme.len() + 3 + host))
}

fn request(gateway: &Gateway, json: String) -> Result<Request<Full<Bytes>>> {
    let mut request = Request::post(COMMANDS)
        .header("host", gateway.url.authority())
        .header("content-type", "application/json");
    if let Some(key) = &gateway.key {
        request = request.header("authorization", format!("Bearer {key}"));
    }
    request
        .body(Full::from(json))
        .context("--key holds a character that no header may have")
}

async fn exchange(gateway: &Gateway, request: Request<Full<Bytes>>) -> Result<Response<Incoming>> {
    let stream = TokioIo::new(gateway.url.connect().await?);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(stream).await?;
    tokio::spawn(connection);
    sender
        .send_request(request)
        .await
        .context("the gateway did not answer")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_envelope_has_the_documented_keys() {
        let envelope = Envelope {
            message_type: "Connect#41027",
            params: Some("desk-1,demo"),
            session: "s-1",
            callback: Some("http://127.0.0.1:9000/events"),
        };
        let json: Value = serde_json::from_str(&envelope.to_json().unwrap()).unwrap();
        assert_eq!(
            json,
            serde_json::json!({"data": {
                "type": "Connect#41027",
                "body": "desk-1,demo",
                "sessionUrl": "s-1",
                "callbackFqdn": "http://127.0.0.1:9000",
                "callbackEndpoint": "/events"
            }})
        );
    }

    #[test]
    fn a_command_without_parameters_says_null_as_text() {
        let envelope = Envelope {
            message_type: "MakeReady#41027",
            params: None,
            session: "s-1",
            callback: None,
        };
        let json: Value = serde_json::from_str(&envelope.to_json().unwrap()).unwrap();
        assert_eq!(json["data"]["body"], "null");
    }

    #[test]
    fn a_callback_without_a_scheme_is_refused() {
        assert!(split_callback("127.0.0.1:9000/events").is_err());
        assert_eq!(
            split_callback("http://127.0.0.1:9000").unwrap(),
            ("http://127.0.0.1:9000", "")
        );
    }
}
