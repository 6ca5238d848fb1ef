//! The TypeScript client: its types, its own tests, and conversations with real gateways over lines that break.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::conversation::{Conversation, skipped};
use super::demo::Demo;
use super::servers::{Server, free_port};
use super::simulator::{self, Simulator};
use super::tools::{self, Tool};
use super::{DOMAIN, Places, readme};
use crate::process::{Finished, run_quiet, run_shown};
use crate::report::{Counts, Outcome, Step};

/// What the example of the package's README must print.
const EXAMPLE_SAYS: [&str; 3] = ["Login done", "03005550142 calls", "AnswerCall done"];

/// The conversation.
pub(super) fn step(places: &Places) -> Step {
    Step::many("interop: the TypeScript client", || {
        match (tools::npm_ci(&folder(places))?, tools::curl()?) {
            (Tool::Here(npm), Tool::Here(_)) => talk(places, &npm),
            (Tool::Missing(reason), _) | (_, Tool::Missing(reason)) => Ok(skipped(reason)),
        }
    })
}

fn folder(places: &Places) -> PathBuf {
    places.root.join("clients/typescript")
}

fn talk(places: &Places, npm: &Path) -> Result<(Outcome, Counts)> {
    let folder = folder(places);
    let script = |name: &str| {
        let mut command = Command::new(npm);
        command.current_dir(&folder).args(["run", "--silent", name]);
        command
    };
    let mut conversation = Conversation::default();
    for (name, promise) in [
        (
            "check",
            "the types are those of the schemas, and everything fits them",
        ),
        ("build", "the package can be built"),
    ] {
        let finished = run_quiet(&mut script(name))?;
        let problem = (!finished.success).then_some(finished.output);
        conversation.check(promise, problem);
    }
    let mut counts = tests(script("test"), "npm test", &mut conversation)?;
    for (socket, promise) in [
        ("ws", "the package ws"),
        ("platform", "the platform's WebSocket"),
    ] {
        let name = format!("npm run test:demo, with {promise}");
        let stage = Stage::start(places)?;
        let mut command = script("test:demo");
        stage.describe(&mut command, socket);
        counts += tests(command, &name, &mut conversation)?;
    }
    let problem = example(places)?;
    conversation.check("the example of its README works", problem);
    let (outcome, own) = conversation.end();
    counts += own;
    Ok((outcome, counts))
}

/// Runs tests of Node's runner; they are counted as it counts them.
fn tests(mut command: Command, name: &str, conversation: &mut Conversation) -> Result<Counts> {
    let finished = run_shown(&mut command)?;
    let counts = counted(&finished);
    let all_well =
        finished.success && counts.failed == 0 && counts.skipped == 0 && counts.passed > 0;
    let problem = (!all_well).then(|| format!("see above; {counts:?}"));
    conversation.check(name, problem);
    Ok(counts)
}

/// The closing lines, `# pass 12` or `ℹ pass 12`.
fn counted(finished: &Finished) -> Counts {
    let of = |kinds: &[&str]| {
        let lines = finished.output.lines();
        let numbers = lines.filter_map(|line| match *line.split(' ').collect::<Vec<_>>() {
            ["#" | "ℹ", kind, number] if kinds.contains(&kind) => number.parse::<u64>().ok(),
            _ => None,
        });
        numbers.sum()
    };
    Counts {
        passed: of(&["pass"]),
        failed: of(&["fail", "cancelled"]),
        skipped: of(&["skipped", "todo"]),
    }
}

/// The demo, a gateway that wants keys, and the settings of one that the tests start and kill themselves.
struct Stage {
    demo: Demo,
    key: String,
    old_key: String,
    keyed: Settings,
    own: Settings,
    program: PathBuf,
    _keyed: Server,
    _simulator: Simulator,
}

