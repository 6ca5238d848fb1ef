//! curl follows events: the examples of the README, as they stand there.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use super::Places;
use super::conversation::{Conversation, skipped};
use super::demo::Demo;
use super::servers::Server;
use super::tools::{self, Tool};
use crate::process::run_quiet;
use crate::report::{Counts, Outcome, Step};

/// Address and id as the README writes them.
const ADDRESS: &str = "http://127.0.0.1:8112";
const ID: &str = "5c0f….1:27";

/// The conversation.
pub(super) fn step(places: &Places) -> Step {
    Step::many("interop: curl follows events", || match tools::curl()? {
        Tool::Here(_) => talk(places),
        Tool::Missing(reason) => Ok(skipped(reason)),
    })
}

fn talk(places: &Places) -> Result<(Outcome, Counts)> {
    let folder = places.work.join("curl");
    std::fs::create_dir_all(&folder)?;
    let [follow, come_back] = examples(&places.root)?;
    let stage = Stage {
        demo: Demo::start(places, &folder)?,
        folder,
    };
    let mut conversation = Conversation::default();
    let first = stage.curl(&follow, "")?;
    stage.hello(places)?;
    let problem = first.lacks("\"origin\":\"live\"");
    conversation.check("an event comes as it happens", problem);
    let id = id_in(&first).unwrap_or_default();
    drop(first);
    stage.hello(places)?;
    let second = stage.curl(&come_back, &id)?;
    let problem = second.lacks("\"origin\":\"replay\"");
    conversation.check("what was missed comes to who comes back", problem);
    conversation.check(
        "it is the next one",
        (id_in(&second) != next_to(&id)).then(|| second.tail()),
    );
    Ok(conversation.end())
}

/// The README's lines that follow events: without an id, and with one.
fn examples(root: &Path) -> Result<[String; 2]> {
    let readme = std::fs::read_to_string(root.join("README.md"))?;
    let lines = readme.lines().filter(|line| line.starts_with("curl -N "));
    let lines: Vec<String> = lines.map(str::to_owned).collect();
    let [follow, come_back] = <[String; 2]>::try_from(lines)
        .map_err(|lines| anyhow::anyhow!("two lines, not {lines:?}"))?;
    ensure!(come_back.contains(ID), "no id in `{come_back}`");
    Ok([follow, come_back])
}

/// The demo, and what the examples do with it.
struct Stage {
    demo: Demo,
    folder: PathBuf,
}

impl Stage {
    /// Runs an example until it is dropped.
    fn curl(&self, example: &str, id: &str) -> Result<Server> {
        let line = example.replace(ADDRESS, &self.demo.url).replace(ID, id);
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("exec {line}")]);
        let log = self.folder.join("curl.log");
        // From the first thing said on, it is told what happens.
        Server::start("curl", &mut shell, &log)?.having_said("retry: ")
    }

    /// Has an event told at the destination of the examples.
    fn hello(&self, places: &Places) -> Result<()> {
        let mut send = Command::new(places.program("gc"));
        send.args(["send", "Hello#desk-1", "--destination", "desk-1"]);
        let finished = run_quiet(send.args(["--url", &self.demo.url]))?;
        ensure!(finished.success, "gc send: {}", finished.output);
        Ok(())
    }
}

fn next_to(id: &str) -> Option<String> {
    let (stream, number) = id.rsplit_once(':')?;
    Some(format!("{stream}:{}", number.parse::<u64>().ok()? + 1))
}

fn id_in(curl: &Server) -> Option<String> {
    let lines = curl.lines();
    let id = lines.iter().find_map(|line| line.strip_prefix("id: "));
    id.map(str::to_owned)
}
