//! Streams that mean harm: only their own link may suffer.

use std::time::Duration;

use pretty_assertions::assert_eq;

use super::notifications::{escaped, message, next_state, user};
use super::server::{Login, World};
use super::{LinkEvent, up};

#[tokio::test(start_paused = true)]
async fn a_stanza_beyond_a_limit_closes_its_own_link_only() {
    let huge = format!("<message><body>{}", "x".repeat(300 * 1024));
    let whole = message(&"y".repeat(257 * 1024));
    let deep = "<a>".repeat(100_000);
    let broad = format!("<a{}", " b=''".repeat(10_000));
    for (stanza, reason) in [
        (huge.as_str(), "a stanza is too large"),
        (whole.as_str(), "a stanza is too large"),
        (deep.as_str(), "elements are nested too deep"),
        (broad.as_str(), "an element has too many attributes"),
        (
            "<!DOCTYPE a [<!ENTITY b 'c'>]>",
            "forbidden markup in the stream",
        ),
    ] {
        let mut world = World::new();
        let (victim, mut bad) = up(&mut world, "41027").await;
        let (bystander, mut good) = up(&mut world, "41033").await;
        bad.say(stanza).await;
        let down = LinkEvent::Down {
            reason: reason.into(),
        };
        assert_eq!(world.event(&victim).await, down);
        good.say(&message(&escaped(&user("READY")))).await;
        let event = world.event(&bystander).await;
        assert!(matches!(event, LinkEvent::Notification(_)), "{event:?}");
        let _server = world.logged_in().await;
        assert_eq!(world.event(&victim).await, LinkEvent::Up);
    }
}

#[tokio::test(start_paused = true)]
async fn a_stanza_at_a_limit_is_read_and_one_beyond_it_closes_the_link() {
    let large = |bytes: usize| {
        let rest = message(&escaped(&user("READY"))).len() + "<body></body>".len();
        let body = format!("<body>{}</body></message>", "x".repeat(bytes - rest));
        message(&escaped(&user("READY"))).replace("</message>", &body)
    };
    let deep = |levels: usize| {
        let inner = [" <a>".repeat(levels - 1), "</a>".repeat(levels - 1)].concat();
        message(&escaped(&user("READY"))).replace("</message>", &format!("{inner}</message>"))
    };
    let broad = |attributes: usize| {
        let inner: String = (0..attributes).map(|n| format!(" a{n}='x'")).collect();
        message(&escaped(&user("READY"))).replace("</message>", &format!("<a{inner}/></message>"))
    };
    for (most, more, reason) in [
        (
            large(256 * 1024),
            large(256 * 1024 + 1),
            "a stanza is too large",
        ),
        (deep(64), deep(65), "elements are nested too deep"),
        (broad(128), broad(129), "an element has too many attributes"),
    ] {
        let mut world = World::new();
        let (link, mut server) = up(&mut world, "41027").await;
        server.say(&most).await;
        assert_eq!(next_state(&world, &link).await, "READY");
        server.say(&more).await;
        let down = LinkEvent::Down {
            reason: reason.into(),
        };
        assert_eq!(world.event(&link).await, down);
    }
}

#[tokio::test(start_paused = true)]
async fn a_login_beyond_a_limit_is_a_failed_attempt_and_no_crash() {
    let header = Login::ANSWERS[0].split("<stream:features>").next().unwrap();
    for flood in [
        "<a>".repeat(80_000),
        format!("<a b='{}", "x".repeat(300 * 1024)),
        format!("<a{}", " b=''".repeat(10_000)),
    ] {
        let mut world = World::new();
        let link = world.link("41027");
        let mut server = world.dialled().await;
        server.heard().await;
        server
            .say(&format!("{header}<stream:features>{flood}"))
            .await;
        let event = world.event(&link).await;
        assert!(matches!(event, LinkEvent::Unreachable { .. }), "{event:?}");
        let _server = world.logged_in().await;
        assert_eq!(world.event(&link).await, LinkEvent::Up);
    }
}

#[tokio::test(start_paused = true)]
async fn bytes_that_are_no_text_spoil_one_stanza() {
    let mut world = World::new();
    let (link, mut server) = up(&mut world, "41027").await;
    server
        .say_bytes(b"<message><x>\xff\xfe</x></message>")
        .await;
    let undecodable = LinkEvent::Undecodable {
        reason: "not UTF-8".into(),
    };
    assert_eq!(world.event(&link).await, undecodable);
    server.say(&message(&escaped(&user("READY")))).await;
    assert!(matches!(
        world.event(&link).await,
        LinkEvent::Notification(_)
    ));
}

/// A thousand of these; which is meant by its number.
fn damaged(number: usize) -> Vec<u8> {
    const PIECES: [&[u8]; 12] = [
        b"<",
        b">",
        b"&",
        b"</a>",
        b"<a>",
        b"'",
        b"]]>",
        b"<![CDATA[",
        b"\0",
        b"\xff",
        b"&#0;",
        b"&nobody;",
    ];
    let good = [
        message(&escaped(&user("READY"))),
        message(&format!("<![CDATA[{}]]>", user("READY"))),
        "<iq type='get' id='7' from='fin-a'><ping xmlns='urn:xmpp:ping'/></iq>".to_owned(),
        "<presence from='finesse@fin-a' type='unavailable'/>".to_owned(),
    ];
    let mut bytes = good[number % good.len()].clone().into_bytes();
    let at = number * 7_919 % bytes.len();
    match number % 3 {
        0 => bytes.truncate(at),
        1 => bytes[at] ^= 1 << (number % 7),
        _ => drop(bytes.splice(at..at, PIECES[number % PIECES.len()].iter().copied())),
    }
    bytes
}

#[tokio::test(start_paused = true)]
async fn f30_a_thousand_damaged_stanzas_cost_at_most_their_own_link() {
    // Neither does a link that is cut so often wait longer and longer, nor are pings to be answered.
    let mut world = World::with(|config| {
        config.reconnect_max = Duration::from_millis(1);
        config.ping_interval = Duration::from_secs(3_600);
        config.ping_timeout = Duration::from_secs(3_600);
    });
    let (victim, mut bad) = up(&mut world, "41027").await;
    let (bystander, mut good) = up(&mut world, "41033").await;
    let mut undecodable = 0;
    for number in 0..1_000 {
        bad.say_bytes(&damaged(number)).await;
        good.say(&message(&escaped(&user("READY")))).await;
        let event = world.event(&bystander).await;
        assert!(
            matches!(event, LinkEvent::Notification(_)),
            "{number}: {event:?}"
        );
        // Whatever is left of the link, the connection ends here.
        drop(bad);
        loop {
            match world.event(&victim).await {
                LinkEvent::Down { .. } => break,
                LinkEvent::Undecodable { .. } => undecodable += 1,
                LinkEvent::Notification(_) | LinkEvent::FinesseUserAvailable(_) => {}
                other => panic!("{number}: {other:?}"),
            }
        }
        bad = world.logged_in().await;
        assert_eq!(world.event(&victim).await, LinkEvent::Up, "{number}");
    }
    assert!(undecodable > 150, "{undecodable} of them could not be read");
}
