//! A gateway on ephemeral ports, and small clients of it.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use futures_util::{SinkExt, StreamExt};
use gc_server::config::{Client, Config, Node, Scheme, XmppSecurity};
use gc_server::{Handle, ServeError, Wall};
use gc_testkit::answers::{Answered, Answers, Asked};
use gc_testkit::secrets;
use http_body_util::BodyExt;
use hyper_util::client::legacy;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::frame::CloseFrame;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::core::{Script, Told};

/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    timeout(PATIENCE, what)
        .await
        .expect("it should have happened by now")
}

pub(crate) struct Gateway {
    pub(crate) handle: Handle,
    pub(crate) told: mpsc::UnboundedReceiver<Told>,
    /// What it was started with.
    pub(crate) config: Config,
    running: JoinHandle<Result<(), ServeError>>,
}

impl Gateway {
    /// With an open gateway on loopback.
    pub(crate) async fn open() -> Self {
        Self::with(|_| ()).await
    }

    /// With two clients: `crm` whose key is `key-crm`, and `desk` whose key is `key-desk`.
    pub(crate) async fn keyed() -> Self {
        Self::with(|config| {
            for name in ["crm", "desk"] {
                config
                    .clients
                    .insert(name.into(), client(&format!("key-{name}")));
            }
        })
        .await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        Self::by(Wall::system(), change).await
    }

    /// With a clock of the test's.
    pub(crate) async fn by(wall: Wall, change: impl FnOnce(&mut Config)) -> Self {
        canaries::watch();
        let mut config = Config::default();
        config.server.listen = "127.0.0.1:0".parse().unwrap();
        config.server.admin_listen = "127.0.0.1:0".parse().unwrap();
        config.finesse.nodes.push(plain_node(1));
        change(&mut config);
        secrets::plant_of(&config);
        let (script, told) = Script::new();
        let (handle, running) = gc_server::serve_by(config.clone(), Box::new(script), wall)
            .await
            .unwrap();
        Self {
            handle,
            told,
            config,
            running: tokio::spawn(running),
        }
    }

    pub(crate) async fn stop(self) {
        self.handle.shutdown();
        soon(self.running).await.unwrap().unwrap();
    }

    pub(crate) async fn told(&mut self) -> Told {
        soon(self.told.recv()).await.unwrap()
    }

    /// What the core was told beside which destinations can be reached.
    pub(crate) async fn told_but_reach(&mut self) -> Told {
        loop {
            let told = self.told().await;
            if !matches!(told, Told::Up(_) | Told::Gone(_)) {
                return told;
            }
        }
    }

    /// Posts a body as JSON.
    pub(crate) async fn post(&self, key: Option<&str>, body: impl Into<String>) -> Answer {
        let kind = ("content-type", "application/json".to_owned());
        let bearer = key.map(|key| ("authorization", format!("Bearer {key}")));
        let headers: Vec<_> = bearer.into_iter().chain([kind]).collect();
        self.send("POST", "/gc/v1/commands", &headers, body).await
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, String)],
        body: impl Into<String>,
    ) -> Answer {
        let client = self.handle.client_addr();
        let answer = send(client, method, path, headers, body.into()).await;
        self.assert_documented(Asked { method, path }, &answer);
        answer
    }

    /// Asserts that the gateway's OpenAPI document has this answer.
    fn assert_documented(&self, asked: Asked<'_>, answer: &Answer) {
        let names: Vec<&str> = answer.headers.keys().map(|name| name.as_str()).collect();
        let answered = Answered {
            status: answer.status,
            headers: &names,
            content_type: answer.header("content-type").unwrap_or_default(),
            body: &answer.text,
        };
        let documented = Answers::of(&self.config.service()).check(asked, answered);
        assert_eq!(documented, Ok(()));
    }

    pub(crate) async fn admin(&self, path: &str) -> Answer {
        send(self.handle.admin_addr(), "GET", path, &[], String::new()).await
    }

    pub(crate) async fn admin_with(&self, key: &str, path: &str) -> Answer {
        let bearer = [("authorization", format!("Bearer {key}"))];
        send(
            self.handle.admin_addr(),
            "GET",
            path,
            &bearer,
            String::new(),
        )
        .await
    }

    pub(crate) async fn socket(&self, query: &str, protocols: &str) -> Socket {
        self.try_socket(query, &[("sec-websocket-protocol", protocols)])
            .await
            .unwrap()
    }

    /// Opens a WebSocket, or says what status it was refused with.
    pub(crate) async fn try_socket(
        &self,
        query: &str,
        headers: &[(&str, &str)],
    ) -> Result<Socket, StatusCode> {
        let address = self.handle.client_addr();
        let mut request = format!("ws://{address}/gc/v1/ws{query}")
            .into_client_request()
            .unwrap();
        for (name, value) in headers {
            let name: axum::http::HeaderName = name.parse().unwrap();
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        match soon(tokio_tungstenite::connect_async(request)).await {
            Ok((stream, response)) => Ok(Socket {
                stream,
                protocol: response
                    .headers()
                    .get("sec-websocket-protocol")
                    .map(|value| value.to_str().unwrap().to_owned()),
            }),
            Err(tungstenite::Error::Http(response)) => Err(response.status()),
            Err(error) => panic!("{error}"),
        }
    }
}

