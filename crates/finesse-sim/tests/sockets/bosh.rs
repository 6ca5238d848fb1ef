//! XMPP over HTTP requests.

use std::time::{Duration, Instant};

use http_body_util::BodyExt;
use hyper::Request;
use pretty_assertions::assert_eq;

use crate::desk::{Desk, LAYLA, simulator};

const NS: &str = "xmlns='http://jabber.org/protocol/httpbind'";

/// Posts a body; gives status and answer, or the status 0 when the connection ended instead.
pub(crate) async fn post(desk: &Desk, body: &str) -> (u16, String) {
    let url = format!("https://127.0.0.1:{}/http-bind/", desk.node.legacy.port());
    let request = Request::post(url)
        .header("content-type", "text/xml; charset=utf-8")
        .body(body.to_owned().into())
        .unwrap();
    let answer = tokio::time::timeout(Duration::from_secs(10), desk.https.request(request));
    let Ok(answer) = answer.await.expect("no answer in time") else {
        return (0, String::new());
    };
    let status = answer.status().as_u16();
    let text = answer.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(text.to_vec()).unwrap())
}

/// A session.
struct Session<'a> {
    desk: &'a Desk,
    sid: String,
    rid: u64,
}

impl<'a> Session<'a> {
    async fn create(desk: &'a Desk) -> Self {
        Self::create_holding(desk, 60).await
    }

    async fn create_holding(desk: &'a Desk, seconds: u64) -> Self {
        let creation = format!(
            "<body {NS} rid='1000' to='fin-a.acme.test' wait='{seconds}' hold='1' ver='1.6' xml:lang='en' \
             xmpp:version='1.0' xmlns:xmpp='urn:xmpp:xbosh'/>"
        );
        let (_, answer) = post(desk, &creation).await;
        let sid = attribute(&answer, "sid").to_owned();
        Self {
            desk,
            sid,
            rid: 1000,
        }
    }

    async fn signed_in(desk: &'a Desk) -> Self {
        Self::create(desk).await.sign_in().await
    }

    async fn sign_in(self) -> Self {
        let mut session = self;
        for (said, heard) in [
            (
                "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>ADQxMDI3AGRlbW8=</auth>",
                "<success",
            ),
            ("", "<bind"),
            (
                "<iq xmlns='jabber:client' type='set' id='b1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>page</resource></bind></iq>",
                "/page</jid>",
            ),
            (
                "<presence xmlns='jabber:client'/>",
                "<presence xmlns='jabber:client' from='finesse@",
            ),
        ] {
            let more = if said.is_empty() {
                "xmpp:restart='true' xmlns:xmpp='urn:xmpp:xbosh'"
            } else {
                ""
            };
            let answer = session.ask(more, said).await;
            assert!(answer.contains(heard), "{answer}");
        }
        session
    }

    fn next(&mut self, more: &str, inside: &str) -> String {
        self.rid += 1;
        let (rid, sid) = (self.rid, &self.sid);
        format!("<body {NS} rid='{rid}' sid='{sid}' {more}>{inside}</body>")
    }

    async fn ask(&mut self, more: &str, inside: &str) -> String {
        let body = self.next(more, inside);
        post(self.desk, &body).await.1
    }
}

fn attribute<'x>(body: &'x str, name: &str) -> &'x str {
    let start = body.find(&format!(" {name}='")).expect(name) + name.len() + 3;
    &body[start..start + body[start..].find('\'').unwrap()]
}

#[tokio::test]
async fn a_session_begins_with_its_settings_and_the_features() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    let creation =
        format!("<body {NS} rid='7' to='fin-a.acme.test' wait='30' hold='1' ver='1.6'/>");
    let (status, answer) = post(&desk, &creation).await;
    let sid = attribute(&answer, "sid");
    assert_eq!(status, 200);
    assert_eq!(
        answer,
        format!(
            "<body xmlns='http://jabber.org/protocol/httpbind' xmlns:stream='http://etherx.jabber.org/streams' \
             xmlns:xmpp='urn:xmpp:xbosh' xmpp:version='1.0' xmpp:restartlogic='true' sid='{sid}' \
             from='fin-a.acme.test' wait='30' requests='2' hold='1' inactivity='30' polling='2' ver='1.6'>\
             <stream:features xmlns:stream='http://etherx.jabber.org/streams'>\
             <mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>\
             </stream:features></body>"
        )
    );
}

#[tokio::test]
async fn a_held_request_is_answered_by_a_notification() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    let mut session = Session::signed_in(&desk).await;
    let poll = session.next("", "");
    let (answer, state) = tokio::join!(
        post(&desk, &poll),
        desk.state("LOGIN", "<extension>6127</extension>"),
    );
    assert_eq!(state.status.as_u16(), 202);
    let (_, answer) = answer;
    assert!(
        answer.contains("<message xmlns='jabber:client' from='pubsub."),
        "{answer}"
    );
    assert!(answer.contains("NOT_READY"), "{answer}");
}

