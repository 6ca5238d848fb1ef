//! Phone books.

use super::Site;

/// A phone book.
#[derive(Debug, Clone)]
pub struct PhoneBook {
    /// Id.
    pub id: u32,
    /// Name.
    pub name: String,
    /// `None` for a global book, else the id of its team.
    pub team: Option<String>,
    /// Contacts.
    pub contacts: Vec<Contact>,
}

/// A contact of a phone book.
#[derive(Debug, Clone)]
pub struct Contact {
    /// Id.
    pub id: u32,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Number.
    pub number: String,
    /// Note.
    pub description: String,
}

impl Site {
    /// The site with one more global book of `count` contacts, named in several scripts.
    #[must_use]
    pub fn with_contacts(mut self, count: usize) -> Self {
        let contacts = (1..=count).map(generated).collect();
        self.phone_books.push(PhoneBook {
            id: 3,
            name: "Whole company".to_owned(),
            team: None,
            contacts,
        });
        self
    }
}

pub(super) fn demo() -> Vec<PhoneBook> {
    vec![PhoneBook {
        id: 2,
        name: "Branches".to_owned(),
        team: None,
        contacts: vec![
            contact(17, ("Sana", "Branch desk"), "6400", "Lahore"),
            contact(18, ("Bilal", "Warehouse"), "6410", "Karachi"),
            contact(19, ("Night", "Duty line"), "03005550199", ""),
        ],
    }]
}

/// Contact number `n`; letters of one, two, three and four bytes take turns.
fn generated(n: usize) -> Contact {
    let names = ["Sana & Sons", "Žofie", "ثناء", "山田", "Ünal 📞"];
    let first = names[n % names.len()];
    let number = format!("0300{:07}", n);
    contact(1000 + n as u32, (first, &n.to_string()), &number, "<büro>")
}

fn contact(id: u32, (first, last): (&str, &str), number: &str, note: &str) -> Contact {
    Contact {
        id,
        first_name: first.to_owned(),
        last_name: last.to_owned(),
        number: number.to_owned(),
        description: note.to_owned(),
    }
}
