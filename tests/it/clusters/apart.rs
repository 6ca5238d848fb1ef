//! Both clusters at work: what has the same number in both is never mixed up.

use anyhow::Result;
use finesse_sim::{Node, ServiceStatus, SimConfig};
use gc_server::Config;
use gc_testkit::client::{event_of, request};
use gc_testkit::{Actor, Names, Transport};
use hyper::Method;

use super::{LENA, NORA, Towns, answer, ask, is_system, one_call, system, watcher};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn agents_with_the_same_number_work_side_by_side() -> Result<()> {
    let towns = Towns::start().await?;
    let mut layla = Actor::ready(&towns.world, Transport::WebSocketV2, Actor::LAYLA).await?;
    let mut lena = Actor::ready(&towns.world, Transport::Rest, LENA).await?;
    one_call(&towns.world, &mut layla).await?;
    assert!(!lena.client.has(|event| event["type"] == "NewInboundCall"));
    let mut names = Names::default();
    let dialog = towns.berlin.call("03005550142", "7800", &[])?.0.to_string();
    lena.expect(
        &mut names,
        &["State RESERVED"],
        &["NewInboundCall A PREROUTE_ACD_IN"],
    )
    .await?;
    lena.send("AnswerCall", &dialog).await?;
    let events = lena
        .expect(
            &mut names,
            &["State TALKING"],
            &["InboundCall A ACTIVE PREROUTE_ACD_IN 2"],
        )
        .await?;
    assert!(
        events.iter().all(|event| event["agentId"] == LENA.0),
        "{events:?}"
    );
    assert!(!layla.client.has(|event| event["type"] == "NewInboundCall"));
    let refused = ask(&mut layla.client, "HoldCall#41027", &dialog).await?;
    assert_eq!(refused, "failed NO_DIALOG_ID");
    let sessions = request(towns.world.admin(), Method::GET, "/sessions", String::new()).await?;
    let of = |agent: usize| {
        let sessions = sessions.json();
        let text = |key: &str| sessions[agent][key].as_str().unwrap_or_default().to_owned();
        (text("agentId"), text("cluster"), text("state"))
    };
    let line = |id: &str, cluster: &str, state: &str| {
        (id.to_owned(), cluster.to_owned(), state.to_owned())
    };
    assert_eq!(of(0), line("41027", "finesse", "READY"));
    assert_eq!(of(1), line(LENA.0, "berlin", "TALKING"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_destination_with_agents_of_both_hears_which_of_them_cannot_work() -> Result<()> {
    let towns = Towns::start().await?;
    let mut desk = watcher(&towns.world, "desk-1").await?;
    let mut classic =
        gc_testkit::Client::open(towns.world.gateway(), Transport::WebSocketV1, "desk-1").await?;
    for agent in ["41027", LENA.0] {
        assert_eq!(
            ask(&mut desk, &format!("Connect#{agent}"), "desk-1,c4nary").await?,
            "done"
        );
    }
    desk.drain();
    classic.drain();
    let set = |status| {
        for node in [Node::A, Node::B] {
            towns.berlin.set_service(node, status);
        }
    };
    set(ServiceStatus::OutOfService);
    let told = |status: &str, agent: &str| (status.to_owned(), agent.to_owned());
    assert_eq!(system(&mut desk).await?, told("OUT_OF_SERVICE", LENA.0));
    towns.until_berlin(false).await?;
    let frame = answer(&mut desk, "GetState#41027", "null", "State").await?;
    assert_eq!(frame["state"], "LOGOUT");
    assert!(!classic.has(is_system), "{:?}", classic.drain());
    for node in ["a", "b"] {
        towns.world.service(node, "OUT_OF_SERVICE")?;
    }
    assert_eq!(system(&mut desk).await?, told("OUT_OF_SERVICE", ""));
    assert_eq!(system(&mut desk).await?, told("OUT_OF_SERVICE", "41027"));
    assert_eq!(system(&mut classic).await?, told("OUT_OF_SERVICE", ""));
    set(ServiceStatus::InService);
    assert_eq!(system(&mut desk).await?, told("IN_SERVICE", ""));
    assert_eq!(system(&mut desk).await?, told("IN_SERVICE", LENA.0));
    assert_eq!(system(&mut classic).await?, told("IN_SERVICE", ""));
    for node in ["a", "b"] {
        towns.world.service(node, "IN_SERVICE")?;
    }
    assert_eq!(system(&mut desk).await?, told("IN_SERVICE", "41027"));
    assert!(!classic.has(is_system), "{:?}", classic.drain());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reason_has_the_label_of_its_own_cluster() -> Result<()> {
    let mut site = SimConfig::test();
    for reason in &mut site.site.reason_codes {
        if reason.code == 14 && reason.category.as_str() == "NOT_READY" {
            reason.label = "Mittag".to_owned();
            reason.id += 500;
        }
    }
    let towns = Towns::with(site, |_| {}).await?;
    for (who, label) in [(Actor::LAYLA, "Lunch"), (LENA, "Mittag")] {
        let mut agent = Actor::ready(&towns.world, Transport::WebSocketV2, who).await?;
        agent.client.drain();
        let command = format!("MakeNotReadyWithReason#{}", who.0);
        let state = answer(&mut agent.client, &command, "14", "State").await?;
        assert_eq!(
            (&state["reasonCode"], &state["label"]),
            (&"14".into(), &label.into())
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_administrator_lists_the_own_cluster() -> Result<()> {
    let accounts = |config: &mut Config| {
        let account = gc_server::config::Administrator {
            name: "administrator".to_owned(),
            password: gc_protocol::Secret::new("c4nary"),
            ..gc_server::config::Administrator::default()
        };
        config.finesse.administrator = account.clone();
        if let Some(berlin) = config.clusters.get_mut("berlin") {
            berlin.administrator = account;
        }
    };
    let towns = Towns::with(SimConfig::test(), accounts).await?;
    let _layla = Actor::ready(&towns.world, Transport::WebSocketV2, Actor::LAYLA).await?;
    let _lena = Actor::ready(&towns.world, Transport::WebSocketV2, LENA).await?;
    let _nora = Actor::ready(&towns.world, Transport::WebSocketV2, NORA).await?;
    let mut desk = watcher(&towns.world, "desk-1").await?;
    for (administrator, people) in [
        ("administrator", vec!["41027"]),
        ("administrator@berlin.example", vec![LENA.0, NORA.0]),
    ] {
        let command = format!("GetLoggedInAgents#{administrator}");
        let list = answer(&mut desk, &command, "null", "Agents").await?;
        let users = list["users"].as_array().into_iter().flatten();
        let ids: Vec<_> = users.filter_map(|user| user["loginId"].as_str()).collect();
        assert_eq!(ids, people);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_supervisor_has_the_members_of_the_own_cluster() -> Result<()> {
    let towns = Towns::start().await?;
    let mut layla = Actor::ready(&towns.world, Transport::WebSocketV2, Actor::LAYLA).await?;
    let mut lena = Actor::ready(&towns.world, Transport::WebSocketV2, LENA).await?;
    let mut nora = Actor::logged_in(&towns.world, Transport::WebSocketV2, NORA).await?;
    let client = &mut nora.client;
    let command = format!("getteamusers#{}", NORA.0);
    let team = answer(client, &command, "5107,true", "Team Agents").await?;
    let users = team["users"].as_array().into_iter().flatten();
    let ids: Vec<_> = users.filter_map(|user| user["loginId"].as_str()).collect();
    assert_eq!(ids, [LENA.0, NORA.0]);
    let foreign = ask(client, "MakeNotReady#41027", "null").await?;
    assert_eq!(foreign, "failed INVALID_SUPERVISOR");
    assert_eq!(
        ask(client, &format!("MakeNotReady#{}", LENA.0), "null").await?,
        "done"
    );
    let told = client
        .next_of(|event| {
            event["type"] == "State" && event["state"] == "NOT_READY" && event["agentId"] == LENA.0
        })
        .await?;
    assert_eq!(event_of(&told)["supervisorId"], NORA.0);
    lena.expect(&mut Names::default(), &["State NOT_READY 999"], &[])
        .await?;
    layla.finish(&mut Names::default()).await
}
