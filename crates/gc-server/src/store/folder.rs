//! The folder: private, one gateway's at a time, and whole whenever the process ends.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::StoreError;
use super::key::is_private;

/// Ending of a record's file.
const RECORD: &str = "record";
/// A record that is being written.
const NEW: &str = "new";
/// A record that is being wiped.
const OLD: &str = "old";
/// A record that cannot be read.
const DAMAGED: &str = "damaged";
/// Held as long as a gateway uses the folder.
const LOCK: &str = "lock";
/// Far more than any record has.
const MAX_BYTES: u64 = 1024 * 1024;

/// The folder of a store.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Makes it if there is none, and takes it.
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let path = path.to_owned();
        let unusable = |reason| StoreError::Folder {
            path: path.clone(),
            reason,
        };
        let mut builder = DirBuilder::new();
        builder
            .recursive(true)
            .mode(0o700)
            .create(&path)
            .map_err(unusable)?;
        if !is_private(&fs::metadata(&path).map_err(unusable)?) {
            return Err(StoreError::Exposed { path });
        }
        let lock = options().open(path.join(LOCK)).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse { path }),
            Err(TryLockError::Error(reason)) => Err(unusable(reason)),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Names of all records; what an earlier process left half done is wiped.
    pub(super) fn records(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let path = entry?.path();
            let name = path.file_stem().and_then(|name| name.to_str());
            match (path.extension().and_then(|kind| kind.to_str()), name) {
                (Some(RECORD), Some(name)) => names.push(name.to_owned()),
                (Some(NEW | OLD), _) => wipe(&path)?,
                _ => {}
            }
        }
        names.sort();
        Ok(names)
    }

    /// What a record's file holds; `None` if there is none.
    pub(super) fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        let file = match File::open(self.file(name, RECORD)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut bytes = Vec::new();
        file.take(MAX_BYTES).read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    }

    /// Writes a record in place of the one of that name; there is always a whole one.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let new = self.file(name, NEW);
        let mut file = options().truncate(true).open(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&new, self.file(name, RECORD))
    }

    /// Overwrites a record and removes it.
    pub(super) fn remove(&self, name: &str) -> io::Result<()> {
        let old = self.file(name, OLD);
        match fs::rename(self.file(name, RECORD), &old) {
            Ok(()) => wipe(&old),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Keeps a record that cannot be read for people to look at.
    pub(super) fn set_aside(&self, name: &str) -> io::Result<()> {
        fs::rename(self.file(name, RECORD), self.file(name, DAMAGED))
    }

    /// Makes sure that what was written and removed outlives the machine.
    pub(super) fn sync(&self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()
    }

    fn file(&self, name: &str, kind: &str) -> PathBuf {
        self.path.join(format!("{name}.{kind}"))
    }
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).mode(0o600);
    options
}

fn wipe(path: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    let length = file.metadata()?.len().min(MAX_BYTES);
    file.write_all(&vec![0; usize::try_from(length).unwrap_or_default()])?;
    file.sync_all()?;
    fs::remove_file(path)
}
