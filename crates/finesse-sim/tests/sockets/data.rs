//! Mobile agents and call data over REST and XMPP.

use hyper::StatusCode;

use crate::desk::{CUSTOMER, Desk, LAYLA, NADIA, simulator, text_of};

#[tokio::test]
async fn a_mobile_agent_is_known_as_such_at_one_node() {
    let simulator = simulator().await;
    let at_a = Desk::new(&simulator, LAYLA);
    let at_b = Desk::at(&simulator, LAYLA, "demo", 1);
    let mut link_a = at_a.link("gw-1").await;
    let mut link_b = at_b.link("gw-1").await;
    let mobile = "<extension>6127</extension><mobileAgent><mode>CALL_BY_CALL</mode>\
                  <dialNumber>03215550100</dialNumber></mobileAgent>";
    assert_eq!(
        at_a.state("LOGIN", mobile).await.status,
        StatusCode::ACCEPTED
    );
    let (_, told_a) = link_a.until("<state>NOT_READY</state>").await;
    assert_eq!(text_of(&told_a, "dialNumber"), "03215550100");
    let (_, told_b) = link_b.until("<state>NOT_READY</state>").await;
    assert!(!told_b.contains("mobileAgent"), "{told_b}");
    let read_a = at_a.get("/User/41027").await;
    assert_eq!(text_of(&read_a.body, "mode"), "CALL_BY_CALL");
    let read_b = at_b.get("/User/41027").await;
    assert!(!read_b.body.contains("mobileAgent"), "{}", read_b.body);

    let incomplete = "<extension>6127</extension><mobileAgent><mode>CALL_BY_CALL</mode>\
                      </mobileAgent>";
    let answer = at_a.state("LOGIN", incomplete).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(text_of(&answer.body, "ErrorData"), "dialNumber");
}

#[tokio::test]
async fn variables_and_wrap_up_are_updated_without_naming_the_phone() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    let mut link = desk.link("gw-1").await;
    desk.ready(&mut link, "6127").await;
    let call = simulator.call(CUSTOMER, "7800", &[]).unwrap();
    link.until("<event>POST</event>").await;
    let path = format!("/Dialog/{}", call.0);
    let answer = "<Dialog><targetMediaAddress>6127</targetMediaAddress>\
                  <requestedAction>ANSWER</requestedAction></Dialog>";
    desk.put(&path, answer).await;
    link.until("<callType>PREROUTE_ACD_IN</callType>").await;
    let update = "<Dialog><requestedAction>UPDATE_CALL_DATA</requestedAction><mediaProperties>\
                  <wrapUpReason>Order placed</wrapUpReason><callvariables><CallVariable>\
                  <name>user.acct.ref</name><value>PK-7731</value></CallVariable>\
                  </callvariables></mediaProperties></Dialog>";
    assert_eq!(desk.put(&path, update).await.status, StatusCode::ACCEPTED);
    let (_, updated) = link
        .until("<wrapUpReason>Order placed</wrapUpReason>")
        .await;
    assert!(updated.contains("<value>PK-7731</value>"), "{updated}");
    let read = Desk::new(&simulator, NADIA).get(&path).await;
    assert_eq!(text_of(&read.body, "wrapUpReason"), "Order placed");
}
