//! slixmpp signs in to the simulator: what an XMPP client of another make finds there.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use super::conversation::{Conversation, skipped};
use super::servers::{Server, free_port};
use super::tools::{self, Tool};
use super::{AGENT, DOMAIN, EXTENSION, Places, scripts};
use crate::report::{Counts, Outcome, Step};

/// A running simulator.
pub(super) struct Simulator {
    /// Port of REST, node A.
    pub(super) rest: u16,
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

/// Starts a simulator on free ports.
pub(super) fn start(places: &Places) -> Result<Simulator> {
    let folder = places.work.join("simulator");
    std::fs::create_dir_all(&folder)?;
    let authority = folder.join("ca.pem");
    let _ = std::fs::remove_file(&authority);
    let (rest, xmpp, control) = (free_port()?, free_port()?, free_port()?);
    let mut command = Command::new(places.program("finesse-sim"));
    command
        .args([
            "--https-a",
            &rest.to_string(),
            "--xmpp-a",
            &xmpp.to_string(),
        ])
        .args([
            "--https-b",
            &free_port()?.to_string(),
            "--xmpp-b",
            &free_port()?.to_string(),
        ])
        .args(["--control", &control.to_string(), "--write-ca"])
        .arg(&authority);
    let server = Server::start("finesse-sim", &mut command, &folder.join("finesse-sim.log"))?;
    let server = server.listening(control)?.having_written(&authority)?;
    Ok(Simulator {
        rest,
        xmpp,
        control,
        authority,
        _server: server,
    })
}
