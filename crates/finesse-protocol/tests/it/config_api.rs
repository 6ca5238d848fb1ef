//! Pages of Unified CCE's configuration API.

use finesse_protocol::{ConfigAgent, ConfigSkillGroup, Page, Problem};
use pretty_assertions::assert_eq;

use crate::fixtures::{CONFIG_AGENTS, SKILL_GROUPS};
use crate::with;

#[test]
fn a_page_of_skill_groups_is_read() {
    let voice: ConfigSkillGroup = with(|group: &mut ConfigSkillGroup| {
        group.ref_url = "/unifiedconfig/config/skillgroup/5240".into();
        group.name = "Retail_Voice".into();
        group.description = "Shop & phone orders".into();
        group.peripheral_number = "1240".into();
        group.media_routing_domain = "Cisco_Voice".into();
        group.agent_count = "11".into();
    });
    let returns: ConfigSkillGroup = with(|group: &mut ConfigSkillGroup| {
        group.ref_url = "/unifiedconfig/config/skillgroup/5241".into();
        group.name = "Retail_Returns".into();
    });
    let page = ConfigSkillGroup::parse_page(SKILL_GROUPS).unwrap();
    assert_eq!(
        page,
        Page {
            items: vec![voice, returns],
            start: 0,
            total: 5,
        }
    );
    assert_eq!(page.items[0].id(), "5240");
    assert_eq!(page.next_start(), Some(2));
}

#[test]
fn a_page_of_supervisors_is_read() {
    let nadia: ConfigAgent = with(|agent: &mut ConfigAgent| {
        agent.ref_url = "/unifiedconfig/config/agent/10884".into();
        agent.agent_id = "41900".into();
        agent.first_name = "Nadia".into();
        agent.last_name = "Sethi".into();
        agent.user_name = "nsethi@acme.test".into();
        agent.description = "Shift lead".into();
        agent.supervisor = Some(true);
        agent.agent_team = "Retail_Blue".into();
    });
    let page = ConfigAgent::parse_page(CONFIG_AGENTS).unwrap();
    assert_eq!(
        page,
        Page {
            items: vec![nadia],
            start: 25,
            total: 26,
        }
    );
    assert_eq!(page.items[0].id(), "10884");
    assert_eq!(page.items[0].full_name(), "Nadia Sethi");
    assert_eq!(page.next_start(), None);
}

#[test]
fn an_id_is_the_last_segment_of_a_whole_address_too() {
    let xml = "<results><skillGroups><skillGroup>\
        <refURL>https://aw-a.acme.test/unifiedconfig/config/skillgroup/5240/</refURL>\
        </skillGroup></skillGroups></results>";
    let page = ConfigSkillGroup::parse_page(xml).unwrap();
    assert_eq!(page.items[0].id(), "5240");
    assert_eq!(ConfigSkillGroup::default().id(), "");
}

#[test]
fn the_names_of_an_agent_may_stand_by_themselves() {
    let xml = "<results><agents><agent><firstName>Nadia</firstName><lastName>Sethi</lastName>\
        <userName>nsethi</userName><agentId>41900</agentId></agent></agents></results>";
    let agent = &ConfigAgent::parse_page(xml).unwrap().items[0];
    assert_eq!(agent.full_name(), "Nadia Sethi");
    assert_eq!(agent.user_name, "nsethi");
    assert_eq!(agent.supervisor, None);
}

#[test]
fn a_page_without_its_place_is_the_whole_list() {
    for info in [
        "",
        "<pageInfo/>",
        "<pageInfo><startIndex>x</startIndex></pageInfo>",
    ] {
        let xml = format!(
            "<results>{info}<skillGroups><skillGroup/><skillGroup/></skillGroups></results>"
        );
        let page = ConfigSkillGroup::parse_page(&xml).unwrap();
        assert_eq!((page.items.len(), page.start, page.total), (2, 0, 2));
        assert_eq!(page.next_start(), None);
    }
}

#[test]
fn an_empty_page_never_has_a_next_one() {
    for list in ["", "<skillGroups/>", "<skillGroups></skillGroups>"] {
        let xml = format!(
            "<results><pageInfo><startIndex>0</startIndex><totalResults>9</totalResults></pageInfo>{list}</results>"
        );
        let page = ConfigSkillGroup::parse_page(&xml).unwrap();
        assert_eq!((page.items.len(), page.total), (0, 9));
        assert_eq!(page.next_start(), None);
    }
}

#[test]
fn the_largest_numbers_do_not_wrap() {
    let xml = "<results><pageInfo><startIndex>4294967295</startIndex>\
        <totalResults>4294967295</totalResults></pageInfo><agents><agent/></agents></results>";
    assert_eq!(ConfigAgent::parse_page(xml).unwrap().next_start(), None);
}

#[test]
fn another_document_is_refused() {
    let error = ConfigSkillGroup::parse_page("<skillGroups/>").unwrap_err();
    assert_eq!(error.problem, Problem::WrongRoot);
}
