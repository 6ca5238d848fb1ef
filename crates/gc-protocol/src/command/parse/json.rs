//! JSON read strictly and once: no duplicate keys, no deep nesting, and error texts that repeat no values.
//!
//! What is decided and what is done both come from this one tree, so that no second reader can see another command.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroizing;

use super::fault::{Fault, quoted};

/// A command needs three levels; unknown keys may have a few more.
const DEEPEST: u8 = 8;
const MOST_MEMBERS: usize = 256;

pub(super) type Members = Vec<(String, Json)>;

/// A JSON value; what no command uses is not kept.
pub(super) enum Json {
    Null,
    Flag(bool),
    Number(String),
    /// A number that JSON readers round.
    Fraction,
    Text(Zeroizing<String>),
    List,
    Object(Members),
}

impl Json {
    /// What it is, for an error message.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Flag(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Fraction => "a fraction or a very large number",
            Self::Text(_) => "a string",
            Self::List => "a list",
            Self::Object(_) => "an object",
        }
    }
}

pub(super) fn read_object(json: &[u8]) -> Result<Members, Fault> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    let value = Node { depth: 0 }.deserialize(&mut reader);
    match value.and_then(|value| reader.end().map(|()| value)) {
        Ok(Json::Object(members)) => Ok(members),
        Ok(other) => Err(Fault::malformed(format!(
            "the command must be a JSON object, not {}",
            other.kind()
        ))),
        Err(error) => Err(Fault::malformed(format!(
            "the JSON cannot be read: {error}"
        ))),
    }
}

/// Takes a member out, so that what is left over can be told.
pub(super) fn take(members: &mut Members, key: &str) -> Option<Json> {
    let at = members.iter().position(|(known, _)| known == key)?;
    Some(members.swap_remove(at).1)
}

/// Takes a text out; JSON null is no text.
pub(super) fn take_text(
    members: &mut Members,
    key: &str,
) -> Result<Option<Zeroizing<String>>, Fault> {
    match take(members, key) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::Text(text)) => Ok(Some(text)),
        Some(
            other @ (Json::Flag(_)
            | Json::Number(_)
            | Json::Fraction
            | Json::List
            | Json::Object(_)),
        ) => Err(Fault::malformed(format!(
            "`{key}` must be a string, not {}",
            other.kind()
        ))),
    }
}

struct Node {
    depth: u8,
}

impl<'de> DeserializeSeed<'de> for Node {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Json, D::Error> {
        if self.depth > DEEPEST {
            return Err(D::Error::custom("too deeply nested"));
        }
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Json, E> {
        Ok(Json::Flag(flag))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Number(number.to_string()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Number(number.to_string()))
    }

    fn visit_f64<E: Error>(self, _number: f64) -> Result<Json, E> {
        Ok(Json::Fraction)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(Zeroizing::new(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        while items
            .next_element_seed(Node {
                depth: self.depth + 1,
            })?
            .is_some()
        {}
        Ok(Json::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut members = Members::new();
        while let Some(key) = entries.next_key::<String>()? {
            if members.len() == MOST_MEMBERS {
                return Err(A::Error::custom("too many keys in an object"));
            }
            if members.iter().any(|(known, _)| *known == key) {
                let shown = quoted(&key).unwrap_or_default();
                return Err(A::Error::custom(format!("duplicate key {shown}")));
            }
            let value = entries.next_value_seed(Node {
                depth: self.depth + 1,
            })?;
            members.push((key, value));
        }
        Ok(Json::Object(members))
    }
}
