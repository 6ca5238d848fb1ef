//! Conversations with software that we did not write: Prosody as the notification service, slixmpp, strophe.js and
//! @xmpp/client as agents, curl and websockets as clients, ActiveMQ as the broker with a JMS client and stomp.py as its
//! clients; our TypeScript client, on Node; validators and schemathesis on the descriptions of the API.

mod activemq;
mod broker;
mod certificates;
mod conversation;
mod curl;
mod demo;
mod descriptions;
mod gateway;
mod pages;
mod prosody;
mod readme;
mod scripts;
mod servers;
mod simulator;
mod tools;
mod transports;
mod typescript;

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

use crate::process::{cargo, run_shown};
use crate::report::{Outcome, Report, Step};

/// Domain of the simulator's first node, which Prosody takes the place of.
const DOMAIN: &str = "fin-a.acme.test";
const AGENT: &str = "41027";
const EXTENSION: &str = "6127";
const PASSWORD: &str = "demo";

/// Where things are.
struct Places {
    root: PathBuf,
    /// Everything that a run writes.
    work: PathBuf,
}

impl Places {
    fn program(&self, name: &str) -> PathBuf {
        self.root.join("target/debug").join(name)
    }

    /// Where JavaScript packages are installed, and scripts find them.
    fn pages(&self) -> PathBuf {
        self.work.join("pages")
    }
}

/// Runs every check that the machine allows.
pub(crate) fn run(root: &Path) -> Report {
    let places = Places {
        root: root.to_owned(),
        work: root.join("target/interop"),
    };
    let built = Step::one("interop: build", || build(root));
    let usable = built.passed();
    let mut report = Report::of(built);
    if usable {
        report.add(simulator::step(&places));
        for client in pages::CLIENTS {
            report.add(pages::step(&places, client));
        }
        report.add(gateway::step(&places));
        report.add(transports::rest(&places));
        report.add(transports::websocket(&places));
        report.add(curl::step(&places));
        report.add(typescript::step(&places));
        report.add(descriptions::openapi_step(&places));
        report.add(descriptions::asyncapi_step(&places));
        report.add(descriptions::schemathesis_step(&places));
        report.add(broker::step(&places));
    }
    report
}

fn build(root: &Path) -> Result<Outcome> {
    let mut build = cargo(root);
    build.args(["build", "--locked", "--workspace", "--bins", "--examples"]);
    ensure!(
        run_shown(&mut build)?.success,
        "cargo build --workspace --bins --examples failed"
    );
    Ok(Outcome::Passed)
}
