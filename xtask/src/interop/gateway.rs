//! The gateway with Prosody as its notification service: recorded traffic in, GC events out.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::certificates;
use super::conversation::{Conversation, skipped};
use super::prosody::{self, Prosody};
use super::servers::{Server, free_port};
use super::simulator::{self, Simulator};
use super::tools::{self, Tool};
use super::{AGENT, DOMAIN, EXTENSION, PASSWORD, Places, scripts};
use crate::process::run_quiet;
use crate::report::{Counts, Outcome, Step};

const DESTINATION: &str = "interop-1";
const EVENTS: Duration = Duration::from_secs(20);

/// The conversation.
pub(super) fn step(places: &Places) -> Step {
    Step::many("interop: the gateway on Prosody", || {
        let tools = [tools::prosody()?, tools::openssl()?, tools::python(places)?];
        let [prosody, openssl, python] = tools;
        match (prosody, openssl, python) {
            (Tool::Here(prosody), Tool::Here(openssl), Tool::Here(python)) => talk(
                places,
                &Peers {
                    prosody,
                    openssl,
                    python,
                },
            ),
            (Tool::Missing(reason), _, _)
            | (_, Tool::Missing(reason), _)
            | (_, _, Tool::Missing(reason)) => Ok(skipped(reason)),
        }
    })
}

struct Peers {
    prosody: PathBuf,
    openssl: PathBuf,
    python: PathBuf,
}

fn talk(places: &Places, peers: &Peers) -> Result<(Outcome, Counts)> {
    let folder = places.work.join("prosody");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    let traffic = gather_traffic(places, peers, &folder)?;
    let certificates = certificates::make(&peers.openssl, &folder)?;
    let prosody = prosody::start(&peers.prosody, &folder, &certificates)?;
    let simulator = simulator::start(places)?;
    let mut conversation = Conversation::default();
    let publisher = |step: &str, conversation: &mut Conversation| {
        let arguments = publisher_arguments(step, &prosody, &certificates.authority, &traffic);
        scripts::run(
            places,
            &peers.python,
            "publish.py",
            &arguments,
            conversation,
        )
    };
    publisher("prepare", &mut conversation)?;
    let sign_in = sign_in_arguments(&simulator);
    scripts::run(
        places,
        &peers.python,
        "sign_in.py",
        &sign_in,
        &mut conversation,
    )?;
    let authorities = [certificates.authority.clone(), simulator.authority.clone()];
    let gateway = Gateway::start(places, &folder, &prosody, &simulator, &authorities)?;
    let watch = gateway.watch(places, &folder)?;
    conversation.check("the agent connects", gateway.connect(places)?);
    if conversation.failures() == 0 {
        publisher("play", &mut conversation)?;
        compare(places, &traffic, &watch, &mut conversation)?;
    }
    Ok(conversation.end())
}

/// The project's own notifications and, where the variable names some, recorded ones.
fn gather_traffic(places: &Places, peers: &Peers, folder: &Path) -> Result<PathBuf> {
    let traffic = folder.join("traffic");
    let mut command = Command::new(&peers.python);
    command
        .arg(places.root.join("xtask/interop/traffic.py"))
        .args([AGENT, EXTENSION])
        .arg(&traffic)
        .arg(places.root.join("tests/data/recorded"))
        .args(std::env::var_os("GC_RECORDED"));
    let finished = run_quiet(&mut command)?;
    ensure!(finished.success, "traffic.py: {}", finished.output);
    Ok(traffic)
}

fn publisher_arguments(
    step: &str,
    prosody: &Prosody,
    authority: &Path,
    traffic: &Path,
) -> Vec<String> {
    let named = [
        ("--port", prosody.port.to_string()),
        ("--ca", authority.display().to_string()),
        ("--domain", DOMAIN.to_owned()),
        ("--agent", AGENT.to_owned()),
        ("--traffic", traffic.display().to_string()),
    ];
    let named = named
        .into_iter()
        .flat_map(|(name, value)| [name.to_owned(), value]);
    std::iter::once(step.to_owned()).chain(named).collect()
}

/// At the simulator, so that the gateway finds the agent signed in: the notification of a sign-in would come from the
/// simulator, whose notification service the gateway does not use here.
fn sign_in_arguments(simulator: &Simulator) -> Vec<String> {
    let named = [
        ("--rest", format!("https://127.0.0.1:{}", simulator.rest)),
        ("--ca", simulator.authority.display().to_string()),
        ("--agent", AGENT.to_owned()),
        ("--extension", EXTENSION.to_owned()),
    ];
    let named = named.into_iter();
    named
        .flat_map(|(name, value)| [name.to_owned(), value])
        .collect()
}

