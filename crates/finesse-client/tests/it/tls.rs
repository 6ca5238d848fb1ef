//! Promises of TLS: who is not verified gets no credential.

use std::net::SocketAddr;
use std::sync::Arc;

use finesse_client::{
    Cluster, ClusterConfig, ConfigError, LinkEvent, LinkSpec, NodeConfig, RequestError, TlsConfig,
    Transport,
};
use finesse_protocol::{Answer, Request};
use pretty_assertions::assert_eq;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;

use crate::support::{hear, http, layla, log_in, read_request, soon};

const HOST: &str = "fin-a.acme.test";
const USER: &str = "<User><loginId>41027</loginId></User>";

/// A certificate and its key.
struct Identity {
    certificate: CertificateDer<'static>,
    pem: String,
    key: PrivateKeyDer<'static>,
}

pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn issue(&self, host: &str) -> Identity {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        identity(&params.signed_by(&key, &self.0).unwrap(), &key)
    }

    pub(crate) fn trusted(&self) -> TlsConfig {
        TlsConfig {
            ca_pem: vec![self.0.pem()],
            ..nobody()
        }
    }
}

fn nobody() -> TlsConfig {
    TlsConfig {
        system_roots: false,
        ..TlsConfig::default()
    }
}

/// As Tomcat makes them: signed by itself, and marked as an authority.
fn self_signed(host: &str) -> Identity {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    identity(&params.self_signed(&key).unwrap(), &key)
}

fn identity(certificate: &rcgen::Certificate, key: &KeyPair) -> Identity {
    Identity {
        certificate: certificate.der().clone(),
        pem: certificate.pem(),
        key: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
    }
}

/// Shows one certificate and signs with the key of another.
#[derive(Debug)]
struct Mismatched(Arc<CertifiedKey>);

impl Mismatched {
    fn new(shown: &Identity, held: &Identity) -> Self {
        let key = rustls::crypto::ring::sign::any_supported_type(&held.key).unwrap();
        Self(Arc::new(CertifiedKey::new(
            vec![shown.certificate.clone()],
            key,
        )))
    }
}

impl ResolvesServerCert for Mismatched {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

/// A server for one service; tells what reached it inside TLS.
struct TlsServer {
    address: SocketAddr,
    heard: mpsc::UnboundedReceiver<Option<String>>,
}

#[derive(Clone, Copy)]
enum Service {
    Rest,
    /// Hears a request and hangs up.
    Mute,
    Xmpp,
}

impl TlsServer {
    async fn start(identity: Identity, service: Service) -> Self {
        let config = rustls::ServerConfig::builder_with_provider(Arc::new(
            rustls::crypto::ring::default_provider(),
        ))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![identity.certificate], identity.key)
        .unwrap();
        Self::start_with(config, service).await
    }

    async fn start_with(config: rustls::ServerConfig, service: Service) -> Self {
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, heard) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    let _ = tell.send(None);
                    continue;
                };
                let said = match service {
                    Service::Rest | Service::Mute => read_request(&mut stream).await,
                    Service::Xmpp => log_in(&mut stream).await,
                };
                let _ = tell.send(said);
                match service {
                    Service::Rest => {
                        let _ = stream.write_all(http("200 OK", USER).as_bytes()).await;
                    }
                    Service::Mute => continue,
                    Service::Xmpp => {}
                }
                tokio::spawn(async move { while hear(&mut stream).await.is_some() {} });
            }
        });
        Self { address, heard }
    }

    /// What the next client sent, or nothing if it left during the handshake.
    async fn heard(&mut self) -> Option<String> {
        soon(self.heard.recv()).await.unwrap()
    }

    fn cluster(&self, tls: TlsConfig) -> Cluster {
        self.cluster_by(Some(Transport::Tcp), tls)
    }

    fn cluster_by(&self, transport: Option<Transport>, tls: TlsConfig) -> Cluster {
        cluster_at(self.address, transport, tls)
    }
}

pub(crate) fn cluster_at(
    address: SocketAddr,
    transport: Option<Transport>,
    tls: TlsConfig,
) -> Cluster {
    Cluster::new(ClusterConfig {
        nodes: vec![NodeConfig {
            address: Some(address.ip().to_string()),
            https_port: address.port(),
            legacy_websocket_port: address.port(),
            xmpp_port: address.port(),
            transport,
            ..NodeConfig::new("a", HOST)
        }],
        tls,
        ..ClusterConfig::default()
    })
    .unwrap()
}

