//! The control API.

use finesse_sim::{AuthMode, SimConfig, Simulator};
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

use crate::desk::{CUSTOMER, Desk, LAYLA, simulator, text_of};

async fn ask(simulator: &Simulator, method: &str, path: &str, body: Value) -> (u16, Value) {
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let request = Request::builder()
        .method(method)
        .uri(format!("http://{}{path}", simulator.control_addr()))
        .header("Content-Type", "application/json")
        .body(Full::from(body.to_string()))
        .unwrap();
    let response = client.request(request).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

#[tokio::test]
async fn a_call_is_placed_seen_and_ended() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    let mut link = desk.link("gw-1").await;
    desk.ready(&mut link, "6127").await;
    let call = json!({"from": CUSTOMER, "to": "7800", "variables": {"callVariable1": "gold"}});
    let (status, placed) = ask(&simulator, "POST", "/sim/calls", call).await;
    assert_eq!(status, 200);
    let id = placed["dialogId"].as_str().unwrap();
    let (_, offer) = link.until("<event>POST</event>").await;
    assert!(offer.contains("<value>gold</value>"), "{offer}");

    let (_, state) = ask(&simulator, "GET", "/sim/state", Value::Null).await;
    assert_eq!(state["dialogs"][0]["dialogId"], id);
    assert_eq!(state["agents"][0]["state"], "RESERVED");
    assert_eq!(state["nodes"][0]["links"], 1);

    let (status, _) = ask(
        &simulator,
        "POST",
        &format!("/sim/calls/{id}/hangup"),
        json!({}),
    )
    .await;
    assert_eq!(status, 200);
    link.until("<event>DELETE</event>").await;
    let (status, _) = ask(
        &simulator,
        "POST",
        &format!("/sim/calls/{id}/hangup"),
        json!({}),
    )
    .await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn faults_service_links_and_counters_are_reachable() {
    let simulator = simulator().await;
    let fault = json!({"where": "rest", "effect": {"status": 500}, "times": 2});
    assert_eq!(ask(&simulator, "POST", "/sim/faults", fault).await.0, 200);
    assert_eq!(
        ask(&simulator, "GET", "/sim/faults", Value::Null).await.1[0]["times"],
        2
    );
    assert_eq!(
        ask(&simulator, "DELETE", "/sim/faults", Value::Null)
            .await
            .0,
        200
    );
    assert_eq!(
        ask(&simulator, "GET", "/sim/faults", Value::Null).await.1,
        json!([])
    );

    let service = json!({"node": "a", "status": "OUT_OF_SERVICE"});
    assert_eq!(
        ask(&simulator, "POST", "/sim/service", service).await.0,
        200
    );
    let (_, state) = ask(&simulator, "GET", "/sim/state", Value::Null).await;
    assert_eq!(state["nodes"][0]["status"], "OUT_OF_SERVICE");
    let nonsense = json!({"node": "c", "status": "FINE"});
    assert_eq!(
        ask(&simulator, "POST", "/sim/service", nonsense).await.0,
        400
    );

    let (_, dropped) = ask(
        &simulator,
        "POST",
        "/sim/links/drop",
        json!({"agentId": LAYLA}),
    )
    .await;
    assert_eq!(dropped["dropped"], 0);
    let (_, counters) = ask(&simulator, "GET", "/sim/counters", Value::Null).await;
    assert!(counters["signIns"].is_object() && counters["executions"].is_object());
}

#[tokio::test]
async fn agents_are_renamed_and_queues_reassigned() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    let mut link = desk.link("gw-1").await;
    let node = "/finesse/api/User/41027/Queues";
    let subscribe = format!(
        "<iq xmlns='jabber:client' type='set' id='q1' to='pubsub.fin-a.acme.test'>\
         <pubsub xmlns='http://jabber.org/protocol/pubsub'>\
         <subscribe node='{node}' jid='41027@fin-a.acme.test/gw-1'/></pubsub></iq>"
    );
    assert_eq!(link.ask_text(&subscribe).await.attr("type"), Some("result"));

    let name = json!({"firstName": "Leila", "lastName": "Haddad"});
    let (status, _) = ask(&simulator, "PUT", "/sim/agents/41027", name).await;
    assert_eq!(status, 200);
    link.until("<firstName>Leila</firstName>").await;

    let path = "/sim/queues/5240/teams/5107";
    let (status, _) = ask(&simulator, "DELETE", path, Value::Null).await;
    assert_eq!(status, 200);
    let (from, gone) = link.until("<event>DELETE</event>").await;
    assert_eq!(from, node);
    assert!(gone.contains("<name>Retail_Voice</name>"), "{gone}");
    let (status, _) = ask(&simulator, "PUT", path, Value::Null).await;
    assert_eq!(status, 200);
    link.until("<event>POST</event>").await;
    let (status, _) = ask(&simulator, "PUT", "/sim/queues/1/teams/5107", Value::Null).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn tokens_are_issued_and_revoked() {
    let config = SimConfig::test().signing_on(AuthMode::Hybrid, &[LAYLA]);
    let simulator = Simulator::start(config).await.unwrap();
    let wish = json!({"agentId": LAYLA, "lifeSeconds": 60});
    let (status, issued) = ask(&simulator, "POST", "/sim/tokens", wish).await;
    assert_eq!(status, 200);
    let desk = Desk::with_token(&simulator, LAYLA, issued["token"].as_str().unwrap());
    assert_eq!(desk.get("/User/41027").await.status, 200);

    let (_, revoked) = ask(&simulator, "POST", "/sim/tokens/revoke", issued).await;
    assert_eq!(revoked, json!({"revoked": true}));
    assert_eq!(desk.get("/User/41027").await.status, 401);

    for (agent, expected) in [("41033", 409), ("40000", 404)] {
        let wish = json!({"agentId": agent, "lifeSeconds": 60});
        let (status, _) = ask(&simulator, "POST", "/sim/tokens", wish).await;
        assert_eq!(status, expected, "{agent}");
    }
}

#[tokio::test]
async fn a_campaign_reserves_an_agent_who_accepts() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    let mut link = desk.link("gw-1").await;
    desk.ready(&mut link, "6127").await;
    let wish = json!({"mode": "preview", "agentId": LAYLA, "customer": CUSTOMER});
    let (status, begun) = ask(&simulator, "POST", "/sim/campaigns", wish.clone()).await;
    assert_eq!(status, 200);
    let id = begun["dialogId"].as_str().unwrap();
    let (_, offer) = link.until("<event>POST</event>").await;
    assert_eq!(text_of(&offer, "id"), id);
    assert_eq!(text_of(&offer, "callType"), "OUTBOUND_PREVIEW");
    let (status, again) = ask(&simulator, "POST", "/sim/campaigns", wish).await;
    assert_eq!(status, 409);
    assert!(again["error"].is_string());
    let odd = json!({"mode": "shouting", "agentId": LAYLA, "customer": CUSTOMER});
    assert_eq!(ask(&simulator, "POST", "/sim/campaigns", odd).await.0, 400);

    let accept = "<Dialog><targetMediaAddress>6127</targetMediaAddress>\
                  <requestedAction>ACCEPT</requestedAction></Dialog>";
    let answer = desk.put(&format!("/Dialog/{id}"), accept).await;
    assert_eq!(answer.status.as_u16(), 202);
    let (_, call) = link.until("<callType>OUTBOUND</callType>").await;
    assert_eq!(text_of(&call, "toAddress"), CUSTOMER);
    let callback = "<Dialog><targetMediaAddress>6127</targetMediaAddress>\
                    <requestedAction>UPDATE_SCHEDULED_CALLBACK</requestedAction><actionParams>\
                    <ActionParam><name>callbackTime</name><value>2024-05-03T10:30</value>\
                    </ActionParam></actionParams></Dialog>";
    let path = format!("/Dialog/{}", text_of(&call, "id"));
    assert_eq!(desk.put(&path, callback).await.status.as_u16(), 202);
    link.until("<callbackTime>2024-05-03T10:30</callbackTime>")
        .await;
}

