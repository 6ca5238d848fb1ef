//! A client that sends a command again, under its id, to the process that was started after a kill.

use anyhow::{Context, Result, ensure};
use finesse_sim::CallId;
use gc_testkit::client::{PATIENCE, Socket, connect_websocket};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::GRACE;
use crate::gateway::Gateway;
use crate::site::{Desk, Site, agent};

const DIALLED: &str = "03005550142";

/// Sends the call; what comes back comes as long as the connection is held.
async fn send_call(gateway: &Gateway) -> Result<(Socket, mpsc::Receiver<Value>)> {
    let (sender, events) = mpsc::channel(64);
    let mut socket = connect_websocket(gateway.clients, "desk-1", "gc.v2", sender).await?;
    let command = json!({
        "command": "MakeCall",
        "agentId": agent(1),
        "params": {"number": DIALLED},
        "commandId": "c-17",
    });
    socket.send(&command.to_string()).await?;
    Ok((socket, events))
}

fn has_call(site: &Site) -> bool {
    let dialogs = site.simulator.state().dialogs;
    dialogs.iter().any(|dialog| dialog.to == DIALLED)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_with_an_id_that_is_sent_again_after_a_kill_is_not_made_again() -> Result<()> {
    let site = Site::start(1, GRACE).await?;
    let settings = site.settings()?;
    let mut gateway = Gateway::start(&settings).await?;
    let _desk = Desk::log_in(&gateway, 1).await?;
    gateway.until("gc_store_records", 1).await?;
    let _sent = send_call(&gateway).await?;
    site.until("the call", has_call).await?;
    // The mark was there before the call.
    gateway.kill()?;
    for dialog in site.simulator.state().dialogs {
        site.simulator.hangup(CallId(dialog.dialog_id.parse()?))?;
    }
    site.until("its end", |site| !has_call(site)).await?;
    gateway = Gateway::start(&settings).await?;
    gateway.until("gc_links_up", 1).await?;
    ensure!(gateway.figure("gc_store_records").await? == 2);
    let (_socket, mut events) = send_call(&gateway).await?;
    let result = async {
        loop {
            let frame = events.recv().await.context("the gateway has gone")?;
            if frame["event"]["type"] == "CommandResult" {
                return anyhow::Ok(frame);
            }
        }
    };
    let result = timeout(PATIENCE, result).await.context("no result")??;
    ensure!(result["event"]["outcome"] == "unknown", "{result}");
    ensure!(!has_call(&site), "it was made again");
    gateway.kill()
}
