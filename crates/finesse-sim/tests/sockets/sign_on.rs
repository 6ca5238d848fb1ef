//! Tokens of single sign-on, over REST and as XMPP password.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use finesse_sim::{AuthMode, SimConfig, Simulator, TokenForm};
use hyper::StatusCode;

use crate::desk::{Desk, LAYLA, NADIA, OMAR, text_of};

const HOUR: Duration = Duration::from_secs(3600);

async fn simulator(mode: AuthMode) -> Simulator {
    let config = SimConfig::test().signing_on(mode, &[LAYLA]);
    Simulator::start(config).await.unwrap()
}

#[tokio::test]
async fn a_token_signs_on_everywhere_and_a_password_nowhere() {
    let simulator = simulator(AuthMode::Sso).await;
    let token = simulator.issue_token(LAYLA, HOUR).unwrap();
    let layla = Desk::with_token(&simulator, LAYLA, &token);
    let mut link = layla.link("gw-1").await;
    layla.ready(&mut link, "6127").await;
    let user = layla.get("/User/41027").await;
    assert_eq!(text_of(&user.body, "state"), "READY");

    let password = Desk::new(&simulator, LAYLA);
    let refused = password.get("/User/41027").await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(password.sign_in("gw-2").await.is_err());
    assert_eq!(simulator.counters().sign_ins[LAYLA].refused, 2);
}

#[tokio::test]
async fn a_hybrid_site_has_both_kinds_of_people() {
    let simulator = simulator(AuthMode::Hybrid).await;
    let token = simulator.issue_token(LAYLA, HOUR).unwrap();
    let layla = Desk::with_token(&simulator, LAYLA, &token);
    assert_eq!(layla.get("/User/41027").await.status, StatusCode::OK);
    let omar = Desk::new(&simulator, OMAR);
    assert_eq!(omar.get("/User/41033").await.status, StatusCode::OK);
    let refused = simulator.issue_token(OMAR, HOUR).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "409 Conflict: this user signs on with a password"
    );
}

#[tokio::test]
async fn the_mode_is_told_in_system_info() {
    for (mode, word) in [
        (AuthMode::NonSso, "NON_SSO"),
        (AuthMode::Sso, "SSO"),
        (AuthMode::Hybrid, "HYBRID"),
    ] {
        let simulator = simulator(mode).await;
        let answer = Desk::new(&simulator, LAYLA).get("/SystemInfo").await;
        assert_eq!(text_of(&answer.body, "systemAuthMode"), word);
        simulator.shutdown().await;
    }
}

#[tokio::test]
async fn an_expired_token_is_401_and_a_link_that_is_up_stays() {
    let simulator = simulator(AuthMode::Sso).await;
    let short = simulator
        .issue_token(LAYLA, Duration::from_millis(1500))
        .unwrap();
    let desk = Desk::with_token(&simulator, LAYLA, &short);
    let mut link = desk.link("gw-1").await;
    desk.ready(&mut link, "6127").await;
    let expired = until_refused(&desk).await;
    assert_eq!(text_of(&expired, "ErrorType"), "Authorization Failure");
    assert_eq!(text_of(&expired, "ErrorData"), LAYLA);
    assert!(desk.sign_in("gw-2").await.is_err());

    simulator.call("03005550142", "7800", &[]).unwrap();
    link.until("<state>RESERVED</state>").await;

    let renewed = simulator.issue_token(LAYLA, HOUR).unwrap();
    let renewed = Desk::with_token(&simulator, LAYLA, &renewed);
    assert_eq!(renewed.get("/User/41027").await.status, StatusCode::OK);
}

/// Asks until the token is over: two seconds at most, lives are rounded up.
async fn until_refused(desk: &Desk) -> String {
    let asking = async {
        loop {
            let answer = desk.get("/User/41027").await;
            if answer.status == StatusCode::UNAUTHORIZED {
                return answer.body;
            }
        }
    };
    let asked = tokio::time::timeout(Duration::from_secs(10), asking).await;
    asked.expect("the token never expired")
}

#[tokio::test]
async fn revoked_unknown_and_borrowed_tokens_are_refused() {
    let simulator = simulator(AuthMode::Sso).await;
    let token = simulator.issue_token(LAYLA, HOUR).unwrap();
    let desk = Desk::with_token(&simulator, LAYLA, &token);
    assert_eq!(desk.get("/User/41027").await.status, StatusCode::OK);
    assert!(simulator.revoke_token(&token));
    assert!(!simulator.revoke_token(&token));
    let revoked = desk.get("/User/41027").await;
    assert_eq!(revoked.status, StatusCode::UNAUTHORIZED);

    let unknown = Desk::with_token(&simulator, LAYLA, "made-up");
    let answer = unknown.get("/User/41027").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(text_of(&answer.body, "ErrorData"), "");

    let nadia = simulator.issue_token(NADIA, HOUR).unwrap();
    let borrowed = Desk::with_token(&simulator, LAYLA, &nadia);
    assert!(borrowed.sign_in("gw-1").await.is_err());
}

#[tokio::test]
async fn a_jwt_tells_when_it_ends_and_an_opaque_token_nothing() {
    let simulator = simulator(AuthMode::Sso).await;
    let token = simulator.issue_token(LAYLA, HOUR).unwrap();
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = parts.as_slice() else {
        panic!("{token} is no JWT");
    };
    let json = |part: &str| -> serde_json::Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    assert_eq!(json(header)["alg"], "HS256");
    let payload = json(payload);
    assert_eq!(payload["sub"], LAYLA);
    let life = payload["exp"].as_u64().unwrap() - payload["iat"].as_u64().unwrap();
    assert!((3600..=3601).contains(&life), "{life}");
    assert_eq!(URL_SAFE_NO_PAD.decode(signature).unwrap().len(), 32);

    let mut config = SimConfig::test().signing_on(AuthMode::Sso, &[]);
    config.settings.token_form = TokenForm::Opaque;
    let simulator = Simulator::start(config).await.unwrap();
    let token = simulator.issue_token(LAYLA, HOUR).unwrap();
    assert!(!token.contains('.'), "{token}");
    let desk = Desk::with_token(&simulator, LAYLA, &token);
    assert_eq!(desk.get("/User/41027").await.status, StatusCode::OK);
}
