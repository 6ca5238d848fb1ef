//! The passwords and tokens of a test, all of them canaries: whoever lets one out fails the test.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use finesse_sim::SimConfig;
use gc_server::Config;

/// Every agent's password, and how every other password and token begins that a test makes up.
pub const CANARY: &str = "c4nary";

/// What the simulator's agents and administrator have for a password unless a test says otherwise.
const USUAL: &str = "demo";

/// Shorter ones are in every second word.
const SHORTEST: usize = 6;

static PLANTED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// From now on this must be seen nowhere.
pub fn plant(secret: &str) {
    if secret.len() >= SHORTEST {
        planted().insert(secret.to_owned());
    }
}

/// Whether a text holds a canary, or anything else that was planted.
pub fn is_in(text: &str) -> bool {
    text.contains(CANARY) || planted().iter().any(|secret| text.contains(secret))
}

fn planted() -> std::sync::MutexGuard<'static, BTreeSet<String>> {
    PLANTED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Gives canaries for passwords to everybody of a site who has the usual one; for tests that start a simulator of their own.
pub fn plant_at(site: &mut SimConfig) {
    for agent in &mut site.site.agents {
        if agent.password == USUAL {
            CANARY.clone_into(&mut agent.password);
        }
        plant(&agent.password);
    }
    if site.site.administrator.1 == USUAL {
        CANARY.clone_into(&mut site.site.administrator.1);
    }
}

/// Plants what a gateway's own accounts sign in and sign with.
pub(crate) fn plant_of(gateway: &Config) {
    for site in gateway.sites() {
        plant(site.finesse.administrator.password.expose());
        plant(site.ucce_config.password.expose());
    }
    plant(gateway.broker.password.expose());
    plant(gateway.recorder.secret.expose());
    let clients = gateway.clients.values();
    for secret in clients.filter_map(|client| client.callback_secret.as_ref()) {
        plant(secret.expose());
    }
}

/// What a gateway shows on its second port; nothing when it has stopped. Blocks the thread, so that a `Drop` can ask.
pub(crate) fn shown(admin: SocketAddr) -> Vec<String> {
    let paths = ["/metrics", "/sessions", "/readyz"];
    paths.iter().filter_map(|path| page(admin, path)).collect()
}

fn page(admin: SocketAddr, path: &str) -> Option<String> {
    let limit = Duration::from_secs(5);
    let mut stream = TcpStream::connect_timeout(&admin, limit).ok()?;
    stream.set_read_timeout(Some(limit)).ok()?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}
