//! What is configured at a site: agents, teams, queues, reason codes, phone books.

use crate::engine::WrapUp;
use crate::profile::Profile;

/// A whole site.
#[derive(Debug, Clone)]
pub struct Site {
    /// Product and release.
    pub profile: Profile,
    /// Host names of the two nodes; also their XMPP domains.
    pub hosts: [String; 2],
    /// Everybody who can sign in.
    pub agents: Vec<AgentProfile>,
    /// Teams.
    pub teams: Vec<Team>,
    /// Queues behind route points.
    pub queues: Vec<Queue>,
    /// Reason codes, system codes included.
    pub reason_codes: Vec<ReasonCode>,
    /// Wrap-up reasons.
    pub wrap_up_reasons: Vec<WrapUpReason>,
    /// Phone books.
    pub phone_books: Vec<PhoneBook>,
    /// The application administrator: name and password.
    pub administrator: (String, String),
    /// A number that ends in `BAD_DESTINATION`.
    pub bad_number: String,
    /// A number that ends in `BUSY`.
    pub busy_number: String,
    /// A number that rings and is never answered.
    pub silent_number: String,
    /// ECC variables.
    pub ecc_variables: Vec<EccVariable>,
    /// Outbound campaigns.
    pub dialer: Dialer,
}

/// An agent or supervisor.
#[derive(Debug, Clone)]
pub struct AgentProfile {
    /// Agent id, also the XMPP user.
    pub id: String,
    /// Login name.
    pub login_name: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// The phone on the desk; others' phones can be used to sign in too.
    pub extension: String,
    /// Password.
    pub password: String,
    /// Id of the agent's own team.
    pub team: String,
    /// Ids of the teams this user supervises.
    pub supervises: Vec<String>,
    /// After-call work, if another than the site's.
    pub wrap_up: Option<WrapUp>,
    /// May work at a phone outside.
    pub mobile: bool,
}

/// A configured ECC variable.
#[derive(Debug, Clone)]
pub struct EccVariable {
    /// Name, with `user.` in front.
    pub name: String,
    /// Bytes that a value may have; the rest is cut off.
    pub length: usize,
    /// `None` for a scalar, else the number of elements of an array.
    pub elements: Option<usize>,
}

/// The dialer of outbound campaigns.
#[derive(Debug, Clone)]
pub struct Dialer {
    /// Name of the campaign.
    pub campaign: String,
    /// The number from which it reserves agents.
    pub port: String,
}

/// A team.
#[derive(Debug, Clone)]
pub struct Team {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
}

/// A queue and the teams that serve it.
#[derive(Debug, Clone)]
pub struct Queue {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// The number that callers dial to reach it.
    pub route_point: String,
    /// Ids of the teams whose READY agents get its calls.
    pub teams: Vec<String>,
}

/// Category of a reason code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReasonCategory {
    /// For NOT_READY.
    NotReady,
    /// For LOGOUT.
    Logout,
}

impl ReasonCategory {
    /// As Finesse spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotReady => "NOT_READY",
            Self::Logout => "LOGOUT",
        }
    }
}

/// A reason code.
#[derive(Debug, Clone)]
pub struct ReasonCode {
    /// Database id: what requests carry.
    pub id: u32,
    /// Category.
    pub category: ReasonCategory,
    /// CTI code: what people see.
    pub code: i32,
    /// Label.
    pub label: String,
    /// Set by the system, hidden by clients.
    pub system: bool,
}

/// A wrap-up reason.
#[derive(Debug, Clone)]
pub struct WrapUpReason {
    /// Id.
    pub id: u32,
    /// Label.
    pub label: String,
}

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

pub(crate) const CODE_CONNECTION_FAILURE: i32 = 50002;
pub(crate) const CODE_CALLING_FROM_READY: i32 = 50006;
pub(crate) const CODE_NOT_ANSWERED: i32 = 32767;
pub(crate) const CODE_SUPERVISOR: i32 = 999;
pub(crate) const CODE_FORCED_LOGOUT: i32 = 255;

impl Site {
    /// Two agents and a supervisor of team Retail_Blue, queue Retail_Voice behind 7800.
    pub fn demo() -> Self {
        let mut site = Self::empty();
        site.agents = vec![
            profile("41027", "lhaddad", "Layla", "Haddad", "6127"),
            profile("41033", "oriaz", "Omar", "Riaz", "6133"),
            profile("41900", "nsethi", "Nadia", "Sethi", "6190"),
        ];
        site.agents[2].supervises = vec![TEAM.to_owned()];
        site
    }

    /// The demo site with `count` agents instead: ids from 100001, extensions from 200001, a
    /// supervisor `41900` on top.
    pub fn with_agents(count: usize) -> Self {
        let mut site = Self::empty();
        site.agents = (1..=count)
            .map(|n| {
                let id = (100_000 + n).to_string();
                let extension = (200_000 + n).to_string();
                profile(
                    &id,
                    &format!("agent{n}"),
                    "Agent",
                    &n.to_string(),
                    &extension,
                )
            })
            .collect();
        let mut supervisor = profile("41900", "nsethi", "Nadia", "Sethi", "6190");
        supervisor.supervises = vec![TEAM.to_owned()];
        site.agents.push(supervisor);
        site
    }