pub(crate) fn client(key: &str) -> Client {
    canaries::plant(key);
    let digest = Sha256::digest(key.as_bytes());
    Client {
        key_sha256: vec![digest.iter().map(|byte| format!("{byte:02x}")).collect()],
        ..Client::default()
    }
}

pub(crate) fn plain_node(port: u16) -> Node {
    Node {
        name: "a".into(),
        https_port: port,
        xmpp_port: 1,
        scheme: Scheme::Http,
        xmpp_security: XmppSecurity::Plain,
        ..Node::new("127.0.0.1")
    }
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Asserts an RFC 9457 body.
    pub(crate) fn assert_problem(&self, status: u16, error_type: &str) {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json")
        );
        assert_eq!(self.json()["status"], status);
        assert_eq!(self.json()["errorType"], error_type, "{}", self.text);
    }
}

async fn send(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, String)],
    body: String,
) -> Answer {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("http://{address}{path}"));
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let request = request.body(Body::from(body)).unwrap();
    let client = legacy::Client::builder(TokioExecutor::new()).build_http();
    let response = soon(client.request(request)).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = soon(body.collect()).await.unwrap().to_bytes();
    Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        text: String::from_utf8(body.to_vec()).unwrap(),
    }
}

pub(crate) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub(crate) protocol: Option<String>,
}

impl Socket {
    pub(crate) async fn say(&mut self, text: &str) {
        soon(self.stream.send(Message::text(text))).await.unwrap();
    }

    pub(crate) async fn say_raw(&mut self, message: Message) {
        soon(self.stream.send(message)).await.unwrap();
    }

    /// The next frame's JSON.
    pub(crate) async fn hear(&mut self) -> Value {
        serde_json::from_str(&self.hear_text().await).unwrap()
    }

    /// The next frame as it is.
    pub(crate) async fn hear_text(&mut self) -> String {
        loop {
            match soon(self.stream.next()).await.unwrap().unwrap() {
                Message::Text(text) => return text.to_string(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// Reads on until the server closes, and says why it did.
    pub(crate) async fn closed(&mut self) -> Option<CloseFrame> {
        loop {
            match soon(self.stream.next()).await {
                Some(Ok(Message::Close(frame))) => return frame,
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }
}

/// A receiver of callbacks: what it got, and what it answers each time.
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    pub(crate) got: mpsc::UnboundedReceiver<Got>,
    accepting: JoinHandle<()>,
}

#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Got {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

impl Receiver {
    /// Speaks TLS for `localhost`; gives its certificate too.
    pub(crate) async fn secured() -> (Self, String) {
        let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = rustls::pki_types::PrivateKeyDer::try_from(certified.signing_key.serialize_der())
            .unwrap();
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certified.cert.der().clone()], key)
            .unwrap();
        let tls = tokio_rustls::TlsAcceptor::from(std::sync::Arc::new(config));
        let receiver = Self::serving(&[], move |connection| {
            let tls = tls.clone();
            async move { tls.accept(connection).await.ok() }
        });
        (receiver.await, certified.cert.pem())
    }

    /// Answers with these statuses in turn, then with 204 for ever.
    pub(crate) async fn answering(statuses: &[u16]) -> Self {
        Self::serving(statuses, async |connection| Some(connection)).await
    }
    async fn serving<S, F>(
        statuses: &[u16],
        accept: impl Fn(TcpStream) -> F + Clone + Send + 'static,
    ) -> Self
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        F: Future<Output = Option<S>> + Send,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, got) = mpsc::unbounded_channel();
        let statuses = std::sync::Arc::new(std::sync::Mutex::new(statuses.to_vec()));
        let app = axum::Router::new().fallback(move |request: Request<Body>| {
            let (sender, statuses) = (sender.clone(), statuses.clone());
            async move {
                let (parts, body) = request.into_parts();
                let body = body.collect().await.unwrap().to_bytes();
                let _ = sender.send(Got {
                    path: parts.uri.to_string(),
                    headers: parts.headers,
                    body: String::from_utf8(body.to_vec()).unwrap(),
                });
                let mut statuses = statuses.lock().unwrap();
                let status = if statuses.is_empty() {
                    204
                } else {
                    statuses.remove(0)
                };
                let location = [("location", "http://127.0.0.1:1/elsewhere")];
                (StatusCode::from_u16(status).unwrap(), location)
            }
        });
        let accepting = tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let service = hyper_util::service::TowerToHyperService::new(app.clone());
                let accept = accept.clone();
                tokio::spawn(async move {
                    if let Some(connection) = accept(connection).await {
                        let io = hyper_util::rt::TokioIo::new(connection);
                        let _ = hyper::server::conn::http1::Builder::new()
                            .serve_connection(io, service)
                            .await;
                    }
                });
            }
        });
        Self {
            address,
            got,
            accepting,
        }
    }

    pub(crate) async fn next(&mut self) -> Got {
        soon(self.got.recv()).await.unwrap()
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}
