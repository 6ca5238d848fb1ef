//! What the lists hold, and how it is searched and sorted.

use std::sync::Arc;

use super::paging::Detail;
use super::write;
use crate::site::{AgentProfile, SignOn, Site, SkillGroup};
use crate::xml::Writer;

/// Something that is listed.
pub(super) trait Entry {
    /// Element around the list.
    const LIST: &'static str;
    /// Path of the list.
    const RESOURCE: &'static str;
    /// Parameters to sort by.
    const SORTABLE: &'static [&'static str];
    /// Parameter to sort by when none is named.
    const SORTED_BY: &'static str;

    fn id(&self) -> &str;

    /// Texts that a plain search looks at.
    fn searched(&self) -> Vec<&str>;

    /// Outcome of an advanced search, if there is one of this name.
    fn fits(&self, name: &str, value: &str) -> Option<bool>;

    /// What to sort by.
    fn value(&self, parameter: &str) -> &str;

    fn write(&self, w: &mut Writer, detail: Detail);
}

/// Id and name of something referred to.
pub(super) type Reference = (String, String);

/// An agent or supervisor.
#[derive(Debug, Clone)]
pub(super) struct AgentEntry {
    /// Id in the configuration, which is not the agent id.
    pub(super) id: String,
    pub(super) agent_id: String,
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) user_name: String,
    pub(super) sso: bool,
    pub(super) team: Reference,
    pub(super) supervises: Vec<Reference>,
    pub(super) skill_groups: Vec<Reference>,
}

/// A skill group.
#[derive(Debug, Clone)]
pub(super) struct SkillGroupEntry {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) peripheral_number: String,
    pub(super) agents: Vec<Arc<AgentEntry>>,
}

impl AgentEntry {
    pub(super) fn all(site: &Site) -> Vec<Self> {
        let numbered = site.agents.iter().enumerate();
        numbered
            .map(|(n, agent)| Self::of(site, n, agent))
            .collect()
    }

    fn of(site: &Site, n: usize, agent: &AgentProfile) -> Self {
        let team = |id: &String| (id.clone(), site.team_name(id).to_owned());
        let groups = site.skill_groups.iter();
        let own = groups.filter(|group| group.teams.contains(&agent.team));
        Self {
            id: (10_001 + n).to_string(),
            agent_id: agent.id.clone(),
            first_name: agent.first_name.clone(),
            last_name: agent.last_name.clone(),
            user_name: format!("{}@{}", agent.login_name, site.domain),
            sso: agent.sign_on == SignOn::Token,
            team: team(&agent.team),
            supervises: agent.supervises.iter().map(team).collect(),
            skill_groups: own
                .map(|group| (group.id.to_string(), group.name.clone()))
                .collect(),
        }
    }

    pub(super) fn is_supervisor(&self) -> bool {
        !self.supervises.is_empty()
    }
}

impl SkillGroupEntry {
    pub(super) fn all(site: &Site) -> Vec<Self> {
        let agents: Vec<Arc<AgentEntry>> =
            AgentEntry::all(site).into_iter().map(Arc::new).collect();
        let groups = site.skill_groups.iter();
        groups.map(|group| Self::of(group, &agents)).collect()
    }

    fn of(group: &SkillGroup, agents: &[Arc<AgentEntry>]) -> Self {
        let members = agents
            .iter()
            .filter(|agent| group.teams.contains(&agent.team.0));
        Self {
            id: group.id.to_string(),
            name: group.name.clone(),
            description: group.description.clone(),
            peripheral_number: (group.id % 1000 + 1000).to_string(),
            agents: members.cloned().collect(),
        }
    }
}

impl Entry for AgentEntry {
    const LIST: &'static str = "agents";
    const RESOURCE: &'static str = "/unifiedconfig/config/agent";
    const SORTABLE: &'static [&'static str] = &[
        "agentId",
        "supervisor",
        "agentTeam.name",
        "person.firstName",
        "person.lastName",
        "person.userName",
    ];
    const SORTED_BY: &'static str = "agentId";

    fn id(&self) -> &str {
        &self.id
    }

    fn searched(&self) -> Vec<&str> {
        vec![
            &self.agent_id,
            &self.first_name,
            &self.last_name,
            &self.user_name,
        ]
    }

    fn fits(&self, name: &str, value: &str) -> Option<bool> {
        let any = |names: &[&Reference]| {
            let mut wanted = value.trim_matches(['(', ')']).split('|');
            wanted.any(|wanted| {
                let mut names = names.iter();
                names.any(|(_, name)| name.eq_ignore_ascii_case(wanted))
            })
        };
        match name {
            "supervisor" => Some(self.is_supervisor().to_string() == value),
            "team" => Some(any(&[&self.team])),
            "skillgroups" => Some(any(&self.skill_groups.iter().collect::<Vec<_>>())),
            _ => None,
        }
    }

    fn value(&self, parameter: &str) -> &str {
        match parameter {
            "supervisor" if self.is_supervisor() => "true",
            "supervisor" => "false",
            "agentTeam.name" => &self.team.1,
            "person.firstName" => &self.first_name,
            "person.lastName" => &self.last_name,
            "person.userName" => &self.user_name,
            _ => &self.agent_id,
        }
    }

    fn write(&self, w: &mut Writer, detail: Detail) {
        write::agent(w, self, detail);
    }
}

impl Entry for SkillGroupEntry {
    const LIST: &'static str = "skillGroups";
    const RESOURCE: &'static str = "/unifiedconfig/config/skillgroup";
    const SORTABLE: &'static [&'static str] = &["name", "description", "peripheralNumber"];
    const SORTED_BY: &'static str = "name";

    fn id(&self) -> &str {
        &self.id
    }

    fn searched(&self) -> Vec<&str> {
        vec![&self.name, &self.description]
    }

    fn fits(&self, _: &str, _: &str) -> Option<bool> {
        None
    }

    fn value(&self, parameter: &str) -> &str {
        match parameter {
            "description" => &self.description,
            "peripheralNumber" => &self.peripheral_number,
            _ => &self.name,
        }
    }

    fn write(&self, w: &mut Writer, detail: Detail) {
        write::skill_group(w, self, detail);
    }
}
