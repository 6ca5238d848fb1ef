//! Clients of web pages on the simulator: strophe.js by WebSocket and by BOSH, @xmpp/client by WebSocket.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::conversation::{Conversation, skipped};
use super::simulator::{self, Simulator};
use super::tools::{self, Tool};
use super::{AGENT, DOMAIN, EXTENSION, Places, scripts};
use crate::report::{Counts, Outcome, Step};

/// A client, and how it comes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Client {
    name: &'static str,
    script: &'static str,
    service: fn(&Simulator) -> String,
}

/// All of them.
pub(super) const CLIENTS: [Client; 3] = [
    Client {
        name: "strophe.js by WebSocket",
        script: "strophe.mjs",
        service: websocket,
    },
    Client {
        name: "strophe.js by BOSH",
        script: "strophe.mjs",
        service: bosh,
    },
    Client {
        name: "@xmpp/client by WebSocket",
        script: "xmpp_client.mjs",
        service: websocket,
    },
];

fn websocket(simulator: &Simulator) -> String {
    format!("wss://127.0.0.1:{}/ws", simulator.rest)
}

fn bosh(simulator: &Simulator) -> String {
    format!("https://127.0.0.1:{}/http-bind/", simulator.legacy)
}

/// The conversation of one.
pub(super) fn step(places: &Places, client: Client) -> Step {
    let name = format!("interop: {} on the simulator", client.name);
    Step::many(&name, || match tools::node(places)? {
        Tool::Here(node) => talk(places, &node, client),
        Tool::Missing(reason) => Ok(skipped(reason)),
    })
}

fn talk(places: &Places, node: &Path, client: Client) -> Result<(Outcome, Counts)> {
    let folder = places.pages();
    // A script finds packages beside itself.
    for script in ["finesse.mjs", client.script] {
        let source = places.root.join("xtask/interop").join(script);
        std::fs::copy(source, folder.join(script))?;
    }
    let simulator = simulator::start(places)?;
    let mut command = Command::new(node);
    command
        .current_dir(&folder)
        .arg(client.script)
        .env("NODE_EXTRA_CA_CERTS", &simulator.authority);
    for (option, value) in [
        ("--service", (client.service)(&simulator)),
        ("--rest", format!("https://127.0.0.1:{}", simulator.rest)),
        ("--domain", DOMAIN.to_owned()),
        ("--agent", AGENT.to_owned()),
        ("--extension", EXTENSION.to_owned()),
    ] {
        command.args([option, &value]);
    }
    let mut conversation = Conversation::default();
    scripts::count(command, client.script, &mut conversation)?;
    Ok(conversation.end())
}
