//! Promises of the gateway's own accounts: nobody's command can lock them out.

use std::sync::Arc;
use std::time::Duration;

use canaries::CANARY;
use finesse_client::{Account, Cluster, Credential, RequestError};
use finesse_protocol::{Answer, Request};
use pretty_assertions::assert_eq;
use tokio::task::JoinSet;

use crate::support::{Reply, RestServer, http, soon};

fn administrator() -> Account {
    Account::new(Credential::basic("administrator", CANARY))
}

async fn ask(cluster: &Cluster, account: &Account) -> Result<Answer, RequestError> {
    soon(cluster.request_for(0, account, &Request::Users, "")).await
}

fn status(result: Result<Answer, RequestError>) -> u16 {
    match result {
        Ok(_) => 200,
        Err(RequestError::Fault(fault)) => fault.status,
        Err(other) => panic!("{other}"),
    }
}

/// What came of many commands at once.
async fn ask_at_once(cluster: &Cluster, account: &Arc<Account>, count: usize) -> Vec<u16> {
    let mut asking = JoinSet::new();
    for _ in 0..count {
        let (cluster, account) = (cluster.clone(), Arc::clone(account));
        asking.spawn(async move { status(ask(&cluster, &account).await) });
    }
    soon(asking.join_all()).await
}

#[tokio::test]
async fn an_account_asks_in_its_own_name() {
    let mut server = RestServer::answering(&http("200 OK", "<Users/>")).await;
    let answer = ask(&server.cluster(), &administrator()).await;
    assert_eq!(answer, Ok(Answer::Users(vec![])));
    let request = server.request().await;
    assert!(request.starts_with("GET /finesse/api/Users HTTP/1.1\r\n"));
    assert!(request.contains("\r\nauthorization: Basic YWRtaW5pc3RyYXRvcjpjNG5hcnk=\r\n"));
}

#[tokio::test]
async fn a_refused_password_is_tried_once_however_many_commands_need_it() {
    let mut server = RestServer::answering(&http("401 Unauthorized", "")).await;
    let account = Arc::new(administrator());
    let outcomes = ask_at_once(&server.cluster(), &account, 20).await;
    assert_eq!(outcomes, [401; 20]);
    assert_eq!(status(ask(&server.cluster(), &account).await), 401);
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_password_that_stops_working_fails_fewer_times_than_lock_it() {
    let mut server = RestServer::start(|number| match number {
        0 => Reply::Say(http("200 OK", "<Users/>")),
        _ => Reply::Say(http("401 Unauthorized", "")),
    })
    .await;
    let account = Arc::new(administrator());
    assert_eq!(status(ask(&server.cluster(), &account).await), 200);
    let outcomes = ask_at_once(&server.cluster(), &account, 20).await;
    assert_eq!(outcomes, [401; 20]);
    assert!(server.seen().len() - 1 < 5);
}

#[tokio::test]
async fn a_refused_password_is_tried_again_after_a_rest() {
    let mut server = RestServer::start(|number| match number {
        0 => Reply::Say(http("401 Unauthorized", "")),
        _ => Reply::Say(http("200 OK", "<Users/>")),
    })
    .await;
    let account = administrator();
    let cluster = server.cluster();
    assert_eq!(status(ask(&cluster, &account).await), 401);
    pass(Duration::from_secs(9 * 60)).await;
    assert_eq!(status(ask(&cluster, &account).await), 401);
    assert_eq!(server.seen().len(), 1);
    pass(Duration::from_secs(61)).await;
    assert_eq!(status(ask(&cluster, &account).await), 200);
}

async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

#[tokio::test]
async fn another_refusal_says_nothing_about_the_password() {
    for status_line in ["403 Forbidden", "404 Not Found", "503 Service Unavailable"] {
        let mut server = RestServer::answering(&http(status_line, "")).await;
        let account = administrator();
        for _ in 0..2 {
            assert!(ask(&server.cluster(), &account).await.is_err());
        }
        assert_eq!(server.seen().len(), 2);
    }
}

#[tokio::test]
async fn waiting_for_the_account_counts_as_waiting_for_the_answer() {
    let mut server = RestServer::start(|_| Reply::Nothing).await;
    let account = Arc::new(administrator());
    let (patient, first) = (server.cluster(), Arc::clone(&account));
    let first = tokio::spawn(async move { ask(&patient, &first).await });
    server.request().await;
    let hasty = server.cluster_with(|config| config.request_timeout = Duration::from_millis(50));
    let second = ask(&hasty, &account).await;
    assert!(matches!(second, Err(RequestError::NotSent { .. })));
    first.abort();
}

#[test]
fn an_account_prints_no_secret() {
    let account = Account::new(Credential::basic("administrator", "canary"));
    assert!(!format!("{account:?}").contains("canary"));
}
