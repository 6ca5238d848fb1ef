//! The work on the folder: reading all records at the start, then writing and wiping them one by one.

use std::collections::BTreeMap;
use std::io;

use super::StoreError;
use super::folder::Folder;
use super::key::KeyRing;
use super::record::{About, Record};
use super::seal::{self, Age, Broken};
use crate::key::{NoRandomBits, random};
use crate::telemetry;

/// Tells whether a key is the store's, before anything else is done with it.
const CHECK: &str = "key";

/// What shall become of a record.
#[derive(Debug)]
pub(super) enum Wish {
    Save(Record),
    Remove,
}

/// The folder, and which file is about what.
pub(super) struct Desk {
    folder: Folder,
    ring: KeyRing,
    names: BTreeMap<About, String>,
}

impl Desk {
    /// Reads everything; what is damaged is set aside, what an old key has sealed is sealed anew.
    pub(super) fn open(folder: Folder, ring: KeyRing) -> Result<(Self, Vec<Record>), StoreError> {
        let names = BTreeMap::new();
        let mut desk = Self {
            folder,
            ring,
            names,
        };
        let all = desk
            .folder
            .records()
            .map_err(|reason| desk.failed(reason))?;
        let check = desk.check_key()?;
        let mut records = Vec::new();
        let mut foreign = false;
        for name in all.iter().filter(|name| *name != CHECK) {
            match desk.read(name)? {
                Ok(record) => records.push(record),
                Err(Broken::Key) if check == Check::None => foreign = true,
                Err(broken) => desk.set_aside(name, broken)?,
            }
        }
        if foreign {
            return Err(desk.wrong_key());
        }
        if check != Check::Present {
            let sealed = seal::seal(&desk.ring, CHECK, b"")?;
            let written = desk.folder.write(CHECK, &sealed);
            written.map_err(|reason| desk.failed(reason))?;
        }
        desk.folder.sync().map_err(|reason| desk.failed(reason))?;
        telemetry::store_records(desk.names.len());
        Ok((desk, records))
    }

    /// Carries out wishes; gives back those that could not be, with the reason of the last one.
    pub(super) fn carry_out(
        &mut self,
        wishes: BTreeMap<About, Wish>,
    ) -> Result<(), (BTreeMap<About, Wish>, io::Error)> {
        let mut failed = BTreeMap::new();
        let mut reason = None;
        for (about, wish) in wishes {
            if let Err(error) = self.carry_out_one(&about, &wish) {
                reason = Some(error);
                failed.insert(about, wish);
            }
        }
        let synced = self.folder.sync();
        telemetry::store_records(self.names.len());
        match reason.or(synced.err()) {
            Some(reason) => Err((failed, reason)),
            None => Ok(()),
        }
    }

    fn carry_out_one(&mut self, about: &About, wish: &Wish) -> io::Result<()> {
        match wish {
            Wish::Save(record) => {
                let name = match self.names.get(about) {
                    Some(name) => name.clone(),
                    None => new_name().map_err(io::Error::other)?,
                };
                self.write(&name, record)?;
                self.names.insert(about.clone(), name);
            }
            Wish::Remove => {
                if let Some(name) = self.names.get(about) {
                    self.folder.remove(name)?;
                    self.names.remove(about);
                }
            }
        }
        Ok(())
    }

    fn write(&self, name: &str, record: &Record) -> io::Result<()> {
        let sealed = seal::seal(&self.ring, name, &record.write()).map_err(io::Error::other)?;
        self.folder.write(name, &sealed)
    }

    /// Whether the key is the one that the store was made with.
    fn check_key(&self) -> Result<Check, StoreError> {
        let sealed = self.folder.read(CHECK);
        let Some(sealed) = sealed.map_err(|reason| self.failed(reason))? else {
            return Ok(Check::None);
        };
        match seal::open(&self.ring, CHECK, &sealed) {
            Ok(opened) if opened.key == Age::Present => Ok(Check::Present),
            Ok(_) => Ok(Check::Old),
            Err(Broken::Key) => Err(self.wrong_key()),
            // The records will tell.
            Err(Broken::Form | Broken::Changed) => Ok(Check::None),
        }
    }

    fn read(&mut self, name: &str) -> Result<Result<Record, Broken>, StoreError> {
        let sealed = self.folder.read(name);
        let sealed = sealed.map_err(|reason| self.failed(reason))?;
        let opened = match seal::open(&self.ring, name, &sealed.unwrap_or_default()) {
            Ok(opened) => opened,
            Err(broken) => return Ok(Err(broken)),
        };
        let Some(record) = Record::read(&opened.text) else {
            return Ok(Err(Broken::Form));
        };
        if opened.key == Age::Old {
            let written = self.write(name, &record);
            written.map_err(|reason| self.failed(reason))?;
        }
        // There are never two about one thing; if somebody managed to make them, one file must not be forgotten.
        if let Some(other) = self.names.insert(record.about(), name.to_owned()) {
            let removed = self.folder.remove(&other);
            removed.map_err(|reason| self.failed(reason))?;
        }
        Ok(Ok(record))
    }

    fn set_aside(&self, name: &str, why: Broken) -> Result<(), StoreError> {
        telemetry::store_damaged();
        tracing::warn!(record = name, reason = %why, "a record of the store is damaged and set aside");
        let moved = self.folder.set_aside(name);
        moved.map_err(|reason| self.failed(reason))
    }

    fn failed(&self, reason: io::Error) -> StoreError {
        StoreError::Folder {
            path: self.folder.path().to_owned(),
            reason,
        }
    }

    fn wrong_key(&self) -> StoreError {
        StoreError::WrongKey {
            path: self.folder.path().to_owned(),
        }
    }
}

/// With which key the store was made, as far as it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Check {
    None,
    Present,
    Old,
}

/// Names tell nothing of whom a record is about.
fn new_name() -> Result<String, NoRandomBits> {
    let mut bits = [0; 16];
    random(&mut bits)?;
    Ok(uuid::Uuid::from_bytes(bits).simple().to_string())
}
