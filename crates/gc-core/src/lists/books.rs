//! Phone books and their contacts (contract, section 2; Finesse API, section 3.9).

use finesse_protocol::{Answer, Contact, PhoneBook, Request};
use gc_protocol::event::{self, EmptyList, Event, NoData, PhoneBooks, StatusMessage};
use gc_protocol::{Action, AgentId, ErrorType};

use super::{Begun, By, ListRead, Next, Reader, failed};
use crate::clusters::Cluster;
use crate::io::{Reply, SecretHandle};

/// Contacts that one list may come to; Finesse itself holds no more (Finesse API, section 9).
const CONTACT_LIMIT: u32 = 50_000;

/// Phone books on their way.
#[derive(Debug)]
pub(crate) struct Books {
    agent: AgentId,
    /// Who asks, by the name that Finesse knows.
    user: String,
    asked: Asked,
    source: Source,
    range: (u32, u32),
    page: u32,
    /// Whether the administrator can be asked for what Finesse cuts off for an agent.
    administrator: bool,
    books: Vec<PhoneBook>,
    contacts: Vec<Contact>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    Books,
    TeamBooks,
    Contacts { phonebook: String },
}

/// Where Finesse lists them.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Source {
    User(String),
    Team { team: String, own: bool },
    All,
    AssignedTo(String),
    Contacts(String),
}

impl Books {
    pub(super) fn begin(
        action: &Action<SecretHandle>,
        reader: &Reader<'_>,
        cluster: &Cluster,
    ) -> Option<Begun> {
        let user = reader.names().inside(reader.id()).to_owned();
        let (asked, source) = match (action, reader) {
            (Action::GetPhonebooks, Reader::Agent { .. }) => {
                (Asked::Books, Source::User(user.clone()))
            }
            (Action::GetPhonebooks, Reader::Administrator { .. }) => (Asked::Books, Source::All),
            (Action::GetTeamPhonebooks { team }, Reader::Agent { own_team, .. }) => {
                let own = own_team == team;
                let team = team.clone();
                (Asked::TeamBooks, Source::Team { team, own })
            }
            (Action::GetTeamPhonebooks { team }, Reader::Administrator { .. }) => {
                (Asked::TeamBooks, Source::AssignedTo(team.clone()))
            }
            (Action::GetPhonebookContacts { phonebook }, Reader::Agent { .. }) => {
                let phonebook = phonebook.clone();
                (Asked::Contacts { phonebook }, Source::User(user.clone()))
            }
            (Action::GetPhonebookContacts { phonebook }, Reader::Administrator { .. }) => {
                let phonebook = phonebook.clone();
                let source = Source::Contacts(phonebook.clone());
                (Asked::Contacts { phonebook }, source)
            }
            _ => return None,
        };
        let by = match reader {
            Reader::Agent { .. } => By::Agent,
            Reader::Administrator { .. } => By::Administrator,
        };
        let page = cluster.contacts_per_read.max(1);
        let books = Self {
            agent: reader.id().clone(),
            user,
            asked,
            source,
            range: (1, page),
            page,
            administrator: reader.has_administrator(cluster),
            books: Vec::new(),
            contacts: Vec::new(),
        };
        let request = books.request();
        Some(Ok((ListRead::Books(books), by, request)))
    }

    fn by(&self) -> By {
        match self.source {
            Source::User(_) | Source::Team { .. } => By::Agent,
            Source::All | Source::AssignedTo(_) | Source::Contacts(_) => By::Administrator,
        }
    }

    fn request(&self) -> Request {
        let range = Some(self.range);
        match &self.source {
            Source::User(user) => Request::PhoneBooks {
                user: user.clone(),
                range,
            },
            Source::Team { team, .. } => Request::TeamPhoneBooks {
                team: team.clone(),
                range,
            },
            Source::All => Request::AllPhoneBooks,
            Source::AssignedTo(team) => Request::TeamBooks { team: team.clone() },
            Source::Contacts(phonebook) => Request::PhoneBookContacts {
                phonebook: phonebook.clone(),
                range,
            },
        }
    }

    pub(super) fn next(&mut self, reply: Reply) -> Next {
        match reply {
            Reply::Answer(Answer::PhoneBooks(list)) => {
                self.take_books(list.books);
                self.go_on(list.partial)
            }
            Reply::Answer(Answer::Contacts(list)) => {
                self.contacts.extend(list.contacts);
                self.go_on(list.partial)
            }
            Reply::Fault(fault) if fault.status == 416 => self.out_of_range(),
            Reply::Fault(fault) if matches!(fault.status, 404 | 501) => self.elsewhere(&fault),
            reply => failed(&reply),
        }
    }