/// The real program, with REST from the simulator and XMPP from Prosody.
struct Gateway {
    url: String,
    server: Server,
}

impl Gateway {
    fn start(
        places: &Places,
        folder: &Path,
        prosody: &Prosody,
        simulator: &Simulator,
        authorities: &[PathBuf],
    ) -> Result<Self> {
        let (port, admin) = (free_port()?, free_port()?);
        let names: Vec<String> = authorities
            .iter()
            .map(|file| file.display().to_string())
            .collect();
        let settings = format!(
            "[server]\nlisten = \"127.0.0.1:{port}\"\nadmin_listen = \"127.0.0.1:{admin}\"\n\
             [finesse]\nsystem_roots = false\nca_files = {names:?}\n\
             [[finesse.nodes]]\nname = \"a\"\nhost = \"{DOMAIN}\"\naddress = \"127.0.0.1\"\n\
             https_port = {}\nxmpp_port = {}\ntransport = \"tcp\"\n",
            simulator.rest, prosody.port
        );
        let file = folder.join("gc.toml");
        std::fs::write(&file, settings)?;
        let mut command = Command::new(places.program("gc-server"));
        command.args(["run", "--config"]).arg(&file);
        let server = Server::start("gc-server", &mut command, &folder.join("gc-server.log"))?;
        Ok(Self {
            url: format!("http://127.0.0.1:{port}"),
            server: server.listening(port)?,
        })
    }

    /// A classic client: bare events.
    fn watch(&self, places: &Places, folder: &Path) -> Result<Server> {
        let mut command = Command::new(places.program("gc"));
        command.args([
            "watch",
            "--v1",
            "--destination",
            DESTINATION,
            "--url",
            &self.url,
        ]);
        Server::start("gc watch", &mut command, &folder.join("events.jsonl"))
    }

    /// Connects the agent; the problem, if there is one.
    fn connect(&self, places: &Places) -> Result<Option<String>> {
        let mut command = Command::new(places.program("gc"));
        command
            .args([
                "send",
                &format!("Connect#{AGENT}"),
                &format!("{DESTINATION},{PASSWORD}"),
            ])
            .args(["--destination", DESTINATION, "--url", &self.url]);
        let finished = run_quiet(&mut command)?;
        Ok((!finished.success).then(|| format!("{}\n{}", finished.output, self.server.tail())))
    }
}

/// The events must be those of the golden file, and those that `gc decode` makes of the same files.
fn compare(
    places: &Places,
    traffic: &Path,
    watch: &Server,
    conversation: &mut Conversation,
) -> Result<()> {
    let golden = places.root.join("tests/data/golden/recorded.jsonl");
    let golden = std::fs::read_to_string(&golden).context("tests/data/golden/recorded.jsonl")?;
    let golden: Vec<String> = golden.lines().map(str::to_owned).collect();
    let decoded = decode(places, traffic)?;
    let received = received(watch, &decoded);
    let own = &received[..golden.len().min(received.len())];
    conversation.check("the events are the golden ones", difference(&golden, own));
    conversation.check(
        "the events are those of gc decode",
        difference(&decoded, &received),
    );
    Ok(())
}

fn decode(places: &Places, traffic: &Path) -> Result<Vec<String>> {
    let mut command = Command::new(places.program("gc"));
    command
        .args([
            "decode",
            "--agent-id",
            AGENT,
            "--agent-extension",
            EXTENSION,
        ])
        .arg(traffic);
    let finished = run_quiet(&mut command)?;
    ensure!(finished.success, "gc decode: {}", finished.output);
    Ok(finished.output.lines().map(str::to_owned).collect())
}

/// What the client got from the first played event on, once the last one is there or time is up.
fn received(watch: &Server, expected: &[String]) -> Vec<String> {
    let deadline = Instant::now() + EVENTS;
    loop {
        let lines = watch.lines();
        let done = expected.last().is_none_or(|last| lines.contains(last));
        if done || Instant::now() > deadline {
            let start = lines.iter().position(|line| Some(line) == expected.first());
            return lines[start.unwrap_or(0)..].to_vec();
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn difference(expected: &[String], received: &[String]) -> Option<String> {
    let longer = expected.len().max(received.len());
    let at = (0..longer).find(|at| expected.get(*at) != received.get(*at))?;
    let show = |lines: &[String]| lines.get(at).map_or("nothing", String::as_str).to_owned();
    Some(format!(
        "event {} of {}\n  expected {}\n  received {}",
        at + 1,
        expected.len(),
        show(expected),
        show(received)
    ))
}
