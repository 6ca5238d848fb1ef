//! The descriptions of the API are what their specifications ask for, and what the gateway does: their validators, and
//! schemathesis, which asks for everything that the OpenAPI document has, rightly and wrongly.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use super::conversation::{Conversation, skipped};
use super::demo::Demo;
use super::servers::{Server, free_port, until_ready};
use super::tools::{self, Tool};
use super::{DOMAIN, Places, simulator};
use crate::process::run_shown;
use crate::report::{Counts, Outcome, Step};

/// The key of the gateway that asks for one, and its SHA-256.
const KEY: &str = "a-key-for-schemathesis";
const KEY_SHA256: &str = "6da32a1283164202b8a0ba646410926f660a88f0b4a40c171387adba2501085d";

/// The OpenAPI document, held against its specification.
pub(super) fn openapi_step(places: &Places) -> Step {
    Step::many(
        "interop: openapi-spec-validator on schemas/openapi.json",
        || match tools::python(places)? {
            Tool::Here(python) => {
                let mut command = Command::new(python);
                command.args(["-m", "openapi_spec_validator"]);
                validated(&mut command, places, "openapi.json")
            }
            Tool::Missing(reason) => Ok(skipped(reason)),
        },
    )
}

/// The AsyncAPI document, held against its specification.
pub(super) fn asyncapi_step(places: &Places) -> Step {
    Step::many(
        "interop: @asyncapi/parser on schemas/asyncapi.json",
        || match tools::node(places)? {
            Tool::Here(node) => {
                let script = "asyncapi.mjs";
                let folder = places.pages();
                std::fs::copy(
                    places.root.join("xtask/interop").join(script),
                    folder.join(script),
                )?;
                let mut command = Command::new(node);
                command.current_dir(folder).arg(script);
                validated(&mut command, places, "asyncapi.json")
            }
            Tool::Missing(reason) => Ok(skipped(reason)),
        },
    )
}

fn validated(command: &mut Command, places: &Places, name: &str) -> Result<(Outcome, Counts)> {
    let finished = run_shown(command.arg(places.root.join("schemas").join(name)))?;
    let mut conversation = Conversation::default();
    let problem = (!finished.success).then(|| "see above".to_owned());
    conversation.check(&format!("{name} is valid"), problem);
    Ok(conversation.end())
}

/// Schemathesis asks the open demo, and a gateway with keys.
pub(super) fn schemathesis_step(places: &Places) -> Step {
    Step::many(
        "interop: schemathesis asks the gateway",
        || match tools::python(places)? {
            Tool::Here(python) => ask(places, &python),
            Tool::Missing(reason) => Ok(skipped(reason)),
        },
    )
}

fn ask(places: &Places, python: &Path) -> Result<(Outcome, Counts)> {
    let folder = places.work.join("schemathesis");
    std::fs::create_dir_all(&folder)?;
    // It finds its extension beside itself.
    for file in ["schemathesis.toml", "streams.py"] {
        std::fs::copy(
            places.root.join("xtask/interop").join(file),
            folder.join(file),
        )?;
    }
    let questions = Questions {
        python: python.to_owned(),
        operations: operations(places)?,
        folder,
    };
    let mut conversation = Conversation::default();
    let open = Demo::start(places, &questions.folder)?;
    until_ready(open.admin)?;
    questions.put(
        "the open demo",
        &open.url,
        &[],
        &open.server,
        &mut conversation,
    )?;
    drop(open);
    let keyed = Keyed::start(places, &questions.folder)?;
    let key = ["-H", &format!("Authorization: Bearer {KEY}")];
    questions.put(
        "a gateway with keys",
        &keyed.url,
        &key,
        &keyed.server,
        &mut conversation,
    )?;
    Ok(conversation.end())
}

/// How many operations the description has.
fn operations(places: &Places) -> Result<usize> {
    let text = std::fs::read_to_string(places.root.join("schemas/openapi.json"))?;
    let document: Value = serde_json::from_str(&text)?;
    let paths = document["paths"].as_object().context("no paths")?;
    let methods = paths.values().filter_map(Value::as_object);
    let methods = methods.flat_map(|path| path.keys());
    Ok(methods.filter(|key| *key != "parameters").count())
}

struct Questions {
    python: PathBuf,
    operations: usize,
    folder: PathBuf,
}

impl Questions {
    fn put(
        &self,
        whom: &str,
        url: &str,
        arguments: &[&str],
        server: &Server,
        conversation: &mut Conversation,
    ) -> Result<()> {
        let mut command = Command::new(&self.python);
        command
            .current_dir(&self.folder)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .args([
                "-m",
                "schemathesis.cli",
                "--config-file",
                "schemathesis.toml",
            ])
            .args(["run", "--no-color", &format!("{url}/openapi.json")])
            .args(arguments);
        let finished = run_shown(&mut command)?;
        let problem = (!finished.success).then(|| "see above".to_owned());
        conversation.check(&format!("{whom} does as described"), problem);
        // It does not ask again for the document that it reads.
        let all = format!("Tested: {}", self.operations - 1);
        let tested = finished.output.lines().any(|line| line.trim() == all);
        let problem = (!tested).then(|| format!("schemathesis does not say `{all}`"));
        conversation.check(&format!("{whom} was asked for everything"), problem);
        let lines = server.lines().into_iter();
        let mut errors = lines.filter(|line| line.contains("ERROR") || line.contains("panicked"));
        conversation.check(&format!("{whom} logged no error"), errors.next());
        Ok(())
    }
}

/// A gateway with one client that may not do everything, in front of a simulator.
struct Keyed {
    url: String,
    server: Server,
    _simulator: simulator::Simulator,
}

impl Keyed {
    fn start(places: &Places, folder: &Path) -> Result<Self> {
        let simulator = simulator::start(places)?;
        let (port, admin) = (free_port()?, free_port()?);
        let settings = format!(
            "[server]\nlisten = \"127.0.0.1:{port}\"\nadmin_listen = \"127.0.0.1:{admin}\"\n\
             [clients.crm]\nkey_sha256 = \"{KEY_SHA256}\"\ndestinations = [\"desk-*\"]\nagents = [\"41*\"]\n\
             commands = [\"Hello\", \"Connect\", \"Login\", \"MakeReady\", \"GetState\"]\n\
             [finesse]\nsystem_roots = false\nca_files = [{:?}]\n\
             [[finesse.nodes]]\nname = \"a\"\nhost = \"{DOMAIN}\"\naddress = \"127.0.0.1\"\n\
             https_port = {}\nxmpp_port = {}\ntransport = \"tcp\"\n",
            simulator.authority.display().to_string(),
            simulator.rest,
            simulator.xmpp
        );
        let file = folder.join("gc.toml");
        std::fs::write(&file, settings)?;
        let mut command = Command::new(places.program("gc-server"));
        command.args(["run", "--config"]).arg(&file);
        let log = folder.join("gc-server.log");
        let server = Server::start("gc-server", &mut command, &log)?.listening(port)?;
        until_ready(([127, 0, 0, 1], admin).into())?;
        Ok(Self {
            url: format!("http://127.0.0.1:{port}"),
            server,
            _simulator: simulator,
        })
    }
}
