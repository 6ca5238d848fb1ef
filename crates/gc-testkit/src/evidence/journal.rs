//! Where evidence is written.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, OnceLock};

/// Names the folder.
const FOLDER: &str = "GC_EVIDENCE";

/// The file of one process.
#[derive(Debug)]
pub(super) struct Journal(Mutex<File>);

impl Journal {
    /// This process's journal, if evidence is wanted.
    pub(super) fn global() -> Option<&'static Self> {
        static GLOBAL: OnceLock<Option<Journal>> = OnceLock::new();
        GLOBAL
            .get_or_init(|| {
                let folder = std::env::var_os(FOLDER)?;
                // Evidence that cannot be written is missing from the table, which then says so.
                Journal::open(Path::new(&folder)).ok()
            })
            .as_ref()
    }

    /// A file of this process in a folder, which is made if need be.
    pub(super) fn open(folder: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let name = format!("{}.jsonl", std::process::id());
        let mut options = OpenOptions::new();
        let file = options.create(true).append(true).open(folder.join(name))?;
        Ok(Self(Mutex::new(file)))
    }

    /// Adds a line; lines stand in the order in which things happened.
    pub(super) fn add(&self, line: &str) {
        if let Ok(mut file) = self.0.lock() {
            let _ = file.write_all(format!("{line}\n").as_bytes());
        }
    }
}
