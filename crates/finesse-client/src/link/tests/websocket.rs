//! Promises of a link inside a WebSocket.

use std::time::Duration;

use bytes::Bytes;
use pretty_assertions::assert_eq;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::LinkEvent;
use super::notifications::{escaped, message, next_state, user};
use super::server::{TestLink, World};
use super::web_server::{ANSWERS, WebServer, answer_upgrade};
use crate::transport::Transport;

fn world() -> World {
    World::by(&[Transport::WebSocket], |_| {})
}

async fn up(world: &mut World) -> (TestLink, WebServer) {
    let link = world.link("41027");
    let server = WebServer::logged_in(world).await;
    assert_eq!(world.event(&link).await, LinkEvent::Up);
    (link, server)
}

fn ready() -> String {
    message(&escaped(&user("READY")))
}

#[tokio::test(start_paused = true)]
async fn a_login_says_exactly_this() {
    let mut world = world();
    let link = world.link("Layla.H");
    let mut server = WebServer::accept(world.pipe().await.1).await;
    assert_eq!(server.asked, ["/ws", "fin-a.acme.test:8445", "xmpp"]);
    let mut said = Vec::new();
    for answers in ANSWERS {
        said.push(server.heard().await);
        for answer in answers {
            server.say(answer).await;
        }
    }
    let open =
        "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='fin-a.acme.test' version='1.0'/>";
    assert_eq!(
        said,
        [
            open,
            "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGxheWxhLmgAYzRuYXJ5</auth>",
            open,
            "<iq xmlns='jabber:client' type='set' id='b1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>gw-1</resource></bind></iq>",
            "<iq xmlns='jabber:client' type='set' id='s1'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>",
            "<iq xmlns='jabber:client' type='get' id='r1'><query xmlns='jabber:iq:roster'/></iq>",
            "<presence xmlns='jabber:client'><priority>0</priority></presence>",
            "<iq xmlns='jabber:client' type='get' id='a1'><ping xmlns='urn:xmpp:ping'/></iq>",
        ]
    );
    assert_eq!(world.event(&link).await, LinkEvent::Up);
}

#[tokio::test(start_paused = true)]
async fn the_older_port_has_its_own_path() {
    let mut world = World::by(&[Transport::LegacyWebSocket], |_| {});
    let _link = world.link("41027");
    let server = WebServer::accept(world.pipe().await.1).await;
    assert_eq!(server.asked, ["/ws/", "fin-a.acme.test:7443", "xmpp"]);
}

#[tokio::test(start_paused = true)]
async fn notifications_pings_and_subscriptions_are_those_of_any_link() {
    let mut world = world();
    let (link, mut server) = up(&mut world).await;
    server.say(&ready()).await;
    assert_eq!(next_state(&world, &link).await, "READY");
    server
        .say("<iq xmlns='jabber:client' type='get' id='7' from='fin-a.acme.test'><ping xmlns='urn:xmpp:ping'/></iq>")
        .await;
    assert_eq!(
        server.heard().await,
        "<iq xmlns='jabber:client' type='result' id='7' to='fin-a.acme.test'/>"
    );
    let handle = link.handle.as_ref().unwrap();
    handle.subscribe("/finesse/api/Queue/5240".into()).unwrap();
    handle
        .subscribe("/finesse/api/Team/5107/Users".into())
        .unwrap();
    assert!(
        server
            .heard()
            .await
            .contains("node='/finesse/api/Queue/5240'")
    );
    assert!(
        server
            .heard()
            .await
            .contains("node='/finesse/api/Team/5107/Users'")
    );
    assert_eq!(
        server.heard().await,
        "<iq xmlns='jabber:client' type='get' id='p1' to='fin-a.acme.test'><ping xmlns='urn:xmpp:ping'/></iq>"
    );
}

