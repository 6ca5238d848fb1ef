//! `gc-server demo`: a gateway and a simulated Finesse in one process.

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use finesse_sim::{SimConfig, Simulator};
use gc_server::config::{Config, Log, Node};
use gc_server::{Handle, logs};

use crate::{morning, told_to_stop};

/// What to show.
#[derive(Args)]
pub(crate) struct Options {
    /// Plays a morning of two agents, prints its events as they arrive, and ends.
    #[arg(long)]
    play: bool,
    /// Takes any free ports, so that several demos can run at once.
    #[arg(long)]
    any_ports: bool,
    /// What to log: error, warn, info, debug or trace.
    #[arg(long, default_value = "warn")]
    log: String,
}

pub(crate) async fn run(options: Options) -> Result<ExitCode> {
    let _logging = logs::install(&Log {
        level: options.log.clone(),
        ..Log::default()
    })
    .context("cannot log")?;
    let simulator = Simulator::start(site(&options))
        .await
        .context("cannot start the simulated Finesse; --any-ports takes free ports")?;
    let (handle, gateway) = gc_server::serve(settings(&simulator, &options))
        .await
        .context("cannot start the gateway; --any-ports takes free ports")?;
    let gateway = tokio::spawn(gateway);
    introduce(&simulator, &handle);
    let shown = if options.play {
        morning::play(handle.client_addr(), &simulator).await
    } else {
        told_to_stop().await
    };
    handle.shutdown();
    gateway.await.context("the gateway broke down")??;
    simulator.shutdown().await;
    shown.map(|()| ExitCode::SUCCESS)
}

fn site(options: &Options) -> SimConfig {
    if options.any_ports {
        return SimConfig {
            settings: SimConfig::demo().settings,
            ..SimConfig::test()
        };
    }
    SimConfig::demo()
}

fn settings(simulator: &Simulator, options: &Options) -> Config {
    let mut config = Config::default();
    if options.any_ports {
        config.server.listen.set_port(0);
        config.server.admin_listen.set_port(0);
    }
    config.finesse.ca_pem = simulator.ca_pem();
    config.finesse.system_roots = false;
    config.finesse.nodes = simulator
        .nodes()
        .iter()
        .map(|node| Node {
            address: node.https.ip().to_string(),
            https_port: node.https.port(),
            legacy_websocket_port: node.legacy.port(),
            xmpp_port: node.xmpp.port(),
            ..Node::new(node.host.as_str())
        })
        .collect();
    config.callbacks.allow = ["http://127.0.0.1:*", "http://[::1]:*", "http://localhost:*"]
        .map(str::to_owned)
        .to_vec();
    config
}

fn introduce(simulator: &Simulator, handle: &Handle) {
    let (client, admin) = (handle.client_addr(), handle.admin_addr());
    println!("clients    http://{client}/gc/v1/commands and ws://{client}/gc/v1/ws, no key");
    println!("admin      http://{admin}/readyz /healthz /metrics /sessions");
    println!("simulator  http://{}/sim/state", simulator.control_addr());
    for node in simulator.nodes() {
        println!(
            "finesse    {} at https://{}, XMPP at wss://{}/ws, https://{}/http-bind/ (BOSH) and {} (TLS)",
            node.host, node.https, node.https, node.legacy, node.xmpp
        );
    }
    println!(
        "agents     Layla Haddad 41027 ext 6127, Omar Riaz 41033 ext 6133, supervisor Nadia Sethi 41900 ext 6190; password demo"
    );
    println!();
    println!("Try:");
    println!(
        "  cargo run --release --bin gc -- send 'Connect#41027' 'desk-17,demo' --destination desk-17 --url http://{client}"
    );
    println!(
        "  curl -H 'Content-Type: application/json' -d '{{\"data\":{{\"type\":\"Hello#desk-17\",\"body\":\"null\"}}}}' http://{client}/gc/v1/commands"
    );
    println!();
}
