//! Skill groups, which Unified CCE's configuration API lists.

use super::Site;

/// A skill group: who can take the same kind of calls.
#[derive(Debug, Clone)]
pub struct SkillGroup {
    /// Id.
    pub id: u32,
    /// Name.
    pub name: String,
    /// Description.
    pub description: String,
    /// Ids of the teams whose agents belong to it.
    pub teams: Vec<String>,
}

impl Site {
    /// The site with generated skill groups on top, `count` in all.
    #[must_use]
    pub fn with_skill_groups(mut self, count: usize) -> Self {
        for n in self.skill_groups.len() + 1..=count {
            self.skill_groups.push(SkillGroup {
                id: 6000 + n as u32,
                name: format!("Skill_{n:03}"),
                description: format!("Generated & numbered {n}"),
                teams: Vec::new(),
            });
        }
        self
    }
}

pub(super) fn demo(team: &str) -> Vec<SkillGroup> {
    [
        (5240, "Retail_Voice", "Shop and phone orders"),
        (5241, "Retail_Returns", "Returns & refunds"),
        (5242, "Retail_Urdu", "Callers who prefer Urdu"),
        (5243, "Outbound_Preview", "Campaigns"),
    ]
    .into_iter()
    .map(|(id, name, description)| SkillGroup {
        id,
        name: name.to_owned(),
        description: description.to_owned(),
        teams: vec![team.to_owned()],
    })
    .collect()
}
