//! Clients: HTTPS by hyper, XMPP by tokio-xmpp's stream level, as the gateway uses them.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use finesse_sim::{NodeAddrs, SimConfig, Simulator};
use futures_util::{SinkExt, StreamExt};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{HeaderMap, Method, Request, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use jid::Jid;
use minidom::Element;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::BufStream;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_xmpp::client_login;
use tokio_xmpp::connect::ServerConnector;
use tokio_xmpp::xmlstream::{
    FallibleStreamElement, PendingFeaturesRecv, StreamHeader, Timeouts, XmlStream,
    XmppStreamElement, initiate_stream,
};
use xmpp_parsers::bind::{BindQuery, BindResponse};
use xmpp_parsers::iq::Iq;
use xmpp_parsers::presence::Presence;
use xmpp_parsers::stream_features::StreamFeatures;

pub(crate) const LAYLA: &str = "41027";
pub(crate) const OMAR: &str = "41033";
pub(crate) const NADIA: &str = "41900";
pub(crate) const CUSTOMER: &str = "03005550142";

const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) async fn simulator() -> Simulator {
    Simulator::start(SimConfig::test()).await.unwrap()
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

pub(crate) type Https = Client<hyper_rustls::HttpsConnector<HttpConnector>, Full<Bytes>>;

#[derive(Clone, Copy)]
enum Scheme {
    Basic,
    Bearer,
}

/// An agent at a desk: credentials, an HTTPS client, later a link.
pub(crate) struct Desk {
    pub(crate) id: String,
    password: String,
    scheme: Scheme,
    pub(crate) node: NodeAddrs,
    pub(crate) tls: Arc<ClientConfig>,
    pub(crate) https: Https,
}

impl Desk {
    pub(crate) fn new(simulator: &Simulator, id: &str) -> Self {
        Self::at(simulator, id, "demo", 0)
    }

    /// An agent who signs on with a token: as Bearer, and in place of the password.
    pub(crate) fn with_token(simulator: &Simulator, id: &str, token: &str) -> Self {
        Self {
            scheme: Scheme::Bearer,
            ..Self::at(simulator, id, token, 0)
        }
    }

    pub(crate) fn at(simulator: &Simulator, id: &str, password: &str, node: usize) -> Self {
        let tls = trusting(&simulator.ca_pem());
        let connector = hyper_rustls::HttpsConnectorBuilder::new()
            .with_tls_config((*tls).clone())
            .https_only()
            .enable_http1()
            .build();
        Self {
            id: id.to_owned(),
            password: password.to_owned(),
            scheme: Scheme::Basic,
            node: simulator.nodes()[node].clone(),
            tls,
            https: Client::builder(TokioExecutor::new()).build(connector),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, "", "").await.unwrap()
    }

    pub(crate) async fn put(&self, path: &str, body: &str) -> Answer {
        self.send(Method::PUT, path, body, "").await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &str) -> Answer {
        self.send(Method::POST, path, body, "").await.unwrap()
    }

    /// A list, cut at a range.
    pub(crate) async fn get_range(&self, path: &str, range: &str) -> Answer {
        let path = format!("/finesse/api{path}");
        let asked = self.ask(Method::GET, &path, "", ("Range", range)).await;
        asked.unwrap()
    }

    /// Something that is not Finesse's.
    pub(crate) async fn get_outside(&self, path: &str) -> Answer {
        let asked = self.ask(Method::GET, path, "", ("Accept", "*/*")).await;
        asked.unwrap()
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: &str,
        request_id: &str,
    ) -> Result<Answer, hyper_util::client::legacy::Error> {
        let path = format!("/finesse/api{path}");
        let header = match request_id {
            "" => ("Accept", "*/*"),
            id => ("requestId", id),
        };
        self.ask(method, &path, body, header).await
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: &str,
        (header, value): (&str, &str),
    ) -> Result<Answer, hyper_util::client::legacy::Error> {
        let authorization = match self.scheme {
            Scheme::Basic => {
                let pair = format!("{}:{}", self.id, self.password);
                format!("Basic {}", STANDARD.encode(pair))
            }
            Scheme::Bearer => format!("Bearer {}", self.password),
        };
        let request = Request::builder()
            .method(method)
            .uri(format!(
                "https://127.0.0.1:{}{path}",
                self.node.https.port()
            ))
            .header("Authorization", authorization)
            .header("Content-Type", "application/xml")
            .header(header, value);
        let request = request.body(Full::from(body.to_owned())).unwrap();
        let response = self.https.request(request).await?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Ok(Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        })
    }

    pub(crate) async fn state(&self, state: &str, more: &str) -> Answer {
        let body = format!("<User><state>{state}</state>{more}</User>");
        self.put(&format!("/User/{}", self.id), &body).await
    }

    /// Signs in at the phone and becomes READY; waits for both notifications.
    pub(crate) async fn ready(&self, link: &mut Link, extension: &str) {
        let phone = format!("<extension>{extension}</extension>");
        assert_eq!(
            self.state("LOGIN", &phone).await.status,
            StatusCode::ACCEPTED
        );
        link.until("<state>NOT_READY</state>").await;
        assert_eq!(self.state("READY", "").await.status, StatusCode::ACCEPTED);
        link.until("<state>READY</state>").await;
    }

    pub(crate) async fn link(&self, resource: &str) -> Link {
        self.sign_in(resource).await.unwrap()
    }

    /// The gateway's way in: TLS, PLAIN, bind, presence.
    pub(crate) async fn sign_in(&self, resource: &str) -> Result<Link, tokio_xmpp::Error> {
        let domain = &self.node.host;
        let jid: Jid = format!("{}@{domain}/{resource}", self.id).parse().unwrap();
        let connector = Connector {
            address: self.node.xmpp,
            tls: TlsConnector::from(Arc::clone(&self.tls)),
            name: ServerName::try_from(domain.clone()).unwrap(),
        };
        let timeouts = Timeouts::tight();
        let (pending, _) = connector.connect(&jid, "jabber:client", timeouts).await?;
        let (features, stream) = pending.recv_features::<FallibleStreamElement>().await?;
        let mechanisms = features.sasl_mechanisms.into_iter().collect();
        let credentials = sasl::common::Credentials::default()
            .with_username(&self.id)
            .with_password(&self.password);
        let stream = client_login(stream, mechanisms, credentials).await?;
        let header = StreamHeader {
            to: Some(domain.into()),
            ..StreamHeader::default()
        };
        let pending = stream.send_header(header).await?;
        let (_, stream): (StreamFeatures, _) = pending.recv_features().await?;
        let mut link = Link { stream };
        link.bind(resource).await;
        link.write(Presence::available().into()).await;
        link.until_element(|stanza| stanza.name() == "presence")
            .await;
        Ok(link)
    }
}