impl Stage {
    fn start(places: &Places) -> Result<Self> {
        let folder = places.work.join("typescript");
        std::fs::create_dir_all(&folder)?;
        let simulator = simulator::start(places)?;
        let (key, client) = new_key(places, "crm")?;
        let (old_key, old_client) = new_key(places, "old")?;
        let clients = format!("{client}destinations = [\"crm-*\"]\n{old_client}");
        let keyed = Settings::write(folder.join("keyed.toml"), &simulator, &clients)?;
        let program = places.program("gc-server");
        let mut command = Command::new(&program);
        command.args(["run", "--config"]).arg(&keyed.file);
        let server = Server::start("gc-server", &mut command, &folder.join("gc-server.log"))?;
        Ok(Self {
            demo: Demo::start(places, &folder)?,
            key,
            old_key,
            own: Settings::write(folder.join("own.toml"), &simulator, "")?,
            program,
            _keyed: server.listening(keyed.port)?,
            keyed,
            _simulator: simulator,
        })
    }

    /// Tells the tests where everything is.
    fn describe(&self, command: &mut Command, socket: &str) {
        command
            .env("GC_SOCKET", socket)
            .env("GC_URL", &self.demo.url)
            .env("GC_CONTROL", &self.demo.control)
            .env("GC_KEYED_URL", self.keyed.url())
            .env("GC_KEYED_CONFIG", &self.keyed.file)
            .env("GC_KEY", &self.key)
            .env("GC_OLD_KEY", &self.old_key)
            .env("GC_SERVER", &self.program)
            .env("GC_OWN_URL", self.own.url())
            .env("GC_OWN_CONFIG", &self.own.file)
            // Node 20 has a WebSocket that must be asked for; later ones know the option and need it not.
            .env("NODE_OPTIONS", "--experimental-websocket");
    }
}

/// The settings of a gateway at the simulator.
struct Settings {
    file: PathBuf,
    port: u16,
}

impl Settings {
    fn write(file: PathBuf, simulator: &Simulator, more: &str) -> Result<Self> {
        let (port, admin) = (free_port()?, free_port()?);
        let settings = format!(
            "[server]\nlisten = \"127.0.0.1:{port}\"\nadmin_listen = \"127.0.0.1:{admin}\"\n\
             [finesse]\nsystem_roots = false\nca_files = [{:?}]\n\
             [[finesse.nodes]]\nname = \"a\"\nhost = \"{DOMAIN}\"\naddress = \"127.0.0.1\"\n\
             https_port = {}\nxmpp_port = {}\n{more}",
            simulator.authority.display().to_string(),
            simulator.rest,
            simulator.xmpp
        );
        std::fs::write(&file, settings)?;
        Ok(Self { file, port })
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// A key, and the lines for the settings.
fn new_key(places: &Places, name: &str) -> Result<(String, String)> {
    let mut command = Command::new(places.program("gc-server"));
    let made = command.args(["key", "new", "--name", name]).output()?;
    let shown = String::from_utf8(made.stderr)?;
    let key = shown.lines().last().context("gc-server shows no key")?;
    Ok((key.to_owned(), String::from_utf8(made.stdout)?))
}

/// Runs the example while somebody calls; the problem, if there is one.
fn example(places: &Places) -> Result<Option<String>> {
    let folder = folder(places);
    let text = readme::example(&folder.join("README.md"), "## Use", "ts")?;
    let work = places.work.join("typescript");
    let demo = Demo::start(places, &work)?;
    // Within the package, so that its name is found.
    let file = folder.join("build/readme.mjs");
    std::fs::write(&file, text.replace(readme::ADDRESS, &demo.url))?;
    let mut node = Command::new("node");
    node.arg("--experimental-websocket").arg(&file);
    let running = Server::start("the example", &mut node, &work.join("readme.log"))?;
    let running = running.having_said(EXAMPLE_SAYS[0])?;
    demo.call("6127")?;
    Ok(EXAMPLE_SAYS.iter().find_map(|said| running.lacks(said)))
}
