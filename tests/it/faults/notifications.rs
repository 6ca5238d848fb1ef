//! Notifications that come twice, out of order, or say what nobody expects.

use anyhow::Result;
use gc_testkit::{Actor, Names, Transport, World};
use serde_json::{Value, json};

use super::{metric, state_at_finesse, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_finesse_says_twice_is_told_once() -> Result<()> {
    let world = World::start().await?;
    let mut layla = Actor::ready(&world, Transport::WebSocketV1, Actor::LAYLA).await?;
    world.fault(json!({
        "where": "xmpp", "match": {"agentId": "41027"}, "effect": {"duplicate": true},
    }))?;
    let mut names = Names::default();
    let dialog = layla.take_call(&world, &mut names).await?;
    layla.send("HoldCall", &dialog).await?;
    layla
        .expect(
            &mut names,
            &["State HOLD"],
            &["InboundCall A HELD PREROUTE_ACD_IN 2"],
        )
        .await?;
    layla.send("ReleaseCall", &dialog).await?;
    layla
        .expect(
            &mut names,
            &["State READY"],
            &["InboundCall A DROPPED PREROUTE_ACD_IN 2"],
        )
        .await?;
    // The same text in messages of their own.
    let state = format!(
        "<Update><data>{}</data><event>PUT</event><requestId></requestId>\
         <source>/finesse/api/User/41027</source></Update>",
        user(
            "WORK",
            "<stateChangeTime>2036-01-01T00:00:00.000Z</stateChangeTime>"
        )
    );
    for _ in 0..3 {
        world.simulator().publish_raw("41027", "", &state);
    }
    layla.expect(&mut names, &["State WORK"], &[]).await?;
    let taken = metric(&world, "gc_notifications_total").await?;
    world.simulator().publish_raw("41027", "", &state);
    until("all of them were taken", || async {
        Ok(metric(&world, "gc_notifications_total").await? > taken)
    })
    .await?;
    assert!(!layla.client.has(|event| event["type"] == "State"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_too_late_revives_nothing_and_is_counted() -> Result<()> {
    let world = World::start().await?;
    let mut layla = Actor::ready(&world, Transport::WebSocketV1, Actor::LAYLA).await?;
    let mut names = Names::default();
    let dialog = layla.take_call(&world, &mut names).await?;
    layla.send("ReleaseCall", &dialog).await?;
    layla
        .expect(
            &mut names,
            &["State READY"],
            &["InboundCall A DROPPED PREROUTE_ACD_IN 2"],
        )
        .await?;
    let active = format!(
        "<Update><data><dialog><id>{dialog}</id><fromAddress>03005550142</fromAddress><state>ACTIVE</state>\
         <mediaType>Voice</mediaType><mediaProperties><callType>PREROUTE_ACD_IN</callType></mediaProperties>\
         <participants><Participant><mediaAddress>6127</mediaAddress><state>ACTIVE</state></Participant></participants>\
         </dialog></data><event>PUT</event><requestId></requestId><source>/finesse/api/Dialog/{dialog}</source></Update>"
    );
    world.simulator().publish_raw("41027", "/Dialogs", &active);
    let dropped = metric(&world, "gc_notifications_dropped_total").await?;
    let old = format!(
        "<Update><data>{}</data><event>PUT</event><requestId></requestId>\
         <source>/finesse/api/User/41027</source></Update>",
        user(
            "TALKING",
            "<stateChangeTime>2020-01-01T00:00:00.000Z</stateChangeTime>"
        )
    );
    world.simulator().publish_raw("41027", "", &old);
    until("it is counted", || async {
        Ok(metric(&world, "gc_notifications_dropped_total").await? > dropped)
    })
    .await?;
    layla.send("GetState", "null").await?;
    layla
        .expect(&mut names, &["State READY", "DialogState NOT_FOUND"], &[])
        .await?;
    layla.finish(&mut names).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn notifications_that_change_places_end_in_finesses_state() -> Result<()> {
    let world = World::start().await?;
    let mut layla = Actor::ready(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
    let reorder = json!({
        "where": "xmpp", "match": {"agentId": "41027"}, "effect": {"reorder": true}, "times": 1,
    });
    for _ in 0..5 {
        world.fault(reorder.clone())?;
        let dialog = world.call("03005550142", "7800").await?;
        let of_call = |event: &Value| event["dialogId"] == dialog.as_str();
        layla
            .client
            .next_of(|event| event["type"] == "NewInboundCall" && of_call(event))
            .await?;
        layla.send("AnswerCall", &dialog).await?;
        layla
            .client
            .next_of(|event| event["state"] == "ACTIVE" && of_call(event))
            .await?;
        world.fault(reorder.clone())?;
        world.hang_up(&dialog).await?;
        layla
            .client
            .next_of(|event| event["state"] == "DROPPED" && of_call(event))
            .await?;
        until("the agent is ready again", || async {
            Ok(state_at_finesse(&world, "41027") == "READY")
        })
        .await?;
        layla.send("refresh", "null").await?;
        layla
            .client
            .next_of(|event| event["command"] == "refresh")
            .await?;
        let after = layla.client.drain();
        let revived = |frame: &Value| {
            frame["event"]["type"] == "InboundCall" && frame["event"]["state"] != "DROPPED"
        };
        assert!(!after.iter().any(revived), "{after:#?}");
        let last = after
            .iter()
            .rfind(|frame| frame["event"]["type"] == "State");
        let state = last.map(|frame| frame["event"]["state"].clone());
        assert_eq!(state, Some("READY".into()), "{after:#?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_expects_is_passed_on_or_read_anew_and_breaks_nothing() -> Result<()> {
    let world = World::start().await?;
    let mut layla = Actor::logged_in(&world, Transport::WebSocketV2, Actor::LAYLA).await?;
    let publish = |suffix: &str, text: &str| world.simulator().publish_raw("41027", suffix, text);
    let update = |data: &str, event: &str| {
        format!(
            "<Update><data>{data}</data><event>{event}</event><requestId></requestId>\
             <source>/finesse/api/User/41027</source></Update>"
        )
    };
    // A state that nobody knows, in another name space, with fields that nobody knows.
    let odd = user("MEDITATING", "<mood xmlns='urn:x'>calm</mood><mood/>");
    publish(
        "",
        &update(
            &odd.replacen("<user>", "<user xmlns='urn:other'>", 1),
            "PUT",
        ),
    );
    let told = layla
        .client
        .next_of(|event| event["type"] == "State")
        .await?;
    assert_eq!(told["event"]["state"], "MEDITATING");

    let snapshots = metric(&world, "gc_snapshots_total").await?;
    for text in [
        "",
        "null",
        "<Update/>",
        "<Update><data/></Update>",
        "<Update><data>null</data><event>null</event></Update>",
        &update(&user("NOT_READY", ""), "WINK"),
        &update("<user/>", "PUT"),
        &update("<user><state/><loginId/></user>", "PUT"),
        &update("<dialog><state>ACTIVE</state></dialog>", "PUT"),
        &update("<dialogs><Dialog><id/></Dialog></dialogs>", "POST"),
        &update("<somethingNew><id>7</id></somethingNew>", "PUT"),
    ] {
        publish("", text);
        publish("/Dialogs", text);
    }
    until("the agent was read anew", || async {
        Ok(metric(&world, "gc_snapshots_total").await? > snapshots)
    })
    .await?;
    until("what cannot be read is counted", || async {
        Ok(metric(&world, "gc_decode_failures_total").await? > 0)
    })
    .await?;
    layla.send("MakeReady", "null").await?;
    layla
        .client
        .next_of(|event| event["command"] == "MakeReady" && event["outcome"] == "done")
        .await?;
    layla.send("GetState", "null").await?;
    layla
        .client
        .next_of(|event| event["command"] == "GetState" && event["outcome"] == "done")
        .await?;
    let states = layla.client.drain();
    let last = states
        .iter()
        .rfind(|frame| frame["event"]["type"] == "State");
    let last = last.map(|frame| frame["event"]["state"].clone());
    assert_eq!(last, Some("READY".into()));
    assert_eq!(world.links_of("41027"), 1);
    Ok(())
}

/// Layla as Finesse describes her, with more at the end.
fn user(state: &str, more: &str) -> String {
    format!(
        "<user><loginId>41027</loginId><loginName>lhaddad</loginName><firstName>Layla</firstName>\
         <lastName>Haddad</lastName><extension>6127</extension><teamId>5107</teamId>\
         <teamName>Retail_Blue</teamName><roles><role>Agent</role></roles><pendingState></pendingState>\
         <state>{state}</state>{more}</user>"
    )
}