pub(crate) type Tls = BufStream<tokio_rustls::client::TlsStream<TcpStream>>;

#[derive(Clone)]
struct Connector {
    address: SocketAddr,
    tls: TlsConnector,
    name: ServerName<'static>,
}

impl std::fmt::Debug for Connector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.address)
    }
}

impl ServerConnector for Connector {
    type Stream = Tls;

    async fn connect(
        &self,
        jid: &Jid,
        namespace: &'static str,
        timeouts: Timeouts,
    ) -> Result<
        (
            PendingFeaturesRecv<Self::Stream>,
            sasl::common::ChannelBinding,
        ),
        tokio_xmpp::Error,
    > {
        let socket = TcpStream::connect(self.address).await?;
        let io = self.tls.connect(self.name.clone(), socket).await?;
        let io = BufStream::with_capacity(1024, 1024, io);
        let header = StreamHeader {
            to: Some(jid.domain().as_str().into()),
            ..StreamHeader::default()
        };
        let pending = initiate_stream(io, namespace, header, timeouts).await?;
        Ok((pending, sasl::common::ChannelBinding::None))
    }
}

/// A bound link.
pub(crate) struct Link {
    stream: XmlStream<Tls, FallibleStreamElement>,
}

impl Link {
    async fn bind(&mut self, resource: &str) {
        let query = BindQuery::new(Some(resource.to_owned()));
        let answer = self.ask(Iq::from_set("bind-1", query)).await;
        let bound = answer.children().next().unwrap().clone();
        let bound: Jid = BindResponse::try_from(bound).unwrap().into();
        assert!(bound.to_string().ends_with(resource), "{bound}");
    }

