//! TLS on the client listener, and clients that are known by their certificates.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use futures_util::{SinkExt, StreamExt};
use gc_server::config::{Client, Config};
use gc_server::{ReloadError, ServeError};
use pretty_assertions::assert_eq;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::lines::Lines;
use crate::support::{Gateway, client, soon};

/// An authority and the files of a gateway.
pub(crate) struct Site {
    folder: TempDir,
    authority: CertifiedIssuer<'static, KeyPair>,
}

/// A certificate and its key, as PEM.
struct Identity {
    certificate: String,
    key: String,
}

impl Site {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let site = Self {
            folder: TempDir::new().unwrap(),
            authority: CertifiedIssuer::self_signed(params, key).unwrap(),
        };
        std::fs::write(site.path("ca.pem"), site.authority.pem()).unwrap();
        site.issue_for_the_gateway();
        site
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn issue(&self, name: &str) -> Identity {
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.authority).unwrap();
        Identity {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        }
    }

    fn issue_for_the_gateway(&self) {
        let own = self.issue("localhost");
        std::fs::write(self.path("own.pem"), own.certificate).unwrap();
        std::fs::write(self.path("own.key"), own.key).unwrap();
    }

    pub(crate) fn configure(&self, config: &mut Config) {
        config.server.tls.cert_file = self.path("own.pem");
        config.server.tls.key_file = self.path("own.key");
        config.clients.insert("crm".into(), client("key-crm"));
    }

    /// A gateway that asks for certificates, one of which stands for the client `desk`.
    async fn asking(&self, required: bool) -> Gateway {
        Gateway::with(|config| {
            self.configure(config);
            config.server.tls.client_ca_files = vec![self.path("ca.pem")];
            config.server.tls.client_certificate_required = required;
            let desk = Client {
                certificates: vec!["Desk.example.org".into()],
                ..Client::default()
            };
            config.clients.insert("desk".into(), desk);
        })
        .await
    }

    async fn connect(
        &self,
        gateway: &Gateway,
        identity: Option<&Identity>,
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.authority.der().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let config = match identity {
            None => builder.with_no_client_auth(),
            Some(identity) => {
                let certificate = CertificateDer::from_pem_slice(identity.certificate.as_bytes());
                let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes());
                builder
                    .with_client_auth_cert(vec![certificate.unwrap()], key.unwrap())
                    .unwrap()
            }
        };
        let connection = TcpStream::connect(gateway.handle.client_addr()).await?;
        let name = ServerName::try_from("localhost").unwrap();
        soon(TlsConnector::from(Arc::new(config)).connect(name, connection)).await
    }
}

