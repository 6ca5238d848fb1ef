//! The simulator as a program.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use finesse_sim::{
    AuthMode, NodePorts, Product, Profile, Release, SimConfig, Simulator, Site, Spelling, TokenForm,
};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

const CONTROL: &str = r#"The control API takes and answers JSON:
  GET    /sim/state                       nodes, agents, calls, queues
  GET    /sim/counters                    sign-ins, requests executed, notifications so far
  POST   /sim/calls                       {"from":"03005550142","to":"7800","variables":{"callVariable1":"gold"}}
  POST   /sim/calls/ID/hangup             the customer hangs up
  POST   /sim/campaigns                   {"mode":"preview","agentId":"41027","customer":"03005550142"}
  PUT    /sim/agents/ID                   {"firstName":"Layla","lastName":"Haddad"}
  PUT    /sim/queues/ID/teams/TEAM        gives a team a queue; DELETE takes it away
  POST   /sim/service                     {"node":"a","status":"OUT_OF_SERVICE"}, or IN_SERVICE
  POST   /sim/nodes/a/kill                breaks its connections, closes its ports; /sim/nodes/a/start starts it again
  POST   /sim/cti/failover                {"seconds":150}: both nodes answer 503 and are silent, then READY is lost
  POST   /sim/links/drop                  {"agentId":"41027"}
  POST   /sim/tokens                      {"agentId":"41027","lifeSeconds":60}
  POST   /sim/tokens/revoke               {"token":"..."}
  POST   /sim/faults                      {"where":"rest","match":{"action":"HOLD"},"effect":{"status":503},"times":1}
  GET    /sim/faults                      those still to come; DELETE clears them

A campaign's mode is preview, direct_preview, progressive, predictive or personal_callback. A fault is "where" rest or xmpp;
it may "match" node, agentId, method, path and action; its effect is status with body, delayMs, drop (before or after),
duplicate, reorder or silence."#;

/// A Cisco Finesse to test and demonstrate against, on loopback.
#[derive(Debug, Parser)]
#[command(version, after_help = CONTROL)]
struct Arguments {
    /// HTTPS port of node A; 0 takes any, like for every port.
    #[arg(long, env = "SIM_HTTPS_A", default_value_t = 18445)]
    https_a: u16,
    /// The notification service's own web port of node A: BOSH, and WebSocket in releases before 12.6.
    #[arg(long, env = "SIM_LEGACY_A", default_value_t = 17443)]
    legacy_a: u16,
    /// XMPP port of node A.
    #[arg(long, env = "SIM_XMPP_A", default_value_t = 15223)]
    xmpp_a: u16,
    /// HTTPS port of node B.
    #[arg(long, env = "SIM_HTTPS_B", default_value_t = 28445)]
    https_b: u16,
    /// The notification service's own web port of node B.
    #[arg(long, env = "SIM_LEGACY_B", default_value_t = 27443)]
    legacy_b: u16,
    /// XMPP port of node B.
    #[arg(long, env = "SIM_XMPP_B", default_value_t = 25223)]
    xmpp_b: u16,
    /// Port of the control API.
    #[arg(long, env = "SIM_CONTROL", default_value_t = 18080)]
    control: u16,
    /// Contact center behind Finesse: UCCE or UCCX.
    #[arg(long, env = "SIM_PRODUCT", default_value = "UCCE")]
    product: Product,
    /// Release of Finesse: 11.6, 12.5, 12.6 or 15.0.
    #[arg(long, env = "SIM_RELEASE", default_value = "12.6")]
    release: Release,
    /// Spells documents as Cisco's guide prints them, not as real servers were seen to.
    #[arg(long)]
    documented_spelling: bool,
    /// How people sign on: NON_SSO, SSO or HYBRID.
    #[arg(long, env = "SIM_AUTH", default_value = "NON_SSO", value_parser = auth_mode)]
    auth: AuthMode,
    /// Agent who has a token in a hybrid site; can be repeated.
    #[arg(long, value_name = "AGENT")]
    token_agent: Vec<String>,
    /// Issues tokens that tell nothing instead of JWTs.
    #[arg(long)]
    opaque_tokens: bool,
    /// Time from an agent's lost presence to the forced logout.
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    presence_grace: Duration,
    /// The same seed replays the same jitter and ids.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Milliseconds from a request to its effect, as FROM-TO.
    #[arg(long, default_value = "50-300", value_parser = latency)]
    latency: (u64, u64),
    /// This many generated agents instead of the demo cast.
    #[arg(long)]
    agents: Option<usize>,
    /// Writes the certificate authority there, for clients to trust.
    #[arg(long, value_name = "FILE")]
    write_ca: Option<PathBuf>,
    /// Logs lines for people instead of JSON.
    #[arg(long)]
    plain_log: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    log(arguments.plain_log);
    let simulator = Simulator::start(config(&arguments)).await?;
    if let Some(file) = &arguments.write_ca {
        std::fs::write(file, simulator.ca_pem())
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    for node in simulator.nodes() {
        let [https, legacy, xmpp]: [SocketAddr; 3] = [node.https, node.legacy, node.xmpp];
        tracing::info!(host = node.host, %https, %legacy, %xmpp, "node");
    }
    let profile = simulator.profile();
    tracing::info!(%profile, control = %simulator.control_addr(), "ready");
    until_told_to_stop().await?;
    simulator.shutdown().await;
    Ok(())
}

fn config(arguments: &Arguments) -> SimConfig {
    let (from, to) = arguments.latency;
    let site = arguments.agents.map_or_else(Site::demo, Site::with_agents);
    let ports = |https, legacy, xmpp| NodePorts {
        https,
        legacy,
        xmpp,
    };
    let with_token: Vec<&str> = arguments.token_agent.iter().map(String::as_str).collect();
    let mut config = SimConfig {
        seed: arguments.seed,
        site,
        nodes: [
            ports(arguments.https_a, arguments.legacy_a, arguments.xmpp_a),
            ports(arguments.https_b, arguments.legacy_b, arguments.xmpp_b),
        ],
        control_port: arguments.control,
        ..SimConfig::demo()
    }
    .profile(Profile::new(arguments.product, arguments.release))
    .signing_on(arguments.auth, &with_token)
    .latency(Duration::from_millis(from), Duration::from_millis(to));
    config.settings.presence_grace = arguments.presence_grace;
    if arguments.documented_spelling {
        config.site.profile.spelling = Spelling::Documented;
    }
    if arguments.opaque_tokens {
        config.settings.token_form = TokenForm::Opaque;
    }
    config
}

fn auth_mode(word: &str) -> Result<AuthMode, String> {
    let known = AuthMode::parse(word);
    known.ok_or_else(|| "expected NON_SSO, SSO or HYBRID".to_owned())
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok();
    let time = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    time.ok_or_else(|| "expected a number of seconds, such as 60 or 2.5".to_owned())
}

fn latency(text: &str) -> Result<(u64, u64), String> {
    let bounds = text.split_once('-').unwrap_or((text, text));
    match (bounds.0.trim().parse(), bounds.1.trim().parse()) {
        (Ok(from), Ok(to)) if from <= to => Ok((from, to)),
        _ => Err("expected FROM-TO in milliseconds, such as 50-300".to_owned()),
    }
}

fn log(plain: bool) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stdout().is_terminal());
    if plain { log.init() } else { log.json().init() }
}

async fn until_told_to_stop() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminate.recv() => {}
    }
    Ok(())
}