#[tokio::test]
async fn nodes_are_killed_and_started_and_the_cti_server_changes_sides() {
    let simulator = simulator().await;
    let status = async || {
        let (_, state) = ask(&simulator, "GET", "/sim/state", Value::Null).await;
        let of = |node: usize| state["nodes"][node]["status"].as_str().unwrap().to_owned();
        (of(0), of(1))
    };
    let (killed, _) = ask(&simulator, "POST", "/sim/nodes/b/kill", json!({})).await;
    assert_eq!(killed, 200);
    assert_eq!(
        status().await,
        ("IN_SERVICE".into(), "OUT_OF_SERVICE".into())
    );
    let (started, _) = ask(&simulator, "POST", "/sim/nodes/b/start", json!({})).await;
    assert_eq!(started, 200);
    assert_eq!(status().await, ("IN_SERVICE".into(), "IN_SERVICE".into()));
    let long = json!({"seconds": 3600});
    let (failed, _) = ask(&simulator, "POST", "/sim/cti/failover", long).await;
    assert_eq!(failed, 200);
    let out = "OUT_OF_SERVICE".to_owned();
    assert_eq!(status().await, (out.clone(), out));
    let (unknown, _) = ask(&simulator, "POST", "/sim/nodes/c/kill", json!({})).await;
    assert_eq!(unknown, 404);
    let never = json!({"seconds": -1});
    let (refused, _) = ask(&simulator, "POST", "/sim/cti/failover", never).await;
    assert_eq!(refused, 400);
}
