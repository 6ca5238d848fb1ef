//! The audit log.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use gc_server::config::{Config, Scheme};
use pretty_assertions::assert_eq;
use rustls::pki_types::PrivateKeyDer;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::layer::SubscriberExt;

use crate::support::{Gateway, Receiver, client, soon};
use crate::tls::Site;

/// The audit log of one test, in a file of its own.
struct Audit {
    _folder: TempDir,
    file: PathBuf,
    _writing: gc_server::logs::Guard,
    _listening: DefaultGuard,
}

impl Audit {
    fn begin() -> Self {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("audit.jsonl");
        let (audit, writing) = gc_server::logs::audit(&file).unwrap();
        let subscriber = tracing_subscriber::registry().with(audit);
        Self {
            _folder: folder,
            file,
            _writing: writing,
            _listening: tracing::subscriber::set_default(subscriber),
        }
    }

    fn text(&self) -> String {
        std::fs::read_to_string(&self.file).unwrap()
    }

    /// Waits until there are so many entries; gives them without what no two runs have in common. Each has its time in UTC.
    async fn entries(&self, count: usize) -> Vec<Value> {
        let written = async {
            while self.text().lines().count() < count {
                tokio::task::yield_now().await;
            }
        };
        soon(written).await;
        let text = self.text();
        assert!(!text.contains("c4nary"), "{text}");
        text.lines().map(entry).collect()
    }
}

fn entry(line: &str) -> Value {
    let mut entry: Value = serde_json::from_str(line).unwrap();
    let fields = entry.as_object_mut().unwrap();
    let time = fields.remove("timestamp").unwrap();
    assert!(time.as_str().unwrap().ends_with('Z'), "{time}");
    if let Some(from) = fields.get_mut("from") {
        assert!(from.as_str().unwrap().starts_with("127.0.0.1:"), "{line}");
        *from = "here".into();
    }
    fields.remove("id");
    entry
}

/// An envelope of one session for each key.
fn envelope(key: &str, kind: &str, body: &str) -> String {
    json!({"data": {"type": kind, "body": body, "sessionUrl": format!("s-{}", key.len())}})
        .to_string()
}

#[tokio::test]
async fn it_tells_who_did_what_for_whom_from_where_and_how_it_ended_and_no_secret() {
    let audit = Audit::begin();
    let gateway = Gateway::keyed().await;
    let post = async |key, kind: &str, body: &str| {
        gateway.post(Some(key), envelope(key, kind, body)).await
    };
    post("key-crm", "Connect#41027", "desk-1,c4nary-1d4").await;
    post("key-desk", "MakeReady#41027", "null").await;
    post("key-c4nary", "MakeReady#41027", "null").await;
    post("key-crm", "AnswerCall#41027", "207").await;
    post("key-crm", "Connect#c4nary-1d4", "").await;
    let mut config = gateway.config.clone();
    config.clients.insert("new".into(), client("key-new"));
    gateway.handle.reload(&config).unwrap();
    let wanted = [
        json!({"message": "command", "from": "here", "client": "crm", "agent": "41027", "command": "Connect", "outcome": "done"}),
        json!({"message": "command", "from": "here", "client": "desk", "agent": "41027", "command": "MakeReady", "outcome": "failed", "error": "INVALID_SUPERVISOR"}),
        json!({"message": "turned away", "from": "here"}),
        json!({"message": "command", "from": "here", "client": "crm", "agent": "41027", "command": "AnswerCall", "outcome": "failed", "error": "NO_DIALOG_ID"}),
        json!({"message": "command", "from": "here", "client": "crm", "command": "Connect", "outcome": "failed", "error": "PLEASE_RETRY"}),
        json!({"message": "settings", "change": "client new was added"}),
    ];
    assert_eq!(audit.entries(wanted.len()).await, wanted);
}

#[tokio::test]
async fn a_takeover_names_who_lost_the_agent_and_who_has_it_and_from_where() {
    let audit = Audit::begin();
    let gateway = Gateway::keyed().await;
    for (key, destination) in [("key-crm", "desk-1"), ("key-desk", "desk-2")] {
        let connect = envelope(key, "Connect#41027", &format!("{destination},c4nary"));
        assert_eq!(gateway.post(Some(key), connect).await.status, 202);
    }
    let connected = |client| json!({"message": "command", "from": "here", "client": client, "agent": "41027", "command": "Connect", "outcome": "done"});
    let takeover = json!({
        "message": "takeover", "from": "here", "client": "desk", "agent": "41027", "destination": "desk-2",
        "lost_by": "crm", "lost_at": "desk-1",
    });
    let wanted = [connected("crm"), takeover, connected("desk")];
    assert_eq!(audit.entries(wanted.len()).await, wanted);
}

