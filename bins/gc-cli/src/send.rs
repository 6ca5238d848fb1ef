//! `gc send`: one command, over REST or over a WebSocket.

use std::io::Read;

use anyhow::{Context, Result, ensure};
use clap::Args;
use gc_protocol::{Body, Command};

use crate::rest::{self, Envelope};
use crate::socket::{Dialect, Socket};
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
    /// Over REST: the client session that the command belongs to.
    #[arg(long, default_value = "gc", conflicts_with = "destination")]
    session: String,
    /// Over REST: the address to which events are posted.
    #[arg(long, conflicts_with = "destination")]
    callback: Option<String>,
}

pub(crate) async fn run(options: Options) -> Result<Ending> {
    let params = params(options.params.as_deref())?;
    let command = Command::parse_text(&options.command, params.as_deref())
        .with_context(|| format!("not sent: {}", options.command))?;
    match &options.destination {
        Some(destination) => {
            let frame = frame(&options.command, params.as_deref());
            over_socket(&options.gateway, destination, &frame, &command.body).await
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

fn frame(message_type: &str, params: Option<&str>) -> String {
    match params {
        Some(params) => format!("{message_type}\n{params}"),
        None => message_type.to_owned(),
    }
}

async fn over_socket(
    gateway: &Gateway,
    destination: &str,
    frame: &str,
    body: &Body,
) -> Result<Ending> {
    let mut socket = Socket::open(gateway, Some(destination), Dialect::Enveloped).await?;
    socket.send(frame).await?;
    while let Some(text) = socket.next().await? {
        println!("{text}");
        if let Some(ending) = ending(&text, body) {
            return Ok(ending);
        }
    }
    anyhow::bail!("the gateway closed the connection before the command had ended")
}

/// How the command ended, when this is its `CommandResult`.
fn ending(text: &str, body: &Body) -> Option<Ending> {
    let frame: serde_json::Value = serde_json::from_str(text).ok()?;
    let event = frame.get("event").unwrap_or(&frame);
    let is = |key: &str, value: &str| event.get(key).and_then(|v| v.as_str()) == Some(value);
    if !is("type", "CommandResult") {
        return None;
    }
    match body {
        Body::Agent { agent, .. } if !is("agentId", agent.as_str()) => return None,
        Body::Agent { .. } | Body::Heartbeat { .. } => (),
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

    fn login() -> Body {
        Command::parse_text("Login#41027", Some("demo,6127"))
            .unwrap()
            .body
    }

    #[test]
    fn the_result_of_the_command_ends_it() {
        let text = r#"{"id":"","agentId":"41027","origin":"live","event":{"type":"CommandResult","agentId":"41027","command":"Login","outcome":"failed","errorType":"DOWN"}}"#;
        assert!(matches!(ending(text, &login()), Some(Ending::Failed)));
    }

    #[test]
    fn events_and_results_of_other_agents_do_not_end_it() {
        let state = r#"{"id":"s:1","event":{"type":"State","agentId":"41027"}}"#;
        assert!(ending(state, &login()).is_none());
        let other = r#"{"event":{"type":"CommandResult","agentId":"41033","outcome":"done"}}"#;
        assert!(ending(other, &login()).is_none());
    }

    #[test]
    fn parameters_stand_on_a_line_of_their_own() {
        assert_eq!(
            frame("Login#41027", Some(" de,mo,6127")),
            "Login#41027\n de,mo,6127"
        );
        assert_eq!(frame("MakeReady#41027", None), "MakeReady#41027");
    }
}
