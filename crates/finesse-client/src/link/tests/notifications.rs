//! What a link makes of stanzas.

use std::time::Duration;

use finesse_protocol::{Data, Source};
use pretty_assertions::assert_eq;

use super::server::World;
use super::{LinkEvent, up};

#[tokio::test(start_paused = true)]
async fn a_notification_arrives_decoded() {
    let mut world = World::new();
    let (link, mut server) = up(&mut world, "41027").await;
    server
        .say(&message(&escaped(&user("READY & <able>"))))
        .await;
    assert_eq!(next_state(&world, &link).await, "READY & <able>");
}

#[tokio::test(start_paused = true)]
async fn two_stanzas_in_one_read_and_one_stanza_in_many_keep_their_order() {
    let mut world = World::new();
    let (link, mut server) = up(&mut world, "41027").await;
    let both = message(&escaped(&user("1"))) + &message(&escaped(&user("2")));
    server.say(&both).await;
    server.say_slowly(&message(&escaped(&user("3")))).await;
    server.say(&message(&escaped(&user("4")))).await;
    for expected in ["1", "2", "3", "4"] {
        assert_eq!(next_state(&world, &link).await, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_payload_may_be_cdata_or_mixed_or_plain_markup() {
    let mut world = World::new();
    let (link, mut server) = up(&mut world, "41027").await;
    let document = user("A&amp;B");
    let (head, tail) = document.split_at(20);
    for payload in [
        format!("<![CDATA[{document}]]>"),
        format!("{}<![CDATA[{tail}]]>", escaped(head)),
        format!("\n  {document}\n"),
        document
            .replace('<', "&#60;")
            .replace('&', "&amp;")
            .replace("&amp;#60;", "&#x3C;"),
    ] {
        server.say(&message(&payload)).await;
        assert_eq!(next_state(&world, &link).await, "A&B", "{payload}");
    }
}

#[tokio::test(start_paused = true)]
async fn every_item_of_a_message_is_delivered() {
    let mut world = World::new();
    let (link, mut server) = up(&mut world, "41027").await;
    let item = |state: &str| {
        format!(
            "<item id='1'><p:notification xmlns:p='urn:xmpp:push:0' type='html'>{}</p:notification></item>",
            escaped(&user(state))
        )
    };
    server
        .say(&format!(
            "<message><event><items node='x'>{}{}</items></event></message>",
            item("1"),
            item("2")
        ))
        .await;
    assert_eq!(next_state(&world, &link).await, "1");
    assert_eq!(next_state(&world, &link).await, "2");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_told_and_the_link_lives_on() {
    let mut world = World::new();
    let (link, mut server) = up(&mut world, "41027").await;
    for broken in [
        message("&lt;Update&gt;"),
        message(""),
        message("&nbsp;"),
        "<message><event></items></message>".into(),
        "<message><event><items><item><notification/></item></items></event></message>".into(),
    ] {
        server.say(&broken).await;
        let event = world.event(&link).await;
        assert!(
            matches!(event, LinkEvent::Undecodable { .. }),
            "{broken}: {event:?}"
        );
    }
    server.say(&message(&escaped(&user("READY")))).await;
    assert_eq!(next_state(&world, &link).await, "READY");
}

#[tokio::test(start_paused = true)]
async fn what_is_no_notification_is_passed_over() {
    let mut world = World::new();
    let (link, mut server) = up(&mut world, "41027").await;
    for other in [
        "<message from='41033@fin-a.acme.test'><body>hello</body></message>",
        "<presence from='41033@fin-a.acme.test/x'/>",
        "<presence from='finesse@elsewhere.test/x' type='unavailable'/>",
        "<presence from='finesse@fin-a.acme.test' type='subscribe'/>",
        "<iq type='result' id='nobody-asked'/>",
        "<sm xmlns='urn:xmpp:sm:3'/>",
    ] {
        server.say(other).await;
    }
    server
        .say("<presence from='finesse@fin-a.acme.test/web' type='unavailable'/>")
        .await;
    assert_eq!(
        world.event(&link).await,
        LinkEvent::FinesseUserAvailable(false)
    );
}

#[tokio::test(start_paused = true)]
async fn a_slow_owner_gets_everything_in_order_while_the_server_goes_on_being_pinged() {
    let mut world = World::new();
    let link = world.link_with_room("41027", 1);
    let mut server = world.logged_in().await;
    assert_eq!(world.event(&link).await, LinkEvent::Up);
    for number in 0..50 {
        server
            .say(&message(&escaped(&user(&number.to_string()))))
            .await;
    }
    for _ in 0..6 {
        assert!(server.heard().await.contains("urn:xmpp:ping"));
    }
    for number in 0..50 {
        assert_eq!(next_state(&world, &link).await, number.to_string());
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    server
        .say("<presence from='finesse@fin-a.acme.test/web'/>")
        .await;
    assert_eq!(
        world.event(&link).await,
        LinkEvent::FinesseUserAvailable(true)
    );
}

pub(super) fn message(payload: &str) -> String {
    format!(
        "<message from='pubsub.fin-a.acme.test' to='41027@fin-a.acme.test' id='QM0FAiNp'>\
         <event xmlns='http://jabber.org/protocol/pubsub#event'><items node='/finesse/api/User/41027'>\
         <item id='3f0b6a52'><notification xmlns='http://jabber.org/protocol/pubsub'>{payload}</notification>\
         </item></items></event></message>"
    )
}

pub(super) fn user(state: &str) -> String {
    let state = match state.contains("&amp;") {
        true => state.to_owned(),
        false => escaped(state),
    };
    format!(
        "<Update><data><user><loginId>41027</loginId><state>{state}</state></user></data>\
         <event>PUT</event><requestId></requestId><source>/finesse/api/User/41027</source></Update>"
    )
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

pub(super) async fn next_state(world: &World, link: &super::server::TestLink) -> String {
    match world.event(link).await {
        LinkEvent::Notification(update) => {
            assert_eq!(update.source, Source::User("41027".into()));
            match update.data {
                Data::User(user) => user.state.to_string(),
                other => panic!("{other:?}"),
            }
        }
        other => panic!("{other:?}"),
    }
}