#[tokio::test]
async fn a_callback_that_is_refused_is_told_with_who_wanted_it_and_where() {
    let audit = Audit::begin();
    let gateway = Gateway::keyed().await;
    for fqdn in [
        "https://169.254.169.254",
        "https://gc:c4nary@crm.example.org",
    ] {
        let hello = json!({"data": {
            "type": "Connect#41027", "body": "desk-1,c4nary", "sessionUrl": "s-1",
            "callbackFqdn": fqdn, "callbackEndpoint": "/gc?token=c4nary",
        }});
        let answer = gateway.post(Some("key-crm"), hello.to_string()).await;
        assert_eq!(answer.status, 422);
    }
    let entries = audit.entries(4).await;
    let refused: Vec<&Value> = entries
        .iter()
        .filter(|entry| entry["message"] == "callback refused")
        .collect();
    let wanted = [
        json!({"message": "callback refused", "from": "here", "client": "crm", "agent": "41027", "host": "169.254.169.254", "reason": "the receiver is not on the list of allowed callbacks"}),
        json!({"message": "callback refused", "from": "here", "client": "crm", "agent": "41027", "reason": "callbackFqdn must hold neither user nor password"}),
    ];
    assert_eq!(refused, wanted.iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn handshakes_that_fail_are_told_at_once_and_then_seldom() {
    let audit = Audit::begin();
    let site = Site::new();
    let gateway = Gateway::with(|config| site.configure(config)).await;
    for _ in 0..20 {
        let client = gateway.handle.client_addr();
        let mut connection = TcpStream::connect(client).await.unwrap();
        connection
            .write_all(b"GET / HTTP/1.1\r\n\r\n")
            .await
            .unwrap();
        let mut rest = Vec::new();
        let _ = soon(connection.read_to_end(&mut rest)).await;
    }
    let entries = audit.entries(1).await;
    assert_eq!(entries.len(), 1, "{entries:?}");
    assert_eq!(entries[0]["message"], "no TLS with a client");
    assert_eq!(
        (&entries[0]["from"], &entries[0]["times"]),
        (&json!("here"), &json!(1))
    );
}

/// A peer whom nobody trusts; counts who has tried.
struct Stranger {
    port: u16,
    tried: watch::Receiver<usize>,
}

impl Stranger {
    async fn start() -> Self {
        let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certified.cert.der().clone()], key)
            .unwrap();
        let tls = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (count, tried) = watch::channel(0);
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                assert!(tls.accept(connection).await.is_err(), "it was trusted");
                count.send_modify(|count| *count += 1);
            }
        });
        Self { port, tried }
    }

    async fn was_tried(&mut self, times: usize) {
        soon(self.tried.wait_for(|tried| *tried >= times))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_finesse_that_is_not_trusted_is_told_once_with_its_node() {
    let audit = Audit::begin();
    let mut stranger = Stranger::start().await;
    let (_, other) = Receiver::secured().await;
    let _gateway = Gateway::with(|config| {
        let node = &mut config.finesse.nodes[0];
        node.https_port = stranger.port;
        node.scheme = Scheme::Https;
        config.finesse.ca_pem = other;
        config.finesse.system_roots = false;
        config.finesse.health_interval = Duration::from_millis(20);
    })
    .await;
    let entries = audit.entries(1).await;
    let (message, node) = (&entries[0]["message"], &entries[0]["node"]);
    assert_eq!(
        (message, node),
        (&json!("no TLS with Finesse"), &json!("a"))
    );
    let reason = entries[0]["reason"].as_str().unwrap();
    assert!(reason.contains("invalid peer certificate"), "{reason}");
    // Asked again and again, it is no news.
    stranger.was_tried(8).await;
    let of_health = audit.entries(1).await;
    let of_health = of_health.iter().filter(|entry| entry["reason"] == reason);
    assert_eq!(of_health.count(), 1);
}

#[tokio::test]
async fn a_broker_that_is_not_trusted_is_told_once() {
    let audit = Audit::begin();
    let mut stranger = Stranger::start().await;
    let (_, other) = Receiver::secured().await;
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, other).unwrap();
    let _gateway = Gateway::with(|config: &mut Config| {
        config.broker.brokers = vec![format!("stomp+ssl://localhost:{}", stranger.port)];
        config.broker.user = "gc".into();
        config.broker.password = gc_protocol::Secret::new("c4nary-broker");
        config.broker.ca_files = vec![file.to_str().unwrap().into()];
        config.broker.system_roots = false;
        config.broker.reconnect_min = Duration::from_millis(10);
        config.broker.reconnect_max = Duration::from_millis(20);
    })
    .await;
    let entries = audit.entries(1).await;
    assert_eq!(entries[0]["message"], "no TLS with the broker");
    let reason = entries[0]["reason"].as_str().unwrap();
    assert!(reason.contains("invalid peer certificate"), "{reason}");
    stranger.was_tried(5).await;
    assert_eq!(audit.entries(1).await.len(), 1);
}
