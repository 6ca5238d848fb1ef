//! The lock: other people's agents, and other people's passwords.

use anyhow::{Context, Result, ensure};
use finesse_sim::{Counters, Product, Profile};
use gc_protocol::command::table::{self, COMMANDS, CommandSpec, ParamKind, ParamSpec, Subject};
use gc_testkit::client::event_of;
use gc_testkit::{Actor, Client, Transport, World};
use serde_json::{Value, json};

/// Every command of the table with another client's agent, from clients without an agent and from one that has one: in the
/// string form over every transport, in the typed form over connections. A request in the typed form has no session; without
/// keys it is told apart from nobody, and with one `lock_keyed` sends it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_command_reaches_another_clients_agent_and_none_leaves_a_trace() -> Result<()> {
    for product in [Product::Ucce, Product::Uccx] {
        let world = World::imitating(Profile {
            product,
            ..Profile::default()
        })
        .await?;
        let mut layla = signed_in(&world, Actor::LAYLA).await?;
        let mut omar = signed_in(&world, Actor::OMAR).await?;
        let mut others = Vec::new();
        for transport in [
            Transport::Rest,
            Transport::WebSocketV1,
            Transport::WebSocketV2,
        ] {
            let name = format!("stranger-{}", others.len());
            others.push(Client::open(world.gateway(), transport, &name).await?);
        }
        let start = quiet(&world, &mut layla, &mut omar).await?;
        let before = quiet(&world, &mut layla, &mut omar).await?;
        for spec in foreign_commands() {
            let wanted = refusal(spec, product);
            for client in &mut others {
                let (message_type, body) = string_form(spec);
                assert_refused(client, &message_type, &body, wanted).await?;
            }
            assert_refused(
                &mut omar.client,
                &string_form(spec).0,
                &string_form(spec).1,
                wanted,
            )
            .await?;
            let connections = &mut others[1..];
            assert_typed_refused(connections, spec, wanted).await?;
        }
        assert_eq!(layla.client.drain(), Vec::<Value>::new());
        let after = quiet(&world, &mut layla, &mut omar).await?;
        assert_eq!(
            growth(&before, &after),
            growth(&start, &before),
            "a trace at Finesse"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_wrong_passwords_of_an_agent_reach_finesse_less_than_five_times() -> Result<()> {
    let world = World::start().await?;
    let mut layla = Actor::ready(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
    let mut desks = Vec::new();
    for desk in 0..10 {
        let (transport, name) = (Transport::WebSocketV2, format!("guess-{desk}"));
        desks.push(Client::open(world.gateway(), transport, &name).await?);
    }
    for number in 0..100 {
        for desk in &mut desks {
            let body = format!("{},guess-{number}", desk.destination());
            desk.send("Connect#41027", &body).await?;
        }
        for desk in &mut desks {
            let result = desk
                .next_of(|event| event["type"] == "CommandResult")
                .await?;
            assert_eq!(event_of(&result)["outcome"], "failed");
        }
    }
    assert!(
        world.failed_sign_ins("41027") < 5,
        "{}",
        world.failed_sign_ins("41027")
    );
    let last = desks[0].drain();
    let last = event_of(last.last().context("an Error")?);
    assert_eq!(last["errorType"], "CF_AGENT_ACCOUNT_LOCKED_OUT");
    layla.client.drain();
    layla.send("MakeNotReady", "null").await?;
    layla
        .client
        .next_of(|event| event["state"] == "NOT_READY")
        .await?;
    Ok(())
}

async fn signed_in(world: &World, who: (&'static str, &'static str)) -> Result<Actor> {
    let mut actor = Actor::open(world, Transport::WebSocketV2, who).await?;
    actor.login().await?;
    done(&mut actor, "Login").await?;
    Ok(actor)
}

async fn done(actor: &mut Actor, command: &str) -> Result<()> {
    let ends = |event: &Value| event["type"] == "CommandResult" && event["command"] == command;
    let result = actor.client.next_of(ends).await?;
    ensure!(event_of(&result)["outcome"] == "done", "{result}");
    Ok(())
}

/// What Finesse has seen, once everything on its way has arrived; asking for that is a read of each agent.
async fn quiet(world: &World, layla: &mut Actor, omar: &mut Actor) -> Result<Counters> {
    for actor in [layla, omar] {
        actor.client.drain();
        actor.send("refresh", "null").await?;
        done(actor, "refresh").await?;
        actor.client.drain();
    }
    Ok(world.simulator().counters())
}

/// Requests of each agent, writes, sign-ins and notifications between two moments.
pub(crate) fn growth(
    before: &Counters,
    after: &Counters,
) -> (Vec<(String, u64)>, usize, bool, u64) {
    let requests = after.requests.iter().map(|(agent, count)| {
        (
            agent.clone(),
            count - before.requests.get(agent).copied().unwrap_or_default(),
        )
    });
    (
        requests.collect(),
        after.executions.len() - before.executions.len(),
        after.sign_ins == before.sign_ins,
        after.notifications - before.notifications,
    )
}

/// Rows about an agent; who may connect the agent with a password is a matter of the password.
pub(crate) fn foreign_commands() -> impl Iterator<Item = &'static CommandSpec> {
    COMMANDS.iter().filter(|spec| {
        spec.subject == Subject::Agent
            && !["Connect", "Login", "MobileAgentLogin"].contains(&spec.name)
    })
}

pub(crate) fn refusal(spec: &CommandSpec, product: Product) -> &'static str {
    match (spec.product, product) {
        (table::Product::Ucce, Product::Uccx) | (table::Product::Uccx, Product::Ucce) => {
            "NOT_SUPPORTED"
        }
        _ => "INVALID_SUPERVISOR",
    }
}

async fn assert_refused(
    client: &mut Client,
    message_type: &str,
    body: &str,
    wanted: &str,
) -> Result<()> {
    if let Some(answer) = client.try_send(message_type, body).await? {
        let status = if wanted == "INVALID_SUPERVISOR" {
            403
        } else {
            422
        };
        ensure!(answer.status == status, "{message_type}: {answer:?}");
    }
    let error = client.next_of(|event| event["type"] == "Error").await?;
    ensure!(
        event_of(&error)["errorType"] == wanted,
        "{message_type}: {error}"
    );
    Ok(())
}

async fn assert_typed_refused(
    others: &mut [Client],
    spec: &CommandSpec,
    wanted: &str,
) -> Result<()> {
    let typed = typed_form(spec);
    for client in others {
        client.send_raw(&typed.to_string()).await?;
        let error = client.next_of(|event| event["type"] == "Error").await?;
        ensure!(event_of(&error)["errorType"] == wanted, "{typed}: {error}");
    }
    Ok(())
}

pub(crate) fn string_form(spec: &CommandSpec) -> (String, String) {
    let params: Vec<&str> = spec.params.iter().map(sample).collect();
    let body = if params.is_empty() {
        "null".to_owned()
    } else {
        params.join(",")
    };
    (format!("{}#41027", spec.name), body)
}

pub(crate) fn typed_form(spec: &CommandSpec) -> Value {
    let value = |param: &ParamSpec| match param.kind {
        ParamKind::Variables => json!({"callVariable1": "x"}),
        ParamKind::Flag => json!(true),
        ParamKind::Count => json!(1),
        _ => json!(sample(param)),
    };
    let params: serde_json::Map<_, _> = spec
        .params
        .iter()
        .map(|param| (param.name.to_owned(), value(param)))
        .collect();
    json!({"command": spec.name, "agentId": "41027", "params": params})
}

/// A value that a parameter takes.
fn sample(param: &ParamSpec) -> &'static str {
    match param.kind {
        ParamKind::Secret => "a-token",
        ParamKind::Extension => "6127",
        ParamKind::Number => "9001",
        ParamKind::Id => "207",
        ParamKind::ReasonCode => "12",
        ParamKind::Flag => "true",
        ParamKind::Literal(word) => word,
        ParamKind::Choice(words) => words[0],
        ParamKind::Count => "1",
        ParamKind::FreeText => "some text",
        ParamKind::Variables => "callVariable1=x",
    }
}
