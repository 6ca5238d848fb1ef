//! Recorded notifications of Finesse in, events of GC out: `finesse-protocol`, `gc-core` and `gc-protocol` in a row.
//!
//! `cargo run -p gc-examples --example decode_recorded tests/data/recorded/1-routed-call/*.xml`
#![allow(clippy::print_stdout)] // an example speaks to a terminal

use anyhow::{Context, Result};
use finesse_protocol::Update;
use gc_core::Config;
use gc_core::replay::Replay;
use gc_protocol::{AgentId, Printer, Style};

fn main() -> Result<()> {
    let printer = Printer::new(&Style::default())?;
    let extension = Some("6127".to_owned());
    let mut replay = Replay::new(AgentId::from("41027"), extension, Config::default());
    for path in std::env::args().skip(1) {
        let xml = std::fs::read_to_string(&path).with_context(|| path.clone())?;
        let update = Update::parse(&xml).with_context(|| path.clone())?;
        for event in replay.apply(update) {
            println!("{}", printer.print(&event));
        }
    }
    Ok(())
}
