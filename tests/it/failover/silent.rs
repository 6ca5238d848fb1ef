//! A node whose network goes silent, REST and links at once (faults F3, F21 and F22).

use anyhow::Context;
use gc_server::config::Transport as Way;
use gc_testkit::client::PATIENCE;
use gc_testkit::proxy::Direction;
use gc_testkit::{Network, Proxy};
use pretty_assertions::assert_eq;

use super::*;
use crate::faults::{SILENT, sessions, until, until_both_serve};

/// A node is left so long after it is known to be silent.
const LEFT_AFTER: Duration = Duration::from_millis(300);
/// Our own pings find a silent link in 0.6 s instead of 20; a loaded machine may take longer.
const NOTICED_WITHIN: Duration = Duration::from_secs(5);

/// The second node, and the link is up.
const AT_B: [&str; 2] = [r#""41027" 1 "up""#, r#""41033" 1 "up""#];

/// Links take this way; the ports of a node fall silent together.
async fn world(way: Way) -> Result<(World, Network)> {
    let (world, network) = World::behind(
        |site| {
            site.settings.presence_grace = Duration::from_millis(1);
            site.settings.on_disconnect = OnDisconnect::Logout;
        },
        |config| {
            for node in &mut config.finesse.nodes {
                node.transport = way;
            }
            config.finesse.failover_after = LEFT_AFTER;
            config.finesse.link.ping_interval = Duration::from_millis(200);
            config.finesse.link.ping_timeout = Duration::from_millis(600);
        },
    )
    .await?;
    until_both_serve(&world).await?;
    Ok((world, network))
}

fn silence(network: &Network) {
    for line in network.a.all() {
        line.spoil_both(SILENT);
    }
}

/// What has got through to the silent node.
fn carried(network: &Network) -> u64 {
    let bytes = |line: &Proxy| line.carried(Direction::ToServer);
    network.a.all().map(bytes).iter().sum()
}

/// Where the gateway has each agent, and how the link is.
async fn places(world: &World) -> Result<Vec<String>> {
    let lines = sessions(world).await?;
    let place = |line: &Value| format!("{} {} {}", line["agentId"], line["node"], line["link"]);
    let mut places: Vec<String> = lines.iter().map(place).collect();
    places.sort();
    Ok(places)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn agents_of_a_node_that_falls_silent_go_to_the_other_one_and_its_return_harms_nobody()
-> Result<()> {
    for way in [Way::Tcp, Way::WebSocket] {
        let (world, network) = world(way).await?;
        let layla = Actor::ready(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
        let omar = Actor::logged_in(&world, Transport::WebSocketV2, Actor::OMAR).await?;
        let mut both = [layla, omar];
        assert_eq!((world.links_at("a"), world.links_at("b")), (2, 0));
        let silent_since = tokio::time::Instant::now();
        silence(&network);
        both[1].send("MakeReady", "null").await?;
        system(&mut both[0].client, "OUT_OF_SERVICE").await?;
        assert!(silent_since.elapsed() > LEFT_AFTER, "left too early");
        assert!(silent_since.elapsed() < NOTICED_WITHIN, "{way:?}");
        let before = carried(&network);
        for actor in &mut both {
            actor.client.next_of(is_node_change).await?;
            system(&mut actor.client, "IN_SERVICE").await?;
        }
        // Nobody knows whether it has arrived, and it is not sent to the other node.
        let result = both[1].client.next_of(is_result).await?;
        assert_eq!(event_of(&result)["outcome"], "unknown");
        assert_eq!(carried(&network), before, "{way:?}: not silent");
        assert_eq!(places(&world).await?, AT_B);
        // The silent node has not heard that they left.
        assert_eq!((world.links_at("a"), world.links_at("b")), (2, 2));
        come_back(&world, &network, &mut both).await?;
        assert_eq!(places(&world).await?, AT_B);
        for agent in ["41027", "41033"] {
            let counts = world.sign_ins_of(agent);
            assert_eq!((counts.xmpp, counts.logins, counts.refused), (2, 3, 0));
        }
    }
    Ok(())
}

/// The node hears of the ends of its links only now, and forces the agents out.
async fn come_back(world: &World, network: &Network, both: &mut [Actor; 2]) -> Result<()> {
    for actor in both.iter_mut() {
        actor.client.drain();
    }
    for line in network.a.all() {
        line.heal().await?;
    }
    for actor in both {
        let agent = actor.id();
        let out = state(&mut actor.client, agent, "LOGOUT").await?;
        assert_eq!(event_of(&out)["reasonCode"], "255");
        let back = state(&mut actor.client, agent, "NOT_READY").await;
        back.context("not signed in again")?;
        at_work_again(actor).await?;
    }
    until("the old links are gone", || async {
        Ok((world.links_at("a"), world.links_at("b")) == (0, 2))
    })
    .await
}

fn is_result(event: &Value) -> bool {
    event["type"] == "CommandResult" && event["command"] == "MakeReady"
}

/// The command that was held back on its way may arrive now, and get in the way of this one.
async fn at_work_again(actor: &mut Actor) -> Result<()> {
    let again = async {
        loop {
            actor.send("MakeReady", "null").await?;
            let result = actor.client.next_of(is_result).await?;
            if event_of(&result)["outcome"] == "done" {
                return anyhow::Ok(());
            }
        }
    };
    tokio::time::timeout(PATIENCE, again)
        .await
        .context("never at work again")?
}