pub(crate) async fn ask(cluster: &Cluster) -> Result<Answer, RequestError> {
    let request = Request::User {
        user: "41027".into(),
    };
    soon(cluster.request(0, &layla(), &request, "q-1")).await
}

pub(crate) async fn first_event(cluster: &Cluster) -> LinkEvent {
    let (events, mut reports) = mpsc::channel(4);
    let spec = LinkSpec {
        user: "41027".into(),
        agent: "41027".into(),
        epoch: 1,
        node: 0,
        credential: layla(),
    };
    let (_handle, link) = cluster.link(spec, events);
    tokio::spawn(link);
    soon(reports.recv()).await.unwrap().event
}

#[tokio::test]
async fn a_connection_that_ends_without_an_answer_is_told_in_plain_words() {
    let authority = Authority::new();
    let rest = TlsServer::start(authority.issue(HOST), Service::Mute).await;
    let answer = ask(&rest.cluster(authority.trusted())).await;
    let reason = "the connection ended before the answer".to_owned();
    assert_eq!(answer, Err(RequestError::OutcomeUnknown { reason }));
}

#[tokio::test]
async fn a_node_that_an_authority_vouches_for_is_trusted() {
    let authority = Authority::new();
    let mut rest = TlsServer::start(authority.issue(HOST), Service::Rest).await;
    let answer = ask(&rest.cluster(authority.trusted())).await;
    assert!(matches!(answer, Ok(Answer::User(_))), "{answer:?}");
    assert!(rest.heard().await.unwrap().contains("authorization: Basic"));

    let mut xmpp = TlsServer::start(authority.issue(HOST), Service::Xmpp).await;
    let cluster = xmpp.cluster(authority.trusted());
    assert_eq!(first_event(&cluster).await, LinkEvent::Up);
    assert!(xmpp.heard().await.unwrap().contains("ADQxMDI3AGM0bmFyeQ=="));
}

