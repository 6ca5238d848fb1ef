//! Several clusters: the same ids at each of them, and nothing of one in the other.

mod health;

use gc_core::{Agents, Authority, Cluster, ClusterId, Config, Input, LinkEvent, Product};
use pretty_assertions::assert_eq;

use crate::docs::{UserDoc, routed, user};
use crate::harness::{Bench, at_finesse, in_short};

const NOTHING: [&str; 0] = [];
const LAYLA: &str = "41027";
/// Somebody else, whom another Finesse knows as 41027.
const LENA: &str = "41027@berlin.example";
const NADIA: &str = "41900";
const NORA: &str = "41900@berlin.example";

/// Nodes 0 and 1 for everybody, node 2 for Berlin.
fn sites() -> Config {
    let with_account = |administrator: &str, cluster: Cluster| Cluster {
        administrator: Some(administrator.into()),
        ..cluster
    };
    let berlin = Cluster {
        agents: Agents::Domain("berlin.example".to_owned()),
        config_api: true,
        ..Cluster::of_nodes(1)
    };
    Config {
        clusters: vec![
            with_account("admin", Cluster::of_nodes(2)),
            with_account("admin@berlin.example", berlin),
        ],
        ..Config::default()
    }
}

fn bench() -> Bench {
    let mut bench = Bench::with(sites());
    for agent in [LENA, NORA] {
        let doc = user(at_finesse(agent));
        bench.users.insert(agent.to_owned(), doc);
    }
    bench
}

fn team(users: &[&UserDoc]) -> String {
    let users: String = users.iter().map(|user| user.element("User")).collect();
    format!("<Team><id>5107</id><name>Retail_Blue</name><users>{users}</users></Team>")
}

#[test]
fn agents_with_the_same_number_at_two_clusters_are_two_agents() {
    let mut bench = bench();
    bench.login("desk-1", LAYLA);
    bench.login("desk-1", LENA);
    assert_eq!(
        bench.link_log,
        ["open 41027 at 0", "open 41027@berlin.example at 2"]
    );
    bench.send("desk-1", &format!("MakeReady#{LENA}"), "");
    let request = bench.request("PUT /User/41027 READY");
    assert_eq!((request.agent.as_str(), request.node), (LENA, 2));
    bench.accept(&request);
    bench.user_is(LENA, "READY");
    let told = bench.told_json("desk-1");
    assert_eq!(told.len(), 1);
    assert_eq!(
        (&told[0]["state"], &told[0]["agentId"]),
        (&"READY".into(), &LENA.into())
    );
    let view = |agent: &str| {
        let view = bench.gateway.agent(&agent.into()).unwrap();
        (view.state.unwrap().state, view.cluster, view.node)
    };
    assert_eq!(view(LAYLA), ("NOT_READY".to_owned(), ClusterId(0), 0));
    assert_eq!(view(LENA), ("READY".to_owned(), ClusterId(1), 2));
}

#[test]
fn calls_with_the_same_number_at_two_clusters_are_two_calls() {
    let mut bench = bench();
    bench.login("desk-1", LAYLA);
    bench.login("desk-1", LENA);
    let call = routed("207", "6127");
    bench.notify(LAYLA, &call.in_collection("POST", "41027"));
    bench.notify(LENA, &call.in_collection("POST", "41027"));
    bench.notify(LAYLA, &call.in_collection("DELETE", "41027"));
    let told = bench.told_json("desk-1");
    let short: Vec<_> = told
        .iter()
        .map(|event| (in_short(event), event["agentId"].as_str().unwrap()))
        .collect();
    assert_eq!(
        short,
        [
            ("NewInboundCall 207 PREROUTE_ACD_IN".to_owned(), LAYLA),
            ("NewInboundCall 207 PREROUTE_ACD_IN".to_owned(), LENA),
            ("InboundCall 207 DROPPED PREROUTE_ACD_IN".to_owned(), LAYLA),
        ]
    );
    bench.send("desk-1", &format!("AnswerCall#{LENA}"), "207");
    let answer = bench.request("PUT /Dialog/207 ANSWER");
    assert_eq!((answer.agent.as_str(), answer.node), (LENA, 2));
    let gone = bench.send("desk-1", &format!("AnswerCall#{LAYLA}"), "207");
    assert_eq!(bench.result(gone), "failed NO_DIALOG_ID");
}

