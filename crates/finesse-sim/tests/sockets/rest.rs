//! REST over TLS.

use finesse_sim::{Node, ServiceStatus};
use hyper::{Method, StatusCode};

use crate::desk::{Desk, LAYLA, NADIA, OMAR, simulator, text_of};

#[tokio::test]
async fn system_info_needs_no_password_and_names_its_node() {
    let simulator = simulator().await;
    let desk = Desk::at(&simulator, "nobody", "nothing", 1);
    let answer = desk.get("/SystemInfo?nocache=1714641939000").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(text_of(&answer.body, "xmppDomain"), "fin-b.acme.test");
    assert_eq!(text_of(&answer.body, "status"), "IN_SERVICE");
    assert_eq!(text_of(&answer.body, "deploymentType"), "UCCE");
    simulator.shutdown().await;
}

#[tokio::test]
async fn a_wrong_password_is_401_and_the_fifth_locks() {
    let simulator = simulator().await;
    let stranger = Desk::at(&simulator, LAYLA, "wrong", 0);
    for _ in 0..5 {
        let answer = stranger.get("/User/41027").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(text_of(&answer.body, "ErrorType"), "Authorization Failure");
        assert_eq!(text_of(&answer.body, "ErrorMessage"), "UNAUTHORIZED");
        assert_eq!(text_of(&answer.body, "ErrorData"), LAYLA);
    }
    let right = Desk::new(&simulator, LAYLA).get("/User/41027").await;
    assert_eq!(right.status, StatusCode::UNAUTHORIZED);
    assert_eq!(simulator.counters().sign_ins[LAYLA].refused, 6);
    let other = Desk::new(&simulator, OMAR).get("/User/41033").await;
    assert_eq!(other.status, StatusCode::OK);
}

#[tokio::test]
async fn an_accepted_request_is_202_without_a_body_and_echoes_its_id() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    let body = "<User><state>LOGIN</state><extension>6127</extension></User>";
    let answer = desk
        .send(Method::PUT, "/User/41027", body, "req-17")
        .await
        .unwrap();
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    assert_eq!(answer.body, "");
    assert_eq!(answer.headers["requestid"], "req-17");
    assert!(
        answer.headers["set-cookie"]
            .to_str()
            .unwrap()
            .starts_with("JSESSIONID=")
    );
    assert_eq!(simulator.counters().executions["req-17"], 1);
    assert_eq!(simulator.counters().sign_ins[LAYLA].logins, 1);
}

#[tokio::test]
async fn a_user_reads_itself_by_id_and_by_login_name() {
    let simulator = simulator().await;
    let by_id = Desk::new(&simulator, NADIA).get("/User/41900").await;
    assert_eq!(text_of(&by_id.body, "state"), "LOGOUT");
    assert!(by_id.body.starts_with("<User>"), "{}", by_id.body);
    assert!(
        by_id.body.contains("<role>Supervisor</role>"),
        "{}",
        by_id.body
    );
    let by_name = Desk::at(&simulator, "lhaddad", "demo", 0)
        .get("/User/lhaddad")
        .await;
    assert_eq!(text_of(&by_name.body, "loginId"), LAYLA);
}

#[tokio::test]
async fn lists_have_the_documented_shapes() {
    let simulator = simulator().await;
    let layla = Desk::new(&simulator, LAYLA);
    let nadia = Desk::new(&simulator, NADIA);
    let administrator = Desk::new(&simulator, "administrator");
    let cases = [
        (layla.get("/User/41027/Dialogs").await, "<Dialogs/>"),
        (
            layla.get("/ReasonCodes?category=NOT_READY").await,
            "<ReasonCodes category=\"NOT_READY\">",
        ),
        (
            layla.get("/User/41027/ReasonCodes?category=LOGOUT").await,
            "<label>End of shift</label>",
        ),
        (layla.get("/ReasonCode/9").await, "<label>Lunch</label>"),
        (
            administrator.get("/WrapUpReasons").await,
            "/finesse/api/WrapUpReason/3",
        ),
        (
            layla.get("/User/41027/WrapUpReasons").await,
            "/finesse/api/User/41027/WrapUpReason/3",
        ),
        (
            layla.get("/User/41027/Queues").await,
            "<callsInQueue>0</callsInQueue>",
        ),
        (layla.get("/Queue/5240").await, "<name>Retail_Voice</name>"),
        (
            layla.get("/User/41027/PhoneBooks").await,
            "<phoneNumber>6400</phoneNumber>",
        ),
        (nadia.get("/Team/5107").await, "<loginId>41033</loginId>"),
        (
            nadia.get("/Team/5107?includeLoggedOutAgents=false").await,
            "<users></users>",
        ),
    ];
    for (answer, part) in cases {
        assert_eq!(answer.status, StatusCode::OK, "{part}");
        assert!(answer.body.contains(part), "{part} in {}", answer.body);
    }
}

#[tokio::test]
async fn refusals_have_error_bodies() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    let drop = "<Dialog><targetMediaAddress>6127</targetMediaAddress>\
                <requestedAction>DROP</requestedAction></Dialog>";
    let cases = [
        (desk.put("/Dialog/1", drop).await, 404, "Not Found"),
        (desk.put("/User/41027", "<User>").await, 400, "Bad Request"),
        (
            desk.put("/User/41027", "<User></User>").await,
            400,
            "Parameter Missing",
        ),
        (desk.get("/Dialog/1").await, 404, "Not Found"),
        (desk.get("/Team/5107").await, 401, "Authorization Failure"),
        (
            desk.get("/User/41033").await,
            401,
            "Invalid Authorization User Specified",
        ),
        (desk.get("/User/40000").await, 404, "User Not Found"),
        (desk.get("/ReasonCodes").await, 400, "Parameter Missing"),
        (desk.get("/Users").await, 403, "Forbidden"),
        (desk.get("/Nonsense").await, 404, "Not Found"),
    ];
    for (answer, status, kind) in cases {
        assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
        assert_eq!(text_of(&answer.body, "ErrorType"), kind);
    }
}

#[tokio::test]
async fn a_node_out_of_service_answers_503_but_system_info() {
    let simulator = simulator().await;
    simulator.set_service(Node::A, ServiceStatus::OutOfService);
    let on_a = Desk::new(&simulator, LAYLA);
    let answer = on_a.get("/User/41027").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(
        text_of(&answer.body, "ErrorMessage"),
        "SERVER_OUT_OF_SERVICE"
    );
    let info = on_a.get("/SystemInfo").await;
    assert_eq!(text_of(&info.body, "status"), "OUT_OF_SERVICE");
    let on_b = Desk::at(&simulator, LAYLA, "demo", 1)
        .get("/User/41027")
        .await;
    assert_eq!(on_b.status, StatusCode::OK);
}

#[tokio::test]
async fn a_call_is_made_and_then_listed() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    let mut link = desk.link("gw-1").await;
    desk.ready(&mut link, "6127").await;
    let call = "<Dialog><requestedAction>MAKE_CALL</requestedAction>\
                <fromAddress>6127</fromAddress><toAddress>03005550142</toAddress></Dialog>";
    let answer = desk.post("/User/41027/Dialogs", call).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    let (_, update) = link.until("<state>ALERTING</state>").await;
    let id = text_of(&update, "id").to_owned();
    let list = desk.get("/User/41027/Dialogs").await;
    assert_eq!(text_of(&list.body, "id"), id);
    let dialog = desk.get(&format!("/Dialog/{id}")).await;
    assert!(dialog.body.starts_with("<Dialog>"), "{}", dialog.body);
}
