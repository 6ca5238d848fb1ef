//! Tokens on simulated time.

use std::time::Duration;

use finesse_sim::engine::{Bearer, Credentials};
use finesse_sim::site::Site as Configuration;
use finesse_sim::{AuthMode, Settings};

use crate::site::{LAYLA, Site};

#[test]
fn a_token_is_good_to_the_end_of_its_last_second_and_not_after() {
    let configuration = Configuration::demo().signing_on(AuthMode::Sso, &[]);
    let mut site = Site::of(configuration, Settings::default(), 7);
    // The simulated clock stands 217 ms into a second.
    let start = site.now();
    let minute = Duration::from_secs(60);
    let token = site.engine.issue_token(start, LAYLA, minute).unwrap();
    let last = start + Duration::from_millis(60_782);
    assert_eq!(
        site.engine.bearer(last, &token),
        Bearer::Good(LAYLA.to_owned())
    );
    let over = start + Duration::from_millis(60_783);
    assert_eq!(
        site.engine.bearer(over, &token),
        Bearer::Over(LAYLA.to_owned())
    );
    assert_eq!(
        site.engine.authenticate(over, LAYLA, &token),
        Credentials::Wrong
    );
}

#[test]
fn the_oldest_of_too_many_tokens_is_forgotten() {
    let configuration = Configuration::demo().signing_on(AuthMode::Sso, &[]);
    let mut site = Site::of(configuration, Settings::default(), 7);
    let now = site.now();
    let hour = Duration::from_secs(3600);
    let tokens: Vec<String> = (0..4097)
        .map(|_| site.engine.issue_token(now, LAYLA, hour).unwrap())
        .collect();
    assert_eq!(site.engine.bearer(now, &tokens[0]), Bearer::Unknown);
    assert_eq!(
        site.engine.bearer(now, &tokens[1]),
        Bearer::Good(LAYLA.to_owned())
    );
}
