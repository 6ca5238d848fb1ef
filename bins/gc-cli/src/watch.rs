//! `gc watch`: the events of a destination as they come, over lost connections too.

use std::time::Duration;

use anyhow::Result;
use clap::Args;
use serde_json::Value;
use tokio::time::sleep;

use crate::socket::{Dialect, Place, Refused, Socket};
use crate::{Ending, Gateway};

/// The first pause before connecting again; it doubles until something comes.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// What to watch.
#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    gateway: Gateway,
    /// Whose events; without it the connection gets a destination of its own, and ends when that is lost.
    #[arg(long)]
    destination: Option<String>,
    /// Goes on behind the event of this id, as it stands in an earlier line.
    #[arg(
        long,
        value_name = "ID",
        requires = "destination",
        conflicts_with = "v1"
    )]
    last: Option<String>,
    /// Bare events, as classic clients get them; they have no ids, so a lost connection is the end.
    #[arg(long)]
    v1: bool,
}

pub(crate) async fn run(options: Options) -> Result<Ending> {
    let mut watch = Watch {
        last: options.last.clone(),
        pause: FIRST_PAUSE,
        options,
    };
    let mut socket = watch.connect().await?;
    loop {
        let ended = watch.print(&mut socket).await;
        if !watch.can_resume() {
            ended?;
            eprintln!("gc: the gateway closed the connection");
            return Ok(Ending::Done);
        }
        let reason = ended
            .err()
            .map_or_else(String::new, |error| format!(": {error:#}"));
        eprintln!("gc: the connection has ended{reason}; connecting again");
        socket = watch.connect_again().await?;
    }
}

struct Watch {
    options: Options,
    last: Option<String>,
    pause: Duration,
}

impl Watch {
    fn can_resume(&self) -> bool {
        self.options.destination.is_some() && !self.options.v1
    }

    async fn connect(&self) -> Result<Socket> {
        let place = Place {
            destination: self.options.destination.as_deref(),
            last: self.last.as_deref(),
            dialect: if self.options.v1 {
                Dialect::Bare
            } else {
                Dialect::Enveloped
            },
        };
        Socket::open(&self.options.gateway, &place).await
    }

    /// Prints what comes until the connection ends.
    async fn print(&mut self, socket: &mut Socket) -> Result<()> {
        while let Some(text) = socket.next().await? {
            println!("{text}");
            self.pause = FIRST_PAUSE;
            if let Some(id) = id(&text) {
                self.last = Some(id);
            }
        }
        Ok(())
    }

    /// Tries until the gateway is there again, or refuses for good.
    async fn connect_again(&mut self) -> Result<Socket> {
        loop {
            sleep(self.pause).await;
            self.pause = LONGEST_PAUSE.min(self.pause * 2);
            match self.connect().await {
                Ok(socket) => return Ok(socket),
                Err(error) if is_final(&error) => return Err(error),
                Err(_) => {}
            }
        }
    }
}

fn is_final(error: &anyhow::Error) -> bool {
    let refused = error.downcast_ref::<Refused>();
    refused.is_some_and(|refused| !refused.is_for_now())
}

/// The id of a frame; results of commands have none.
fn id(text: &str) -> Option<String> {
    let frame: Value = serde_json::from_str(text).ok()?;
    frame["id"].as_str().map(str::to_owned)
}
