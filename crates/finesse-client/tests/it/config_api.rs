//! Promises of the client of Unified CCE's configuration API.

use canaries::CANARY;
use finesse_client::{
    ConfigApi, ConfigApiConfig, ConfigError, Credential, NodeConfig, RequestError, Scheme,
};
use finesse_protocol::{Answer, Request};
use pretty_assertions::assert_eq;

use crate::support::{Reply, RestServer, http, layla, soon};

const GROUPS: &str = "<results><pageInfo><startIndex>0</startIndex><totalResults>3</totalResults></pageInfo>\
    <skillGroups><skillGroup><refURL>/unifiedconfig/config/skillgroup/5240</refURL>\
    <name>Retail_Voice</name></skillGroup></skillGroups></results>";

fn groups() -> Request {
    Request::SkillGroups {
        start: 0,
        count: 25,
    }
}

fn settings(server: &RestServer) -> ConfigApiConfig {
    ConfigApiConfig {
        address: Some(server.address.ip().to_string()),
        port: server.address.port(),
        scheme: Scheme::Http,
        ..ConfigApiConfig::new(
            "aw-a.acme.test",
            Credential::basic("gateway@acme.test", CANARY),
        )
    }
}

fn api(server: &RestServer) -> ConfigApi {
    ConfigApi::new(settings(server)).unwrap()
}

#[tokio::test]
async fn a_page_is_asked_for_and_read() {
    let mut server = RestServer::answering(&http("200 OK", GROUPS)).await;
    let Ok(Answer::SkillGroups(page)) = soon(api(&server).request(&groups())).await else {
        panic!("not skill groups");
    };
    assert_eq!((page.items[0].id(), page.total), ("5240", 3));
    assert_eq!(
        server.request().await,
        format!(
            "GET /unifiedconfig/config/skillgroup?startIndex=0&resultsPerPage=25&summary=true HTTP/1.1\r\n\
             authorization: Basic Z2F0ZXdheUBhY21lLnRlc3Q6YzRuYXJ5\r\n\
             host: aw-a.acme.test:{}\r\n\r\n",
            server.address.port()
        )
    );
}

#[tokio::test]
async fn a_refusal_comes_back_as_it_was_said() {
    let body = "<apiErrors><apiError><errorType>invalidInput.outOfRange</errorType></apiError></apiErrors>";
    let server = RestServer::answering(&http("400 Bad Request", body)).await;
    let Err(RequestError::Fault(fault)) = soon(api(&server).request(&groups())).await else {
        panic!("not a fault");
    };
    assert_eq!(fault.status, 400);
    assert_eq!(fault.errors[0].error_type, "invalidInput.outOfRange");
}

#[tokio::test]
async fn a_credential_is_never_repeated() {
    for reply in [
        || Reply::Reset,
        || Reply::Say(http("401 Unauthorized", "")),
        || Reply::SayAndClose("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<".into()),
    ] {
        let mut server = RestServer::start(move |_| reply()).await;
        assert!(soon(api(&server).request(&groups())).await.is_err());
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn each_host_is_asked_only_what_it_serves() {
    let mut server = RestServer::answering(&http("200 OK", GROUPS)).await;
    let finesse = soon(api(&server).request(&Request::Users)).await;
    assert!(matches!(finesse, Err(RequestError::NotSent { .. })));
    let asked = server.cluster().request(0, &layla(), &groups(), "").await;
    assert!(matches!(asked, Err(RequestError::NotSent { .. })));
    assert_eq!(server.seen(), Vec::<String>::new());
}

#[tokio::test]
async fn an_answer_beyond_the_limit_is_not_read() {
    let server = RestServer::answering(&http("200 OK", GROUPS)).await;
    let api = ConfigApi::new(ConfigApiConfig {
        max_answer_bytes: 100,
        ..settings(&server)
    })
    .unwrap();
    let answer = soon(api.request(&groups())).await;
    assert_eq!(answer, Err(RequestError::TooLarge));
}

#[test]
fn a_plain_connection_leaves_this_machine_never() {
    let credential = Credential::basic("gateway@acme.test", CANARY);
    let refused = ConfigApi::new(ConfigApiConfig {
        scheme: Scheme::Http,
        ..ConfigApiConfig::new("aw-a.acme.test", credential)
    });
    assert!(matches!(refused, Err(ConfigError::PlainNotLoopback { .. })));
}

#[test]
fn it_is_reached_over_tls_at_port_443_and_prints_no_secret() {
    let credential = Credential::basic("gateway@acme.test", "canary");
    let config = ConfigApiConfig::new("aw-a.acme.test", credential);
    assert_eq!((config.port, config.scheme), (443, Scheme::Https));
    assert!(!format!("{config:?}").contains("canary"));
    let api = ConfigApi::new(config).unwrap();
    assert_eq!(
        format!("{api:?}"),
        "ConfigApi { host: \"aw-a.acme.test\", .. }"
    );
    assert_eq!(NodeConfig::new("a", "fin-a.acme.test").https_port, 8445);
}
