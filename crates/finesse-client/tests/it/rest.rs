//! Promises of REST calls.

use std::time::{Duration, Instant};

use finesse_client::{Cluster, ClusterConfig, ConfigError, Credential, RequestError, Retry};
use finesse_protocol::{Action, Answer, PhoneBookList, Request};
use pretty_assertions::assert_eq;
use tokio::net::TcpListener;

use crate::support::{Reply, RestServer, http, layla, plain_node, soon};

const USER: &str = "<User><loginId>41027</loginId><state>READY</state></User>";

fn read() -> Request {
    Request::User {
        user: "41027".into(),
    }
}

fn write() -> Request {
    Request::Act {
        dialog: "33561207".into(),
        extension: "6127".into(),
        action: Action::Answer,
    }
}

async fn ask(cluster: &Cluster, request: &Request) -> Result<Answer, RequestError> {
    soon(cluster.request(0, &layla(), request, "q-1")).await
}

#[tokio::test]
async fn a_write_says_exactly_this() {
    let mut server = RestServer::answering(&http("202 Accepted", "")).await;
    assert_eq!(ask(&server.cluster(), &write()).await, Ok(Answer::Accepted));
    let body = write().body().unwrap();
    assert_eq!(
        server.request().await,
        format!(
            "PUT /finesse/api/Dialog/33561207 HTTP/1.1\r\n\
             authorization: Basic NDEwMjc6YzRuYXJ5\r\n\
             content-type: application/xml\r\n\
             requestid: q-1\r\n\
             host: fin-a.acme.test:{}\r\n\
             content-length: {}\r\n\r\n{body}",
            server.address.port(),
            body.len()
        )
    );
}

#[tokio::test]
async fn a_read_says_exactly_this_and_never_sends_a_cookie() {
    let mut server = RestServer::answering(&http("200 OK", USER)).await;
    let cluster = server.cluster();
    for _ in 0..2 {
        match ask(&cluster, &read()).await {
            Ok(Answer::User(user)) => assert_eq!(user.login_id, "41027"),
            other => panic!("{other:?}"),
        }
        assert_eq!(
            server.request().await,
            format!(
                "GET /finesse/api/User/41027 HTTP/1.1\r\n\
                 authorization: Basic NDEwMjc6YzRuYXJ5\r\n\
                 host: fin-a.acme.test:{}\r\n\r\n",
                server.address.port()
            )
        );
    }
}

#[tokio::test]
async fn every_call_carries_its_own_credential_over_shared_connections() {
    let mut server = RestServer::answering(&http("202 Accepted", "")).await;
    let cluster = server.cluster();
    for (credential, expected) in [
        (layla(), "Basic NDEwMjc6YzRuYXJ5"),
        (
            Credential::basic("41033", "démo:c4nary,"),
            "Basic NDEwMzM6ZMOpbW86YzRuYXJ5LA==",
        ),
        (Credential::bearer("tok.c4nary"), "Bearer tok.c4nary"),
    ] {
        let answer = soon(cluster.request(0, &credential, &write(), "q-1")).await;
        assert_eq!(answer, Ok(Answer::Accepted));
        let line = format!("\r\nauthorization: {expected}\r\n");
        assert!(server.request().await.contains(&line), "{line}");
    }
}

#[tokio::test]
async fn a_range_travels_as_a_header() {
    let mut server = RestServer::answering(&http("206 Partial Content", "<PhoneBooks/>")).await;
    let request = Request::PhoneBooks {
        user: "41027".into(),
        range: Some((1, 1500)),
    };
    assert_eq!(
        ask(&server.cluster(), &request).await,
        Ok(Answer::PhoneBooks(PhoneBookList {
            books: vec![],
            partial: true,
        }))
    );
    assert!(
        server
            .request()
            .await
            .contains("\r\nrange: objects=1-1500\r\n")
    );
}

