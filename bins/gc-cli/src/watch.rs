//! `gc watch`: the events of a destination as they come.

use anyhow::Result;
use clap::Args;

use crate::socket::{Dialect, Socket};
use crate::{Ending, Gateway};

/// What to watch.
#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    gateway: Gateway,
    /// Whose events; without it the connection gets a destination of its own.
    #[arg(long)]
    destination: Option<String>,
    /// Bare events, as classic clients get them.
    #[arg(long)]
    v1: bool,
}

pub(crate) async fn run(options: Options) -> Result<Ending> {
    let dialect = if options.v1 {
        Dialect::Bare
    } else {
        Dialect::Enveloped
    };
    let destination = options.destination.as_deref();
    let mut socket = Socket::open(&options.gateway, destination, dialect).await?;
    while let Some(text) = socket.next().await? {
        println!("{text}");
    }
    eprintln!("gc: the gateway closed the connection");
    Ok(Ending::Done)
}
