//! Scripted servers.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use canaries::CANARY;
use finesse_client::{Cluster, ClusterConfig, Credential, NodeConfig, Scheme, XmppSecurity};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// Longer than any test needs.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a server does with a request it has read.
pub(crate) enum Reply {
    /// Sends this, and keeps the connection.
    Say(String),
    /// Sends this, and closes the connection without a warning.
    SayAndClose(String),
    /// Sends this, which need not be text, and keeps the connection.
    SayBytes(Vec<u8>),
    /// Sends an answer without an end.
    Endless(Endless),
    /// Resets the connection.
    Reset,
    /// Nothing at all.
    Nothing,
}

/// An answer whose pieces go on until nobody takes them.
#[derive(Clone, Copy)]
pub(crate) struct Endless {
    pub(crate) head: &'static str,
    pub(crate) piece: &'static str,
    /// Between two pieces.
    pub(crate) pause: Duration,
}

impl Endless {
    /// How much of it was taken.
    async fn pour(self, stream: &mut TcpStream) -> usize {
        let _ = stream.write_all(self.head.as_bytes()).await;
        let mut taken = 0;
        while stream.write_all(self.piece.as_bytes()).await.is_ok() {
            taken += self.piece.len();
            tokio::time::sleep(self.pause).await;
        }
        taken
    }
}

/// A REST server that answers by a script and tells what it was asked.
pub(crate) struct RestServer {
    pub(crate) address: SocketAddr,
    requests: mpsc::UnboundedReceiver<String>,
    closings: mpsc::UnboundedReceiver<()>,
    poured: mpsc::UnboundedReceiver<usize>,
}

impl RestServer {
    pub(crate) async fn start(script: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Self {
        canaries::watch();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (asked, requests) = mpsc::unbounded_channel();
        let (closed, closings) = mpsc::unbounded_channel();
        let (pour, poured) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let script = std::sync::Arc::new(script);
            let number = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
            while let Ok((stream, _)) = listener.accept().await {
                let (asked, script, number) = (asked.clone(), script.clone(), number.clone());
                let (closed, pour) = (closed.clone(), pour.clone());
                tokio::spawn(async move {
                    serve(stream, asked, pour, |()| {
                        script(number.fetch_add(1, std::sync::atomic::Ordering::SeqCst))
                    })
                    .await;
                    let _ = closed.send(());
                });
            }
        });
        Self {
            address,
            requests,
            closings,
            poured,
        }
    }

    pub(crate) async fn answering(text: &str) -> Self {
        let text = text.to_owned();
        Self::start(move |_| Reply::Say(text.clone())).await
    }

    /// The next request, as it came.
    pub(crate) async fn request(&mut self) -> String {
        soon(self.requests.recv()).await.unwrap()
    }

    /// Waits until one more connection has been closed.
    pub(crate) async fn closed(&mut self) {
        soon(self.closings.recv()).await.unwrap();
    }

    /// Waits until nobody takes an endless answer any more; how many bytes of it were taken.
    pub(crate) async fn poured(&mut self) -> usize {
        soon(self.poured.recv()).await.unwrap()
    }

    /// Every request seen so far and not yet looked at.
    pub(crate) fn seen(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.requests.try_recv().ok()).collect()
    }

    pub(crate) fn cluster(&self) -> Cluster {
        self.cluster_with(|_| {})
    }

    pub(crate) fn cluster_with(&self, change: impl FnOnce(&mut ClusterConfig)) -> Cluster {
        let mut config = ClusterConfig {
            nodes: vec![plain_node(self.address)],
            ..ClusterConfig::default()
        };
        change(&mut config);
        Cluster::new(config).unwrap()
    }
}

async fn serve(
    mut stream: TcpStream,
    asked: mpsc::UnboundedSender<String>,
    poured: mpsc::UnboundedSender<usize>,
    script: impl Fn(()) -> Reply,
) {
    while let Some(request) = read_request(&mut stream).await {
        let _ = asked.send(request);
        match script(()) {
            Reply::Say(text) => stream.write_all(text.as_bytes()).await.unwrap(),
            Reply::SayAndClose(text) => {
                stream.write_all(text.as_bytes()).await.unwrap();
                return;
            }
            Reply::SayBytes(bytes) => stream.write_all(&bytes).await.unwrap(),
            Reply::Endless(endless) => {
                let taken = endless.pour(&mut stream).await;
                let _ = poured.send(taken);
                return;
            }
            Reply::Reset => {
                stream.set_zero_linger().unwrap();
                return;
            }
            Reply::Nothing => std::future::pending().await,
        }
    }
}

/// One request with its body, or nothing when the client has gone.
pub(crate) async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut text = String::new();
    loop {
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && body.len() >= content_length(head)
        {
            return Some(text);
        }
        let mut bytes = [0; 4096];
        match stream.read(&mut bytes).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => text.push_str(std::str::from_utf8(&bytes[..read]).unwrap()),
        }
    }
}

fn content_length(head: &str) -> usize {
    head.lines()
        .find_map(|line| {
            line.to_lowercase()
                .strip_prefix("content-length: ")?
                .parse()
                .ok()
        })
        .unwrap_or(0)
}

pub(crate) fn http(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/xml\r\nContent-Length: {}\r\nSet-Cookie: JSESSIONID=1\r\n\r\n{body}",
        body.len()
    )
}

pub(crate) fn plain_node(address: SocketAddr) -> NodeConfig {
    NodeConfig {
        address: Some(address.ip().to_string()),
        https_port: address.port(),
        xmpp_port: address.port(),
        scheme: Scheme::Http,
        xmpp_security: XmppSecurity::Plain,
        ..NodeConfig::new("a", "fin-a.acme.test")
    }
}

pub(crate) fn layla() -> Credential {
    canaries::watch();
    Credential::basic("41027", CANARY)
}

/// Plays an XMPP server through a login; returns what the client sent to authenticate.
pub(crate) async fn log_in(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> Option<String> {
    let header = "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client' id='1' version='1.0'>";
    hear(stream).await?;
    say(stream, &format!("{header}<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms></stream:features>")).await;
    let auth = hear(stream).await?;
    say(
        stream,
        "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
    )
    .await;
    hear(stream).await?;
    say(stream, &format!("{header}<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>")).await;
    for id in ["b1", "s1", "r1", "a1"] {
        hear(stream).await?;
        say(stream, &format!("<iq type='result' id='{id}'/>")).await;
    }
    hear(stream).await?;
    Some(auth)
}

pub(crate) async fn hear(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut bytes = [0; 4096];
    match soon(stream.read(&mut bytes)).await {
        Ok(0) | Err(_) => None,
        Ok(read) => Some(String::from_utf8(bytes[..read].to_vec()).unwrap()),
    }
}

async fn say(stream: &mut (impl AsyncWrite + Unpin), text: &str) {
    let _ = stream.write_all(text.as_bytes()).await;
    let _ = stream.flush().await;
}

pub(crate) async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future)
        .await
        .expect("nothing happens")
}
