//! The Team object (Finesse API, section 2.3).

use crate::decode_error::DecodeError;
use crate::limits::MAX_LIST_BYTES;
use crate::user::User;
use crate::xml::reader::{Xml, read_root};

/// A team with the summaries of its members.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Team {
    /// Relative address.
    pub uri: String,
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Members, as summaries.
    pub users: Vec<User>,
}

/// A team by name, as a user's document lists it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TeamRef {
    /// Relative address.
    pub uri: String,
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
}

impl Team {
    /// Reads a `Team` document.
    pub fn parse(xml: &str) -> Result<Self, DecodeError> {
        read_root(xml, "Team", MAX_LIST_BYTES, Self::read)
    }

    pub(crate) fn read(xml: &mut Xml<'_>) -> Result<Self, DecodeError> {
        let mut team = Self::default();
        while let Some(child) = xml.child()? {
            match child.name() {
                "uri" => team.uri = xml.string()?,
                "id" => team.id = xml.string()?,
                "name" => team.name = xml.string()?,
                "users" => team.users = xml.list("User", User::read)?,
                _ => xml.skip()?,
            }
        }
        Ok(team)
    }
}

impl TeamRef {
    pub(crate) fn read(xml: &mut Xml<'_>) -> Result<Self, DecodeError> {
        let mut team = Self::default();
        while let Some(child) = xml.child()? {
            match child.name() {
                "uri" => team.uri = xml.string()?,
                "id" => team.id = xml.string()?,
                "name" => team.name = xml.string()?,
                _ => xml.skip()?,
            }
        }
        Ok(team)
    }
}