    /// The same people and numbers at another product or release.
    #[must_use]
    pub fn of(mut self, profile: Profile) -> Self {
        self.profile = profile;
        if profile.id_is_login_name() {
            for agent in &mut self.agents {
                agent.login_name.clone_from(&agent.id);
            }
        }
        self
    }

    fn empty() -> Self {
        Self {
            profile: Profile::default(),
            hosts: ["fin-a.acme.test".to_owned(), "fin-b.acme.test".to_owned()],
            agents: Vec::new(),
            teams: vec![Team {
                id: TEAM.to_owned(),
                name: "Retail_Blue".to_owned(),
            }],
            queues: vec![Queue {
                id: "5240".to_owned(),
                name: "Retail_Voice".to_owned(),
                route_point: "7800".to_owned(),
                teams: vec![TEAM.to_owned()],
            }],
            reason_codes: reason_codes(),
            wrap_up_reasons: wrap_up_reasons(),
            phone_books: phone_books(),
            administrator: ("administrator".to_owned(), "demo".to_owned()),
            bad_number: "9999".to_owned(),
            busy_number: "9998".to_owned(),
            silent_number: "9997".to_owned(),
            ecc_variables: vec![
                EccVariable {
                    name: "user.acct.ref".to_owned(),
                    length: 24,
                    elements: None,
                },
                EccVariable {
                    name: "user.hist".to_owned(),
                    length: 16,
                    elements: Some(5),
                },
            ],
            dialer: Dialer {
                campaign: "Spring_Renewals".to_owned(),
                port: "8801".to_owned(),
            },
        }
    }

    pub(crate) fn team_name(&self, id: &str) -> &str {
        let team = self.teams.iter().find(|team| team.id == id);
        team.map_or("", |team| team.name.as_str())
    }

    pub(crate) fn reason(&self, id: u32) -> Option<&ReasonCode> {
        self.reason_codes.iter().find(|reason| reason.id == id)
    }

    pub(crate) fn system_reason(&self, category: ReasonCategory, code: i32) -> Option<u32> {
        self.reason_codes
            .iter()
            .find(|reason| reason.category == category && reason.code == code)
            .map(|reason| reason.id)
    }
}

const TEAM: &str = "5107";

fn profile(id: &str, login: &str, first: &str, last: &str, extension: &str) -> AgentProfile {
    AgentProfile {
        id: id.to_owned(),
        login_name: login.to_owned(),
        first_name: first.to_owned(),
        last_name: last.to_owned(),
        extension: extension.to_owned(),
        password: "demo".to_owned(),
        team: TEAM.to_owned(),
        supervises: Vec::new(),
        wrap_up: None,
        mobile: true,
    }
}

fn reason_codes() -> Vec<ReasonCode> {
    use ReasonCategory::{Logout, NotReady};
    [
        (9, NotReady, 14, "Lunch", false),
        (10, NotReady, 15, "Meeting", false),
        (11, NotReady, 16, "Training", false),
        (4, Logout, 28, "End of shift", false),
        (5, Logout, 29, "Break room", false),
        (901, NotReady, CODE_NOT_ANSWERED, "Call Not Answered", true),
        (902, NotReady, CODE_SUPERVISOR, "Supervisor Initiated", true),
        (
            903,
            NotReady,
            CODE_CONNECTION_FAILURE,
            "Connection Failure",
            true,
        ),
        (
            904,
            NotReady,
            CODE_CALLING_FROM_READY,
            "Call from Ready",
            true,
        ),
        (905, Logout, CODE_FORCED_LOGOUT, "System Failure", true),
        (906, Logout, CODE_SUPERVISOR, "Supervisor Initiated", true),
    ]
    .into_iter()
    .map(|(id, category, code, label, system)| ReasonCode {
        id,
        category,
        code,
        label: label.to_owned(),
        system,
    })
    .collect()
}

fn wrap_up_reasons() -> Vec<WrapUpReason> {
    [
        (3, "Order placed"),
        (6, "Complaint"),
        (7, "Call back later"),
    ]
    .into_iter()
    .map(|(id, label)| WrapUpReason {
        id,
        label: label.to_owned(),
    })
    .collect()
}

fn phone_books() -> Vec<PhoneBook> {
    let contact = |id, first: &str, last: &str, number: &str, note: &str| Contact {
        id,
        first_name: first.to_owned(),
        last_name: last.to_owned(),
        number: number.to_owned(),
        description: note.to_owned(),
    };
    vec![PhoneBook {
        id: 2,
        name: "Branches".to_owned(),
        team: None,
        contacts: vec![
            contact(17, "Sana", "Branch desk", "6400", "Lahore"),
            contact(18, "Bilal", "Warehouse", "6410", "Karachi"),
            contact(19, "Night", "Duty line", "03005550199", ""),
        ],
    }]
}
