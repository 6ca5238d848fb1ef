//! The link to Finesse is cut, silent, slow or flapping, by each transport.

use std::time::Duration;

use anyhow::Result;
use finesse_sim::Site;
use gc_testkit::client::{PATIENCE, event_of};
use gc_testkit::proxy::{Cut, Direction, Limit, Toxics};
use gc_testkit::{Actor, Client, Names, Proxy, Transport, World};

use serde_json::Value;

use super::{Link, SILENT, next_event, state_at_finesse, until, until_both_serve, until_link};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_is_reset_is_told_after_a_while_and_mended_by_a_snapshot() -> Result<()> {
    for link in Link::ALL {
        let (world, network) = link.world(|_| {}).await?;
        let line = link.line(&network);
        let mut layla = Actor::ready(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
        let mut older = Client::open(world.gateway(), Transport::WebSocketV1, "desk-41027").await?;
        line.down().await?;
        until_link(&world, "41027", "down").await?;
        let of_agent = |event: &Value| event["type"] == "System" && event["agentId"] == "41027";
        let told = layla.client.next_of(of_agent).await?;
        assert_eq!(told["event"]["status"], "OUT_OF_SERVICE");
        layla.client.drain();
        world.call("03005550142", "7800").await?;
        until("the call rings", || async {
            Ok(state_at_finesse(&world, "41027") == "RESERVED")
        })
        .await?;
        line.heal().await?;
        let mut came = Vec::new();
        for _ in 0..3 {
            let frame = next_event(&mut layla.client).await?;
            came.push(format!("{} {}", frame["origin"], frame["event"]["type"]));
        }
        assert_eq!(
            came,
            [
                r#""snapshot" "State""#,
                r#""snapshot" "NewInboundCall""#,
                r#""live" "System""#
            ]
        );
        assert_eq!(world.simulator().counters().sign_ins["41027"].logins, 1);
        older
            .next_of(|event| event["type"] == "NewInboundCall")
            .await?;
        assert!(!older.has(of_agent));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_reset_after_any_number_of_bytes_is_made_again_and_harms_nothing() -> Result<()> {
    for link in Link::ALL {
        let (world, network) = link.world(|_| {}).await?;
        let line = link.line(&network);
        let mut layla = Actor::ready(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
        for (direction, most) in [(Direction::ToServer, 3_000), (Direction::ToClient, 5_000)] {
            for bytes in (0..most).step_by(149) {
                cut_login(line, direction, bytes).await?;
                line.heal().await?;
                until_link(&world, "41027", "up").await?;
            }
        }
        layla.client.drain();
        layla.send("MakeNotReady", "null").await?;
        layla
            .expect(&mut Names::default(), &["State NOT_READY"], &[])
            .await?;
        assert_eq!(world.failed_sign_ins("41027"), 0);
        assert_eq!(line.connections().most, 1);
    }
    Ok(())
}

/// Cuts the link, and then the login that follows after so many bytes, unless it takes fewer.
async fn cut_login(line: &Proxy, direction: Direction, bytes: u64) -> Result<()> {
    let cut = Cut::Reset;
    line.spoil(
        direction,
        Toxics {
            limit: Some(Limit { bytes, cut }),
            ..Toxics::default()
        },
    );
    let before = line.connections().taken;
    line.cut(Cut::Reset);
    until("the login is tried again", || async {
        let now = line.connections();
        Ok(now.taken > before + 1 || now.taken > before && now.open == 1)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stanza_cut_in_the_middle_is_neither_lost_nor_told_twice() -> Result<()> {
    for link in Link::ALL {
        let (world, network) = link.world(|_| {}).await?;
        let line = link.line(&network);
        let mut layla = Actor::ready(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
        line.spoil(
            Direction::ToClient,
            Toxics {
                bandwidth: Some(500),
                ..Toxics::default()
            },
        );
        let before = line.carried(Direction::ToClient);
        let dialog = world.call("03005550142", "7800").await?;
        // Of the first of the notifications a part has come.
        until("a part of a stanza comes", || async {
            Ok(line.carried(Direction::ToClient) > before + 50)
        })
        .await?;
        line.cut(Cut::Reset);
        line.heal().await?;
        let ringing = |frame: &Value| frame["type"] == "NewInboundCall";
        let told = layla.client.next_of(ringing).await?;
        assert_eq!(told["origin"], "snapshot", "{told}");
        assert_eq!(event_of(&told)["dialogId"], dialog.as_str());
        layla.send("AnswerCall", &dialog).await?;
        layla
            .client
            .next_of(|event| event["type"] == "InboundCall" && event["state"] == "ACTIVE")
            .await?;
        assert!(!layla.client.has(ringing));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_line_is_noticed_by_our_own_ping_and_the_agent_stays_signed_in() -> Result<()> {
    for link in Link::ALL {
        let (world, network) = link.world(|_| {}).await?;
        let line = link.line(&network);
        let _layla = Actor::ready(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
        let silent_since = tokio::time::Instant::now();
        line.spoil_both(SILENT);
        until_link(&world, "41027", "down").await?;
        // Silence of 0.6 s is looked for every 0.2 s; a loaded machine may take longer.
        assert!(silent_since.elapsed() < Duration::from_secs(5));
        until("it is tried again", || async {
            Ok(line.connections().taken > 1)
        })
        .await?;
        line.heal().await?;
        until_link(&world, "41027", "up").await?;
        assert_eq!(state_at_finesse(&world, "41027"), "READY");
        assert_eq!(world.failed_sign_ins("41027"), 0);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_line_keeps_its_link_and_the_order_of_events() -> Result<()> {
    let slow = [
        Toxics {
            latency: Duration::from_millis(200),
            jitter: Duration::from_millis(100),
            ..Toxics::default()
        },
        Toxics {
            bandwidth: Some(5_000),
            ..Toxics::default()
        },
        Toxics {
            slice: Some(1),
            ..Toxics::default()
        },
    ];
    for link in Link::ALL {
        let patient = |config: &mut gc_server::Config| {
            config.finesse.link.ping_interval = Duration::from_secs(2);
            config.finesse.link.ping_timeout = Duration::from_secs(4);
        };
        let (world, network) = link.world(patient).await?;
        let line = link.line(&network);
        let mut layla = Actor::ready(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
        for toxics in slow {
            line.spoil_both(toxics);
            let mut names = Names::default();
            let dialog = layla.take_call(&world, &mut names).await?;
            layla.send("ReleaseCall", &dialog).await?;
            let ended = ["InboundCall A DROPPED PREROUTE_ACD_IN 2"];
            layla.expect(&mut names, &["State READY"], &ended).await?;
        }
        assert_eq!(line.connections().taken, 1);
        assert!(!layla.client.has(|event| event["type"] == "System"));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flapping_link_is_one_link_at_a_time_and_tells_nobody() -> Result<()> {
    for link in Link::ALL {
        let (world, network) = link.world(|_| {}).await?;
        let line = link.line(&network);
        let mut layla = Actor::ready(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
        for cuts in 1..=20 {
            assert_eq!(line.cut(Cut::Reset), 1);
            until("it signs in again", || async {
                Ok(world.links_of("41027") == cuts + 1)
            })
            .await?;
            until_link(&world, "41027", "up").await?;
        }
        layla.send("MakeNotReady", "null").await?;
        let told = next_event(&mut layla.client).await?;
        assert_eq!(told["event"]["state"], "NOT_READY", "nothing before it");
        let connections = line.connections();
        assert_eq!((connections.open, connections.most), (1, 1));
        assert_eq!(connections.taken, 21);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_cut_all_at_once_come_back_a_few_at_a_time() -> Result<()> {
    const AGENTS: usize = 40;
    const AT_ONCE: usize = 4;
    let (world, network) = World::behind(
        |site| site.site = Site::with_agents(AGENTS),
        |config| {
            config.finesse.link.parallel_logins = AT_ONCE;
            config.finesse.link.login_timeout = PATIENCE;
            for node in &mut config.finesse.nodes {
                node.transport = gc_server::config::Transport::Tcp;
            }
        },
    )
    .await?;
    until_both_serve(&world).await?;
    let line = &network.a.xmpp;
    let mut floor = Client::open(world.gateway(), Transport::WebSocketV2, "floor-1").await?;
    for agent in 100_001..=100_000 + AGENTS {
        floor
            .send(&format!("Connect#{agent}"), "floor-1,c4nary")
            .await?;
    }
    for _ in 0..AGENTS {
        let done = floor.next_of(|event| event["command"] == "Connect").await?;
        assert_eq!(done["event"]["outcome"], "done");
    }
    line.spoil_both(SILENT);
    assert_eq!(line.cut(Cut::Reset), AGENTS);
    until("as many as may sign in at once try to", || async {
        Ok(line.connections().taken == AGENTS + AT_ONCE)
    })
    .await?;
    assert_eq!(line.connections().open, AT_ONCE);
    line.heal().await?;
    for agent in 100_001..=100_000 + AGENTS {
        until_link(&world, &agent.to_string(), "up").await?;
    }
    assert_eq!(line.connections().open, AGENTS);
    assert_eq!(line.connections().taken, 2 * AGENTS);
    Ok(())
}
