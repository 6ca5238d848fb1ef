//! What is configured at a site: agents, teams, queues, reason codes, phone books.

mod phone_books;
mod reasons;
mod sign_on;
mod skill_groups;

use crate::engine::WrapUp;
use crate::profile::{Product, Profile};

pub use phone_books::{Contact, PhoneBook};
pub(crate) use reasons::SystemReason;
pub use reasons::{ReasonCategory, ReasonCode, WrapUpReason};
pub use sign_on::{AuthMode, SignOn};
pub use skill_groups::SkillGroup;

/// A whole site.
#[derive(Debug, Clone)]
pub struct Site {
    /// Product and release.
    pub profile: Profile,
    /// Host names of the two nodes; also their XMPP domains.
    pub hosts: [String; 2],
    /// How people sign on.
    pub auth_mode: AuthMode,
    /// Domain of qualified user names.
    pub domain: String,
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
    /// Skill groups.
    pub skill_groups: Vec<SkillGroup>,
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
    /// How this user signs on where the site has both.
    pub sign_on: SignOn,
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
        self.reason_codes.retain(|reason| !reason.system);
        let system = reasons::system_codes(profile.product);
        self.reason_codes.extend(system);
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
            auth_mode: AuthMode::default(),
            domain: "acme.test".to_owned(),
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
            reason_codes: reason_codes(Product::default()),
            wrap_up_reasons: reasons::wrap_up_reasons(),
            skill_groups: skill_groups::demo(TEAM),
            phone_books: phone_books::demo(),
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

    /// Id of the code that the product sets for this reason, if it has one.
    pub(crate) fn system_reason(&self, reason: SystemReason) -> Option<u32> {
        let (code, _) = reason.known_to(self.profile.product)?;
        let mut codes = self.reason_codes.iter();
        let known = codes.find(|known| known.category == reason.category() && known.code == code);
        known.map(|known| known.id)
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
        sign_on: SignOn::default(),
        team: TEAM.to_owned(),
        supervises: Vec::new(),
        wrap_up: None,
        mobile: true,
    }
}

fn reason_codes(product: Product) -> Vec<ReasonCode> {
    let mut codes = reasons::chosen_codes();
    codes.extend(reasons::system_codes(product));
    codes
}
