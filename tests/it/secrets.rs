//! Passwords are in no log line, no event, no answer, no metric.

use anyhow::Result;
use gc_testkit::client::{event_of, request};
use gc_testkit::log_guard::CANARY;
use gc_testkit::{Client, Transport, World};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_password_is_seen_anywhere() -> Result<()> {
    let right = format!("{CANARY}-right");
    let site_password = right.clone();
    let world = World::with(
        move |site| {
            for agent in &mut site.site.agents {
                agent.password = site_password.clone();
            }
        },
        |_| {},
    )
    .await?;
    let mut client = Client::open(world.gateway(), Transport::WebSocketV2, "desk").await?;
    let commands = [
        format!("Connect#41027\ndesk,{CANARY}-wrong"),
        format!("Connect#41027\ndesk,{right}"),
        format!("Login#41027\n{CANARY}-other,6127"),
        format!("Login#41027\n{right},6127"),
        format!("Login#41027\n{right},61a7"),
        format!("Login#41027 {right},6127,surplus"),
        format!("Loggin#41027\n{right},6127"),
        format!(
            "{{\"command\":\"Login\",\"agentId\":\"41027\",\"params\":{{\"password\":\"{right}\"}},\"x\":1}}"
        ),
        "Logout#41027\nnull".to_owned(),
    ];
    let mut frames = Vec::new();
    for command in &commands {
        client.send_raw(command).await?;
        let end = client
            .next_of(|event| {
                event["type"] == "CommandResult"
                    || event_of(event)["commandId"].is_null() && event["type"] == "Error"
            })
            .await?;
        frames.push(end);
    }
    frames.extend(client.drain());
    for path in ["/metrics", "/sessions", "/readyz"] {
        let answer = request(world.admin(), hyper::Method::GET, path, String::new()).await?;
        assert!(!answer.body.contains(CANARY), "{path}: {}", answer.body);
    }
    for frame in frames {
        assert!(!frame.to_string().contains(CANARY), "{frame}");
    }
    Ok(())
}
