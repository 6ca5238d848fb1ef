//! Phone books and contacts (Finesse API, section 2.6).

/// A phone book, with its contacts where the document embeds them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PhoneBook {
    /// Relative address.
    pub uri: String,
    /// Name.
    pub name: String,
    /// `GLOBAL` or `TEAM`.
    pub kind: String,
    /// Address of the contacts, where they are not embedded.
    pub contacts_uri: String,
    /// Contacts, where they are embedded.
    pub contacts: Vec<Contact>,
}

/// One entry of a phone book.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Contact {
    /// Relative address.
    pub uri: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Number to dial.
    pub phone_number: String,
    /// Note.
    pub description: String,
}