#[tokio::test]
async fn a_second_request_releases_the_first_and_its_stanzas_are_taken() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    let mut session = Session::create_holding(&desk, 1).await.sign_in().await;
    let poll = session.next("", "");
    let ping = session.next(
        "",
        "<iq xmlns='jabber:client' type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>",
    );
    let (first, second) = tokio::join!(post(&desk, &poll), post(&desk, &ping));
    let answers = first.1.clone() + &second.1;
    assert_eq!(answers.matches("id='p1'").count(), 1, "{answers}");
    assert!(!first.1.contains("terminate") && !second.1.contains("terminate"));
}

#[tokio::test]
async fn requests_are_taken_in_the_order_of_their_numbers() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    let mut session = Session::create_holding(&desk, 1).await;
    let auth = session.next(
        "",
        "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>ADQxMDI3AGRlbW8=</auth>",
    );
    let restart = session.next("xmpp:restart='true' xmlns:xmpp='urn:xmpp:xbosh'", "");
    // The later one is sent first.
    let (later, earlier) = tokio::join!(post(&desk, &restart), async {
        tokio::task::yield_now().await;
        post(&desk, &auth).await
    });
    let answers = earlier.1 + &later.1;
    let (success, bind) = (answers.find("<success"), answers.find("<bind"));
    assert!(success.is_some() && success < bind, "{answers}");
}

#[tokio::test]
async fn a_request_that_is_sent_again_gets_the_same_answer() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    let mut session = Session::signed_in(&desk).await;
    let ping = session.next(
        "",
        "<iq xmlns='jabber:client' type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>",
    );
    let first = post(&desk, &ping).await;
    assert!(first.1.contains("id='p1'"), "{}", first.1);
    assert_eq!(post(&desk, &ping).await, first);
}

#[tokio::test]
async fn nothing_to_say_is_said_when_the_time_is_up() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    let creation = format!("<body {NS} rid='7' to='fin-a.acme.test' wait='1' hold='1' ver='1.6'/>");
    let sid = attribute(&post(&desk, &creation).await.1, "sid").to_owned();
    let started = Instant::now();
    let poll = format!("<body {NS} rid='8' sid='{sid}'/>");
    let (_, answer) = post(&desk, &poll).await;
    assert!(started.elapsed() >= Duration::from_secs(1));
    assert_eq!(
        answer,
        format!("<body {NS} xmlns:stream='http://etherx.jabber.org/streams'></body>")
    );
}

#[tokio::test]
async fn a_session_that_is_terminated_signs_off_and_is_gone() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    let mut session = Session::signed_in(&desk).await;
    assert_eq!(simulator.state().nodes[0].links, 1);
    let answer = session
        .ask(
            "type='terminate'",
            "<presence xmlns='jabber:client' type='unavailable'/>",
        )
        .await;
    assert!(answer.contains(" type='terminate'"), "{answer}");
    assert_eq!(simulator.state().nodes[0].links, 0);
    let answer = session.ask("", "").await;
    assert_eq!(
        answer,
        format!("<body {NS} type='terminate' condition='item-not-found'/>")
    );
}

#[tokio::test]
async fn a_dropped_link_ends_the_held_request_without_an_answer() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    let mut session = Session::signed_in(&desk).await;
    let (first, second) = (session.next("", ""), session.next("", ""));
    // The first is answered once the second is held.
    let (answer, dropped) = tokio::join!(post(&desk, &second), async {
        post(&desk, &first).await;
        simulator.drop_link(LAYLA)
    });
    assert_eq!((answer.0, dropped), (0, 1));
    let answer = session.ask("", "").await;
    assert!(answer.contains("item-not-found"), "{answer}");
}

#[tokio::test]
async fn a_wrong_password_and_a_conflict_are_told() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    let mut session = Session::create(&desk).await;
    let answer = session
        .ask(
            "",
            "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>ADQxMDI3AHdyb25n</auth>",
        )
        .await;
    assert!(answer.contains("<not-authorized/>"), "{answer}");

    let mut session = Session::signed_in(&desk).await;
    let _link = desk.link("page").await;
    let answer = session.ask("", "").await;
    assert!(answer.contains("<conflict "), "{answer}");
    assert!(
        answer.contains(" type='terminate' condition='remote-stream-error'"),
        "{answer}"
    );
}

#[tokio::test]
async fn what_is_no_request_of_a_session_is_refused() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    let refused = |condition: &str| {
        (
            200,
            format!("<body {NS} type='terminate' condition='{condition}'/>"),
        )
    };
    for body in ["", "<html/>", "<body/>", "<body rid='1'"] {
        assert_eq!(post(&desk, body).await, refused("bad-request"), "{body}");
    }
    let foreign = format!("<body {NS} rid='1' sid='nobody'/>");
    assert_eq!(post(&desk, &foreign).await, refused("item-not-found"));
    let session = Session::create(&desk).await;
    for rid in [1, 999, 1100] {
        let body = format!("<body {NS} rid='{rid}' sid='{}'/>", session.sid);
        let (_, answer) = post(&desk, &body).await;
        assert!(answer.contains("item-not-found"), "{rid}: {answer}");
    }
}
