//! Phone books and contacts.

use super::Writer;
use crate::site::{Contact, PhoneBook};

/// Which contacts to show, counted from 1 over all books.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slice {
    pub(crate) from: usize,
    pub(crate) to: usize,
}

impl Slice {
    /// The part of a book's contacts that lies inside, when `before` contacts came before it.
    fn of(self, contacts: &[Contact], before: usize) -> &[Contact] {
        let from = (self.from - 1).saturating_sub(before);
        let to = self.to.saturating_sub(before);
        let end = to.min(contacts.len());
        &contacts[from.min(end)..end]
    }
}

/// Books with their contacts; tells whether any contact was left out.
pub(crate) fn phone_books<'b>(
    books: impl Iterator<Item = &'b PhoneBook>,
    slice: Slice,
) -> (String, bool) {
    let (mut all, mut shown) = (0, 0);
    let document = Writer::document(|w| {
        w.element("PhoneBooks", |w| {
            for book in books {
                let contacts = slice.of(&book.contacts, all);
                all += book.contacts.len();
                shown += contacts.len();
                phone_book(w, book, |w| list(w, book, contacts));
            }
        });
    });
    (document, shown < all)
}

/// Books as configured: their contacts are elsewhere.
pub(crate) fn configured_books<'b>(books: impl Iterator<Item = &'b PhoneBook>) -> String {
    Writer::document(|w| {
        w.element("PhoneBooks", |w| {
            for book in books {
                configured(w, book);
            }
        });
    })
}

pub(crate) fn configured_book(book: &PhoneBook) -> String {
    Writer::document(|w| configured(w, book))
}

/// The contacts of one book; tells whether any was left out.
pub(crate) fn contacts(book: &PhoneBook, slice: Slice) -> (String, bool) {
    let shown = slice.of(&book.contacts, 0);
    let document = Writer::document(|w| list(w, book, shown));
    (document, shown.len() < book.contacts.len())
}

pub(crate) fn contact(book: &PhoneBook, contact: &Contact) -> String {
    Writer::document(|w| contact_element(w, book, contact))
}

fn configured(w: &mut Writer, book: &PhoneBook) {
    phone_book(w, book, |w| {
        w.leaf("contacts", &format!("{}/Contacts", uri(book)));
    });
}

fn phone_book(w: &mut Writer, book: &PhoneBook, contacts: impl FnOnce(&mut Writer)) {
    let kind = if book.team.is_some() {
        "TEAM"
    } else {
        "GLOBAL"
    };
    w.element("PhoneBook", |w| {
        w.leaf("name", &book.name);
        w.leaf("type", kind);
        w.leaf("uri", &uri(book));
        contacts(w);
    });
}

fn list(w: &mut Writer, book: &PhoneBook, contacts: &[Contact]) {
    w.element("Contacts", |w| {
        for contact in contacts {
            contact_element(w, book, contact);
        }
    });
}

fn contact_element(w: &mut Writer, book: &PhoneBook, contact: &Contact) {
    w.element("Contact", |w| {
        w.leaf("firstName", &contact.first_name);
        w.leaf("lastName", &contact.last_name);
        w.leaf("phoneNumber", &contact.number);
        w.leaf("description", &contact.description);
        w.leaf("uri", &format!("{}/Contact/{}", uri(book), contact.id));
    });
}

fn uri(book: &PhoneBook) -> String {
    format!("/finesse/api/PhoneBook/{}", book.id)
}