#[test]
fn an_agent_of_no_cluster_is_unknown_and_nobody_is_asked() {
    let mut bench = Bench::with(Config {
        clusters: vec![Cluster {
            agents: Agents::Listed {
                ids: vec![LAYLA.to_owned()],
                prefixes: vec!["42".to_owned()],
            },
            ..Cluster::of_nodes(1)
        }],
        ..Config::default()
    });
    for (command, body) in [
        ("Connect#41033", "desk-1,demo"),
        ("Login#41033", "demo,6133"),
        ("MakeReady#41033", ""),
        ("GetState#41033", ""),
    ] {
        let ticket = bench.send("desk-1", command, body);
        assert_eq!(bench.result(ticket), "failed USER_NOT_FOUND", "{command}");
        assert_eq!(bench.told("desk-1"), ["Error USER_NOT_FOUND"]);
    }
    assert_eq!(bench.requests(), NOTHING);
    bench.assert_empty();
    bench.connect("desk-1", LAYLA);
}

#[test]
fn each_cluster_is_a_product_of_its_own() {
    let mut bench = bench();
    bench.feed(Input::Site {
        cluster: ClusterId(1),
        product: Product::Uccx,
    });
    bench.login("desk-1", LAYLA);
    bench.login("desk-1", LENA);
    let refused = bench.send("desk-1", &format!("MakeWorkReady#{LENA}"), "");
    assert_eq!(bench.result(refused), "failed NOT_SUPPORTED");
    bench.send("desk-1", "MakeWorkReady#41027", "");
    bench.request("PUT /User/41027 WORK_READY");
}

#[test]
fn a_reason_is_sent_and_shown_as_its_own_cluster_has_it() {
    let mut bench = bench();
    bench.login("desk-1", LAYLA);
    bench.send("desk-2", &format!("Connect#{LENA}"), "desk-2,demo");
    bench.answer_reads();
    bench.link(LENA, LinkEvent::Up);
    let reasons = bench.request("GET /User/41027/ReasonCodes?category=NOT_READY");
    let mittag = "<ReasonCodes><ReasonCode><uri>/finesse/api/ReasonCode/77</uri><category>NOT_READY</category>\
                  <code>12</code><label>Mittag</label></ReasonCode></ReasonCodes>";
    bench.answer_xml(&reasons, mittag);
    bench.answer_reads();
    bench.user_is(LENA, "READY");
    bench.taken("desk-2");
    bench.send("desk-1", "MakeNotReadyWithReason#41027", "12");
    let request = bench.request("PUT /User/41027 NOT_READY 9");
    assert_eq!(request.node, 0);
    bench.send("desk-2", &format!("MakeNotReadyWithReason#{LENA}"), "12");
    let request = bench.request("PUT /User/41027 NOT_READY 77");
    assert_eq!(request.node, 2);
    bench.accept(&request);
    let user = bench.users.get_mut(LENA).unwrap().set("NOT_READY");
    user.reason_id = "77";
    let update = user.update("");
    bench.notify(LENA, &update);
    assert_eq!(bench.told("desk-2"), ["State NOT_READY 12 Mittag"]);
}

#[test]
fn a_supervisor_commands_members_of_her_own_cluster_only() {
    let mut bench = bench();
    bench.login("desk-1", NADIA);
    bench.users.get_mut("41027").unwrap().set("READY");
    let foreign = bench.send("desk-1", &format!("MakeNotReady#{LENA}"), "");
    assert_eq!(bench.result(foreign), "failed SUBSCRIPTION_FAILED");
    bench.login("desk-2", LENA);
    let foreign = bench.send("desk-1", &format!("MakeNotReady#{LENA}"), "");
    assert_eq!(bench.result(foreign), "failed INVALID_SUPERVISOR");
    assert_eq!(bench.requests(), NOTHING);
    bench.login("desk-1", NORA);
    bench.users.get_mut(LENA).unwrap().set("READY");
    let ticket = bench.send("desk-1", &format!("MakeNotReady#{LENA}"), "");
    let list = bench.request("GET /Team/5107?includeLoggedOutAgents=true");
    assert_eq!((list.agent.as_str(), list.node), (NORA, 2));
    let found = team(&[&bench.users[LENA]]);
    bench.answer_xml(&list, &found);
    bench.subscribed(NORA, "/finesse/api/Team/5107/Users");
    let request = bench.request("PUT /User/41027 NOT_READY");
    assert_eq!((request.agent.as_str(), request.node), (NORA, 2));
    bench.accept(&request);
    bench.taken("desk-1");
    let update = bench
        .users
        .get_mut(LENA)
        .unwrap()
        .set("NOT_READY")
        .team_update();
    bench.notify(NORA, &update);
    assert_eq!(
        bench.told("desk-1"),
        ["State NOT_READY of 41027@berlin.example"]
    );
    assert_eq!(bench.result(ticket), "done");
}

