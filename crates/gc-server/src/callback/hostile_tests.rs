//! No connection is ever made to where a callback must not go: a world of our own looks names up, makes the connections and counts
//! them, and every case goes all the way through a courier, whatever was refused before.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

use super::courier::{Courier, Couriers, Post, Verdict};
use super::hostile::{ADDRESSES, BASES, ENDPOINTS, HOSTS};
use super::network::Network;
use super::target::{Neighbour, Policy, Shut, Target};
use crate::config::Callbacks;

/// Where every connection leads, and what was asked for.
#[derive(Debug)]
struct World {
    receiver: SocketAddr,
    answers: Mutex<VecDeque<Vec<SocketAddr>>>,
    dialled: Mutex<Vec<SocketAddr>>,
}

impl Network for World {
    fn lookup<'a>(&'a self, _: &'a str, port: u16) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
        let answer = self.answers.lock().unwrap().pop_front().unwrap_or_default();
        let at = move |address: &SocketAddr| SocketAddr::new(address.ip(), port);
        Box::pin(async move { Ok(answer.iter().map(at).collect()) })
    }

    fn connect<'a>(&'a self, checked: &'a [SocketAddr]) -> BoxFuture<'a, io::Result<TcpStream>> {
        self.dialled.lock().unwrap().extend(checked);
        Box::pin(TcpStream::connect(self.receiver))
    }
}

impl World {
    /// Its receiver answers every request with this head, and closes.
    async fn answering(head: &'static str) -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let answer =
                    format!("HTTP/1.1 {head}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        Arc::new(Self {
            receiver,
            answers: Mutex::default(),
            dialled: Mutex::default(),
        })
    }

    fn courier(self: &Arc<Self>, fqdn: &str) -> Option<Courier> {
        self.courier_to(fqdn, "/gc/events")
    }

    fn courier_to(self: &Arc<Self>, fqdn: &str, endpoint: &str) -> Option<Courier> {
        let target = Target::parse(fqdn, endpoint).ok()?;
        // Reading the machine's authorities takes a while.
        static COURIERS: OnceLock<Couriers> = OnceLock::new();
        let couriers =
            COURIERS.get_or_init(|| Couriers::new(&Callbacks::default(), policy()).unwrap());
        Some(couriers.clone().within(self.clone()).to(target))
    }

    fn will_lead_to(&self, addresses: &[&str]) {
        let at = |address: &&str| SocketAddr::new(address.parse().unwrap(), 0);
        let answer = addresses.iter().map(at).collect();
        self.answers.lock().unwrap().push_back(answer);
    }

    fn dialled(&self) -> Vec<String> {
        let dialled = std::mem::take(&mut *self.dialled.lock().unwrap());
        dialled.iter().map(SocketAddr::to_string).collect()
    }
}

/// Open to all that can be listed, so that nothing but the rules about addresses stands in the way.
fn policy() -> Policy {
    let allow = [
        "https://crm.example.org",
        "https://0.0.0.0/0:*",
        "https://[::/0]:*",
        "https://*.partner.example:*",
        "http://192.0.2.10:8080",
        "http://crm.example.org:8080",
        "http://finesse.example.org:8080",
        "http://10.20.0.12:61613",
    ];
    let known = |host: &str, shut| Neighbour {
        host: host.into(),
        shut,
    };
    Policy {
        allow: allow.iter().map(|entry| entry.parse().unwrap()).collect(),
        own: vec!["192.0.2.5:8080".parse().unwrap()],
        neighbours: vec![
            known("finesse.example.org", Shut::Host(vec![8445])),
            known("192.0.2.11", Shut::Host(vec![8445])),
            known("10.20.0.12", Shut::Port(61613)),
        ],
    }
}

async fn post(courier: &mut Courier) -> Verdict {
    let post = Post {
        id: "desk-1/1".into(),
        sequence: Some(1),
        agent: None,
        content_type: "application/json",
        body: "{}".into(),
        signing: None,
    };
    let limit = Instant::now() + Duration::from_secs(20);
    courier.deliver(&post, limit).await
}

fn refused(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Failed(reason) if reason.starts_with("the receiver"))
}

