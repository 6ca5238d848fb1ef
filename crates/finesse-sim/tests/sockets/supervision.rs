//! Supervision over REST and XMPP.

use finesse_sim::Simulator;
use hyper::StatusCode;

use crate::desk::{CUSTOMER, Desk, LAYLA, Link, NADIA, simulator, text_of};

#[tokio::test]
async fn a_supervisor_monitors_barges_in_and_takes_over() {
    let simulator = simulator().await;
    let (layla, mut layla_link) = talking(&simulator).await;
    let nadia = Desk::new(&simulator, NADIA);
    let mut link = nadia.link("gw-1").await;
    nadia.state("LOGIN", "<extension>6190</extension>").await;
    link.until("<state>NOT_READY</state>").await;

    let monitor = "<Dialog><requestedAction>SILENT_MONITOR</requestedAction>\
                   <fromAddress>6190</fromAddress><toAddress>6127</toAddress></Dialog>";
    accepted(&nadia, "/User/41900/Dialogs", monitor).await;
    let (_, begun) = link.until("SUPERVISOR_MONITOR").await;
    let uri = format!("/finesse/api/Dialog/{}", text_of(&begun, "id"));
    layla_link.until("SUPERVISOR_MONITOR").await;

    let barge = format!(
        "<Dialog><requestedAction>BARGE_CALL</requestedAction><fromAddress>6190</fromAddress>\
         <toAddress>6127</toAddress><associatedDialogUri>{uri}</associatedDialogUri></Dialog>"
    );
    accepted(&nadia, "/User/41900/Dialogs", &barge).await;
    let mark = "<stateCause>SUPERVISOR_BARGE_IN</stateCause>";
    let (_, joined) = link.until(mark).await;
    assert_eq!(text_of(&joined, "callType"), "CONFERENCE");
    layla_link.until(mark).await;

    let drop = "<Dialog><requestedAction>PARTICIPANT_DROP</requestedAction>\
                <targetMediaAddress>6127</targetMediaAddress></Dialog>";
    let path = format!("/Dialog/{}", text_of(&joined, "id"));
    accepted(&nadia, &path, drop).await;
    layla_link.until("<event>DELETE</event>").await;
    layla_link.until("<state>READY</state>").await;
    let own = layla.get("/User/41027/Dialogs").await;
    assert_eq!(own.body, "<Dialogs/>");
    let list = nadia.get("/User/41900/Dialogs").await;
    assert_eq!(text_of(&list.body, "id"), text_of(&joined, "id"));
    simulator.shutdown().await;
}

async fn talking(simulator: &Simulator) -> (Desk, Link) {
    let layla = Desk::new(simulator, LAYLA);
    let mut link = layla.link("gw-1").await;
    layla.ready(&mut link, "6127").await;
    let call = simulator.call(CUSTOMER, "7800", &[]).unwrap();
    link.until("<event>POST</event>").await;
    let answer = "<Dialog><targetMediaAddress>6127</targetMediaAddress>\
                  <requestedAction>ANSWER</requestedAction></Dialog>";
    accepted(&layla, &format!("/Dialog/{}", call.0), answer).await;
    // The two feeds are not ordered between each other.
    while simulator.state().agents[0].state != "TALKING" {
        link.next().await;
    }
    (layla, link)
}

async fn accepted(desk: &Desk, path: &str, body: &str) {
    let answer = if path.ends_with("/Dialogs") {
        desk.post(path, body).await
    } else {
        desk.put(path, body).await
    };
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.body);
}
