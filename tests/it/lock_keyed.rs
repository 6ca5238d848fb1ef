//! The lock by requests with a key: the key says who asks, and no session is needed to be told apart.

use anyhow::{Result, ensure};
use finesse_sim::{Product, Profile};
use gc_server::config::{BrokerQueue, Client};
use gc_testkit::broker::{Broker, Line, Published};
use gc_testkit::client::post_with_key;
use gc_testkit::{Actor, World};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::lock::{foreign_commands, growth, refusal, string_form, typed_form};

const KEY: &str = "c4nary-key-of-a-stranger";

/// Every command of the table with another client's agent, in both forms.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_with_a_key_reaches_another_clients_agent_and_none_leaves_a_trace() -> Result<()>
{
    for product in [Product::Ucce, Product::Uccx] {
        let (world, mut line) = world(product).await?;
        sign_in(&mut line).await?;
        let before = world.simulator().counters();
        for spec in foreign_commands() {
            let (kind, body) = string_form(spec);
            let envelope = json!({"data": {"type": kind, "body": body}});
            let wanted = refusal(spec, product);
            for command in [envelope, typed_form(spec)] {
                assert_refused(&world, &command, wanted).await?;
            }
        }
        // Nothing of those commands can come after this.
        let last = line.command(1, "Hello#desk-41027", "null").await?;
        let told = line.acknowledged(&last).await?;
        let answers = |published: &Published| published.event["type"] == "System";
        ensure!(told.iter().all(answers), "{told:?}");
        let after = world.simulator().counters();
        let (requests, written, same_sign_ins, _) = growth(&before, &after);
        let hers = requests.iter().filter(|(agent, _)| agent == Actor::LAYLA.0);
        assert_eq!(hers.map(|(_, count)| count).sum::<u64>(), 0);
        assert_eq!((written, same_sign_ins), (0, true));
    }
    Ok(())
}

/// Layla's client is a queue of the broker, which needs no key; the stranger has one.
async fn world(product: Product) -> Result<(World, Line)> {
    let broker = Broker::start().await?;
    let url = broker.url()?;
    let digest = Sha256::digest(KEY.as_bytes());
    let stranger = Client {
        key_sha256: vec![digest.iter().map(|byte| format!("{byte:02x}")).collect()],
        ..Client::default()
    };
    let world = World::with(
        |site| {
            *site = site.clone().profile(Profile {
                product,
                ..Profile::default()
            });
        },
        |config| {
            config.broker.brokers = vec![url];
            config.broker.queues = [("her".to_owned(), BrokerQueue::default())].into();
            config.clients.insert("stranger".to_owned(), stranger);
            // As fast as the test sends.
            config.server.command_burst = 10_000;
        },
    )
    .await?;
    let line = broker.welcome(1).await?;
    Ok((world, line))
}

async fn sign_in(line: &mut Line) -> Result<()> {
    line.command(1, "Connect#41027", "desk-41027,c4nary")
        .await?;
    line.event(|event| event["type"] == "ConnectStatus").await?;
    line.command(1, "Login#41027", "c4nary,6127").await?;
    line.event(|event| event["state"] == "NOT_READY").await?;
    line.event(|event| event["type"] == "DialogState").await?;
    // The last that Finesse is asked for her.
    line.command(1, "refresh#41027", "null").await?;
    line.event(|event| event["type"] == "DialogState").await?;
    Ok(())
}

async fn assert_refused(world: &World, command: &Value, wanted: &str) -> Result<()> {
    let answer = post_with_key(world.gateway(), KEY, command).await?;
    let status = match wanted {
        "INVALID_SUPERVISOR" => 403,
        _ => 422,
    };
    ensure!(answer.status == status, "{command}: {answer:?}");
    ensure!(
        answer.json()["errorType"] == wanted,
        "{command}: {answer:?}"
    );
    Ok(())
}