#[tokio::test]
async fn an_allowed_receiver_is_connected_to_so_the_counting_counts() {
    let world = World::answering("200 OK").await;
    let mut courier = world.courier("http://192.0.2.10:8080").unwrap();
    assert_eq!(post(&mut courier).await, Verdict::Delivered);
    assert_eq!(world.dialled(), ["192.0.2.10:8080"]);
}

#[tokio::test]
async fn no_spelling_of_a_forbidden_address_is_connected_to() {
    let world = World::answering("200 OK").await;
    for host in HOSTS {
        for port in [443, 7443] {
            let fqdn = format!("https://{host}:{port}");
            let mut courier = world.courier(&fqdn).unwrap();
            assert!(refused(&post(&mut courier).await), "{fqdn}");
        }
    }
    assert_eq!(world.dialled(), [""; 0]);
}

#[tokio::test]
async fn no_name_that_leads_to_a_forbidden_address_is_connected_to() {
    let world = World::answering("200 OK").await;
    for address in ADDRESSES {
        for fqdn in ["https://a.partner.example", "http://crm.example.org:8080"] {
            for answer in [
                &[*address][..],
                &["192.0.2.1", address],
                &[address, "192.0.2.1"],
            ] {
                world.will_lead_to(answer);
                let mut courier = world.courier(fqdn).unwrap();
                assert!(refused(&post(&mut courier).await), "{fqdn} {answer:?}");
            }
        }
    }
    assert_eq!(world.dialled(), [""; 0]);
}

#[tokio::test]
async fn a_name_that_leads_to_a_forbidden_address_later_is_not_connected_to_again() {
    let world = World::answering("200 OK").await;
    for address in ADDRESSES {
        world.will_lead_to(&["192.0.2.7"]);
        world.will_lead_to(&[address]);
        let mut courier = world.courier("http://crm.example.org:8080").unwrap();
        assert_eq!(post(&mut courier).await, Verdict::Delivered);
        assert_eq!(world.dialled(), ["192.0.2.7:8080"]);
        assert!(refused(&post(&mut courier).await), "{address}");
        assert_eq!(world.dialled(), [""; 0], "{address}");
    }
}

#[tokio::test]
async fn no_redirection_is_followed() {
    for head in [
        "301 Moved Permanently\r\nlocation: http://127.0.0.1/",
        "302 Found\r\nlocation: http://169.254.169.254/latest/meta-data",
        "303 See Other\r\nlocation: http://[::1]/",
        "307 Temporary Redirect\r\nlocation: http://192.0.2.5:8080/",
        "308 Permanent Redirect\r\nlocation: //127.0.0.1/",
        "300 Multiple Choices\r\nlocation: http://0/",
    ] {
        let world = World::answering(head).await;
        let mut courier = world.courier("http://192.0.2.10:8080").unwrap();
        let verdict = post(&mut courier).await;
        assert!(refused(&verdict), "{head}: {verdict:?}");
        assert_eq!(world.dialled(), ["192.0.2.10:8080"], "{head}");
    }
}

#[tokio::test]
async fn nothing_that_is_no_plain_receiver_is_connected_to() {
    let world = World::answering("200 OK").await;
    for fqdn in BASES {
        world.will_lead_to(&["127.0.0.1"]);
        if let Some(mut courier) = world.courier(fqdn) {
            assert!(refused(&post(&mut courier).await), "{fqdn:?}");
        }
    }
    for endpoint in ENDPOINTS {
        let courier = world.courier_to("https://crm.example.org", endpoint);
        assert!(courier.is_none(), "{endpoint:?}");
    }
    assert_eq!(world.dialled(), [""; 0]);
}

#[tokio::test]
async fn our_own_listeners_finesse_and_the_broker_are_not_connected_to() {
    let world = World::answering("200 OK").await;
    for (fqdn, address) in [
        ("http://crm.example.org:8080", "192.0.2.5"),
        ("http://crm.example.org:8080", "192.0.2.11"),
        ("http://finesse.example.org:8080", "192.0.2.1"),
        ("http://10.20.0.12:61613", ""),
        ("https://10.20.0.12:61613", ""),
        ("https://192.0.2.11:9", ""),
    ] {
        if !address.is_empty() {
            world.will_lead_to(&[address]);
        }
        let mut courier = world.courier(fqdn).unwrap();
        assert!(refused(&post(&mut courier).await), "{fqdn} {address}");
    }
    assert_eq!(world.dialled(), [""; 0]);
}