#[test]
fn teams_with_the_same_number_are_listed_and_followed_apart() {
    let mut bench = bench();
    let logins = |event: &serde_json::Value| {
        let users = event["users"].as_array().unwrap().iter();
        let ids = users.map(|user| user["loginId"].as_str().unwrap().to_owned());
        ids.collect::<Vec<_>>()
    };
    for (supervisor, listed) in [(NADIA, [LAYLA, NADIA]), (NORA, [LENA, NORA])] {
        bench.login("desk-1", supervisor);
        bench.users.get_mut(listed[0]).unwrap().set("READY");
        bench.send("desk-1", &format!("getteamusers#{supervisor}"), "5107,true");
        bench.subscribed(supervisor, "/finesse/api/Team/5107/Users");
        let list = bench.request("GET /Team/5107?includeLoggedOutAgents=false");
        assert_eq!(list.agent, supervisor);
        let found = team(&listed.map(|id| &bench.users[id]));
        bench.answer_xml(&list, &found);
        assert_eq!(logins(&bench.told_json("desk-1")[0]), listed);
    }
    let update = bench
        .users
        .get_mut(LENA)
        .unwrap()
        .set("TALKING")
        .team_update();
    bench.notify(NORA, &update);
    let told = bench.told_json("desk-1");
    assert_eq!(told.len(), 1);
    assert_eq!(
        (&told[0]["agentId"], &told[0]["supervisorId"]),
        (&LENA.into(), &NORA.into())
    );
    let update = bench
        .users
        .get_mut(NORA)
        .unwrap()
        .set("READY")
        .team_update();
    bench.notify(NORA, &update);
    assert_eq!(
        bench.told("desk-1"),
        ["State READY"],
        "she is not her own member"
    );
}

#[test]
fn each_administrator_lists_the_people_of_the_own_cluster() {
    let mut bench = bench();
    bench.users.get_mut("41027").unwrap().set("READY");
    for (administrator, node, login) in [("admin", 0, LAYLA), ("admin@berlin.example", 2, LENA)] {
        bench.send("desk-1", &format!("GetLoggedInAgents#{administrator}"), "");
        let request = bench.request("GET /Users");
        assert_eq!(
            (request.node, request.authority),
            (node, Authority::Administrator)
        );
        let users = bench.users["41027"].element("User");
        bench.answer_xml(&request, &format!("<Users>{users}</Users>"));
        let told = bench.told_json("desk-1");
        assert_eq!(told[0]["users"][0]["loginId"], login);
        assert_eq!(told[0]["agentId"], administrator);
    }
}

#[test]
fn lists_that_one_cluster_is_slow_with_keep_nobody_from_the_others() {
    let mut bench = bench();
    for client in 0..20 {
        let desk = format!("list-{client}");
        bench.send(&desk, "GetPhonebooks#admin@berlin.example", "");
    }
    let late = bench.send("desk-1", "GetPhonebooks#admin@berlin.example", "");
    assert_eq!(bench.result(late), "failed CF_RESOURCE_BUSY");
    bench.drop_requests();
    let other = bench.send("desk-1", "GetPhonebooks#admin", "");
    assert_eq!(bench.result(other), "open");
    assert_eq!(bench.expect_request().node, 0);
}

#[test]
fn what_one_cluster_has_beside_finesse_is_not_the_others() {
    let mut bench = bench();
    bench.login("desk-1", LAYLA);
    bench.login("desk-1", LENA);
    let none = bench.send("desk-1", "GETSUPERVISOR#41027", "");
    assert_eq!(bench.result(none), "failed NOT_SUPPORTED");
    bench.taken("desk-1");
    bench.send("desk-1", &format!("GETSUPERVISOR#{LENA}"), "");
    let request = bench.expect_request();
    assert_eq!((request.node, request.authority), (2, Authority::ConfigApi));
    bench.answer_xml(
        &request,
        "<results><pageInfo><resultsPerPage>100</resultsPerPage><startIndex>0</startIndex><totalResults>1</totalResults>\
         </pageInfo><agents><agent><refURL>/unifiedconfig/config/agent/5001</refURL><agentId>41900</agentId>\
         <person><firstName>Nora</firstName><lastName>Lang</lastName></person></agent></agents></results>",
    );
    let told = bench.told_json("desk-1");
    assert_eq!(told[0]["supervisors"][0]["loginId"], NORA);
}
