//! Phone books and contacts (Finesse API, section 2.6).

use crate::decode_error::DecodeError;
use crate::dialog::last_segment;
use crate::xml::reader::{Piece, Xml, is_space, read_list};

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

/// Phone books as far as they were answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhoneBookList {
    /// The books.
    pub books: Vec<PhoneBook>,
    /// Whether there are more contacts than the range asked for.
    pub partial: bool,
}

/// Contacts as far as they were answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactList {
    /// The contacts.
    pub contacts: Vec<Contact>,
    /// Whether there are more than the range asked for.
    pub partial: bool,
}

impl PhoneBook {
    /// The last segment of its address.
    pub fn id(&self) -> &str {
        last_segment(&self.uri).unwrap_or_default()
    }

    /// Reads a `PhoneBooks` document.
    pub fn parse_list(xml: &str) -> Result<Vec<Self>, DecodeError> {
        read_list(xml, "PhoneBooks", "PhoneBook", Self::read)
    }

    pub(crate) fn read(xml: &mut Xml<'_>) -> Result<Self, DecodeError> {
        let mut book = Self::default();
        while let Some(child) = xml.child()? {
            match child.name() {
                "uri" => book.uri = xml.string()?,
                "name" => book.name = xml.string()?,
                "type" => book.kind = xml.string()?,
                "contacts" | "Contacts" => book.read_contacts(xml)?,
                _ => xml.skip()?,
            }
        }
        Ok(book)
    }

    /// Contacts come embedded for users and as an address for administrators.
    fn read_contacts(&mut self, xml: &mut Xml<'_>) -> Result<(), DecodeError> {
        let mut address = String::new();
        while let Some(piece) = xml.piece()? {
            match piece {
                Piece::Child(child) if child.is("Contact") => {
                    self.contacts.push(Contact::read(xml)?);
                }
                Piece::Child(_) => xml.skip()?,
                Piece::Text(text) => address.push_str(&text),
            }
        }
        self.contacts_uri = address.trim_matches(is_space).to_owned();
        Ok(())
    }
}

impl Contact {
    /// The last segment of its address.
    pub fn id(&self) -> &str {
        last_segment(&self.uri).unwrap_or_default()
    }

    /// Reads a `Contacts` document.
    pub fn parse_list(xml: &str) -> Result<Vec<Self>, DecodeError> {
        read_list(xml, "Contacts", "Contact", Self::read)
    }

    pub(crate) fn read(xml: &mut Xml<'_>) -> Result<Self, DecodeError> {
        let mut contact = Self::default();
        while let Some(child) = xml.child()? {
            match child.name() {
                "uri" => contact.uri = xml.string()?,
                "firstName" => contact.first_name = xml.string()?,
                "lastName" => contact.last_name = xml.string()?,
                "phoneNumber" => contact.phone_number = xml.string()?,
                "description" => contact.description = xml.string()?,
                _ => xml.skip()?,
            }
        }
        Ok(contact)
    }
}
