//! The Team object (Finesse API, section 2.3).

use crate::user::User;

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