#[tokio::test]
async fn a_certificate_that_has_expired_is_refused_and_told() {
    let authority = Authority::new();
    let issue = || {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![HOST.to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(2021, 1, 1);
        identity(&params.signed_by(&key, &authority.0).unwrap(), &key)
    };
    let mut server = TlsServer::start(issue(), Service::Rest).await;
    match ask(&server.cluster(authority.trusted())).await {
        Err(RequestError::NoTls { reason }) => assert!(reason.contains("expired"), "{reason}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(server.heard().await, None);
    let mut server = TlsServer::start(issue(), Service::Xmpp).await;
    match first_event(&server.cluster(authority.trusted())).await {
        LinkEvent::Unreachable { reason } => assert!(reason.contains("expired"), "{reason}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(server.heard().await, None);
}

#[tokio::test]
async fn a_stranger_gets_no_credential() {
    let ours = Authority::new();
    for identity in [|| Authority::new().issue(HOST), || self_signed(HOST)] {
        let mut rest = TlsServer::start(identity(), Service::Rest).await;
        let answer = ask(&rest.cluster(ours.trusted())).await;
        assert!(
            matches!(answer, Err(RequestError::NoTls { .. })),
            "{answer:?}"
        );
        assert_eq!(rest.heard().await, None);

        let mut xmpp = TlsServer::start(identity(), Service::Xmpp).await;
        let event = first_event(&xmpp.cluster(ours.trusted())).await;
        assert!(matches!(event, LinkEvent::Unreachable { .. }), "{event:?}");
        assert_eq!(xmpp.heard().await, None);
    }
}

#[tokio::test]
async fn the_right_authority_for_another_host_gets_no_credential_by_any_way() {
    let authority = Authority::new();
    let other = || authority.issue("fin-b.acme.test");
    let mut rest = TlsServer::start(other(), Service::Rest).await;
    let answer = ask(&rest.cluster(authority.trusted())).await;
    assert!(
        matches!(answer, Err(RequestError::NoTls { .. })),
        "{answer:?}"
    );
    assert_eq!(rest.heard().await, None);
    for transport in Transport::ALL {
        let mut xmpp = TlsServer::start(other(), Service::Xmpp).await;
        let cluster = xmpp.cluster_by(Some(transport), authority.trusted());
        match first_event(&cluster).await {
            LinkEvent::Unreachable { reason } => {
                assert!(reason.contains("not valid for name"), "{reason}");
            }
            other => panic!("{transport:?}: {other:?}"),
        }
        assert_eq!(xmpp.heard().await, None, "{transport:?}");
    }
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_told_for_every_transport() {
    let mut server = TlsServer::start(self_signed(HOST), Service::Xmpp).await;
    let port = server.address.port();
    let cluster = server.cluster_by(None, Authority::new().trusted());
    let LinkEvent::Unreachable { reason } = first_event(&cluster).await else {
        panic!("the link was made");
    };
    let distrust = format!("{port}: invalid peer certificate: ");
    assert_eq!(reason.matches(&distrust).count(), 3, "{reason}");
    for _ in Transport::ALL {
        assert_eq!(server.heard().await, None);
    }
}

#[tokio::test]
async fn a_node_that_takes_no_websockets_is_found_at_its_xmpp_port_before_a_credential_is_sent() {
    let authority = Authority::new();
    let mut server = TlsServer::start(authority.issue(HOST), Service::Xmpp).await;
    let cluster = server.cluster_by(None, authority.trusted());
    assert_eq!(first_event(&cluster).await, LinkEvent::Up);
    for _ in Transport::ALL {
        // What a probe says where the login has the credential.
        let said = server.heard().await.unwrap_or_default();
        assert!(!said.contains("<auth"), "{said}");
    }
    assert!(
        server
            .heard()
            .await
            .unwrap()
            .contains("ADQxMDI3AGM0bmFyeQ==")
    );
}

#[tokio::test]
async fn a_pinned_certificate_is_trusted_and_no_other_of_its_name() {
    let tomcat = self_signed("some-other-name.acme.test");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tomcat.pem");
    std::fs::write(&file, &tomcat.pem).unwrap();
    let pinned = TlsConfig {
        pinned_certificates: vec![file],
        ..nobody()
    };
    let mut rest = TlsServer::start(tomcat, Service::Rest).await;
    let answer = ask(&rest.cluster(pinned.clone())).await;
    assert!(matches!(answer, Ok(Answer::User(_))), "{answer:?}");
    assert!(rest.heard().await.is_some());

    let mut rest = TlsServer::start(self_signed(HOST), Service::Rest).await;
    let answer = ask(&rest.cluster(pinned)).await;
    assert!(
        matches!(answer, Err(RequestError::NoTls { .. })),
        "{answer:?}"
    );
    assert_eq!(rest.heard().await, None);
}

#[tokio::test]
async fn a_pinned_certificate_without_its_key_is_worth_nothing() {
    let (tomcat, thief) = (self_signed(HOST), self_signed(HOST));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tomcat.pem");
    std::fs::write(&file, &tomcat.pem).unwrap();
    let tls = TlsConfig {
        pinned_certificates: vec![file],
        ..nobody()
    };
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(
        rustls::crypto::ring::default_provider(),
    ))
    .with_safe_default_protocol_versions()
    .unwrap()
    .with_no_client_auth()
    .with_cert_resolver(Arc::new(Mismatched::new(&tomcat, &thief)));
    let mut server = TlsServer::start_with(config, Service::Rest).await;
    let answer = ask(&server.cluster(tls)).await;
    assert!(
        matches!(answer, Err(RequestError::NoTls { .. })),
        "{answer:?}"
    );
    assert_eq!(server.heard().await, None);
}

#[tokio::test]
async fn trusting_nobody_is_refused_and_so_is_a_file_that_is_no_certificate() {
    let config = |tls| ClusterConfig {
        nodes: vec![NodeConfig::new("a", HOST)],
        tls,
        ..ClusterConfig::default()
    };
    let refused = Cluster::new(config(nobody())).err();
    assert!(matches!(refused, Some(ConfigError::NoTrust)), "{refused:?}");
    for pem in ["", "no certificate"] {
        let tls = TlsConfig {
            ca_pem: vec![pem.into()],
            ..nobody()
        };
        let refused = Cluster::new(config(tls)).err();
        assert!(
            matches!(refused, Some(ConfigError::Certificate { .. })),
            "{refused:?}"
        );
    }
}
