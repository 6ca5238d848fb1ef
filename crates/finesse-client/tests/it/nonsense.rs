//! Answers with status 200 that are none: of another type, in other characters, cut short, without an end.

use std::time::Duration;

use finesse_client::{Cluster, RequestError};
use finesse_protocol::limits::MAX_OBJECT_BYTES;
use finesse_protocol::{Answer, Request};
use pretty_assertions::assert_eq;

use crate::support::{Endless, Reply, RestServer, layla, soon};

const USER: &str = "<?xml version='1.0' encoding='UTF-8'?><User><loginId>41027</loginId><lastName>M\u{fc}ller</lastName></User>";

/// More than a loopback connection holds on its way.
const UNDER_WAY: usize = 16 * 1024 * 1024;

async fn ask(cluster: &Cluster) -> Result<Answer, RequestError> {
    let request = Request::User {
        user: "41027".into(),
    };
    soon(cluster.request(0, &layla(), &request, "q-1")).await
}

fn answer(kind: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn utf_16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[tokio::test]
async fn answers_of_another_type_or_in_other_characters_are_garbage_and_the_next_is_read() {
    let login = "<!DOCTYPE html><html><body><form>Sign in</form></body></html>";
    let page = "<html xmlns='http://www.w3.org/1999/xhtml'><body>Sign in</body></html>";
    let latin = USER.replace("UTF-8", "ISO-8859-1");
    let (before, behind) = latin.split_once('\u{fc}').unwrap();
    let latin = [before.as_bytes(), b"\xfc", behind.as_bytes()].concat();
    let compressed = [b"\x1f\x8b\x08\x00\x00\x00\x00\x00", USER.as_bytes()].concat();
    for (kind, body) in [
        ("text/html", login.into()),
        ("text/html; charset=utf-8", page.into()),
        ("application/json", b"{\"loginId\":\"41027\"}".to_vec()),
        ("application/octet-stream", (0..=255).collect()),
        ("application/octet-stream", compressed),
        (
            "application/xml; charset=utf-16",
            utf_16(&format!("\u{feff}{USER}"), u16::to_le_bytes),
        ),
        (
            "application/xml; charset=utf-16",
            utf_16(&format!("\u{feff}{USER}"), u16::to_be_bytes),
        ),
        ("application/xml", utf_16(USER, u16::to_le_bytes)),
        ("application/xml; charset=iso-8859-1", latin),
        ("application/xml", USER.as_bytes()[..USER.len() - 1].into()),
        ("application/xml", USER.as_bytes()[..20].into()),
        ("application/xml", Vec::new()),
    ] {
        let bad = answer(kind, &body);
        let mut server = RestServer::start(move |number| match number {
            0 => Reply::SayBytes(bad.clone()),
            _ => Reply::SayBytes(answer("application/xml", USER.as_bytes())),
        })
        .await;
        let cluster = server.cluster();
        let shown = String::from_utf8_lossy(&body).into_owned();
        match ask(&cluster).await {
            Err(RequestError::Garbage { status, reason }) => {
                assert_eq!(status, 200);
                assert!(
                    !reason.contains("Sign in") && reason.len() < 200,
                    "{reason}"
                );
            }
            other => panic!("{kind}: {shown}: {other:?}"),
        }
        assert!(
            matches!(ask(&cluster).await, Ok(Answer::User(_))),
            "{shown}"
        );
        assert_eq!(server.seen().len(), 2, "asked again: {shown}");
    }
}

#[tokio::test]
async fn a_document_is_read_by_what_it_is_and_not_by_what_it_is_called() {
    for kind in ["application/octet-stream", "text/html", "nonsense", ""] {
        let good = answer(kind, USER.as_bytes());
        let server = RestServer::start(move |_| Reply::SayBytes(good.clone())).await;
        let answer = ask(&server.cluster()).await;
        assert!(matches!(answer, Ok(Answer::User(_))), "{kind}: {answer:?}");
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_unknown_and_no_half_document() {
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n29\r\n<User><loginId>41027</loginId></User>    \r\n";
    let lengthy = format!("HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n{USER}");
    for cut in [chunked.to_owned(), lengthy] {
        let server = RestServer::start(move |_| Reply::SayAndClose(cut.clone())).await;
        let answer = ask(&server.cluster()).await;
        assert!(
            matches!(answer, Err(RequestError::OutcomeUnknown { .. })),
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn an_answer_without_an_end_is_cut_at_the_limit_and_costs_its_connection() {
    // Chunks of 8 KiB, and blanks as far as the connection goes; both begin as the document that was asked for.
    let chunk: &'static str = format!("2000\r\n{}\r\n", " ".repeat(0x2000)).leak();
    let blanks: &'static str = " ".repeat(0x2000).leak();
    for (head, piece) in [
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n6\r\n<User>\r\n",
            chunk,
        ),
        ("HTTP/1.1 200 OK\r\n\r\n<User>", blanks),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 52428800\r\n\r\n<User>",
            blanks,
        ),
    ] {
        let endless = Endless {
            head,
            piece,
            pause: Duration::ZERO,
        };
        let mut server = RestServer::start(move |_| Reply::Endless(endless)).await;
        assert_eq!(ask(&server.cluster()).await, Err(RequestError::TooLarge));
        server.closed().await;
        let taken = server.poured().await;
        assert!(
            taken < MAX_OBJECT_BYTES + UNDER_WAY,
            "{taken} bytes of {head}"
        );
    }
}

#[tokio::test]
async fn an_answer_that_trickles_is_given_up_at_the_deadline_of_its_request() {
    let endless = Endless {
        head: "HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n<User>",
        piece: " ",
        pause: Duration::from_millis(20),
    };
    let mut server = RestServer::start(move |_| Reply::Endless(endless)).await;
    let cluster = server.cluster_with(|config| config.request_timeout = Duration::from_millis(300));
    let unknown = RequestError::OutcomeUnknown {
        reason: "time-out while reading the answer".into(),
    };
    assert_eq!(ask(&cluster).await, Err(unknown));
    server.closed().await;
}
