//! The scripted server, for links inside WebSockets.

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};

use super::server::{PATIENCE, World};

const MECHANISMS: &str = "<stream:features xmlns:stream='http://etherx.jabber.org/streams'><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms></stream:features>";
const OPEN: &str = "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='fin-a.acme.test' id='3k1' version='1.0' xml:lang='en'/>";

/// What a server answers to each message of a client that logs in; some answers are two messages.
pub(super) const ANSWERS: [&[&str]; 8] = [
    &[OPEN, MECHANISMS],
    &["<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"],
    &[
        OPEN,
        "<features xmlns='http://etherx.jabber.org/streams'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></features>",
    ],
    &[
        "<iq xmlns='jabber:client' type='result' id='b1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>41027@fin-a.acme.test/gw-1</jid></bind></iq>",
    ],
    &["<iq xmlns='jabber:client' type='result' id='s1'/>"],
    &["<iq xmlns='jabber:client' type='result' id='r1'/>"],
    // To its presence.
    &[],
    &["<iq xmlns='jabber:client' type='result' id='a1'/>"],
];

/// The server's end of one WebSocket.
pub(super) struct WebServer {
    socket: WebSocketStream<DuplexStream>,
    /// The request that opened it: path, Host and subprotocol.
    pub(super) asked: [String; 3],
}

impl WebServer {
    pub(super) async fn accept(pipe: DuplexStream) -> Self {
        let mut asked = [String::new(), String::new(), String::new()];
        #[allow(clippy::result_large_err)] // the library's own signature
        let look = |request: &Request, mut response: Response| {
            let header = |name| request.headers()[name].to_str().unwrap().to_owned();
            asked = [
                request.uri().path().to_owned(),
                header("host"),
                header("sec-websocket-protocol"),
            ];
            let protocol = HeaderValue::from_static("xmpp");
            response
                .headers_mut()
                .insert("sec-websocket-protocol", protocol);
            Ok(response)
        };
        let socket = timeout(PATIENCE, accept_hdr_async(pipe, look)).await;
        let socket = socket.expect("no upgrade").unwrap();
        Self { socket, asked }
    }

    /// The server's side of an upgrade that was answered by hand.
    pub(super) async fn upgraded(pipe: DuplexStream) -> Self {
        Self {
            socket: WebSocketStream::from_raw_socket(pipe, Role::Server, None).await,
            asked: Default::default(),
        }
    }

    pub(super) async fn logged_in(world: &mut World) -> Self {
        let mut server = Self::accept(world.pipe().await.1).await;
        for answers in ANSWERS {
            server.heard().await;
            for answer in answers {
                server.say(answer).await;
            }
        }
        server
    }

    /// Shows its offer to a client that only wants to know.
    pub(super) async fn probed(pipe: DuplexStream) {
        let mut server = Self::accept(pipe).await;
        server.heard().await;
        for answer in ANSWERS[0] {
            server.say(answer).await;
        }
        assert_eq!(
            server.heard().await,
            "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>"
        );
    }

    /// What the client says next.
    pub(super) async fn heard(&mut self) -> String {
        match self.message().await {
            Some(Message::Text(text)) => text.as_str().to_owned(),
            other => panic!("no text: {other:?}"),
        }
    }

    /// The next message of any kind; none when the client has gone.
    pub(super) async fn message(&mut self) -> Option<Message> {
        let next = timeout(PATIENCE, self.socket.next()).await;
        match next.expect("the client says nothing") {
            Some(Ok(message)) => Some(message),
            Some(Err(Error::ConnectionClosed | Error::Protocol(_))) | None => None,
            Some(Err(error)) => panic!("{error}"),
        }
    }

    pub(super) async fn say(&mut self, text: &str) {
        self.send(Message::text(text)).await;
    }

    pub(super) async fn send(&mut self, message: Message) {
        // A client that has hung up shows in what it does, not here.
        let _ = self.socket.send(message).await;
    }

    /// Bytes below the messages.
    pub(super) async fn say_bytes(&mut self, bytes: &[u8]) {
        self.socket.get_mut().write_all(bytes).await.unwrap();
    }
}

/// Answers a request to upgrade with this, and gives the request.
pub(super) async fn answer_upgrade(mut pipe: DuplexStream, answer: &str) -> String {
    let mut bytes = vec![0; 4096];
    let read = timeout(PATIENCE, pipe.read(&mut bytes)).await;
    bytes.truncate(read.expect("no request").unwrap());
    pipe.write_all(answer.as_bytes()).await.unwrap();
    String::from_utf8(bytes).unwrap()
}