    pub(crate) async fn write(&mut self, element: Element) {
        let stanza = match element.name() {
            "iq" => XmppStreamElement::Stanza(Iq::try_from(element).unwrap().into()),
            _ => XmppStreamElement::Stanza(Presence::try_from(element).unwrap().into()),
        };
        self.stream.send(&stanza).await.unwrap();
    }

    /// The answer to a request.
    pub(crate) async fn ask(&mut self, iq: Iq) -> Element {
        let element = Element::from(iq);
        let id = element.attr("id").unwrap().to_owned();
        self.write(element).await;
        self.until_element(|stanza| stanza.attr("id") == Some(id.as_str()))
            .await
    }

    pub(crate) async fn ask_text(&mut self, xml: &str) -> Element {
        let element: Element = xml.parse().unwrap();
        self.ask(Iq::try_from(element).unwrap()).await
    }

    /// The next notification that contains `text`, with its pubsub node.
    pub(crate) async fn until(&mut self, text: &str) -> (String, String) {
        loop {
            let stanza = self
                .until_element(|stanza| stanza.name() == "message")
                .await;
            let (node, payload) = notification(&stanza);
            if payload.contains(text) {
                return (node, payload);
            }
        }
    }

    /// The next notification.
    pub(crate) async fn next(&mut self) -> (String, String) {
        self.until("").await
    }

    pub(crate) async fn until_element(&mut self, wanted: impl Fn(&Element) -> bool) -> Element {
        loop {
            let stanza = self.receive().await.expect("the link ended");
            if wanted(&stanza) {
                return stanza;
            }
        }
    }

    /// Reads until the stream ends; gives the stream error's text, if there was one.
    pub(crate) async fn end(&mut self) -> String {
        loop {
            if let Err(error) = self.receive().await {
                return error.to_string();
            }
        }
    }

    /// Whether nothing at all arrives for a while.
    pub(crate) async fn is_quiet_for(&mut self, span: Duration) -> bool {
        tokio::time::timeout(span, self.stream.next())
            .await
            .is_err()
    }

    async fn receive(&mut self) -> io::Result<Element> {
        let next = tokio::time::timeout(PATIENCE, self.stream.next()).await;
        match next.expect("nothing came in time") {
            None => Err(io::ErrorKind::UnexpectedEof.into()),
            Some(Err(error)) => Err(io::Error::other(format!("{error:?}"))),
            Some(Ok(element)) => match element.into_read_error() {
                Ok(XmppStreamElement::Stanza(stanza)) => Ok(Element::from(stanza)),
                other => Err(io::Error::other(format!("{other:?}"))),
            },
        }
    }
}

fn notification(message: &Element) -> (String, String) {
    let event = message
        .children()
        .find(|child| child.name() == "event")
        .unwrap();
    let items = event.children().next().unwrap();
    let item = items.children().next().unwrap();
    let notification = item.children().next().unwrap();
    assert_eq!(notification.name(), "notification");
    (items.attr("node").unwrap().to_owned(), notification.text())
}

fn trusting(ca: &str) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(ca.as_bytes()).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config)
}

/// The text of the first element of this name.
pub(crate) fn text_of<'x>(xml: &'x str, name: &str) -> &'x str {
    let start = xml.find(&format!("<{name}>")).expect(name) + name.len() + 2;
    let end = start + xml[start..].find('<').unwrap();
    &xml[start..end]
}
