//! `gc send`: one command, over REST or over a WebSocket.

use std::io::Read;

use anyhow::{Context, Result, ensure};
use clap::Args;
use gc_protocol::{Command, CommandId};

use crate::rest::{self, Envelope};
use crate::socket::{Dialect, Place, Socket};
use crate::{Ending, Gateway};

/// What to send, and how.
#[derive(Args)]
pub(crate) struct Options {
    /// Message type, such as `Login#41027`.
    command: String,
    /// Parameters, such as `demo,6127`; `-` reads them from standard input, so that no password stands in the list of
    /// processes.
    #[arg(env = "GC_PARAMS", hide_env_values = true)]
    params: Option<String>,
    #[command(flatten)]
    gateway: Gateway,
    /// Sends over a WebSocket on this destination, and prints its events until the command has ended.
    #[arg(long)]
    destination: Option<String>,
    /// With --destination: the key of the command; the same one again is answered again and not executed again.
    #[arg(long, requires = "destination")]
    command_id: Option<String>,
    /// Over REST: the client session that the command belongs to.
    #[arg(long, default_value = "gc", conflicts_with = "destination")]
    session: String,
    /// Over REST: the address to which events are posted.
    #[arg(long, conflicts_with = "destination")]
    callback: Option<String>,
}

pub(crate) async fn run(options: Options) -> Result<Ending> {
    let params = params(options.params.as_deref())?;
    let mut command = Command::parse_text(&options.command, params.as_deref())
        .with_context(|| format!("not sent: {}", options.command))?;
    match &options.destination {
        Some(destination) => {
            let id = options.command_id.clone().unwrap_or_else(new_id);
            let id = CommandId::from(id);
            command.command_id = Some(id.clone());
            let frame = command.to_json_exposing_secrets();
            over_socket(&options.gateway, destination, &frame, &id).await
        }
        None => {
            let envelope = Envelope {
                message_type: &options.command,
                params: params.as_deref(),
                session: &options.session,
                callback: options.callback.as_deref(),
            };
            rest::submit(&options.gateway, &envelope).await
        }
    }
}

fn params(given: Option<&str>) -> Result<Option<String>> {
    if given != Some("-") {
        return Ok(given.map(str::to_owned));
    }
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .context("standard input")?;
    let line = text.trim_end_matches(['\r', '\n']);
    ensure!(
        !line.contains('\n'),
        "standard input holds more than one line"
    );
    Ok(Some(line.to_owned()))
}

/// Process numbers come again within the ten minutes that a gateway remembers a key.
fn new_id() -> String {
    let now = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
    format!("gc-{}-{}", std::process::id(), now.as_nanos())
}

async fn over_socket(
    gateway: &Gateway,
    destination: &str,
    frame: &str,
    id: &CommandId,
) -> Result<Ending> {
    let place = Place {
        destination: Some(destination),
        last: None,
        dialect: Dialect::Enveloped,
    };
    let mut socket = Socket::open(gateway, &place).await?;
    socket.send(frame).await?;
    while let Some(text) = socket.next().await? {
        println!("{text}");
        if let Some(ending) = ending(&text, id) {
            return Ok(ending);
        }
    }
    anyhow::bail!("the gateway closed the connection before the command had ended")
}

/// How the command ended, when this is its `CommandResult`.
fn ending(text: &str, id: &CommandId) -> Option<Ending> {
    let frame: serde_json::Value = serde_json::from_str(text).ok()?;
    let event = frame.get("event").unwrap_or(&frame);
    let is = |key: &str, value: &str| event.get(key).and_then(|v| v.as_str()) == Some(value);
    if !is("type", "CommandResult") || !is("commandId", id.as_str()) {
        return None;
    }
    Some(
        match event.get("outcome").and_then(|outcome| outcome.as_str()) {
            Some("done") => Ending::Done,
            Some("failed") => Ending::Failed,
            _ => Ending::Unknown,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_result_of_the_command_ends_it() {
        let text = r#"{"id":"","agentId":"41027","origin":"live","event":{"type":"CommandResult","commandId":"gc-7","agentId":"41027","command":"Login","outcome":"failed","errorType":"DOWN"}}"#;
        assert!(matches!(ending(text, &"gc-7".into()), Some(Ending::Failed)));
    }

    #[test]
    fn events_and_results_of_other_commands_do_not_end_it() {
        let state = r#"{"id":"s:1","event":{"type":"State","agentId":"41027"}}"#;
        assert!(ending(state, &"gc-7".into()).is_none());
        let other = r#"{"event":{"type":"CommandResult","commandId":"gc-8","outcome":"done"}}"#;
        assert!(ending(other, &"gc-7".into()).is_none());
    }
}
