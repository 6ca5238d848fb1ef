//! Messages of command queues, and frames that no broker may send (F30, F33, F35).

use anyhow::{Context, Result};
use gc_testkit::World;
use gc_testkit::broker::{Broker, Line};
use gc_testkit::hostile::{Damage, json, text};

use super::{Bystander, MANY, unhurried};

async fn with_broker() -> Result<(World, Broker, Line)> {
    let broker = Broker::start().await?;
    let url = broker.url()?;
    let settings = |config: &mut gc_server::Config| {
        unhurried(config);
        config.broker.brokers = vec![url];
    };
    let world = World::with(|_| {}, settings).await?;
    let line = broker.welcome(1).await?;
    Ok((world, broker, line))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f30_f35_a_thousand_bad_messages_of_a_queue_are_acknowledged_each_and_the_next_good_one_works()
-> Result<()> {
    let (world, _broker, mut line) = with_broker().await?;
    let mut bystander = Bystander::at_work(&world).await?;
    let mut messages: Vec<(String, String)> = Vec::new();
    for (_, frame) in text::frames() {
        let (kind, body) = frame.split_once(' ').unwrap_or((&frame, ""));
        messages.push((kind.to_owned(), body.to_owned()));
        messages.push((String::new(), frame));
    }
    let texts = json::bodies()
        .into_iter()
        .filter_map(|(_, body)| String::from_utf8(body).ok());
    messages.extend(texts.map(|body| (String::new(), body)));
    let mut damage = Damage::seeded(42);
    while messages.len() < MANY {
        let kind = damage.to_text(&["MakeCall#99999", "Login#99999", "", "BargeCall#99999"]);
        messages.push((
            kind,
            damage.to_text(&[json::GOOD, &["9001", "c4nary-x,6199"]].concat()),
        ));
    }
    for (number, (kind, body)) in messages.iter().enumerate() {
        // A header's line has a limit, beyond which the connection ends, and no header holds a NUL.
        let kind: String = kind.chars().filter(|c| *c != '\0').take(1_000).collect();
        let id = line.command(1, &kind, body).await?;
        let acknowledged = line.acknowledged(&id).await;
        acknowledged.with_context(|| format!("{kind:?} {body:?}"))?;
        if number % 100 == 0 {
            bystander.works_on().await?;
        }
    }
    line.command(1, "Hello#desk-17", "null").await?;
    line.event(|event| event["type"] == "System").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f33_frames_that_no_broker_may_send_cost_their_connection_and_nothing_else() -> Result<()> {
    let (world, broker, mut line) = with_broker().await?;
    let mut bystander = Bystander::at_work(&world).await?;
    let message = "MESSAGE\nsubscription:1\nmessage-id:m\nack:m\n";
    let mut table: Vec<Vec<u8>> = [
        "NONSENSE\n\n\0".to_owned(),
        "message\n\n\0".to_owned(),
        "SEND\ndestination:/queue/a\n\nx\0".to_owned(),
        "CONNECTED\nversion:9.9\n\n\0".to_owned(),
        "ERROR\nmessage:go away\n\nc4nary\0".to_owned(),
        "RECEIPT\nreceipt-id:nobody-asked\n\n\0".to_owned(),
        "MESSAGE\nsubscription:99\nmessage-id:m\nack:m\n\n\0".to_owned(),
        "MESSAGE\n\n\0".to_owned(),
        format!("{message}no colon\n\n\0"),
        format!("{message}a:\\t\n\n\0"),
        format!("{message}content-length:-1\n\n\0"),
        format!("{message}content-length:99999999999999999999\n\n\0"),
        format!("{message}content-length:2\n\nlonger\0"),
        format!("{message}x:{}\n\n\0", "x".repeat(100_000)),
        format!("{message}{}\n\0", "x:y\n".repeat(10_000)),
        format!("{message}\n{}", "x".repeat(2_000_000)),
        "x".repeat(1_000_000),
        "\n".repeat(100_000),
        "HTTP/1.1 400 Bad Request\r\n\r\n".to_owned(),
    ]
    .map(String::into_bytes)
    .into();
    let good = [
        format!("{message}type:Hello#desk\n\nnull\0").into_bytes(),
        b"\n".to_vec(),
    ];
    let mut damage = Damage::seeded(33);
    table.extend((0..200).map(|_| damage.to(&good)));
    for bytes in table {
        // It may hang up in the middle of it.
        let _ = line.say_raw(&bytes).await;
        drop(line);
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(120)]).into_owned();
        line = broker.welcome(1).await.with_context(|| shown)?;
    }
    bystander.works_on().await?;
    line.command(1, "Hello#desk-17", "null").await?;
    line.event(|event| event["type"] == "System").await?;
    Ok(())
}