    /// A book whose contacts were cut comes again with the next ones.
    fn take_books(&mut self, books: Vec<PhoneBook>) {
        for mut book in books {
            match self.books.iter_mut().find(|known| known.uri == book.uri) {
                Some(known) => known.contacts.append(&mut book.contacts),
                None => self.books.push(book),
            }
        }
    }

    fn go_on(&mut self, partial: bool) -> Next {
        if !partial {
            return self.tell(None);
        }
        if self.range.1 >= CONTACT_LIMIT {
            return self.tell(Some(cut_at(CONTACT_LIMIT)));
        }
        self.range = (self.range.1 + 1, self.range.1 + self.page);
        Next::Ask(self.by(), self.request())
    }

    /// Older releases take smaller ranges; none goes past its largest, though more contacts exist.
    fn out_of_range(&mut self) -> Next {
        const OLD_LIMIT: u32 = 1500;
        if self.range.0 > 1 {
            return self.cut();
        }
        if self.page > OLD_LIMIT {
            self.page = OLD_LIMIT;
            self.range = (1, OLD_LIMIT);
            return Next::Ask(self.by(), self.request());
        }
        let message = "Finesse refuses the range of contacts".to_owned();
        Next::Fail(ErrorType::GeneralError, message)
    }

    /// An agent is given no more; the administrator reads each book by itself.
    fn cut(&mut self) -> Next {
        match (&self.asked, &self.source) {
            (Asked::Contacts { phonebook }, Source::User(_)) if self.administrator => {
                self.source = Source::Contacts(phonebook.clone());
                self.range = (1, self.page);
                Next::Ask(By::Administrator, self.request())
            }
            _ => self.tell(Some(cut_at(self.range.0 - 1))),
        }
    }

    /// Releases before 12.5 list a team's books among those of its members only.
    fn elsewhere(&mut self, fault: &finesse_protocol::Fault) -> Next {
        if let Source::Team { own: true, .. } = self.source {
            self.source = Source::User(self.user.clone());
            return Next::Ask(By::Agent, self.request());
        }
        failed(&Reply::Fault(fault.clone()))
    }

    fn tell(&mut self, more: Option<String>) -> Next {
        let agent_id = self.agent.clone();
        let list = match &self.asked {
            Asked::Books => Event::PhoneBook(PhoneBooks {
                phone_books: self.books.iter().map(book).collect(),
                agent_id,
            }),
            Asked::TeamBooks => {
                let of_team = |book: &&PhoneBook| !book.kind.eq_ignore_ascii_case("GLOBAL");
                let books: Vec<_> = self.books.iter().filter(of_team).map(book).collect();
                match books.is_empty() {
                    true => no_data(EmptyList::TeamPhoneBooks, agent_id),
                    false => Event::TeamPhoneBook(PhoneBooks {
                        phone_books: books,
                        agent_id,
                    }),
                }
            }
            Asked::Contacts { phonebook } => match self.contacts_of(phonebook) {
                None => {
                    let message = format!("the agent has no phone book {phonebook}");
                    return Next::Fail(ErrorType::NotFound, message);
                }
                Some(contacts) if contacts.is_empty() => no_data(EmptyList::Contacts, agent_id),
                Some(contacts) => Event::Contacts { contacts, agent_id },
            },
        };
        let note = more.map(|message| {
            Event::Status(StatusMessage {
                message,
                agent_id: self.agent.clone(),
            })
        });
        Next::Tell(std::iter::once(list).chain(note).collect())
    }

    fn contacts_of(&self, phonebook: &str) -> Option<Vec<event::Contact>> {
        if let Source::Contacts(_) = self.source {
            return Some(self.contacts.iter().map(contact).collect());
        }
        let book = self.books.iter().find(|book| book.id() == phonebook)?;
        Some(book.contacts.iter().map(contact).collect())
    }
}

fn cut_at(contacts: u32) -> String {
    format!("Finesse gives no more than {contacts} contacts: the list was cut")
}

fn book(book: &PhoneBook) -> event::PhoneBook {
    event::PhoneBook {
        name: book.name.clone(),
        kind: book.kind.clone(),
        id: book.id().to_owned(),
    }
}

fn contact(contact: &Contact) -> event::Contact {
    event::Contact {
        first_name: contact.first_name.clone(),
        last_name: contact.last_name.clone(),
        description: contact.description.clone(),
        phone_number: contact.phone_number.clone(),
        id: contact.id().to_owned(),
    }
}

fn no_data(list: EmptyList, agent_id: AgentId) -> Event {
    Event::NoData(NoData { list, agent_id })
}
