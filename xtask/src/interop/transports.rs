//! REST and WebSocket: the examples of the README, as they stand there.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::conversation::{Conversation, skipped};
use super::demo::Demo;
use super::servers::Server;
use super::tools::{self, Tool};
use super::{Places, readme};
use crate::process::run_quiet;
use crate::report::{Counts, Outcome, Step};

/// Where the example of REST has its events posted to.
const RECEIVER: &str = "http://127.0.0.1:9000";

/// curl sends a command, and what comes of it is posted to a receiver.
pub(super) fn rest(places: &Places) -> Step {
    Step::many("interop: curl over REST", || match tools::curl()? {
        Tool::Here(_) => talk_by_rest(places),
        Tool::Missing(reason) => Ok(skipped(reason)),
    })
}

/// The Python package websockets sends commands and prints what comes.
pub(super) fn websocket(places: &Places) -> Step {
    let name = "interop: websockets over WebSocket";
    Step::many(name, || match tools::python(places)? {
        Tool::Here(python) => talk_by_websocket(places, &python),
        Tool::Missing(reason) => Ok(skipped(reason)),
    })
}

fn talk_by_rest(places: &Places) -> Result<(Outcome, Counts)> {
    let folder = folder(places, "rest")?;
    let example = example(places, "## REST", "")?;
    let demo = Demo::start(places, &folder)?;
    let receiver = Receiver::start(places, &folder)?;
    let example = example
        .replace(readme::ADDRESS, &demo.url)
        .replace(RECEIVER, &receiver.url);
    let finished = run_quiet(Command::new("sh").args(["-c", &example]))?;
    let mut conversation = Conversation::default();
    let accepted = finished.output.contains("\"status\":\"accepted\"");
    conversation.check(
        "the command is accepted",
        (!accepted).then_some(finished.output),
    );
    let event = r#"{"data":{"type":"ConnectStatus","status":"ConnectSuccess"},"sessionUrl":"s-1"}"#;
    conversation.check(
        "its event is posted to the callback",
        receiver.server.lacks(event),
    );
    Ok(conversation.end())
}

fn talk_by_websocket(places: &Places, python: &Path) -> Result<(Outcome, Counts)> {
    let folder = folder(places, "websocket")?;
    let example = example(places, "## WebSocket", "python")?;
    let demo = Demo::start(places, &folder)?;
    let file = folder.join("readme.py");
    let socket = |url: &str| url.replace("http:", "ws:");
    std::fs::write(
        &file,
        example.replace(&socket(readme::ADDRESS), &socket(&demo.url)),
    )?;
    let mut command = Command::new(python);
    command.arg("-u").arg(&file);
    let client = Server::start("the example", &mut command, &folder.join("readme.log"))?;
    let mut conversation = Conversation::default();
    for (what, text) in [
        (
            "an event comes in its envelope",
            r#""event":{"type":"ConnectStatus""#,
        ),
        (
            "the second command works too",
            r#""event":{"type":"AgentInfo""#,
        ),
        (
            "a command ends in a result",
            r#""command":"Login","outcome":"done""#,
        ),
    ] {
        conversation.check(what, client.lacks(text));
    }
    Ok(conversation.end())
}

fn folder(places: &Places, name: &str) -> Result<PathBuf> {
    let folder = places.work.join(name);
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn example(places: &Places, heading: &str, language: &str) -> Result<String> {
    readme::example(&places.root.join("README.md"), heading, language)
}

/// The receiver that the README names, on any port.
struct Receiver {
    url: String,
    server: Server,
}

impl Receiver {
    fn start(places: &Places, folder: &Path) -> Result<Self> {
        let program = places.program("examples/callback_receiver");
        let mut command = Command::new(program);
        command.arg("127.0.0.1:0");
        let log = folder.join("receiver.log");
        let server = Server::start("callback_receiver", &mut command, &log)?;
        let server = server.having_said("waiting on ")?;
        let lines = server.lines();
        let url = lines
            .iter()
            .find_map(|line| line.strip_prefix("waiting on ")?.strip_suffix("/events"));
        Ok(Self {
            url: url
                .context("the receiver does not say where it is")?
                .to_owned(),
            server,
        })
    }
}
