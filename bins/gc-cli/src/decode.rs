//! `gc decode`: what the gateway makes of recorded Finesse notifications.
//!
//! Files are played in the order given, folders by path name. All belong to one agent, whatever user ids stand in
//! them: recordings come from several days and stations.

mod files;
mod notifications;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use finesse_protocol::{Data, Source, Update};
use gc_core::Config;
use gc_core::replay::Replay;
use gc_protocol::{AgentId, Printer, Style};

use crate::Ending;

/// What to decode, and for whom.
#[derive(Args)]
pub(crate) struct Options {
    /// Whose notifications these are; by default the first User in them, else whom their sources name.
    #[arg(long)]
    agent_id: Option<String>,
    /// The agent's extension; by default that of the first user in them.
    #[arg(long)]
    agent_extension: Option<String>,
    /// Files with an Update, a whole XMPP message, a Dialog or a User; or folders of such files.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
}

/// Prints the events of all files, and what was wrong with those that could not be read.
pub(crate) fn run(options: &Options) -> Result<Ending> {
    let mut broken = false;
    let mut updates = Vec::new();
    for file in files::below(&options.paths)? {
        for read in notifications::read(&file) {
            match read {
                Ok(update) => updates.push(update),
                Err(error) => {
                    eprintln!("gc: {}: {error:#}", file.display());
                    broken = true;
                }
            }
        }
    }
    play(options, updates)?;
    Ok(if broken { Ending::Failed } else { Ending::Done })
}

fn play(options: &Options, updates: Vec<Update>) -> Result<()> {
    let agent = agent(options, &updates)?;
    let extension = options
        .agent_extension
        .clone()
        .or_else(|| extension(&updates));
    let printer = Printer::new(&Style::default()).context("the default style")?;
    let mut replay = Replay::new(agent, extension, Config::default());
    for update in updates {
        for event in replay.apply(update) {
            println!("{}", printer.print(&event));
        }
    }
    Ok(())
}

fn agent(options: &Options, updates: &[Update]) -> Result<AgentId> {
    if let Some(id) = &options.agent_id {
        return Ok(AgentId::from(id.as_str()));
    }
    let user = updates.iter().find_map(|update| match &update.data {
        Data::User(user) if !user.login_id.is_empty() => Some(user.login_id.as_str()),
        _ => None,
    });
    // Recordings of calls alone have no User, but mostly say whose collection the calls are in.
    let named = user
        .or_else(|| updates.iter().find_map(user_of_source))
        .or(options.agent_extension.as_deref());
    match named {
        Some(id) => Ok(AgentId::from(id)),
        None => bail!("nothing among the notifications says who the agent is: give --agent-id"),
    }
}

fn user_of_source(update: &Update) -> Option<&str> {
    match &update.source {
        Source::User(id) | Source::UserDialogs(id) => Some(id.as_str()),
        _ => None,
    }
}

fn extension(updates: &[Update]) -> Option<String> {
    updates.iter().find_map(|update| match &update.data {
        Data::User(user) => user.extension.clone().filter(|text| !text.is_empty()),
        _ => None,
    })
}
