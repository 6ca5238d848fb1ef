//! XMPP over WebSocket with tokio-tungstenite.

use std::net::SocketAddr;
use std::time::Duration;

use finesse_sim::{Product, Profile, Release, SimConfig, Simulator};
use futures_util::{SinkExt, StreamExt};
use pretty_assertions::assert_eq;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::tungstenite::{ClientRequestBuilder, Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::desk::{Desk, LAYLA, NADIA, simulator};

const PATIENCE: Duration = Duration::from_secs(10);
const OPEN: &str =
    "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='fin-a.acme.test' version='1.0'/>";
// "\0" 41027 "\0" demo
const AUTH: &str =
    "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>ADQxMDI3AGRlbW8=</auth>";
const BIND: &str = "<iq xmlns='jabber:client' type='set' id='b1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>page</resource></bind></iq>";
const PRESENCE: &str = "<presence xmlns='jabber:client'/>";

/// A page with a WebSocket.
struct Page(WebSocketStream<TlsStream<TcpStream>>);

impl Page {
    async fn open(desk: &Desk, address: SocketAddr, path: &str) -> Result<Self, Error> {
        let tcp = TcpStream::connect(address).await.unwrap();
        let name = ServerName::try_from(desk.node.host.clone()).unwrap();
        let connector = TlsConnector::from(desk.tls.clone());
        let tls = connector.connect(name, tcp).await.unwrap();
        let url = format!("wss://{}:{}{path}", desk.node.host, address.port());
        let request = ClientRequestBuilder::new(url.parse().unwrap()).with_sub_protocol("xmpp");
        client_async(request, tls)
            .await
            .map(|(socket, _)| Self(socket))
    }

    async fn signed_in(desk: &Desk, auth: &str) -> Self {
        let mut page = Self::open(desk, desk.node.https, "/ws").await.unwrap();
        for (said, heard) in [
            (OPEN, "<mechanism>PLAIN</mechanism>"),
            (auth, "<success"),
            (OPEN, "<bind"),
            (BIND, "/page</jid>"),
            (PRESENCE, "<presence xmlns='jabber:client' from='finesse@"),
        ] {
            page.say(said).await;
            page.until(heard).await;
        }
        page
    }

    async fn say(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    async fn hear(&mut self) -> Option<Message> {
        let next = tokio::time::timeout(PATIENCE, self.0.next()).await;
        next.expect("nothing came in time")?.ok()
    }

    async fn until(&mut self, text: &str) -> String {
        loop {
            match self.hear().await.expect("the socket ended") {
                Message::Text(heard) if heard.contains(text) => return heard.as_str().to_owned(),
                Message::Text(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn a_page_signs_in_and_hears_of_its_agent_one_stanza_a_message() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    let mut page = Page::signed_in(&desk, AUTH).await;
    desk.state("LOGIN", "<extension>6127</extension>").await;
    let message = page.until("NOT_READY").await;
    let start =
        "<message xmlns='jabber:client' from='pubsub.fin-a.acme.test' to='41027@fin-a.acme.test'";
    assert!(message.starts_with(start), "{message}");
    assert!(message.ends_with("</message>"), "{message}");
    page.say("<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>")
        .await;
    page.until("<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>")
        .await;
    assert_eq!(page.hear().await, Some(Message::Close(None)));
    assert_eq!(simulator.state().nodes[0].links, 0);
}

#[tokio::test]
async fn a_stream_says_exactly_this_before_the_password() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    let mut page = Page::open(&desk, desk.node.https, "/ws").await.unwrap();
    page.say(OPEN).await;
    let open = page.until("<open").await;
    let id = open.split('\'').nth(5).unwrap();
    assert_eq!(
        open,
        format!(
            "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='fin-a.acme.test' id='{id}' version='1.0' xml:lang='en'/>"
        )
    );
    assert_eq!(
        page.until("features").await,
        "<stream:features xmlns:stream='http://etherx.jabber.org/streams'><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms></stream:features>"
    );
    page.say(&AUTH.replace("ADQxMDI3AGRlbW8=", "ADQxMDI3AHdyb25n"))
        .await;
    assert_eq!(
        page.until("failure").await,
        "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>"
    );
}

#[tokio::test]
async fn the_same_resource_by_another_transport_is_a_conflict() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    let mut page = Page::signed_in(&desk, AUTH).await;
    let mut link = desk.link("page").await;
    assert_eq!(
        page.until("error").await,
        "<stream:error xmlns:stream='http://etherx.jabber.org/streams'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
    );
    page.until("<close").await;
    desk.state("LOGIN", "<extension>6127</extension>").await;
    link.until("NOT_READY").await;
}

#[tokio::test]
async fn subscriptions_discovery_and_storage_are_answered() {
    let simulator = simulator().await;
    let nadia = Desk::new(&simulator, NADIA);
    // "\0" 41900 "\0" demo
    let auth = AUTH.replace("ADQxMDI3AGRlbW8=", "ADQxOTAwAGRlbW8=");
    let mut page = Page::signed_in(&nadia, &auth).await;
    let ask = |id: &str, to: &str, kind: &str, inside: &str| {
        format!("<iq xmlns='jabber:client' type='{kind}' id='{id}' to='{to}'>{inside}</iq>")
    };
    let (server, pubsub) = ("fin-a.acme.test", "pubsub.fin-a.acme.test");
    for (number, (to, kind, inside, answer)) in [
        (
            pubsub,
            "set",
            "<pubsub xmlns='http://jabber.org/protocol/pubsub'><subscribe node='/finesse/api/Team/5107/Users' jid='41900@fin-a.acme.test/page'/></pubsub>",
            "subscription='subscribed'",
        ),
        (
            server,
            "get",
            "<query xmlns='http://jabber.org/protocol/disco#items'/>",
            "<item jid='pubsub.fin-a.acme.test'/>",
        ),
        (
            pubsub,
            "get",
            "<query xmlns='http://jabber.org/protocol/disco#items'/>",
            "<item jid='pubsub.fin-a.acme.test' node='/finesse/api/User/41900'/>",
        ),
        (
            pubsub,
            "get",
            "<query xmlns='http://jabber.org/protocol/disco#info'/>",
            "<identity category='pubsub' type='service'/>",
        ),
        (
            "41900@fin-a.acme.test",
            "get",
            "<vCard xmlns='vcard-temp'/>",
            "<vCard xmlns='vcard-temp'/>",
        ),
        (
            "41900@fin-a.acme.test",
            "get",
            "<query xmlns='jabber:iq:private'><storage xmlns='storage:bookmarks'/></query>",
            "<storage xmlns='storage:bookmarks'/>",
        ),
        (
            server,
            "get",
            "<query xmlns='jabber:iq:roster'/>",
            "jid='finesse@fin-a.acme.test'",
        ),
        (
            server,
            "set",
            "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>",
            "type='result'",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let id = format!("q{number}");
        page.say(&ask(&id, to, kind, inside)).await;
        let reply = page.until(&format!("id='{id}'")).await;
        assert!(reply.starts_with("<iq xmlns='jabber:client' type='result'"), "{reply}");
        assert!(reply.contains(answer), "{reply}");
    }
    Desk::new(&simulator, LAYLA)
        .state("LOGIN", "<extension>6127</extension>")
        .await;
    page.until("node='/finesse/api/Team/5107/Users'").await;
}

#[tokio::test]
async fn a_dropped_link_ends_without_a_word_and_too_large_a_stanza_with_one() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    let mut page = Page::signed_in(&desk, AUTH).await;
    assert_eq!(simulator.drop_link(LAYLA), 1);
    assert_eq!(page.hear().await, None);
    let mut page = Page::signed_in(&desk, AUTH).await;
    page.say(&format!("<message>{}</message>", "x".repeat(300 * 1024)))
        .await;
    page.until("<policy-violation").await;
}

#[tokio::test]
async fn a_release_has_its_own_ports_for_websockets() {
    for (release, https, legacy) in [
        (Release::V11_6, false, false),
        (Release::V12_5, false, true),
        (Release::V12_6, true, false),
        (Release::V15_0, true, false),
    ] {
        let config = SimConfig::test().profile(Profile::new(Product::Ucce, release));
        let simulator = Simulator::start(config).await.unwrap();
        let desk = Desk::new(&simulator, LAYLA);
        let at_https = Page::open(&desk, desk.node.https, "/ws").await;
        let at_legacy = Page::open(&desk, desk.node.legacy, "/ws/").await;
        assert_eq!(
            (at_https.is_ok(), at_legacy.is_ok()),
            (https, legacy),
            "{release:?}"
        );
    }
}

#[tokio::test]
async fn each_transport_can_be_switched_off() {
    let mut config = SimConfig::test();
    config.transports.websocket = false;
    config.transports.bosh = false;
    config.transports.tcp = false;
    let simulator = Simulator::start(config).await.unwrap();
    let desk = Desk::new(&simulator, LAYLA);
    let refused = Page::open(&desk, desk.node.https, "/ws").await.err();
    match refused {
        Some(Error::Http(answer)) => assert_eq!(answer.status().as_u16(), 404),
        other => panic!("{other:?}"),
    }
    assert!(desk.sign_in("gw-1").await.is_err());
    assert_eq!(crate::bosh::post(&desk, "").await.0, 404);
    assert_eq!(desk.get("/SystemInfo").await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_request_that_is_no_upgrade_to_xmpp_is_told_what_is_missing() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    let url = format!("https://127.0.0.1:{}/ws", desk.node.https.port());
    let upgrade = [
        ("connection", "keep-alive, Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "AAAAAAAAAAAAAAAAAAAAAA=="),
        ("sec-websocket-protocol", "chat, xmpp"),
    ];
    for (missing, status) in [(0, 426), (1, 426), (2, 400), (3, 400), (4, 400), (5, 101)] {
        let mut request = hyper::Request::builder().uri(&url);
        for (place, (name, value)) in upgrade.iter().enumerate() {
            if place != missing {
                request = request.header(*name, *value);
            }
        }
        let answer = desk
            .https
            .request(request.body(String::new().into()).unwrap())
            .await;
        assert_eq!(
            answer.unwrap().status().as_u16(),
            status,
            "without {missing}"
        );
    }
}
