//! The store's keys: made here, read from the environment or from files that nobody else may read.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use gc_protocol::Secret;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::config::Store;
use crate::key::{NoRandomBits, random};

/// Tells people, and programs that look for leaked secrets, what it is.
const PREFIX: &str = "gcs_";
/// More than any key has.
const MAX_FILE_BYTES: u64 = 1024;
/// Letters of the key itself.
const LETTERS: usize = 43;

/// A new key of a store: 256 random bits.
#[derive(Debug)]
pub struct NewStoreKey(Secret);

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreKeyError {
    /// Neither the environment nor a file has one.
    #[error("a store needs a key: GC__STORE__KEY in the environment, or store.key_file")]
    Missing,
    /// Both have one.
    #[error("there are two keys: GC__STORE__KEY (store.key) and store.key_file")]
    Two,
    /// A file cannot be read.
    #[error("cannot read {file}: {reason}")]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        reason: io::Error,
    },
    /// A file can be read by others, or belongs to somebody else.
    #[error("{file} must belong to this user, and nobody else may read it: chmod 600")]
    Exposed {
        /// The file.
        file: String,
    },
    /// What should be a key is none.
    #[error("{place} holds no key of a store")]
    NoKey {
        /// Where.
        place: String,
    },
}

impl StoreKeyError {
    /// The setting that is wrong.
    pub(crate) fn setting(&self) -> &'static str {
        match self {
            Self::Missing | Self::Two => "store.key",
            Self::Unreadable { .. } | Self::Exposed { .. } | Self::NoKey { .. } => "store.key_file",
        }
    }
}

impl NewStoreKey {
    /// Makes one.
    pub fn generate() -> Result<Self, NoRandomBits> {
        let mut bits = Zeroizing::new([0; 32]);
        random(bits.as_mut())?;
        let letters = Zeroizing::new(URL_SAFE_NO_PAD.encode(*bits));
        Ok(Self(Secret::new(format!("{PREFIX}{}", *letters))))
    }

    /// The key as the environment takes it.
    pub fn secret(&self) -> &Secret {
        &self.0
    }

    /// Writes it into a new file that only this user may read.
    pub fn write(&self, file: &Path) -> io::Result<()> {
        let mut options = OpenOptions::new();
        let mut file = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(file)?;
        file.write_all(self.0.expose().as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()
    }
}

/// One key.
pub(crate) struct Key {
    /// Which one it is, without telling anything of it.
    pub(super) id: [u8; 8],
    pub(super) cipher: XChaCha20Poly1305,
}

/// The key that seals, and those that only open.
pub(crate) struct KeyRing {
    pub(super) present: Key,
    pub(super) old: Vec<Key>,
}

impl KeyRing {
    /// From where the settings say that they are.
    pub(crate) fn read(settings: &Store) -> Result<Self, StoreKeyError> {
        let present = match (settings.key.expose(), settings.key_file.as_str()) {
            ("", "") => return Err(StoreKeyError::Missing),
            ("", file) => from_file(file)?,
            (key, "") => Key::parse(key).ok_or_else(|| StoreKeyError::NoKey {
                place: "GC__STORE__KEY (store.key)".to_owned(),
            })?,
            (_, _) => return Err(StoreKeyError::Two),
        };
        let old = settings.old_key_files.iter().map(|file| from_file(file));
        Ok(Self {
            present,
            old: old.collect::<Result<_, _>>()?,
        })
    }

