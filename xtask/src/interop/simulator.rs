//! slixmpp signs in to the simulator: what an XMPP client of another make finds there.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use super::conversation::{Conversation, skipped};
use super::servers::Server;
use super::tools::{self, Tool};
use super::{AGENT, DOMAIN, EXTENSION, Places, scripts};
use crate::report::{Counts, Outcome, Step};

/// A running simulator.
pub(super) struct Simulator {
    /// Port of REST and WebSocket, node A.
    pub(super) rest: u16,
    /// Port of BOSH, node A.
    pub(super) legacy: u16,
    /// Port of XMPP inside TLS, node A.
    pub(super) xmpp: u16,
    /// Port of the control.
    pub(super) control: u16,
    /// The certificate authority's file.
    pub(super) authority: PathBuf,
    _server: Server,
}

/// The conversation.
pub(super) fn step(places: &Places) -> Step {
    Step::many("interop: slixmpp on the simulator", || talk(places))
}

fn talk(places: &Places) -> Result<(Outcome, Counts)> {
    let python = match tools::python(places)? {
        Tool::Here(python) => python,
        Tool::Missing(reason) => return Ok(skipped(reason)),
    };
    let simulator = start(places)?;
    let mut conversation = Conversation::default();
    let arguments = [
        ("--rest", format!("https://127.0.0.1:{}", simulator.rest)),
        (
            "--control",
            format!("http://127.0.0.1:{}", simulator.control),
        ),
        ("--port", simulator.xmpp.to_string()),
        ("--ca", simulator.authority.display().to_string()),
        ("--domain", DOMAIN.to_owned()),
        ("--agent", AGENT.to_owned()),
        ("--extension", EXTENSION.to_owned()),
    ];
    let arguments: Vec<String> = arguments
        .into_iter()
        .flat_map(|(name, value)| [name.to_owned(), value])
        .collect();
    scripts::run(places, &python, "login.py", &arguments, &mut conversation)?;
    Ok(conversation.end())
}

/// Starts a simulator on any ports, and reads in its log which they are.
pub(super) fn start(places: &Places) -> Result<Simulator> {
    let folder = places.work.join("simulator");
    std::fs::create_dir_all(&folder)?;
    let authority = folder.join("ca.pem");
    let mut command = Command::new(places.program("finesse-sim"));
    for service in ["--https", "--legacy", "--xmpp"] {
        for node in ["a", "b"] {
            command.args([&format!("{service}-{node}"), "0"]);
        }
    }
    command
        .args(["--control", "0", "--write-ca"])
        .arg(&authority);
    command.env("RUST_LOG", "info");
    let server = Server::start("finesse-sim", &mut command, &folder.join("finesse-sim.log"))?;
    let server = server.having_said("\"ready\"")?;
    let lines = server.lines();
    let port = |line: &str, service: &str| port(&lines, line, service);
    let node = format!("\"{DOMAIN}\"");
    Ok(Simulator {
        rest: port(&node, "https")?,
        legacy: port(&node, "legacy")?,
        xmpp: port(&node, "xmpp")?,
        control: port("\"ready\"", "control")?,
        authority,
        _server: server,
    })
}

/// The port of a service in the first line that contains a text.
fn port(lines: &[String], text: &str, service: &str) -> Result<u16> {
    let line = lines.iter().find(|line| line.contains(text));
    let line: Value = serde_json::from_str(line.with_context(|| format!("no line with {text}"))?)?;
    let address = line["fields"][service].as_str();
    let address: SocketAddr = address
        .with_context(|| format!("no {service} in {line}"))?
        .parse()?;
    Ok(address.port())
}
