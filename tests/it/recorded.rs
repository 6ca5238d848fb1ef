//! Recorded traffic of real sites through finesse-protocol and gc-core to golden JSON.
//!
//! The recordings lie outside the project, in the folder that `GC_RECORDED` names; the golden events lie in
//! `tests/data/golden/sites`, one file a folder, with the call variables counted instead of copied. They were
//! reviewed by hand against the event table of the contract. `GC_BLESS=1` writes them again.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use finesse_protocol::document::{Document, read_document};
use finesse_protocol::{Data, Source, Update, UpdateEvent};
use gc_core::Config;
use gc_core::replay::Replay;
use gc_protocol::{AgentId, Printer, Style};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

/// The recorded agent's extension, by folder.
const EXTENSIONS: &[(&str, &str)] = &[
    ("abandoned-and-error", "7831"),
    ("inbound-routed", "7831"),
    ("stanzas", "7122"),
    ("transfer-leg-dropped", "7831"),
    ("wrap-up", "7540"),
];

#[test]
fn every_recorded_file_gives_its_golden_events() -> Result<()> {
    let Ok(root) = std::env::var("GC_RECORDED") else {
        eprintln!("GC_RECORDED names no folder: nothing recorded to play");
        return Ok(());
    };
    for folder in folders(Path::new(&root))? {
        let name = folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let events = play(&folder, &name)?;
        let golden =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("data/golden/sites/{name}.jsonl"));
        if std::env::var_os("GC_BLESS").is_some() {
            std::fs::write(&golden, &events)?;
        }
        match std::fs::read_to_string(&golden) {
            Ok(wanted) => assert_eq!(events, wanted, "{name}"),
            Err(_) => eprintln!("{name}: no golden events yet; it gives\n{events}"),
        }
    }
    Ok(())
}

fn play(folder: &Path, name: &str) -> Result<String> {
    let mut updates = Vec::new();
    for file in files(folder)? {
        let text = std::fs::read_to_string(&file)?;
        let document = read_document(&text).with_context(|| file.display().to_string())?;
        updates.extend(updates_of(document).with_context(|| file.display().to_string())?);
    }
    let agent = updates
        .iter()
        .find_map(agent_of)
        .unwrap_or("recorded")
        .to_owned();
    let extension = EXTENSIONS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, extension)| (*extension).to_owned());
    let mut replay = Replay::new(AgentId::from(agent), extension, Config::default());
    let printer = Printer::new(&Style::default())?;
    let mut lines = String::new();
    for event in updates.into_iter().flat_map(|update| replay.apply(update)) {
        lines.push_str(&without_values(serde_json::from_str(&printer.print(&event))?).to_string());
        lines.push('\n');
    }
    Ok(lines)
}

fn updates_of(document: Document) -> Result<Vec<Update>> {
    let put = |source, data| Update {
        event: UpdateEvent::Put,
        request_id: String::new(),
        source,
        data,
    };
    Ok(match document {
        Document::Update(update) => vec![update],
        Document::Stanza(stanza) => stanza.updates.into_iter().collect::<Result<_, _>>()?,
        Document::Dialog(dialog) => {
            vec![put(Source::Dialog(dialog.id.clone()), Data::Dialog(dialog))]
        }
        Document::User(user) => vec![put(Source::User(user.login_id.clone()), Data::User(user))],
        other => anyhow::bail!("no notification: {other:?}"),
    })
}

fn agent_of(update: &Update) -> Option<&str> {
    match (&update.data, &update.source) {
        (Data::User(user), _) => Some(&user.login_id),
        (_, Source::User(id) | Source::UserDialogs(id)) => Some(id),
        _ => None,
    }
}

/// What a customer's site put into a call stays out of the project: only how much it was.
fn without_values(mut event: Value) -> Value {
    if let Some(Value::Object(variables)) = event.get("callVariables") {
        let characters: usize = variables
            .values()
            .filter_map(Value::as_str)
            .map(|value| value.chars().count())
            .sum();
        event["callVariables"] = json!({"count": variables.len(), "characters": characters});
    }
    event
}

fn folders(root: &Path) -> Result<Vec<PathBuf>> {
    entries(root).map(|entries| entries.into_iter().filter(|path| path.is_dir()).collect())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let is_xml = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "xml");
    entries(folder).map(|entries| entries.into_iter().filter(is_xml).collect())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut paths = std::fs::read_dir(folder)
        .with_context(|| folder.display().to_string())?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    Ok(paths)
}