    pub(super) fn find(&self, id: &[u8]) -> Option<&Key> {
        std::iter::once(&self.present)
            .chain(&self.old)
            .find(|key| key.id == id)
    }
}

impl Key {
    fn parse(text: &str) -> Option<Self> {
        let letters = text.strip_prefix(PREFIX)?;
        if letters.len() != LETTERS {
            return None;
        }
        let bits = Zeroizing::new(URL_SAFE_NO_PAD.decode(letters).ok()?);
        let mut id = [0; 8];
        id.copy_from_slice(&Sha256::digest(&*bits)[..8]);
        Some(Self {
            id,
            cipher: XChaCha20Poly1305::new_from_slice(&bits).ok()?,
        })
    }
}

fn from_file(file: &str) -> Result<Key, StoreKeyError> {
    let unreadable = |reason| StoreKeyError::Unreadable {
        file: file.to_owned(),
        reason,
    };
    let opened = File::open(file).map_err(unreadable)?;
    if !is_private(&opened.metadata().map_err(unreadable)?) {
        return Err(StoreKeyError::Exposed {
            file: file.to_owned(),
        });
    }
    let mut text = Zeroizing::new(String::with_capacity(MAX_FILE_BYTES as usize));
    opened
        .take(MAX_FILE_BYTES)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    Key::parse(text.trim_end_matches(['\r', '\n'])).ok_or_else(|| StoreKeyError::NoKey {
        place: file.to_owned(),
    })
}

/// Whether something belongs to this user and nobody else may do anything with it.
pub(super) fn is_private(metadata: &Metadata) -> bool {
    metadata.mode() & 0o077 == 0 && metadata.uid() == rustix::process::geteuid().as_raw()
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn settings(folder: &Path, mode: u32) -> Store {
        let file = folder.join("key");
        NewStoreKey::generate().unwrap().write(&file).unwrap();
        std::fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        Store {
            path: "unused".to_owned(),
            key_file: file.to_str().unwrap().to_owned(),
            ..Store::default()
        }
    }

    fn refusal(settings: &Store) -> String {
        KeyRing::read(settings).err().unwrap().to_string()
    }

    #[test]
    fn a_key_that_was_made_is_read_from_its_file_and_from_the_environment() {
        let folder = tempfile::tempdir().unwrap();
        let in_file = settings(folder.path(), 0o600);
        let text = std::fs::read_to_string(&in_file.key_file).unwrap();
        let given = Store {
            key: Secret::new(text.trim_end()),
            key_file: String::new(),
            ..in_file.clone()
        };
        let ids = [in_file, given].map(|settings| KeyRing::read(&settings).unwrap().present.id);
        assert_eq!(ids[0], ids[1]);
    }

    #[test]
    fn a_file_that_others_may_read_is_refused() {
        for mode in [0o640, 0o604, 0o644, 0o660, 0o601] {
            let folder = tempfile::tempdir().unwrap();
            let refused = refusal(&settings(folder.path(), mode));
            assert!(refused.ends_with("chmod 600"), "{mode:o}: {refused}");
        }
    }

    #[test]
    fn a_file_is_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(folder.path(), 0o600);
        let again = NewStoreKey::generate().unwrap();
        let refused = again.write(Path::new(&settings.key_file)).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
    }

    #[test]
    fn what_is_no_key_is_refused_and_not_shown() {
        let letters = "A".repeat(LETTERS);
        for (key, fits) in [
            (format!("gcs_{letters}"), true),
            (letters.clone(), false),
            (format!("gck_{letters}"), false),
            (format!("gcs_{letters}A"), false),
            (format!("gcs_{}", &letters[1..]), false),
            (format!("gcs_{}!", &letters[1..]), false),
        ] {
            let settings = Store {
                key: Secret::new(key.clone()),
                ..Store::default()
            };
            match KeyRing::read(&settings) {
                Ok(_) => assert!(fits, "{key}"),
                Err(error) => assert!(!fits && !error.to_string().contains("AAAA"), "{error}"),
            }
        }
    }

    #[test]
    fn one_key_is_needed_and_no_second_one() {
        assert!(refusal(&Store::default()).starts_with("a store needs a key"));
        let folder = tempfile::tempdir().unwrap();
        let two = Store {
            key: Secret::new("gcs_"),
            ..settings(folder.path(), 0o600)
        };
        assert!(refusal(&two).starts_with("there are two keys"));
    }
}