/// Status of a Hello.
async fn hello(connection: &mut TlsStream<TcpStream>, key: Option<&str>) -> Option<u16> {
    let body = r#"{"data":{"type":"Hello#desk-1","sessionUrl":"s-1"}}"#;
    let key = key.map_or_else(String::new, |key| {
        format!("authorization: Bearer {key}\r\n")
    });
    let request = format!(
        "POST /gc/v1/commands HTTP/1.1\r\nhost: localhost\r\n{key}content-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    connection.write_all(request.as_bytes()).await.ok()?;
    let mut answer = [0; 4096];
    let read = soon(connection.read(&mut answer)).await.ok()?;
    let answer = String::from_utf8_lossy(&answer[..read]).into_owned();
    answer.split(' ').nth(1)?.parse().ok()
}

#[tokio::test]
async fn clients_are_served_over_tls_and_plain_http_is_not_spoken() {
    let site = Site::new();
    let gateway = Gateway::with(|config| site.configure(config)).await;
    let mut connection = site.connect(&gateway, None).await.unwrap();
    assert_eq!(hello(&mut connection, Some("key-crm")).await, Some(202));
    assert_eq!(hello(&mut connection, Some("key-x")).await, Some(401));
    let mut plain = TcpStream::connect(gateway.handle.client_addr())
        .await
        .unwrap();
    plain
        .write_all(b"GET /gc/v1/ws HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut answer = Vec::new();
    let _ = soon(plain.read_to_end(&mut answer)).await;
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
}

/// A ClientHello that offers at most this version of TLS, as a client of that time would write it.
fn client_hello(version: u8) -> Vec<u8> {
    let suites = [0xc0, 0x2b, 0xc0, 0x09, 0xc0, 0x0a];
    let extensions = [
        // Curves: P-256 and X25519. Points: as they are. Signatures: ECDSA with P-256.
        &[0, 10, 0, 6, 0, 4, 0, 23, 0, 29][..],
        &[0, 11, 0, 2, 1, 0],
        &[0, 13, 0, 4, 0, 2, 4, 3],
        // A sign of TLS 1.2 that its servers may ask for: the extended master secret.
        &[0, 23, 0, 0],
    ]
    .concat();
    let length = |bytes: &[u8]| u8::try_from(bytes.len()).unwrap();
    let body = [
        &[3, version][..],
        &[7; 32],
        &[0, 0, length(&suites)],
        &suites,
        &[1, 0, 0, length(&extensions)],
        &extensions,
    ]
    .concat();
    let head = [22, 3, 1, 0, length(&body) + 4, 1, 0, 0, length(&body)];
    [&head[..], &body].concat()
}

/// Type of the first record that the gateway answers, and its first two bytes.
async fn first_record(gateway: &Gateway, hello: &[u8]) -> (u8, [u8; 2]) {
    let mut connection = TcpStream::connect(gateway.handle.client_addr())
        .await
        .unwrap();
    connection.write_all(hello).await.unwrap();
    let mut record = [0; 7];
    soon(connection.read_exact(&mut record)).await.unwrap();
    (record[0], [record[5], record[6]])
}

#[tokio::test]
async fn old_versions_of_tls_are_refused_and_1_2_is_not() {
    const HANDSHAKE: u8 = 22;
    const ALERT: u8 = 21;
    const PROTOCOL_VERSION: [u8; 2] = [2, 70];
    let site = Site::new();
    let gateway = Gateway::with(|config| site.configure(config)).await;
    for old in [1, 2] {
        let (kind, content) = first_record(&gateway, &client_hello(old)).await;
        assert_eq!(
            (kind, content),
            (ALERT, PROTOCOL_VERSION),
            "TLS 1.{}",
            old - 1
        );
    }
    let (kind, _) = first_record(&gateway, &client_hello(3)).await;
    assert_eq!(kind, HANDSHAKE, "the same hello with TLS 1.2");
}

#[tokio::test]
async fn a_certificate_stands_for_a_key_and_one_of_nobody_does_not() {
    let site = Site::new();
    let gateway = site.asking(false).await;
    let desk = site.issue("desk.example.org");
    let mut connection = site.connect(&gateway, Some(&desk)).await.unwrap();
    assert_eq!(hello(&mut connection, None).await, Some(202));
    assert_eq!(hello(&mut connection, Some("key-x")).await, Some(401));
    let nobody = site.issue("nobody.example.org");
    let mut connection = site.connect(&gateway, Some(&nobody)).await.unwrap();
    assert_eq!(hello(&mut connection, None).await, Some(401));
    let mut connection = site.connect(&gateway, None).await.unwrap();
    assert_eq!(
        hello(&mut connection, Some("key-crm")).await,
        Some(403),
        "desk-1 is desk's"
    );
}

#[tokio::test]
async fn a_certificate_of_a_foreign_authority_gets_no_connection() {
    let (site, foreign) = (Site::new(), Site::new());
    let gateway = site.asking(false).await;
    let forged = foreign.issue("desk.example.org");
    let answered = match site.connect(&gateway, Some(&forged)).await {
        Ok(mut connection) => hello(&mut connection, None).await,
        Err(_) => None,
    };
    assert_eq!(answered, None);
}

#[tokio::test]
async fn without_a_certificate_there_is_no_connection_where_one_is_required() {
    let site = Site::new();
    let gateway = site.asking(true).await;
    let answered = match site.connect(&gateway, None).await {
        Ok(mut connection) => hello(&mut connection, Some("key-crm")).await,
        Err(_) => None,
    };
    assert_eq!(answered, None);
}

#[tokio::test]
async fn a_new_certificate_is_shown_to_the_next_connection_and_drops_nobody() {
    let site = Site::new();
    let gateway = Gateway::with(|config| site.configure(config)).await;
    let shown = |connection: &TlsStream<TcpStream>| {
        connection.get_ref().1.peer_certificates().unwrap()[0].clone()
    };
    let mut old = site.connect(&gateway, None).await.unwrap();
    assert_eq!(hello(&mut old, Some("key-crm")).await, Some(202));
    site.issue_for_the_gateway();
    gateway.handle.reload(&gateway.config).unwrap();
    let new = site.connect(&gateway, None).await.unwrap();
    assert_ne!(shown(&old), shown(&new));
    assert_eq!(hello(&mut old, Some("key-crm")).await, Some(202));
    std::fs::write(site.path("own.key"), "no key").unwrap();
    let refused = gateway.handle.reload(&gateway.config);
    assert!(matches!(refused, Err(ReloadError::Tls(_))));
    let again = site.connect(&gateway, None).await.unwrap();
    assert_eq!(shown(&again), shown(&new));
}

/// A WebSocket over TLS on which an agent works.
struct Desk {
    socket: WebSocketStream<TlsStream<TcpStream>>,
    last: u64,
}

impl Desk {
    async fn open(site: &Site, gateway: &Gateway) -> Self {
        let connection = site.connect(gateway, None).await.unwrap();
        let mut request = "ws://localhost/gc/v1/ws?destination=desk-1"
            .into_client_request()
            .unwrap();
        let bearer = "Bearer key-crm".parse().unwrap();
        request.headers_mut().insert("authorization", bearer);
        let opening = Box::pin(tokio_tungstenite::client_async(request, connection));
        let opened = soon(opening).await;
        let mut desk = Self {
            socket: opened.unwrap().0,
            last: 0,
        };
        desk.command("Connect#41027\ndesk-1,demo").await;
        desk
    }

    /// Gives a command, and hears its events, none of which is missing, and its good end.
    async fn command(&mut self, text: &str) {
        soon(self.socket.send(Message::text(text))).await.unwrap();
        loop {
            let frame = soon(self.socket.next()).await.unwrap().unwrap();
            let Message::Text(text) = frame else {
                continue;
            };
            let frame: Value = serde_json::from_str(&text).unwrap();
            if frame["event"]["type"] == "CommandResult" {
                assert_eq!(frame["event"]["outcome"], "done", "{frame}");
                return;
            }
            let (_, number) = frame["id"].as_str().unwrap().rsplit_once(':').unwrap();
            self.last += 1;
            assert_eq!(number.parse(), Ok(self.last));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_certificates_and_settings_are_renewed_no_event_is_lost_and_nobody_is_dropped() {
    let site = Site::new();
    let gateway = Gateway::with(|config| {
        site.configure(config);
        config.server.commands_per_second = 100_000;
        config.server.command_burst = 100_000;
    })
    .await;
    let shown = async || {
        let connection = site.connect(&gateway, None).await.unwrap();
        connection.get_ref().1.peer_certificates().unwrap()[0].clone()
    };
    let mut desk = Desk::open(&site, &gateway).await;
    let (over, done) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicU64::new(0)),
    );
    let work = tokio::spawn({
        let (over, done) = (Arc::clone(&over), Arc::clone(&done));
        async move {
            while !over.load(Ordering::SeqCst) {
                desk.command("MakeReady#41027\nnull").await;
                done.fetch_add(1, Ordering::SeqCst);
            }
            desk.last
        }
    });
    let mut before = shown().await;
    for round in 0..20 {
        let commands = done.load(Ordering::SeqCst);
        let mut config = gateway.config.clone();
        match round % 4 {
            1 => {
                std::fs::write(site.path("own.key"), "no key").unwrap();
                let refused = gateway.handle.reload(&config);
                assert!(matches!(refused, Err(ReloadError::Tls(_))));
                assert_eq!(shown().await, before);
            }
            3 => {
                config.clients.insert("crm".into(), Client::default());
                let refused = gateway.handle.reload(&config);
                assert!(matches!(refused, Err(ReloadError::Problems(_))));
                assert_eq!(shown().await, before);
            }
            _ => {
                site.issue_for_the_gateway();
                config
                    .clients
                    .insert(format!("new-{round}"), client("key-new"));
                config.session.max_sessions = 100 + round;
                gateway.handle.reload(&config).unwrap();
                let after = shown().await;
                assert_ne!(after, before);
                before = after;
            }
        }
        soon(async {
            while done.load(Ordering::SeqCst) < commands + 2 {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
    over.store(true, Ordering::SeqCst);
    let events = soon(work).await.unwrap();
    assert_eq!(events, 1 + done.load(Ordering::SeqCst));
}

#[tokio::test]
async fn those_who_speak_no_tls_fill_no_log_and_hold_up_nobody() {
    let (log, _listening) = Lines::listen();
    let site = Site::new();
    let gateway = Gateway::with(|config| site.configure(config)).await;
    for _ in 0..100 {
        let mut plain = TcpStream::connect(gateway.handle.client_addr()).await;
        let plain = plain.as_mut().unwrap();
        plain.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
        let _ = soon(plain.read_to_end(&mut Vec::new())).await;
    }
    let mut connection = site.connect(&gateway, None).await.unwrap();
    assert_eq!(hello(&mut connection, Some("key-crm")).await, Some(202));
    let lines = log.with("no TLS connection");
    assert!((1..=10).contains(&lines.len()), "{lines:#?}");
}

#[tokio::test]
async fn a_broken_certificate_is_a_reason_not_to_start() {
    let site = Site::new();
    std::fs::write(site.path("own.pem"), "no certificate").unwrap();
    let mut config = Config::default();
    config.server.listen.set_port(0);
    config.server.admin_listen.set_port(0);
    config.finesse.nodes.push(crate::support::plain_node(1));
    site.configure(&mut config);
    assert!(matches!(
        gc_server::serve(config).await,
        Err(ServeError::Tls(_))
    ));
}
