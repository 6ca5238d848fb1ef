//! Commands from queues and events to topics, with a broker that the tests script.

mod once;

use std::time::Duration;

use bytes::BytesMut;
use gc_protocol::style::Dialect;
use gc_server::config::{BrokerQueue, Config};
use pretty_assertions::assert_eq;
use stomp_client::{Command, Decoder, Frame, Item, encode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::core::Told;
use crate::support::{Gateway, soon};

/// A broker, on loopback.
pub(crate) struct Broker(TcpListener);

/// It and the gateway.
pub(crate) struct Line {
    stream: TcpStream,
    decoder: Decoder,
}

impl Broker {
    pub(crate) async fn start() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    pub(crate) fn settings(&self) -> impl Fn(&mut Config) + use<> {
        let address = self.0.local_addr().unwrap();
        move |config| {
            config.broker.brokers = vec![format!("stomp://{address}")];
            config.broker.user = "gc".into();
            config.broker.password = gc_protocol::Secret::new("c4nary-broker");
        }
    }

    /// The gateway signs in and subscribes to one queue.
    pub(crate) async fn welcome(&self) -> Line {
        let mut line = self.sign_in().await;
        let subscribe = line.hear().await;
        assert_eq!(subscribe.command, Command::Subscribe);
        line
    }

    async fn sign_in(&self) -> Line {
        let (stream, _) = soon(self.0.accept()).await.unwrap();
        let mut line = Line {
            stream,
            decoder: Decoder::default(),
        };
        assert_eq!(line.hear().await.command, Command::Connect);
        let connected = Frame::new(Command::Connected).with("version", "1.2");
        line.say(&connected).await;
        line
    }
}

impl Line {
    async fn say(&mut self, frame: &Frame) {
        let mut bytes = BytesMut::new();
        encode(frame, &mut bytes).unwrap();
        soon(self.stream.write_all(&bytes)).await.unwrap();
    }

    /// A message of the first queue.
    async fn command(&mut self, id: &str, kind: &str, body: &str) {
        self.command_of("1", id, kind, body).await;
    }

    async fn command_of(&mut self, queue: &str, id: &str, kind: &str, body: &str) {
        self.say(&message_of(queue, id, kind, body)).await;
    }

    /// A message of the first queue that somebody was given before and has not acknowledged.
    async fn command_again(&mut self, id: &str, kind: &str, body: &str) {
        let message = message_of("1", id, kind, body).with("redelivered", "true");
        self.say(&message).await;
    }

    /// The next frame; an acknowledgement is confirmed, as the gateway asks for it.
    async fn hear(&mut self) -> Frame {
        let frame = self.hear_only().await;
        if frame.command == Command::Ack && frame.header("receipt").is_some() {
            self.confirm(&frame).await;
        }
        frame
    }

    /// Says that a frame was taken.
    async fn confirm(&mut self, frame: &Frame) {
        let receipt = frame.header("receipt").unwrap();
        let receipt = Frame::new(Command::Receipt).with("receipt-id", receipt);
        self.say(&receipt).await;
    }

    /// The next frame, which stays without an answer.
    async fn hear_only(&mut self) -> Frame {
        loop {
            match self.decoder.next_item().unwrap() {
                Some(Item::Frame(frame)) => return frame,
                Some(Item::Oversized(frame)) => panic!("{frame:?}"),
                Some(Item::HeartBeat) => {}
                None => {
                    let mut bytes = [0; 4096];
                    let read = soon(self.stream.read(&mut bytes)).await.unwrap();
                    assert!(read > 0, "the gateway has gone");
                    self.decoder.feed(&bytes[..read]);
                }
            }
        }
    }

    /// The next event, with whatever is acknowledged before it.
    pub(crate) async fn event(&mut self) -> Frame {
        loop {
            let frame = self.hear().await;
            if frame.command == Command::Send {
                return frame;
            }
        }
    }

    /// The next event of a type, with whatever comes before it.
    async fn event_of(&mut self, kind: &str) -> Frame {
        loop {
            let event = self.event().await;
            if event.header("type") == Some(kind) {
                return event;
            }
        }
    }

    /// The next acknowledgement, with whatever is sent before it.
    async fn acked(&mut self) -> String {
        loop {
            let frame = self.hear().await;
            if frame.command == Command::Ack {
                return frame.header("id").unwrap().to_owned();
            }
        }
    }

    /// Lets the gateway part.
    pub(crate) async fn goodbye(&mut self) {
        let goodbye = loop {
            let frame = self.hear().await;
            if frame.command == Command::Disconnect {
                break frame;
            }
        };
        let receipt = goodbye.header("receipt").unwrap();
        let receipt = Frame::new(Command::Receipt).with("receipt-id", receipt);
        self.say(&receipt).await;
    }

    /// Connects an agent through the first queue.
    pub(crate) async fn connect(&mut self, destination: &str) {
        let id = format!("connect-{destination}");
        let body = format!("{destination},c4nary");
        self.command(&id, "Connect#41027", &body).await;
        assert_eq!(self.event().await.header("type"), Some("ConnectStatus"));
    }
}

fn message_of(queue: &str, id: &str, kind: &str, body: &str) -> Frame {
    Frame::new(Command::Message)
        .with("subscription", queue)
        .with("message-id", id)
        .with("ack", format!("ack-{id}"))
        .with("type", kind)
        .with_body(body.to_owned())
}

fn text(frame: &Frame) -> &str {
    std::str::from_utf8(&frame.body).unwrap()
}

#[tokio::test]
async fn a_command_of_the_queue_is_carried_out_and_acknowledged_and_its_event_is_a_text_on_the_topic()
 {
    let broker = Broker::start().await;
    let mut gateway = Gateway::with(broker.settings()).await;
    let mut line = broker.sign_in().await;
    let subscribe = line.hear().await;
    for (name, value) in [
        ("destination", "/queue/Connector1"),
        ("ack", "client-individual"),
        ("activemq.exclusive", "true"),
        ("activemq.priority", "127"),
        ("activemq.prefetchSize", "16"),
    ] {
        assert_eq!(subscribe.header(name), Some(value), "{name}");
    }
    line.command("1", "Hello#desk-17", "null").await;
    assert_eq!(gateway.told().await, Told::Up("desk-17".into()));
    assert_eq!(gateway.told().await, Told::Command("Hello"));
    let (mut acked, mut event) = (None, None);
    for _ in 0..2 {
        let frame = line.hear().await;
        match frame.command {
            Command::Ack => acked = Some(frame),
            _ => event = Some(frame),
        }
    }
    assert_eq!(acked.unwrap().header("id"), Some("ack-1"));
    let event = event.unwrap();
    assert_eq!(
        event.headers,
        [
            ("destination", "/topic/desk-17"),
            ("type", "System"),
            ("gc-sequence", "1"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    assert_eq!(text(&event), r#"{"type":"System","status":"IN_SERVICE"}"#);
    line.connect("desk-17").await;
    line.command("3", "MakeReady#41027", "").await;
    let event = line.event().await;
    assert_eq!(event.header("type"), Some("State"));
    assert_eq!(event.header("gc-agent-id"), Some("41027"));
}

#[tokio::test]
async fn a_typed_command_needs_no_type_and_is_executed_once_by_its_id() {
    let broker = Broker::start().await;
    let mut gateway = Gateway::with(broker.settings()).await;
    let mut line = broker.welcome().await;
    let typed = r#"{"command":"Connect","agentId":"41027","params":{"destination":"desk-17","password":"c4nary"},"commandId":"c-1"}"#;
    for id in ["1", "2"] {
        line.command(id, "", typed).await;
        line.acked().await;
    }
    assert_eq!(gateway.told().await, Told::Up("desk-17".into()));
    assert_eq!(gateway.told().await, Told::Command("Connect"));
    line.command("3", "Hello#desk-17", "").await;
    assert_eq!(gateway.told().await, Told::Command("Hello"));
}

#[tokio::test]
async fn a_command_that_is_delivered_again_is_acknowledged_and_never_executed_twice() {
    let broker = Broker::start().await;
    let mut gateway = Gateway::with(broker.settings()).await;
    let mut line = broker.welcome().await;
    line.connect("desk-17").await;
    line.command("call-1", "MakeCall#41027", "03005550142")
        .await;
    assert_eq!(line.acked().await, "ack-call-1");
    for told in [
        Told::Up("desk-17".into()),
        Told::Command("Connect"),
        Told::Command("MakeCall"),
    ] {
        assert_eq!(gateway.told().await, told);
    }
    line.command("hold-1", "HoldCall#41027", "207").await;
    assert_eq!(gateway.told().await, Told::Command("HoldCall"));
    // The connection goes before the broker has seen the acknowledgement; and it has lost the other one, which it confirmed.
    drop(line);
    let mut line = broker.welcome().await;
    for (id, kind, body) in [
        ("call-1", "MakeCall#41027", "03005550142"),
        ("hold-1", "HoldCall#41027", "207"),
    ] {
        line.command_again(id, kind, body).await;
        assert_eq!(line.acked().await, format!("ack-{id}"));
    }
    line.command("4", "MakeReady#41027", "").await;
    assert_eq!(gateway.told().await, Told::Gone("desk-17".into()));
    assert_eq!(gateway.told().await, Told::Up("desk-17".into()));
    assert_eq!(gateway.told().await, Told::Command("MakeReady"));
}

#[tokio::test]
async fn a_destination_that_is_no_plain_name_is_refused_and_the_next_command_works() {
    let broker = Broker::start().await;
    let mut gateway = Gateway::with(broker.settings()).await;
    let mut line = broker.welcome().await;
    for (id, destination) in [
        ("1", "a/b"),
        ("2", "desk.>"),
        ("3", "ActiveMQ.Advisory.Queue"),
    ] {
        line.command(id, &format!("Hello#{destination}"), "").await;
        assert_eq!(line.acked().await, format!("ack-{id}"));
    }
    line.command("4", "Hello#desk-17", "").await;
    assert_eq!(gateway.told().await, Told::Up("desk-17".into()));
    let event = line.event().await;
    assert_eq!(event.header("destination"), Some("/topic/desk-17"));
}

#[tokio::test]
async fn a_broken_command_for_a_connected_agent_is_answered_where_its_events_go() {
    let broker = Broker::start().await;
    let _gateway = Gateway::with(broker.settings()).await;
    let mut line = broker.welcome().await;
    line.connect("desk-17").await;
    line.command("2", "MakeReady#41027", "one,two,three").await;
    let error = line.event().await;
    assert_eq!(error.header("destination"), Some("/topic/desk-17"));
    assert_eq!(error.header("type"), Some("Error"));
    assert!(text(&error).contains("PLEASE_RETRY"), "{}", text(&error));
}

#[tokio::test]
async fn a_command_beyond_the_limit_is_acknowledged_and_the_connection_lives() {
    let broker = Broker::start().await;
    let _gateway = Gateway::with(|config| {
        broker.settings()(config);
        config.broker.body_limit = 100;
    })
    .await;
    let mut line = broker.welcome().await;
    line.command("1", "Hello#desk-17", &"x".repeat(101)).await;
    assert_eq!(line.acked().await, "ack-1");
    line.command("2", "Hello#desk-17", "").await;
    assert_eq!(line.event().await.header("type"), Some("System"));
}

#[tokio::test]
async fn each_queue_is_a_client_of_its_own_with_its_own_dialect() {
    let broker = Broker::start().await;
    let _gateway = Gateway::with(|config| {
        broker.settings()(config);
        let queues = &mut config.broker.queues;
        queues.insert("crm".into(), BrokerQueue::default());
        let oldest = BrokerQueue {
            dialect: Some(Dialect::String),
            ..BrokerQueue::default()
        };
        queues.insert("desk".into(), oldest);
    })
    .await;
    let mut line = broker.sign_in().await;
    let queues = [line.hear().await, line.hear().await];
    assert_eq!(queues[0].header("destination"), Some("/queue/crm"));
    assert_eq!(queues[1].header("destination"), Some("/queue/desk"));
    line.connect("crm-1").await;
    line.command_of("2", "2", "Hello#desk-1", "").await;
    assert_eq!(text(&line.event().await), "System#IN_SERVICE");

    // Neither the agent nor the destination of the other queue.
    line.command_of("2", "3", "MakeReady#41027", "").await;
    line.command_of("2", "4", "Hello#crm-1", "").await;
    for id in ["3", "4"] {
        assert_eq!(line.acked().await, format!("ack-{id}"));
    }
    line.command("5", "MakeReady#41027", "").await;
    let event = line.event().await;
    assert_eq!(event.header("destination"), Some("/topic/crm-1"));
    assert_eq!(event.header("type"), Some("State"));
}

#[tokio::test]
async fn events_that_waited_too_long_for_a_broker_are_lost_and_a_gap_says_so() {
    let broker = Broker::start().await;
    let mut gateway = Gateway::with(|config| {
        broker.settings()(config);
        config.broker.give_up_after = Duration::from_millis(50);
        // No new connection before the test lets it.
        config.broker.heart_beat = Duration::from_secs(60);
    })
    .await;
    let mut line = broker.welcome().await;
    line.connect("desk-17").await;
    line.command("2", "GetState#41027", "").await;
    drop(line);
    for _ in 0..4 {
        gateway.told().await;
    }
    lost(&gateway).await;
    let mut line = broker.welcome().await;
    // What had been given to the connection before it broke comes first.
    let gap = loop {
        let event = line.event().await;
        match event.header("type") {
            Some("State") => assert!(number(&event) <= 1_001),
            _ => break event,
        }
    };
    assert_eq!(gap.header("type"), Some("Gap"));
    assert_eq!(gap.header("destination"), Some("/topic/desk-17"));
    assert_eq!(gap.header("gc-sequence"), None);
    assert_eq!(text(&gap), r#"{"type":"Gap"}"#);
    line.command("3", "MakeReady#41027", "").await;
    let event = line.event().await;
    assert_eq!(event.header("type"), Some("State"));
    assert_eq!(number(&event), 1_002);
}

fn number(event: &Frame) -> u64 {
    event.header("gc-sequence").unwrap().parse().unwrap()
}

/// Waits until the gateway has counted an event that no broker got.
async fn lost(gateway: &Gateway) {
    soon(async {
        loop {
            let metrics = gateway.admin("/metrics").await.text;
            let counted = metrics.lines().find_map(|line| {
                let count = line.strip_prefix("gc_broker_events_lost_total ")?;
                count.parse::<u64>().ok()
            });
            if counted.unwrap_or_default() > 0 {
                return;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn others_are_served_while_the_broker_is_down_and_readiness_tells() {
    let broker = Broker::start().await;
    let settings = broker.settings();
    drop(broker);
    let gateway = Gateway::with(settings).await;
    let mut socket = gateway.socket("?destination=desk-17", "gc.v1").await;
    socket.say("Hello#desk-17").await;
    assert_eq!(socket.hear().await["type"], "System");
    let readiness = soon(async {
        loop {
            let readiness = gateway.admin("/readyz").await.json();
            if readiness["broker"]["reason"] != "not connected yet" {
                return readiness;
            }
        }
    })
    .await;
    assert_eq!(readiness["broker"]["connected"], false);
    let reason = readiness["broker"]["reason"].as_str().unwrap();
    assert!(reason.contains("refused"), "{reason}");
    let metrics = gateway.admin("/metrics").await.text;
    assert!(metrics.contains("gc_broker_connected 0"), "{metrics}");
    gateway.stop().await;
}

#[tokio::test]
async fn a_gateway_without_a_broker_says_nothing_of_one() {
    let gateway = Gateway::open().await;
    let readiness = gateway.admin("/readyz").await.json();
    assert_eq!(readiness.get("broker"), None);
}

#[tokio::test]
async fn a_stop_sends_what_waits_and_says_goodbye() {
    let broker = Broker::start().await;
    let gateway = Gateway::with(broker.settings()).await;
    let mut line = broker.welcome().await;
    line.connect("desk-17").await;
    let stopping = tokio::spawn(gateway.stop());
    line.goodbye().await;
    soon(stopping).await.unwrap();
}

#[tokio::test]
async fn a_persistent_event_is_sent_again_until_the_broker_has_it() {
    let broker = Broker::start().await;
    let _gateway = Gateway::with(|config| {
        broker.settings()(config);
        config.broker.persistent = true;
    })
    .await;
    let mut line = broker.welcome().await;
    line.command("1", "Hello#desk-17", "").await;
    let event = line.event().await;
    assert_eq!(event.header("persistent"), Some("true"));
    drop(line);
    let mut line = broker.welcome().await;
    assert_eq!(line.event().await, event);
}

#[tokio::test]
async fn destinations_without_an_agent_make_room_for_new_ones_and_those_with_one_stay() {
    let broker = Broker::start().await;
    let mut gateway = Gateway::with(|config| {
        broker.settings()(config);
        config.server.max_destinations = 2;
    })
    .await;
    let mut line = broker.welcome().await;
    line.connect("desk-17").await;
    for name in ["idle-1", "idle-2"] {
        line.command(name, &format!("Hello#{name}"), "").await;
        let topic = format!("/topic/{name}");
        assert_eq!(line.event().await.header("destination"), Some(&*topic));
    }
    line.command("2", "MakeReady#41027", "").await;
    let event = line.event().await;
    assert_eq!(event.header("destination"), Some("/topic/desk-17"));
    let told = [
        Told::Up("desk-17".into()),
        Told::Command("Connect"),
        Told::Up("idle-1".into()),
        Told::Command("Hello"),
    ];
    for expected in told {
        assert_eq!(gateway.told().await, expected);
    }
    let mut moved = vec![gateway.told().await, gateway.told().await];
    moved.sort_by_key(|told| format!("{told:?}"));
    assert_eq!(
        moved,
        [Told::Gone("idle-1".into()), Told::Up("idle-2".into())]
    );
}

#[tokio::test]
async fn readiness_names_the_broker_that_is_used() {
    let broker = Broker::start().await;
    let gateway = Gateway::with(broker.settings()).await;
    let _line = broker.welcome().await;
    let readiness = soon(async {
        loop {
            let readiness = gateway.admin("/readyz").await.json();
            if readiness["broker"]["connected"] == true {
                return readiness;
            }
        }
    })
    .await;
    let address = broker.0.local_addr().unwrap().to_string();
    assert_eq!(readiness["broker"]["broker"], address);
    assert_eq!(readiness["broker"]["reason"], "");
}

#[tokio::test]
async fn a_password_of_a_command_is_in_no_event_and_no_answer() {
    let broker = Broker::start().await;
    let _gateway = Gateway::with(broker.settings()).await;
    let mut line = broker.welcome().await;
    line.connect("desk-17").await;
    for (id, kind, body) in [
        ("2", "Login#41027", "c4nary"),
        ("3", "Login#41027", "c4nary,6127,"),
        (
            "4",
            "",
            r#"{"command":"Login","agentId":"41027","params":{"password":"c4nary"}}"#,
        ),
    ] {
        line.command(id, kind, body).await;
        let error = line.event().await;
        assert_eq!(error.header("type"), Some("Error"), "{id}");
        assert!(!text(&error).contains("c4nary"), "{}", text(&error));
    }
}
