//! Sealing: XChaCha20-Poly1305, each time with a nonce of 192 random bits.
//!
//! A sealed text is `GCS`, the version of the form, the id of the key (8 bytes), the nonce (24), then what was encrypted and
//! its tag. Everything before the nonce, and the name of the file, are authenticated with it: no record can take another's
//! place. Nonces are drawn anew for each sealing; of that many bits, no two are ever the same.

use chacha20poly1305::XNonce;
use chacha20poly1305::aead::{Aead, Payload};
use zeroize::Zeroizing;

use super::key::{Key, KeyRing};
use crate::key::{NoRandomBits, random};

const MAGIC: &[u8; 4] = b"GCS\x01";
const KEY_ID: usize = 8;
const HEAD: usize = MAGIC.len() + KEY_ID;
const NONCE: usize = 24;
/// Lengths are rounded up, so that they do not tell how long a password is.
const STEP: usize = 512;

/// What was sealed, and whether with the present key.
pub(super) struct Unsealed {
    pub(super) text: Zeroizing<Vec<u8>>,
    pub(super) key: Age,
}

/// How old a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Age {
    /// The one that seals.
    Present,
    /// One that only opens.
    Old,
}

/// Why a text cannot be sealed; nothing is kept then, rather than something that nobody can open.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotSealed {
    /// The system gives no random bits.
    #[error(transparent)]
    Random(#[from] NoRandomBits),
    /// The cipher refuses the text.
    #[error("the cipher refuses a text of {0} bytes")]
    Refused(usize),
}

/// Why a sealed text cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Broken {
    #[error("it is too short or of another version")]
    Form,
    #[error("it was sealed with another key")]
    Key,
    #[error("it was changed since it was sealed, or belongs to another file")]
    Changed,
}

/// Seals a text for a file of that name.
pub(super) fn seal(ring: &KeyRing, name: &str, text: &[u8]) -> Result<Vec<u8>, NotSealed> {
    let Key { id, cipher } = &ring.present;
    let mut sealed = [MAGIC.as_slice(), id].concat();
    let bound = bound(&sealed, name);
    let mut nonce = [0; NONCE];
    random(&mut nonce)?;
    let mut padded = Zeroizing::new(Vec::with_capacity(text.len() + STEP));
    padded.extend_from_slice(text);
    padded.resize(text.len().next_multiple_of(STEP), b' ');
    let payload = Payload {
        msg: &padded,
        aad: &bound,
    };
    let encrypted = cipher
        .encrypt(XNonce::from_slice(&nonce), payload)
        .map_err(|_| NotSealed::Refused(text.len()))?;
    sealed.extend_from_slice(&nonce);
    sealed.extend(encrypted);
    Ok(sealed)
}

/// Opens what the file of that name holds.
pub(super) fn open(ring: &KeyRing, name: &str, sealed: &[u8]) -> Result<Unsealed, Broken> {
    let (head, rest) = sealed.split_at_checked(HEAD).ok_or(Broken::Form)?;
    let (nonce, encrypted) = rest.split_at_checked(NONCE).ok_or(Broken::Form)?;
    let id = head.strip_prefix(MAGIC).ok_or(Broken::Form)?;
    let key = ring.find(id).ok_or(Broken::Key)?;
    let payload = Payload {
        msg: encrypted,
        aad: &bound(head, name),
    };
    let text = key.cipher.decrypt(XNonce::from_slice(nonce), payload);
    Ok(Unsealed {
        text: Zeroizing::new(text.map_err(|_| Broken::Changed)?),
        key: match key.id == ring.present.id {
            true => Age::Present,
            false => Age::Old,
        },
    })
}

fn bound(head: &[u8], name: &str) -> Vec<u8> {
    [head, name.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use gc_protocol::Secret;

    use super::*;
    use crate::config::Store;

    fn ring(letter: char) -> KeyRing {
        let key = format!("gcs_{}", letter.to_string().repeat(43));
        KeyRing::read(&Store {
            key: Secret::new(key),
            ..Store::default()
        })
        .unwrap()
    }

    fn broken(ring: &KeyRing, name: &str, sealed: &[u8]) -> Option<Broken> {
        open(ring, name, sealed).err()
    }

    #[test]
    fn what_is_sealed_is_opened_and_shows_nothing_before() {
        let ring = ring('A');
        let sealed = seal(&ring, "one", b"canary-7c1f").unwrap();
        let found = sealed.windows(6).any(|part| part == b"canary");
        assert!(!found);
        let opened = open(&ring, "one", &sealed).unwrap();
        assert_eq!(opened.text.trim_ascii_end(), b"canary-7c1f");
        assert_eq!(opened.key, Age::Present);
    }

    #[test]
    fn lengths_do_not_tell_how_long_a_password_is() {
        let ring = ring('A');
        let long = seal(&ring, "one", &[b'x'; 400]).unwrap();
        assert_eq!(seal(&ring, "one", b"x").unwrap().len(), long.len());
    }

    #[test]
    fn the_same_text_is_never_sealed_the_same_way() {
        let ring = ring('A');
        let sealed = |_| seal(&ring, "one", b"demo").unwrap();
        let all: std::collections::BTreeSet<Vec<u8>> = (0..100).map(sealed).collect();
        assert_eq!(all.len(), 100);
    }

    #[test]
    fn no_byte_can_be_changed_and_none_left_out() {
        let ring = ring('A');
        let sealed = seal(&ring, "one", b"demo").unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(broken(&ring, "one", &changed).is_some(), "byte {at}");
            assert!(broken(&ring, "one", &sealed[..at]).is_some(), "{at} bytes");
        }
        let longer = [sealed.as_slice(), b"x"].concat();
        assert_eq!(broken(&ring, "one", &longer), Some(Broken::Changed));
    }

    #[test]
    fn a_text_in_the_place_of_another_is_not_opened() {
        let ring = ring('A');
        let sealed = seal(&ring, "one", b"demo").unwrap();
        assert_eq!(broken(&ring, "two", &sealed), Some(Broken::Changed));
    }

    #[test]
    fn another_key_is_known_to_be_another_and_an_old_one_opens() {
        let sealed = seal(&ring('A'), "one", b"demo").unwrap();
        assert_eq!(broken(&ring('E'), "one", &sealed), Some(Broken::Key));
        let rotated = KeyRing {
            old: vec![ring('A').present],
            ..ring('E')
        };
        assert_eq!(open(&rotated, "one", &sealed).unwrap().key, Age::Old);
    }
}