#[tokio::test]
async fn what_finesse_refuses_comes_back_as_it_said_it() {
    let fault = "<ApiErrors><ApiError><ErrorType>Invalid State</ErrorType><ErrorMessage>CF_INVALID</ErrorMessage><ErrorData>34</ErrorData></ApiError></ApiErrors>";
    for (status, body, retry, errors) in [
        ("400 Bad Request", fault, Retry::Never, 1),
        ("401 Unauthorized", "", Retry::Never, 0),
        ("404 Not Found", "<html>no</html>", Retry::Never, 0),
        (
            "500 Oops",
            "<html><body>Oops<br></html>",
            Retry::After(Duration::from_secs(2)),
            0,
        ),
        ("502 Bad Gateway", "", Retry::Never, 0),
        ("302 Found", "", Retry::Never, 0),
    ] {
        for request in [read(), write()] {
            let mut server = RestServer::answering(&http(status, body)).await;
            match ask(&server.cluster(), &request).await {
                Err(error) => {
                    let known = !status.starts_with("502");
                    assert_eq!(
                        (error.retry(), error.outcome_known()),
                        (retry, known),
                        "{status}"
                    );
                    let RequestError::Fault(fault) = error else {
                        panic!("{error:?}");
                    };
                    assert_eq!(fault.status.to_string(), status[..3]);
                    assert_eq!(fault.errors.len(), errors);
                }
                other => panic!("{status}: {other:?}"),
            }
            assert_eq!(server.seen().len(), 1, "{status}");
        }
    }
}

/// A node that does not serve just now, from the first request to one.
async fn unavailable(until: usize, head: &'static str) -> RestServer {
    RestServer::start(move |number| match number < until {
        true => Reply::Say(format!("HTTP/1.1 {head}\r\nContent-Length: 0\r\n\r\n")),
        false => Reply::Say(http("200 OK", "<Dialogs/>")),
    })
    .await
}