#[tokio::test(start_paused = true)]
async fn a_message_in_fragments_between_pings_is_one_stanza() {
    let mut world = world();
    let (link, mut server) = up(&mut world).await;
    let text = ready();
    // A blank there would make it another state.
    let (head, tail) = text.split_at(text.find("ADY").unwrap());
    let length = u16::try_from(head.len()).unwrap().to_be_bytes();
    let mut bytes = vec![0x01, 126, length[0], length[1]];
    bytes.extend_from_slice(head.as_bytes());
    bytes.extend_from_slice(&[0x89, 2, b'h', b'i']);
    let length = u16::try_from(tail.len()).unwrap().to_be_bytes();
    bytes.extend_from_slice(&[0x80, 126, length[0], length[1]]);
    bytes.extend_from_slice(tail.as_bytes());
    for byte in bytes {
        server.say_bytes(&[byte]).await;
        tokio::task::yield_now().await;
    }
    assert_eq!(server.message().await, Some(Message::Pong("hi".into())));
    assert_eq!(next_state(&world, &link).await, "READY");
}

#[tokio::test(start_paused = true)]
async fn a_ping_below_the_stream_is_answered_and_counts_as_life() {
    let mut world = world();
    let (link, mut server) = up(&mut world).await;
    for _ in 0..4 {
        tokio::time::advance(Duration::from_secs(15)).await;
        server.send(Message::Ping("1".into())).await;
        let mut pong = false;
        let mut ping = false;
        while !(pong && ping) {
            match server.message().await {
                Some(Message::Pong(_)) => pong = true,
                Some(Message::Text(text)) => ping = text.contains("urn:xmpp:ping"),
                other => panic!("{other:?}"),
            }
        }
    }
    server.say(&ready()).await;
    assert_eq!(next_state(&world, &link).await, "READY");
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_is_noticed_in_twenty_seconds_and_the_link_comes_back() {
    let mut world = world();
    let (link, _silent) = up(&mut world).await;
    let start = Instant::now();
    let down = LinkEvent::Down {
        reason: "the server was silent for 20 s".into(),
    };
    assert_eq!(world.event(&link).await, down);
    assert_eq!(start.elapsed().as_secs(), 20);
    let _server = WebServer::logged_in(&mut world).await;
    assert_eq!(world.event(&link).await, LinkEvent::Up);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_password_and_a_conflict_are_final() {
    for (step, answer) in [
        (
            1,
            "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>",
        ),
        (
            8,
            "<stream:error xmlns:stream='http://etherx.jabber.org/streams'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
        ),
    ] {
        let mut world = world();
        let mut link = world.link("41027");
        let mut server = WebServer::accept(world.pipe().await.1).await;
        for answers in &ANSWERS[..step] {
            server.heard().await;
            for answer in *answers {
                server.say(answer).await;
            }
        }
        if step == 1 {
            server.heard().await;
        } else {
            assert_eq!(world.event(&link).await, LinkEvent::Up);
        }
        server.say(answer).await;
        let event = world.event(&link).await;
        match step {
            1 => assert!(matches!(event, LinkEvent::Refused { .. }), "{event:?}"),
            _ => assert_eq!(event, LinkEvent::Conflict),
        }
        link.ended().await;
        assert_eq!(world.dials(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_closed_link_says_goodbye_message_by_message() {
    let mut world = world();
    let (mut link, mut server) = up(&mut world).await;
    link.handle.take().unwrap().close();
    assert_eq!(
        server.heard().await,
        "<presence xmlns='jabber:client' type='unavailable'/>"
    );
    assert_eq!(
        server.heard().await,
        "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>"
    );
    assert_eq!(server.message().await, Some(Message::Close(None)));
    link.ended().await;
}

#[tokio::test(start_paused = true)]
async fn what_ends_the_socket_is_a_link_lost() {
    for (end, reason) in [
        (
            Message::text("<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>"),
            "the server closed the stream",
        ),
        (Message::Close(None), "unexpected end of file"),
        (Message::binary(vec![1, 2]), "a message that is no text"),
        (
            Message::text(format!("<message>{}</message>", "x".repeat(300 * 1024))),
            "a stanza is too large",
        ),
        (
            Message::text("<a>".repeat(80)),
            "elements are nested too deep",
        ),
        (
            Message::text("<!DOCTYPE a [<!ENTITY b 'c'>]>"),
            "forbidden markup in the stream",
        ),
    ] {
        let mut world = world();
        let (link, mut server) = up(&mut world).await;
        server.send(end).await;
        let down = LinkEvent::Down {
            reason: reason.into(),
        };
        assert_eq!(world.event(&link).await, down);
        let _server = WebServer::logged_in(&mut world).await;
        assert_eq!(world.event(&link).await, LinkEvent::Up);
    }
}

#[tokio::test(start_paused = true)]
async fn bytes_that_are_no_frame_end_one_link() {
    for bytes in [&b"\xf1\x01x"[..], b"\x81\x81abcdx", b"HTTP/1.1 400"] {
        let mut world = world();
        let (link, mut server) = up(&mut world).await;
        server.say_bytes(bytes).await;
        let event = world.event(&link).await;
        assert!(matches!(event, LinkEvent::Down { .. }), "{event:?}");
        let _server = WebServer::logged_in(&mut world).await;
        assert_eq!(world.event(&link).await, LinkEvent::Up);
    }
}

#[tokio::test(start_paused = true)]
async fn bytes_that_are_no_text_spoil_one_stanza() {
    let mut world = world();
    let (link, mut server) = up(&mut world).await;
    server
        .say_bytes(b"\x81\x1c<message><x>\xff\xfe</x></message>")
        .await;
    let undecodable = LinkEvent::Undecodable {
        reason: "not UTF-8".into(),
    };
    assert_eq!(world.event(&link).await, undecodable);
    server.say(&ready()).await;
    assert_eq!(next_state(&world, &link).await, "READY");
}

#[tokio::test(start_paused = true)]
async fn a_stanza_that_cannot_be_read_is_told_and_the_link_lives_on() {
    let mut world = world();
    let (link, mut server) = up(&mut world).await;
    server.say("<message a='1' a='2'><x/></message>").await;
    server.say(&message("&lt;Update&gt;")).await;
    let event = world.event(&link).await;
    assert!(matches!(event, LinkEvent::Undecodable { .. }), "{event:?}");
    server.say(&ready()).await;
    assert_eq!(next_state(&world, &link).await, "READY");
}

#[tokio::test(start_paused = true)]
async fn a_frame_that_comes_with_the_answer_to_the_upgrade_is_not_lost() {
    let mut world = world();
    let _link = world.link("41027");
    let mut pipe = world.pipe().await.1;
    let mut request = vec![0; 4096];
    let length = pipe.read(&mut request).await.unwrap();
    let request = std::str::from_utf8(&request[..length]).unwrap();
    let key = request.split("Sec-WebSocket-Key: ").nth(1).unwrap();
    let key = derive_accept_key(key.lines().next().unwrap().as_bytes());
    let answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {key}\r\nSec-WebSocket-Protocol: xmpp\r\n\r\n"
    );
    // A ping in two pieces, the first of them with the answer.
    let mut answer = answer.into_bytes();
    answer.push(0x89);
    pipe.write_all(&answer).await.unwrap();
    pipe.write_all(&[0x00]).await.unwrap();
    let mut server = WebServer::upgraded(pipe).await;
    let mut heard = Vec::new();
    while heard.len() < 2 {
        heard.push(server.message().await.unwrap());
    }
    assert!(heard.contains(&Message::Pong(Bytes::new())), "{heard:?}");
}

#[tokio::test(start_paused = true)]
async fn a_refused_upgrade_is_told_apart_from_a_broken_one() {
    for (answer, reason) in [
        (
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
            "the server refused the WebSocket with 404",
        ),
        (
            "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
            "the server refused the WebSocket with 403",
        ),
        ("SSH-2.0-x\r\n", "the WebSocket could not be opened: "),
        ("", "the WebSocket could not be opened: "),
        (
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n",
            "the WebSocket could not be opened: ",
        ),
    ] {
        let mut world = world();
        let link = world.link("41027");
        let asked = answer_upgrade(world.pipe().await.1, answer).await;
        assert!(asked.starts_with("GET /ws HTTP/1.1\r\n"), "{asked}");
        assert!(!asked.to_lowercase().contains("authorization"), "{asked}");
        let LinkEvent::Unreachable { reason: told } = world.event(&link).await else {
            panic!("not unreachable after {answer}");
        };
        assert!(told.starts_with(reason), "{told}");
        let _server = WebServer::logged_in(&mut world).await;
        assert_eq!(world.event(&link).await, LinkEvent::Up);
    }
}
