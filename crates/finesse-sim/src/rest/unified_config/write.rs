//! The documents.

use super::entries::{AgentEntry, Entry, Reference, SkillGroupEntry};
use super::paging::{Detail, Links, Page, Wish};
use super::role::Role;
use crate::xml::Writer;

/// A page of a list.
pub(super) fn results<E: Entry>(
    w: &mut Writer,
    page: &Page<E>,
    links: &Links,
    (role, wish): (&Role, &Wish),
) {
    w.element("results", |w| {
        page_info(w, page, links, wish);
        w.element("permissionInfo", |w| {
            w.leaf("canCreate", "false");
            w.leaf("canDelete", "false");
            w.leaf("canUpdate", "true");
            w.leaf("role", role.as_str());
        });
        w.element(E::LIST, |w| {
            for entry in &page.entries {
                entry.write(w, wish.detail);
            }
        });
    });
}

fn page_info<E>(w: &mut Writer, page: &Page<E>, links: &Links, wish: &Wish) {
    w.element("pageInfo", |w| {
        w.number("resultsPerPage", wish.per_page);
        w.number("startIndex", page.start);
        w.number("totalResults", page.total);
        w.leaf("firstPage", &links.first);
        w.leaf("lastPage", &links.last);
        for (name, link) in [("prevPage", &links.previous), ("nextPage", &links.next)] {
            if let Some(link) = link {
                w.leaf(name, link);
            }
        }
        for (name, term) in [("searchTerm", &wish.search), ("sortTerm", &wish.sort)] {
            if let Some(term) = term {
                w.leaf(name, term);
            }
        }
    });
}

pub(super) fn skill_group(w: &mut Writer, group: &SkillGroupEntry, detail: Detail) {
    w.element("skillGroup", |w| {
        ref_url(w, "skillgroup", &group.id);
        w.leaf("changeStamp", "0");
        w.number("agentCount", group.agents.len());
        match detail {
            Detail::Summary => {}
            Detail::Full => w.element("agents", |w| {
                for agent in &group.agents {
                    agent_reference(w, agent);
                }
            }),
        }
        w.leaf("description", &group.description);
        w.element("mediaRoutingDomain", |w| {
            named(w, "mediaroutingdomain", "1", "Cisco_Voice");
        });
        w.leaf("name", &group.name);
        w.leaf("peripheralNumber", &group.peripheral_number);
        w.leaf("serviceLevelThreshold", "20");
        w.leaf("serviceLevelType", "1");
    });
}

pub(super) fn agent(w: &mut Writer, agent: &AgentEntry, detail: Detail) {
    w.element("agent", |w| {
        ref_url(w, "agent", &agent.id);
        w.leaf("changeStamp", "0");
        w.leaf("agentId", &agent.agent_id);
        w.leaf("agentStateTrace", "false");
        w.element("agentTeam", |w| {
            named(w, "agentteam", &agent.team.0, &agent.team.1);
        });
        w.leaf("description", "");
        person(w, agent);
        if detail == Detail::Full {
            references(
                w,
                ("skillGroups", "skillGroup", "skillgroup"),
                &agent.skill_groups,
            );
        }
        w.number("supervisor", agent.is_supervisor());
        if detail == Detail::Full {
            let names = ("supervisorTeams", "supervisorTeam", "agentteam");
            references(w, names, &agent.supervises);
        }
    });
}

fn person(w: &mut Writer, agent: &AgentEntry) {
    w.element("person", |w| {
        w.leaf("firstName", &agent.first_name);
        w.leaf("lastName", &agent.last_name);
        w.leaf("loginEnabled", "true");
        w.number("ssoEnabled", agent.sso);
        w.leaf("userName", &agent.user_name);
    });
}

fn agent_reference(w: &mut Writer, agent: &AgentEntry) {
    w.element("agent", |w| {
        ref_url(w, "agent", &agent.id);
        w.leaf("agentId", &agent.agent_id);
        w.leaf("firstName", &agent.first_name);
        w.leaf("lastName", &agent.last_name);
        w.leaf("userName", &agent.user_name);
    });
}

/// List, element and resource of references.
fn references(
    w: &mut Writer,
    (list, element, resource): (&str, &str, &str),
    references: &[Reference],
) {
    w.element(list, |w| {
        for (id, name) in references {
            w.element(element, |w| named(w, resource, id, name));
        }
    });
}

fn named(w: &mut Writer, resource: &str, id: &str, name: &str) {
    ref_url(w, resource, id);
    w.leaf("name", name);
}

fn ref_url(w: &mut Writer, resource: &str, id: &str) {
    w.leaf("refURL", &format!("/unifiedconfig/config/{resource}/{id}"));
}
