//! The configuration API of Unified CCE: pages of skill groups and agents (Finesse API, section 3.12).
//!
//! Lists are `results` with a `pageInfo` and the items; items refer to each other by `refURL`, whose last segment is the id.

use crate::decode_error::DecodeError;
use crate::dialog::last_segment;
use crate::limits::MAX_LIST_BYTES;
use crate::xml::reader::{Xml, read_root};

/// A part of a list, and where it lies in the whole.
///
/// A page asked for past the end is answered with the last full page: only `start` tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Index of the first of them, from 0.
    pub start: u32,
    /// How many there are in all.
    pub total: u32,
}

/// A skill group as configured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConfigSkillGroup {
    /// Address.
    pub ref_url: String,
    /// Name.
    pub name: String,
    /// Description.
    pub description: String,
    /// Number at the peripheral.
    pub peripheral_number: String,
    /// Name of the media routing domain.
    pub media_routing_domain: String,
    /// How many agents it has, where the summary counts them.
    pub agent_count: String,
}

/// An agent as configured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConfigAgent {
    /// Address.
    pub ref_url: String,
    /// Agent id, which is the login id in Finesse.
    pub agent_id: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Name to sign in with.
    pub user_name: String,
    /// Description.
    pub description: String,
    /// Whether the agent is a supervisor, where the document says it.
    pub supervisor: Option<bool>,
    /// Name of the agent's own team.
    pub agent_team: String,
}

impl<T> Page<T> {
    /// Where the next page begins, if there is one.
    pub fn next_start(&self) -> Option<u32> {
        let next = self.start.saturating_add(count(&self.items));
        (next > self.start && next < self.total).then_some(next)
    }
}

impl ConfigSkillGroup {
    /// The last segment of its address.
    pub fn id(&self) -> &str {
        last_segment(&self.ref_url).unwrap_or_default()
    }

    /// Reads `results` with `skillGroups`.
    pub fn parse_page(xml: &str) -> Result<Page<Self>, DecodeError> {
        read_page(xml, "skillGroups", "skillGroup", Self::read)
    }

    pub(crate) fn read(xml: &mut Xml<'_>) -> Result<Self, DecodeError> {
        let mut group = Self::default();
        while let Some(child) = xml.child()? {
            match child.name() {
                "refURL" => group.ref_url = xml.string()?,
                "name" => group.name = xml.string()?,
                "description" => group.description = xml.string()?,
                "peripheralNumber" => group.peripheral_number = xml.string()?,
                "mediaRoutingDomain" => group.media_routing_domain = read_name(xml)?,
                "agentCount" => group.agent_count = xml.string()?,
                _ => xml.skip()?,
            }
        }
        Ok(group)
    }
}

impl ConfigAgent {
    /// The last segment of its address, which is not the agent id.
    pub fn id(&self) -> &str {
        last_segment(&self.ref_url).unwrap_or_default()
    }

    /// First and last name.
    pub fn full_name(&self) -> String {
        let name = format!("{} {}", self.first_name, self.last_name);
        name.trim().to_owned()
    }

    /// Reads `results` with `agents`.
    pub fn parse_page(xml: &str) -> Result<Page<Self>, DecodeError> {
        read_page(xml, "agents", "agent", Self::read)
    }

    pub(crate) fn read(xml: &mut Xml<'_>) -> Result<Self, DecodeError> {
        let mut agent = Self::default();
        while let Some(child) = xml.child()? {
            match child.name() {
                "refURL" => agent.ref_url = xml.string()?,
                "agentId" => agent.agent_id = xml.string()?,
                "description" => agent.description = xml.string()?,
                "supervisor" => agent.supervisor = read_flag(xml)?,
                "agentTeam" => agent.agent_team = read_name(xml)?,
                "person" => agent.read_person(xml)?,
                name => match agent.name_field(name) {
                    Some(field) => *field = xml.string()?,
                    None => xml.skip()?,
                },
            }
        }
        Ok(agent)
    }

    fn read_person(&mut self, xml: &mut Xml<'_>) -> Result<(), DecodeError> {
        while let Some(child) = xml.child()? {
            match self.name_field(child.name()) {
                Some(field) => *field = xml.string()?,
                None => xml.skip()?,
            }
        }
        Ok(())
    }

    /// Names stand inside `person` in a list and by themselves in a reference.
    fn name_field(&mut self, name: &str) -> Option<&mut String> {
        match name {
            "firstName" => Some(&mut self.first_name),
            "lastName" => Some(&mut self.last_name),
            "userName" => Some(&mut self.user_name),
            _ => None,
        }
    }
}

fn read_page<T>(
    source: &str,
    list: &'static str,
    item: &str,
    read: fn(&mut Xml<'_>) -> Result<T, DecodeError>,
) -> Result<Page<T>, DecodeError> {
    read_root(source, "results", MAX_LIST_BYTES, |xml| {
        let mut place = Place::default();
        let mut items = Vec::new();
        while let Some(child) = xml.child()? {
            if child.is(list) {
                items = xml.list(item, read)?;
            } else if child.is("pageInfo") {
                place = Place::read(xml)?;
            } else {
                xml.skip()?;
            }
        }
        let start = place.start.unwrap_or_default();
        let whole = start.saturating_add(count(&items));
        let total = place.total.unwrap_or(whole);
        Ok(Page {
            items,
            start,
            total,
        })
    })
}

#[derive(Default)]
struct Place {
    start: Option<u32>,
    total: Option<u32>,
}

impl Place {
    fn read(xml: &mut Xml<'_>) -> Result<Self, DecodeError> {
        let mut place = Self::default();
        while let Some(child) = xml.child()? {
            if child.is("startIndex") {
                place.start = xml.text()?.parse().ok();
            } else if child.is("totalResults") {
                place.total = xml.text()?.parse().ok();
            } else {
                xml.skip()?;
            }
        }
        Ok(place)
    }
}

/// The name of what is referred to.
fn read_name(xml: &mut Xml<'_>) -> Result<String, DecodeError> {
    let names = xml.list("name", Xml::string)?;
    Ok(names.into_iter().next().unwrap_or_default())
}

fn read_flag(xml: &mut Xml<'_>) -> Result<Option<bool>, DecodeError> {
    Ok(xml.text()?.to_ascii_lowercase().parse().ok())
}

fn count<T>(items: &[T]) -> u32 {
    u32::try_from(items.len()).unwrap_or(u32::MAX)
}
