//! Feeds that are subscribed to: team members and queues.

use std::time::Duration;

use finesse_sim::Settings;
use finesse_sim::engine::{Payload, Publication};
use finesse_sim::site::{Queue, Site as Configuration};
use pretty_assertions::assert_eq;

use crate::site::{LAYLA, NADIA, OMAR, Site};

#[test]
fn a_member_is_published_with_state_name_and_extension() {
    let mut site = Site::new();
    site.login(LAYLA);
    site.settle();
    site.engine
        .rename_agent(site.now(), LAYLA, "Leila", "Haddad-Noor")
        .unwrap();
    site.settle();
    let documents = on(&site, "/finesse/api/Team/5107/Users");
    assert_eq!(documents.len(), 2);
    assert!(
        documents[0].contains("<extension>6127</extension>")
            && documents[0].contains("<state>NOT_READY</state>"),
        "{}",
        documents[0]
    );
    assert!(
        documents[1].contains("<firstName>Leila</firstName>")
            && documents[1].contains("<source>/finesse/api/User/41027</source>"),
        "{}",
        documents[1]
    );
    assert_eq!(site.user(LAYLA).last_name, "Haddad-Noor");
}

#[test]
fn a_queue_that_is_as_it_was_reports_nothing() {
    let settings = Settings {
        queue_interval: Duration::from_secs(1),
        ..Settings::default()
    };
    let mut site = Site::with(settings).with_ready(&[LAYLA]);
    site.settle();
    site.forget();
    // Away and back within one interval.
    site.state(LAYLA, "NOT_READY");
    site.pass(Duration::from_millis(310));
    site.state(LAYLA, "READY");
    site.pass(Duration::from_secs(5));
    let reports = on(&site, "/finesse/api/Queue/5240");
    let last = reports.last().unwrap();
    assert!(last.contains("<agentsReady>1</agentsReady>"), "{last}");
    site.forget();
    site.put_user(LAYLA, LAYLA, "LOGIN", Some("6127"), None)
        .unwrap();
    site.engine
        .assign_queue(site.now(), "5240", "5107")
        .unwrap();
    site.pass(Duration::from_secs(5));
    assert_eq!(on(&site, "/finesse/api/Queue/5240"), [""; 0]);
}

#[test]
fn a_queue_that_is_assigned_or_withdrawn_is_announced_to_those_whose_list_it_is() {
    let mut configuration = Configuration::demo();
    configuration.queues.push(Queue {
        id: "5241".to_owned(),
        name: "Retail_Chat".to_owned(),
        route_point: "7801".to_owned(),
        teams: Vec::new(),
    });
    let mut site = Site::of(configuration, Settings::default(), 7);
    assert_eq!(site.engine.user_queues(NADIA).unwrap().len(), 1);
    let now = site.now();
    site.engine.assign_queue(now, "5241", "5107").unwrap();
    site.settle();
    assert_eq!(site.engine.user_queues(NADIA).unwrap().len(), 2);
    for agent in [LAYLA, OMAR, NADIA] {
        let source = format!("/finesse/api/User/{agent}/Queues");
        let documents = on(&site, &source);
        assert_eq!(documents.len(), 1);
        assert!(
            documents[0].contains("<Queues>")
                && documents[0].contains("<name>Retail_Chat</name>")
                && documents[0].contains("<event>POST</event>")
                && documents[0].contains(&format!("<source>{source}</source>")),
            "{}",
            documents[0]
        );
    }
    site.forget();
    site.engine.withdraw_queue(now, "5241", "5107").unwrap();
    site.settle();
    let gone = on(&site, "/finesse/api/User/41033/Queues");
    assert!(gone[0].contains("<event>DELETE</event>"), "{}", gone[0]);
    assert_eq!(
        site.engine
            .assign_queue(now, "1", "5107")
            .unwrap_err()
            .status,
        404
    );
    assert_eq!(
        site.engine
            .assign_queue(now, "5240", "1")
            .unwrap_err()
            .status,
        404
    );
}

#[test]
fn a_supervisor_sees_the_queues_of_all_teams_and_an_agent_those_of_the_own() {
    let mut configuration = Configuration::demo();
    let mut other = configuration.teams[0].clone();
    other.id = "5108".to_owned();
    configuration.teams.push(other);
    configuration.queues.push(Queue {
        id: "5242".to_owned(),
        name: "Wholesale".to_owned(),
        route_point: "7802".to_owned(),
        teams: vec!["5108".to_owned()],
    });
    configuration.agents[2].supervises.push("5108".to_owned());
    let site = Site::of(configuration, Settings::default(), 7);
    let names = |agent| {
        let queues = site.engine.user_queues(agent).unwrap();
        queues
            .into_iter()
            .map(|queue| queue.name)
            .collect::<Vec<_>>()
    };
    assert_eq!(names(NADIA), ["Retail_Voice", "Wholesale"]);
    assert_eq!(names(LAYLA), ["Retail_Voice"]);
}

fn on(site: &Site, path: &str) -> Vec<String> {
    let published = site.published.iter();
    let here = published.filter(|publication| publication.topic.path() == path);
    here.filter(|publication| !matches!(publication.payload, Payload::Error(_)))
        .map(Publication::xml)
        .collect()
}
