//! Where the seeds of a target lie: in its corpus, and among the documents of other tests.

#![allow(dead_code)] // each test binary uses a part

use std::path::{Path, PathBuf};

/// The folder of this package.
pub(crate) fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The corpus of a target.
pub(crate) fn committed(target: &str) -> Vec<Vec<u8>> {
    files(&here().join("corpus").join(target))
        .map(|path| std::fs::read(path).unwrap())
        .collect()
}

/// All seeds of a target.
pub(crate) fn of(target: &str) -> Vec<Vec<u8>> {
    let mut seeds = committed(target);
    let documents = documents().into_iter().map(|(_, text)| text.into_bytes());
    match target {
        "finesse_xml" | "finesse_update" | "xmpp_stream" => seeds.extend(documents),
        // Its first byte chooses the status.
        "rest_answer" => seeds.extend(documents.map(|body| [b"\0", &body[..]].concat())),
        _ => {}
    }
    seeds
}

/// Recorded messages and documents of other tests: their paths and texts.
pub(crate) fn documents() -> Vec<(PathBuf, String)> {
    let folders = [
        "../data/recorded",
        "../../crates/finesse-protocol/tests/fixtures",
    ];
    let mut roots: Vec<PathBuf> = folders.iter().map(|folder| here().join(folder)).collect();
    roots.extend(std::env::var_os("GC_RECORDED").map(PathBuf::from));
    let all = roots.iter().flat_map(|root| files(root));
    let xml = all.filter(|path| path.extension().is_some_and(|extension| extension == "xml"));
    xml.map(|path| (path.clone(), std::fs::read_to_string(path).unwrap()))
        .collect()
}

/// Every file below a folder, in the order of their paths.
fn files(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let below = |path: PathBuf| match path.is_dir() {
        true => files(&path).collect(),
        false => vec![path],
    };
    let all: Vec<PathBuf> = paths.into_iter().flat_map(below).collect();
    all.into_iter()
}