#[tokio::test]
async fn a_read_is_made_again_twice_while_the_node_does_not_serve_and_a_write_never() {
    let request = Request::Dialogs {
        user: "41027".into(),
    };
    let mut server = unavailable(2, "503 Service Unavailable").await;
    let began = Instant::now();
    assert_eq!(
        ask(&server.cluster(), &request).await,
        Ok(Answer::Dialogs(vec![]))
    );
    assert!(
        began.elapsed() >= Duration::from_millis(1_500),
        "pauses grow"
    );
    assert_eq!(server.seen().len(), 3);

    let mut server = unavailable(9, "429 Too Many Requests").await;
    let answer = ask(&server.cluster(), &request).await;
    assert!(matches!(answer, Err(RequestError::Fault(fault)) if fault.status == 429));
    assert_eq!(server.seen().len(), 3);

    let mut server = unavailable(9, "503 Service Unavailable").await;
    let answer = ask(&server.cluster(), &write()).await;
    assert!(matches!(answer, Err(RequestError::Fault(fault)) if fault.status == 503));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_read_waits_as_long_as_the_node_wants_if_there_is_time_for_it() {
    let request = Request::Dialogs {
        user: "41027".into(),
    };
    let mut server = unavailable(1, "503 Busy\r\nRetry-After: 1").await;
    let began = Instant::now();
    assert_eq!(
        ask(&server.cluster(), &request).await,
        Ok(Answer::Dialogs(vec![]))
    );
    assert!(began.elapsed() >= Duration::from_secs(1));
    assert_eq!(server.seen().len(), 2);

    // Longer than a request may take: the caller is told for how long.
    let mut server = unavailable(9, "503 Busy\r\nRetry-After: 3600").await;
    let Err(RequestError::Fault(fault)) = ask(&server.cluster(), &request).await else {
        panic!("no fault");
    };
    assert_eq!(fault.retry_after, Some(Duration::from_secs(30)));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn an_answer_that_is_no_document_is_garbage() {
    for body in ["<User><loginId>", "{\"a\":1}", "", "<Dialogs/>"] {
        let server = RestServer::answering(&http("200 OK", body)).await;
        let answer = ask(&server.cluster(), &read()).await;
        assert!(
            matches!(answer, Err(RequestError::Garbage { status: 200, .. })),
            "{body}: {answer:?}"
        );
    }
}

#[tokio::test]
async fn an_answer_beyond_the_limit_is_not_read() {
    let endless = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let server = RestServer::start(move |number| match number {
        0 => Reply::Say(http("200 OK", &"x".repeat(2_000))),
        1 => Reply::Say(
            endless.to_owned() + &("3E8\r\n".to_owned() + &"x".repeat(1_000) + "\r\n").repeat(5),
        ),
        _ => Reply::Nothing,
    })
    .await;
    let cluster = server.cluster_with(|config| config.max_answer_bytes = 1_500);
    for _ in 0..2 {
        assert_eq!(ask(&cluster, &read()).await, Err(RequestError::TooLarge));
    }
}

#[tokio::test]
async fn a_write_is_accepted_by_its_status_even_if_the_answer_breaks_off() {
    let cut = "HTTP/1.1 202 Accepted\r\nContent-Length: 10\r\n\r\nab";
    let server = RestServer::start(move |_| Reply::Say(cut.into())).await;
    let cluster = server.cluster_with(short);
    assert_eq!(ask(&cluster, &write()).await, Ok(Answer::Accepted));
}

#[tokio::test]
async fn a_name_that_is_not_found_means_not_sent() {
    // No resolver is asked for a name with so long a part.
    let address = format!("{}.example.org", "a".repeat(64));
    let server = RestServer::answering(&http("202 Accepted", "")).await;
    let cluster = server.cluster_with(|config| {
        config.nodes[0].address = Some(address);
        config.nodes[0].scheme = finesse_client::Scheme::Https;
        config.nodes[0].xmpp_security = finesse_client::XmppSecurity::Tls;
    });
    for request in [read(), write()] {
        match ask(&cluster, &request).await {
            Err(error @ RequestError::NotSent { .. }) => assert!(error.outcome_known()),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn nobody_listening_means_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let cluster = Cluster::new(ClusterConfig {
        nodes: vec![plain_node(address)],
        ..ClusterConfig::default()
    })
    .unwrap();
    for request in [read(), write()] {
        let error = ask(&cluster, &request).await.unwrap_err();
        assert!(matches!(error, RequestError::NotSent { .. }), "{error:?}");
        assert_eq!(error.retry(), Retry::After(Duration::from_secs(1)));
        assert!(error.outcome_known());
    }
}

#[tokio::test]
async fn a_write_lost_after_it_was_written_is_unknown_and_was_sent_once() {
    let mut server = RestServer::start(|_| Reply::Reset).await;
    let error = ask(&server.cluster(), &write()).await.unwrap_err();
    assert!(
        matches!(error, RequestError::OutcomeUnknown { .. }),
        "{error:?}"
    );
    assert_eq!(
        (error.retry(), error.outcome_known()),
        (Retry::Never, false)
    );
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_write_without_an_answer_is_unknown_and_was_sent_once() {
    let mut server = RestServer::start(|_| Reply::Nothing).await;
    let error = ask(&server.cluster_with(short), &write())
        .await
        .unwrap_err();
    let unknown = RequestError::OutcomeUnknown {
        reason: "time-out".into(),
    };
    assert_eq!(error, unknown);
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_read_that_may_have_arrived_is_not_asked_again_because_it_carries_a_password() {
    let mut server = RestServer::start(|_| Reply::Reset).await;
    let error = ask(&server.cluster(), &read()).await.unwrap_err();
    assert!(
        matches!(error, RequestError::OutcomeUnknown { .. }),
        "{error:?}"
    );
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_read_finds_a_new_connection_when_the_kept_one_was_closed() {
    let mut server = RestServer::start(|_| Reply::SayAndClose(http("200 OK", USER))).await;
    let cluster = server.cluster();
    for _ in 0..3 {
        let answer = ask(&cluster, &read()).await;
        assert!(matches!(answer, Ok(Answer::User(_))), "{answer:?}");
        server.closed().await;
    }
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn a_node_is_asked_once_more_what_it_is_when_its_connection_breaks() {
    let info = "<SystemInfo><status>IN_SERVICE</status></SystemInfo>";
    let mut server = RestServer::start(move |number| match number {
        0 => Reply::Reset,
        _ => Reply::Say(http("200 OK", info)),
    })
    .await;
    let answer = soon(server.cluster().system_info(0)).await;
    assert!(answer.is_ok(), "{answer:?}");
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_write_on_a_connection_that_went_stale_is_never_sent_twice() {
    let mut server = RestServer::start(|number| match number {
        0 => Reply::Say(http("202 Accepted", "")),
        _ => Reply::Reset,
    })
    .await;
    let cluster = server.cluster();
    assert_eq!(ask(&cluster, &write()).await, Ok(Answer::Accepted));
    let error = ask(&cluster, &write()).await.unwrap_err();
    assert!(!error.outcome_known(), "{error:?}");
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_node_gets_no_more_requests_at_once_than_allowed() {
    let mut server = RestServer::start(|_| Reply::Nothing).await;
    let cluster = server.cluster_with(|config| {
        config.max_requests_per_node = 2;
        short(config);
    });
    let calls = (0..5).map(|_| async { ask(&cluster, &write()).await.unwrap_err() });
    let errors = futures_util::future::join_all(calls).await;
    let unknown = errors.iter().filter(|error| !error.outcome_known()).count();
    assert_eq!(unknown, server.seen().len());
    assert!(unknown >= 2);
}

#[tokio::test]
async fn a_node_that_does_not_exist_and_a_credential_that_fits_no_header_are_not_sent() {
    let mut server = RestServer::answering(&http("202 Accepted", "")).await;
    let cluster = server.cluster();
    let answer = soon(cluster.request(1, &layla(), &read(), "q-1")).await;
    assert!(
        matches!(answer, Err(RequestError::NotSent { .. })),
        "{answer:?}"
    );
    let token = Credential::bearer("a\r\nb: c");
    let answer = soon(cluster.request(0, &token, &read(), "q-1")).await;
    assert!(
        matches!(answer, Err(RequestError::NotSent { .. })),
        "{answer:?}"
    );
    assert_eq!(server.seen(), Vec::<String>::new());
}

#[tokio::test]
async fn plain_connections_leave_this_machine_in_no_configuration() {
    for address in ["10.0.0.5", "fin-a.acme.test", "0.0.0.0"] {
        let mut node = plain_node(([127, 0, 0, 1], 1).into());
        node.address = Some(address.into());
        let refused = Cluster::new(ClusterConfig {
            nodes: vec![node],
            ..ClusterConfig::default()
        });
        assert!(
            matches!(refused.err(), Some(ConfigError::PlainNotLoopback { .. })),
            "{address}"
        );
    }
}

#[test]
fn a_cluster_is_built_without_a_runtime() {
    let built = Cluster::new(ClusterConfig {
        nodes: vec![plain_node(([127, 0, 0, 1], 1).into())],
        ..ClusterConfig::default()
    });
    assert_eq!(built.unwrap().nodes()[0].domain(), "fin-a.acme.test");
}

#[test]
fn a_credential_prints_nothing_secret() {
    let printed = format!("{:?} {:?}", layla(), Credential::bearer("tok.c4nary"));
    assert!(
        !printed.contains("c4nary") && !printed.contains("tok.c4nary"),
        "{printed}"
    );
}

fn short(config: &mut ClusterConfig) {
    config.request_timeout = Duration::from_millis(300);
}
