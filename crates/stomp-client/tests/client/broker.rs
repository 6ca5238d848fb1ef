//! A broker that does what a test tells it, on loopback.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use rustls::pki_types::PrivateKeyDer;
use stomp_client::{
    Broker, Client, Command, Decoder, Delivery, Frame, Item, Settings, Status, Subscription,
    client, encode,
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    timeout(PATIENCE, what)
        .await
        .expect("it should have happened by now")
}

pub(crate) struct Listener {
    socket: TcpListener,
    tls: Option<tokio_rustls::TlsAcceptor>,
}

impl Listener {
    pub(crate) async fn start() -> Self {
        Self::at(0).await
    }

    pub(crate) async fn at(port: u16) -> Self {
        let socket = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        Self { socket, tls: None }
    }

    /// Speaks TLS for `localhost`; gives its certificate too.
    pub(crate) async fn secured() -> (Self, rustls::pki_types::CertificateDer<'static>) {
        let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
        let certificate = certified.cert.der().clone();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], key)
            .unwrap();
        let listener = Self {
            tls: Some(Arc::new(config).into()),
            ..Self::start().await
        };
        (listener, certificate)
    }

    pub(crate) fn port(&self) -> u16 {
        self.socket.local_addr().unwrap().port()
    }

    pub(crate) fn broker(&self) -> Broker {
        Broker {
            host: "127.0.0.1".to_owned(),
            port: self.port(),
            tls: None,
        }
    }

    /// The next connection, before a word is said.
    pub(crate) async fn accept(&self) -> Peer {
        let peer = self.try_accept().await;
        peer.expect("a connection that can be secured")
    }

    pub(crate) async fn try_accept(&self) -> std::io::Result<Peer> {
        let (socket, _) = soon(self.socket.accept()).await?;
        let stream: Box<dyn Stream> = match &self.tls {
            None => Box::new(socket),
            Some(tls) => Box::new(soon(tls.accept(socket)).await?),
        };
        Ok(Peer {
            stream,
            decoder: Decoder::default(),
        })
    }

    /// The next connection, signed in.
    pub(crate) async fn welcome(&self) -> Peer {
        self.welcome_with("0,0").await
    }

    pub(crate) async fn welcome_with(&self, heart_beat: &str) -> Peer {
        let mut peer = self.accept().await;
        assert_eq!(peer.frame().await.command, Command::Connect);
        let connected = Frame::new(Command::Connected)
            .with("version", "1.2")
            .with("heart-beat", heart_beat);
        peer.say(&connected).await;
        peer
    }
}

pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// The other side of a connection.
pub(crate) struct Peer {
    stream: Box<dyn Stream>,
    decoder: Decoder,
}

impl Peer {
    pub(crate) async fn say(&mut self, frame: &Frame) {
        let mut bytes = BytesMut::new();
        encode(frame, &mut bytes).unwrap();
        self.say_raw(&bytes).await;
    }

    pub(crate) async fn say_raw(&mut self, bytes: &[u8]) {
        soon(self.stream.write_all(bytes)).await.unwrap();
        soon(self.stream.flush()).await.unwrap();
    }

    /// Sends the same over and over, with pauses, until the client has closed.
    pub(crate) async fn drip(&mut self, bytes: &[u8], pause: Duration) {
        let drip = async {
            while self.stream.write_all(bytes).await.is_ok() {
                tokio::time::sleep(pause).await;
            }
        };
        soon(drip).await;
    }

    pub(crate) async fn receipt(&mut self, of: &Frame) {
        let id = of.header("receipt").unwrap();
        let receipt = Frame::new(Command::Receipt).with("receipt-id", id);
        self.say(&receipt).await;
    }

    /// A message of the first subscription.
    pub(crate) async fn deliver(&mut self, ack: &str, body: &str) {
        let message = Frame::new(Command::Message)
            .with("subscription", "1")
            .with("message-id", format!("ID:{ack}"))
            .with("destination", "/queue/orders")
            .with("ack", ack)
            .with_body(body.to_owned());
        self.say(&message).await;
    }

    /// The next frame; heart-beats are passed over.
    pub(crate) async fn frame(&mut self) -> Frame {
        loop {
            match self.item().await.expect("the client has gone") {
                Item::Frame(frame) | Item::Oversized(frame) => return frame,
                Item::HeartBeat => {}
            }
        }
    }

    /// The next thing heard, or `None` when the client has closed.
    pub(crate) async fn item(&mut self) -> Option<Item> {
        loop {
            if let Some(item) = self.decoder.next_item().unwrap() {
                return Some(item);
            }
            let mut bytes = [0; 1024];
            match soon(self.stream.read(&mut bytes)).await {
                Ok(0) | Err(_) => return None,
                Ok(read) => self.decoder.feed(&bytes[..read]),
            }
        }
    }

    /// The raw bytes up to and with the next NUL.
    pub(crate) async fn raw(&mut self) -> String {
        let mut bytes = Vec::new();
        loop {
            let byte = soon(self.stream.read_u8()).await.unwrap();
            bytes.push(byte);
            if byte == 0 {
                return String::from_utf8(bytes).unwrap();
            }
        }
    }
}

/// A running client.
pub(crate) struct Running {
    pub(crate) client: Client,
    pub(crate) deliveries: mpsc::Receiver<Delivery>,
    pub(crate) connection: JoinHandle<()>,
}

impl Running {
    pub(crate) fn start(settings: Settings) -> Self {
        canaries::watch();
        let (client, deliveries, connection) = client(settings);
        Self {
            client,
            deliveries,
            connection: tokio::spawn(connection),
        }
    }

    pub(crate) async fn delivery(&mut self) -> Delivery {
        soon(self.deliveries.recv()).await.unwrap()
    }

    /// Waits until it is connected; to which broker.
    pub(crate) async fn up(&self) -> usize {
        let mut status = self.client.status();
        let up = soon(status.wait_for(|status| matches!(status, Status::Up { .. }))).await;
        match &*up.unwrap() {
            Status::Up { broker, .. } => *broker,
            Status::Down { reason, .. } => panic!("{reason}"),
        }
    }

    /// Waits until it says why it is not connected, and that with these words.
    pub(crate) async fn down(&self, words: &str) {
        let mut status = self.client.status();
        let fits = |status: &Status| matches!(status, Status::Down { reason, .. } if reason.contains(words));
        let _ = soon(status.wait_for(fits)).await.unwrap();
    }
}

pub(crate) fn settings(brokers: &[Broker]) -> Settings {
    Settings {
        brokers: brokers.to_vec(),
        ..Settings::default()
    }
}

pub(crate) fn orders() -> Subscription {
    Subscription {
        destination: "/queue/orders".to_owned(),
        headers: vec![
            ("activemq.exclusive".to_owned(), "true".to_owned()),
            ("activemq.priority".to_owned(), "100".to_owned()),
        ],
    }
}
