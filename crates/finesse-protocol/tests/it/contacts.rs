//! Phone books of real size, in every script.

use std::fmt::Write as _;

use finesse_protocol::{Answer, Contact, ContactList, PhoneBook, PhoneBookList, Request};
use pretty_assertions::assert_eq;

use crate::fixtures::{CONTACTS, PHONE_BOOKS};
use crate::with;

/// What an administrator can enter: 128 characters a field, 32 a number.
const LONGEST_FIELD: usize = 128;
const MOST_CONTACTS: usize = 6_000;

#[test]
fn contacts_keep_every_script() {
    let sana: Contact = with(|contact: &mut Contact| {
        contact.uri = "/finesse/api/PhoneBook/2/Contact/17".into();
        contact.first_name = "ثنا".into();
        contact.last_name = "Müller–Ōta 株式会社".into();
        contact.phone_number = "6400".into();
        contact.description = "Lahore & 🙂 “desk”".into();
    });
    let contacts = Contact::parse_list(CONTACTS).unwrap();
    assert_eq!(contacts[0], sana);
    assert_eq!(contacts[0].id(), "17");
    assert_eq!(contacts[1].phone_number, "+92 42 3555 0142");
    assert_eq!(contacts.len(), 2);
}

#[test]
fn books_have_the_last_segment_of_their_address_as_id() {
    let ids: Vec<_> = PhoneBook::parse_list(PHONE_BOOKS).unwrap();
    assert_eq!((ids[0].id(), ids[1].id()), ("2", "4"));
    assert_eq!(PhoneBook::default().id(), "");
}

#[test]
fn a_part_of_a_list_says_that_it_is_one() {
    let books = Request::TeamPhoneBooks {
        team: "5107".into(),
        range: Some((1, 1)),
    };
    let contacts = Request::PhoneBookContacts {
        phonebook: "2".into(),
        range: Some((1, 1)),
    };
    for (status, partial) in [(200, false), (206, true)] {
        assert_eq!(
            books.decode(status, b"<PhoneBooks/>"),
            Ok(Answer::PhoneBooks(PhoneBookList {
                books: vec![],
                partial,
            }))
        );
        assert_eq!(
            contacts.decode(status, b"<Contacts/>"),
            Ok(Answer::Contacts(ContactList {
                contacts: vec![],
                partial,
            }))
        );
    }
}

#[test]
fn the_largest_book_is_read_whatever_fills_it() {
    for filling in ["a", "ع", "株", "🙂", "&amp;"] {
        let text = filling.repeat(LONGEST_FIELD);
        let mut xml = String::from("<Contacts>\n");
        for id in 0..MOST_CONTACTS {
            write!(
                xml,
                "  <Contact>\n    <firstName>{text}</firstName>\n    <lastName>{text}</lastName>\n    \
                 <phoneNumber>03005550142030055501420300555014</phoneNumber>\n    \
                 <description>{text}</description>\n    \
                 <uri>/finesse/api/PhoneBook/2/Contact/{id}</uri>\n  </Contact>\n"
            )
            .unwrap();
        }
        xml.push_str("</Contacts>");
        let contacts = Contact::parse_list(&xml).unwrap();
        assert_eq!(contacts.len(), MOST_CONTACTS);
        let last = &contacts[MOST_CONTACTS - 1];
        assert_eq!(last.id(), "5999");
        assert_eq!(last.description.chars().count(), LONGEST_FIELD);
    }
}
